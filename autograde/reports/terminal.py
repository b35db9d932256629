"""The scorecard as a table for a terminal, and one result as a few lines of text."""

from typing import TYPE_CHECKING

from autograde.judging.result import Result
from autograde.judging.scorecard import Scorecard
from autograde.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from rich.text import Text

VERDICTS = {"passed": "passed", "failed": "wrong", "not_attempted": "not attempted", "error": "error"}
COLOURS = {"passed": "green", "failed": "red", "not_attempted": "default", "error": "yellow"}


def table(card: Scorecard, width: int, colour: bool) -> str:
    """The Scorecard as text: exercise, points, verdict, reason, and the next hint."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, show_footer=True, pad_edge=False)
    grid.add_column("exercise", footer="together", no_wrap=True)
    grid.add_column("points", footer=f"{card.points} / {card.max_points}", justify="right", no_wrap=True)
    grid.add_column("verdict", no_wrap=True)
    is_wide = width >= 110  # in a narrower terminal the reasons stand below the table
    if is_wide:
        grid.add_column("why, and what to try", ratio=1)
    for r in card.results:
        verdict = Text(VERDICTS[r.status], style=COLOURS[r.status])
        row = [f"{r.id} {r.name}", f"{r.points} / {r.max_points}", verdict]
        grid.add_row(*row, *([_why(r)] if is_wide else []))
    console = Console(
        width=max(width, 72), force_terminal=colour, no_color=not colour, highlight=False, soft_wrap=False
    )
    with console.capture() as capture:
        console.print(grid)
        for r in card.results if not is_wide else []:
            if why := _why(r):
                console.print(Text(f"{r.id} {r.name}", style="bold"), Padding(why, (0, 0, 1, 2)), sep="\n")
        if trust := isolation_note(card):
            console.print(Text(trust, style="yellow"))
        drawn = f"course {card.course_version}, seed {card.seed}; the same inputs again: --seed {card.seed}"
        console.print(Text(drawn, style="dim"))
    return capture.get()


def isolation_note(graded: Scorecard | Sandbox) -> str:
    """What every report says of the sandbox: nothing, if all its layers were there.

    graded : a Scorecard or a Sandbox
    """
    return graded.reason if graded.isolated else f"not isolated: {graded.reason}"


def _why(r: Result) -> "Text":
    from rich.text import Text

    why = Text("" if r.message == "Not attempted." else r.message)
    if r.hint:
        why.append(f"\nhint: {r.hint}", style="dim")
    return why


def lines(r: Result) -> str:
    """A result as a learner reads it below a cell."""
    head = f"{r.id} {r.name}   {r.points} / {r.max_points}   {VERDICTS[r.status]}"
    if r.status == "not_attempted":
        return head if r.message == "Not attempted." else f"{head}\n  {r.message}"
    return "\n".join([head, *(f"  {line}" for line in r.message.split("\n") if line)])
