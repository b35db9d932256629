"""What the figures share: numbers as text, pieces of SVG, and the output that holds drawing, words and script."""

import json
from collections.abc import Iterable
from html import escape
from importlib.resources import files

from IPython.display import HTML

MINUS = "\N{MINUS SIGN}"


def number(x: float, digits: int = 2) -> str:
    """x with so many decimals, a true minus and no minus at zero; the scripts' `number` writes the same."""
    text = f"{x:.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", MINUS)


def significant(x: float) -> float:
    """x to three significant digits: what a script gets is the same on every processor."""
    return float(f"{x:.3g}")


def phrase(template: str, **places: object) -> str:
    """A sentence with its places filled in; the site translates it by its template, so write that here."""
    return template.format(**places)


def text(x: float, y: float, words: str, cls: str = "", **attributes: str) -> str:
    """Words centred at x, unless the class says otherwise; attribute names with _ for -."""
    return f'<text x="{x:g}" y="{y:g}"{_attributes(cls, attributes)}>{words}</text>'


def line(x1: float, y1: float, x2: float, y2: float, cls: str = "", **attributes: str) -> str:
    """A straight line."""
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}"{_attributes(cls, attributes)}/>'


def arrow(x1: float, y1: float, x2: float, y2: float, cls: str = "") -> str:
    """An arrow that goes straight across or straight up or down."""
    if y1 == y2:
        barbs = f"M{x2:g} {y2:g}L{x2 + (5 if x2 < x1 else -5):g} {y2 - 3:g}v6z"
    else:
        barbs = f"M{x2:g} {y2:g}L{x2 - 3:g} {y2 + (5 if y2 < y1 else -5):g}h6z"
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}{barbs}"{_attributes(f"arrow {cls}".strip(), {})}/>'


def bar(x: float, zero: float, value: float, width: float, reach: float) -> str:
    """A bar from zero, up for a value above it and down for one below; `reach` is the length for 1."""
    length = abs(value) * reach
    top = zero - length if value > 0 else zero
    return rect(x, round(top, 1), width, round(length, 1), "plus" if value > 0 else "minus")


def rect(x: float, y: float, width: float, height: float, cls: str = "", **attributes: str) -> str:
    """A rectangle; `rx` rounds it."""
    size = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f"<rect {size}{_attributes(cls, attributes)}/>"


def svg(width: float, height: float, label: str, parts: Iterable[str], **attributes: str) -> str:
    """A drawing of this size in its own units, with what a screen reader says in its place."""
    size = f'viewBox="0 0 {width:g} {height:g}" style="max-width:{width / 13:.3g}em"'
    return f'<svg {size} role="img" aria-label="{escape(label)}"{_attributes("", attributes)}>{"".join(parts)}</svg>'


def _attributes(cls: str, attributes: dict) -> str:
    given = {"class": cls, **attributes} if cls else attributes
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in given.items())


def output(name: str, drawing: str, words: str, data: object, note: str = "") -> HTML:
    """One figure as a cell's output.

    name : str       of the module, whose script moves it
    drawing : str    SVG, whole without the script
    words : str      what it shows, said in a sentence or two
    data : object    for the script, as JSON
    note : str       HTML that stands above the drawing
    """
    folder = files("course.figures")
    style, shared, own = ((folder / file).read_text("utf8") for file in ("html.css", "html.js", f"{name}.js"))
    numbers = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return HTML(
        f'<div class="moving {name}"><style>{style}</style>{note}<div class="drawing">{drawing}</div>'
        f'<p class="words" aria-live="polite">{escape(words)}</p>'
        f'<script type="application/json">{numbers}</script><script>{shared}{own}</script></div>'
    )
