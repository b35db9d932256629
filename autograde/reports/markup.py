"""The parts that the HTML reports share: escaped text, verdicts, tables, and a page for light and dark themes."""

import html
from collections.abc import Iterable, Sequence

from autograde.reports.terminal import VERDICTS

# A sign and a word give the verdict; the colour repeats it, and is visible on light and on dark backgrounds.
SIGNS = {"passed": "✓", "failed": "✗", "not_attempted": "–", "error": "!"}
COLOURS = {"passed": "#2f9e5b", "failed": "#d9534f", "not_attempted": "#8a8a8a", "error": "#c98a1b"}
MACHINE = "ui-monospace, Menlo, Consolas, monospace"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th[scope=row] { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8886; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll { overflow-x: auto; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
.bar { display: inline-block; height: .7em; min-width: 1px; }
""".strip()


def escape(text: object) -> str:
    """The text escaped for HTML, so that none of it is read as markup."""
    return html.escape(str(text), quote=True)


def verdict(status: str) -> str:
    """The sign and the word of a verdict."""
    # The sign has the colour of the text; the border of the card has the colour of the verdict.
    sign = f'<span aria-hidden="true">{SIGNS[status]}</span>'
    return f"{sign} {VERDICTS[status]}"


def page(title: str, body: str) -> str:
    """A whole HTML document that loads nothing and runs no script."""
    title = escape(title)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def grid(caption: str, head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table as HTML.

    head : the names of the columns; a `#` in front marks a column of numbers
    body : rows of HTML
    """
    kinds = [' class="number"' if name.startswith("#") else "" for name in head]
    top = "".join(f'<th scope="col"{k}>{escape(n.lstrip("#"))}</th>' for n, k in zip(head, kinds, strict=True))
    rows = []
    for first, *rest in body:
        cells = "".join(f"<td{k}>{value}</td>" for value, k in zip(rest, kinds[1:], strict=True))
        rows.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    inside = f"<caption>{escape(caption)}</caption>\n<thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(rows)
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
    return f"{region}\n<table>\n{inside}\n</tbody>\n</table>\n</div>"
