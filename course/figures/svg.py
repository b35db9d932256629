"""What the figures share: numbers as text, elements of SVG, and the output with drawing, words and script."""

import json
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import NamedTuple

from IPython.display import HTML

from course import style

MINUS = "\N{MINUS SIGN}"


def number(x: float, digits: int = 2) -> str:
    """x with this many decimals and a true minus sign, none at zero; `number` in the scripts writes the same."""
    text = f"{x:.{digits}f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", MINUS)


def significant(x: float) -> float:
    """x to three significant digits, so that the data of a script is the same on every processor."""
    return float(f"{x:.3g}")


class Phrase(NamedTuple):
    """A sentence as its template and the values of its places, so that the site can translate the template."""

    template: str
    values: dict[str, str]

    def __str__(self) -> str:
        return self.template.format(**self.values)


def phrase(template: str, **values: object) -> Phrase:
    """A sentence with values for its places; write the template in the call, where the catalogue finds it."""
    return Phrase(template, {name: str(value) for name, value in values.items()})


Words = str | Phrase | Sequence[Phrase]  # of a figure: text that stays English, or phrases


def sentences(words: Words) -> str:
    """The words as English text."""
    return str(words) if isinstance(words, str | Phrase) else " ".join(map(str, words))


def phrase_data(words: Words) -> dict[str, str]:
    """The attribute that carries phrases to the site as JSON: a list of [template, values]; none for a plain text."""
    if isinstance(words, str):
        return {}
    phrases = [words] if isinstance(words, Phrase) else [*words]
    return {"data_phrases": escape(json.dumps(phrases, ensure_ascii=False, separators=(",", ":")))}


def text(x: float, y: float, words: str, cls: str = "", **attributes: str) -> str:
    """Words, centred at x unless the class says otherwise; attribute names have _ for -."""
    return f'<text x="{x:g}" y="{y:g}"{_attributes(cls, attributes)}>{words}</text>'


def line(x1: float, y1: float, x2: float, y2: float, cls: str = "", **attributes: str) -> str:
    """A straight line."""
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}"{_attributes(cls, attributes)}/>'


def arrow(x1: float, y1: float, x2: float, y2: float, cls: str = "") -> str:
    """A horizontal or vertical arrow."""
    if y1 == y2:
        barbs = f"M{x2:g} {y2:g}L{x2 + (5 if x2 < x1 else -5):g} {y2 - 3:g}v6z"
    else:
        barbs = f"M{x2:g} {y2:g}L{x2 - 3:g} {y2 + (5 if y2 < y1 else -5):g}h6z"
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}{barbs}"{_attributes(f"arrow {cls}".strip(), {})}/>'


def bar(x: float, zero: float, value: float, width: float, reach: float) -> str:
    """A bar from zero, upwards for a positive value and downwards for a negative one; `reach` is the length for 1."""
    length = abs(value) * reach
    top = zero - length if value > 0 else zero
    return rect(x, round(top, 1), width, round(length, 1), "plus" if value > 0 else "minus")


def rect(x: float, y: float, width: float, height: float, cls: str = "", **attributes: str) -> str:
    """A rectangle; `rx` rounds it."""
    size = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f"<rect {size}{_attributes(cls, attributes)}/>"


def svg(width: float, height: float, label: Words, parts: Iterable[str]) -> str:
    """A drawing of this size in its own units, with the label that a screen reader reads out in its place."""
    size = f'viewBox="0 0 {width:g} {height:g}" style="max-width:{width / 13:.3g}em"'
    return f"<svg {size}{spoken(label)}>{''.join(parts)}</svg>"


def spoken(words: Words) -> str:
    """The attributes of an image with the words that a screen reader reads out in its place."""
    return _attributes("", {"role": "img", "aria_label": escape(sentences(words)), **phrase_data(words)})


def _attributes(cls: str, attributes: dict) -> str:
    given = {"class": cls, **attributes} if cls else attributes
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in given.items())


def output(name: str, drawing: str, words: Words, data: object, note: Words = "") -> HTML:
    """One figure as a cell's output.

    name : str       of the module, whose script moves it
    drawing : str    SVG, complete without the script
    words : Words    text that describes in a sentence or two what the figure shows
    data : object    for the script, as JSON; None for a figure that does not move
    note : Words     HTML above the drawing
    """
    named = {"grey": style.GREY, "blue": style.BLUE, "orange": style.ORANGE, "green": style.GREEN}
    variables = "; ".join(f"--{name}: {colour}" for name, colour in named.items())
    sheets = [*(["controls.css"] if data is not None else []), "shared.css", f"{name}.css", "print.css"]
    look = f".moving {{ {variables} }}\n{''.join(map(_file, sheets))}"
    above = _paragraph("note", note, sentences(note)) if note else ""
    below = _paragraph("words", words, escape(sentences(words)), aria_live="polite")
    inside = f'<style>{look}</style>{above}<div class="drawing">{drawing}</div>{below}'
    if data is None:
        return HTML(f'<div class="moving {name} still">{inside}</div>')
    numbers = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    scripts = f"<script>{_file('shared.js')}{_file(f'{name}.js')}</script>"
    return HTML(f'<div class="moving {name}">{inside}<script type="application/json">{numbers}</script>{scripts}</div>')


def _file(name: str) -> str:
    return (files("course.figures") / name).read_text("utf8")


def _paragraph(cls: str, words: Words, html: str, **attributes: str) -> str:
    """The words as HTML, with their phrases as data."""
    return f"<p{_attributes(cls, attributes | phrase_data(words))}>{html}</p>"
