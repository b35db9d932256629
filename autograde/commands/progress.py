"""Show how far you are: points chapter by chapter, what is wrong, and what comes next.

Everything is graded anew from the notebooks as they are saved. Nothing is remembered between two calls, and nothing
is written.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autograde.commands import add_course
from autograde.commands.grade import add_limits, refuse_without_isolation
from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.grading import grade_submission
from autograde.judging.result import Result
from autograde.judging.scorecard import Scorecard, choose
from autograde.reports.terminal import COLOURS, isolation_note, lines
from autograde.sandbox.sandbox import Sandbox
from autograde.submissions.notebook import read_submission
from autograde.text import without_roles

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

BAR = 24  # characters
INDENT = (0, 0, 0, 2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: the folder, the chapters, the number of hints, and the limits."""
    help_text = "your notebooks, or one of them (the course's chapters/)"
    parser.add_argument("submission", metavar="FOLDER", nargs="?", help=help_text)
    parser.add_argument("--chapter", action="append", default=[], metavar="NAME", help="only this chapter")
    help_text = "show so many hints for what is wrong (1, where the mistake is not known)"
    parser.add_argument("--hints", type=int, default=0, metavar="N", help=help_text)
    add_limits(parser)
    add_course(parser)
    parser.set_defaults(exercise=[])


def run(options: argparse.Namespace) -> int:
    """Grade the notebooks and print the progress."""
    from rich.console import Console
    from rich.progress import Progress

    course = Course(options.course)
    options.submission = options.submission or str(course.root / "chapters")
    exercises = choose(course, options.chapter)
    notebooks = read_submission(options.submission, course)
    console, aside = Console(highlight=False), Console(stderr=True)
    with Sandbox(allow_isolation=not options.no_sandbox) as sandbox:
        refuse_without_isolation(sandbox, options, course)
        with Progress(console=aside, transient=True, disable=not aside.is_terminal) as bar:
            task = bar.add_task("grading", total=len(exercises))
            card = grade_submission(
                course, notebooks, exercises, sandbox, where=options.submission, seed=options.seed,
                seconds=options.time_limit, after_each=lambda result: bar.advance(task),
            )  # fmt: skip
    for line in _bars(course, exercises, card):
        console.print(line)
    tried = [r for r in card.results if r.status in ("failed", "error")]
    for r in tried:
        _explain(console, r, course.by_name[r.name].hints, options.hints)
    open_ones = [course.by_name[r.name] for r in card.results if r.status == "not_attempted"]
    console.print()
    if open_ones:
        first = open_ones[0]
        console.print(
            f"Next: {first.id} {first.name} in {first.chapter}.ipynb ({first.points} points, about {first.minutes} "
            f'minutes). hint("{first.id}") in the notebook gives a hint.',
            markup=False,
        )
    elif not tried:
        console.print("All done." if len(exercises) == len(course.exercises) else "All done here.")
    if trust := isolation_note(card):
        console.print(trust, style="yellow", markup=False)
    sys.stdout.flush()
    return 0


def _bars(course: Course, exercises: Sequence[Exercise], card: Scorecard) -> Iterator["Text"]:
    """A line for each chapter and one for all: a bar, the points, and how many exercises are passed."""
    from rich.text import Text

    by_name = {r.name: r for r in card.results}
    stems = list(dict.fromkeys(e.chapter for e in exercises))
    wide = max(map(len, [*stems, "together"]))
    for stem in [*stems, "together"]:
        mine = [by_name[e.name] for e in exercises if stem in (e.chapter, "together")]
        points, max_points = sum(r.points for r in mine), sum(r.max_points for r in mine)
        done, full = sum(r.status == "passed" for r in mine), round(BAR * points / max_points)
        bar = Text("█" * full, style="green") + Text("░" * (BAR - full), style="dim")
        summary = f"  {points:>3} / {max_points:<3}  {done} of {len(mine)} exercises"
        yield Text(f"{stem:{wide}}  ") + bar + Text(summary)


def _explain(console: "Console", r: Result, hints: Sequence[str], wanted: int) -> None:
    """Print what is wrong with one answer, and the next hint where the reason alone does not say what to do."""
    from rich.padding import Padding
    from rich.text import Text

    head, *reasons = lines(r).split("\n")
    console.print()
    console.print(Text(head, style=COLOURS[r.status]))
    for line in reasons:
        console.print(Padding(Text(line.strip()), INDENT))
    given = max(wanted, 1 if r.hint else 0)
    for number, hint in enumerate(hints[:given], start=1):
        hint_line = Text(f"hint {number} of {len(hints)}: {without_roles(hint)}", style="dim")
        console.print(Padding(hint_line, INDENT))
