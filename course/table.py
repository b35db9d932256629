"""Tables on a page."""

from collections.abc import Iterable

import numpy as np
from IPython.display import HTML


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> HTML:
    """Make a table in the page's own fonts, which have Chinese characters; a cell may hold HTML.

    Numbers get three significant digits, so that a page reads the same on every processor; truth values are yes or no.
    """

    def row(kind: str, cells: Iterable[object]) -> str:
        cells = (f"<{kind} style='text-align:left; padding:0.1em 0.7em'>{cell_text(cell)}</{kind}>" for cell in cells)
        return f"<tr>{''.join(cells)}</tr>"

    body = "".join(row("td", cells) for cells in rows)
    return HTML(f"<table>{row('th', head)}{body}</table>")


def cell_text(value: object) -> str:
    """A value as a table shows it: 0.0123, 1,230, 4.5e+06, yes; texts as they are."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if isinstance(value, float | np.floating):
        three = float(f"{value:.3g}")
        return f"{three:,.0f}" if 1000 <= abs(three) < 1e6 else f"{three:.3g}"
    return str(value)
