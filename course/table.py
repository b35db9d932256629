"""Tables of text on a page."""

from collections.abc import Iterable

from IPython.display import HTML


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> HTML:
    """Make a table in the page's own fonts, which have Chinese characters; a cell may hold HTML."""

    def row(kind: str, cells: Iterable[str]) -> str:
        cells = (f"<{kind} style='text-align:left; padding:0.1em 0.7em'>{cell}</{kind}>" for cell in cells)
        return f"<tr>{''.join(cells)}</tr>"

    body = "".join(row("td", cells) for cells in rows)
    return HTML(f"<table>{row('th', head)}{body}</table>")
