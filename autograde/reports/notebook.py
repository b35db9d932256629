"""One result as a notebook shows it below a check: a small card, or plain text."""

from autograde.judging.result import Result
from autograde.reports.markup import COLOURS, MACHINE, escape, verdict
from autograde.reports.terminal import VERDICTS, lines

CODE = "line "  # a message quotes a line of the learner's cell, and below it the shapes of its variables
SHAPES = "there: "


class Card:
    """What a front end draws of a result; `note` is a last line, on the sandbox.

    Nothing but inline styles, which JupyterLab keeps in notebooks that it does not trust; the colours of ground and
    text are the page's own.
    """

    def __init__(self, result: Result, note: str = "") -> None:
        self.result, self.note = result, note

    def __repr__(self) -> str:
        return "\n".join(filter(None, [lines(self.result), f"  ({self.note})" if self.note else ""]))

    def _repr_html_(self) -> str:
        r = self.result
        head = (
            f'<div style="display: flex; flex-wrap: wrap; gap: 0 1.2em"><strong>{escape(r.id)} '
            f'<code style="font-family: {MACHINE}">{escape(r.name)}</code></strong>'
            f"<span>{r.points} / {r.max_points} points</span><strong>{verdict(r.status)}</strong></div>"
        )
        paragraphs = [] if r.message == "Not attempted." else [line for line in r.message.split("\n") if line]
        body = "".join(map(_paragraph, [*paragraphs, *([f"({self.note})"] if self.note else [])]))
        label = escape(f"Check of {r.id} {r.name}: {VERDICTS[r.status]}")
        style = f"border-left: 4px solid {COLOURS[r.status]}; padding: .3em .9em; margin: .3em 0; line-height: 1.5"
        return f'<div role="group" aria-label="{label}" style="{style}">{head}{body}</div>'


def _paragraph(line: str) -> str:
    if line.startswith((CODE, SHAPES)):
        start, _, rest = line.partition(": ")
        inside = f'{escape(start)}: <code style="font-family: {MACHINE}">{escape(rest)}</code>'
    else:
        inside = escape(line)
    return f'<p style="margin: .3em 0 0; overflow-wrap: anywhere">{inside}</p>'
