"""Grade a notebook, or one person's folder of them.

The code runs in the sandbox, never in this process. Exit code: 0 full marks, 1 less, 2 it cannot
be graded, 3 there is no sandbox here.
"""

import argparse
import shutil
import sys

from autograde.commands import add_course
from autograde.course import Course
from autograde.judging.grading import TIME_LIMIT_S, grade_submission
from autograde.judging.scorecard import choose
from autograde.reports import formats, terminal
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.sandbox.sandbox import Sandbox, refusal_reason
from autograde.submissions.notebook import read_submission


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: what to grade, how, and which reports to write."""
    parser.add_argument("submission", metavar="SUBMISSION", help="a notebook, or a folder of one person's notebooks")
    add_choice(parser)
    add_limits(parser)
    add_course(parser)
    formats.add_options(parser)


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose exercises."""
    repeatable = {"action": "append", "default": [], "metavar": "NAME"}
    parser.add_argument("--chapter", **repeatable, help="only this chapter, 01_recurrence or 1; may be repeated")
    parser.add_argument("--exercise", **repeatable, help="only this exercise, by id or function; may be repeated")


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the options for inputs, time and isolation."""
    parser.add_argument("--seed", type=int, metavar="N", help="draw the inputs of this seed")
    help_text = f"for one exercise ({TIME_LIMIT_S:g})"
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT_S, metavar="SECONDS", help=help_text)
    parser.add_argument("--allow-unsandboxed", action="store_true", help="grade where nothing isolates the code too")
    parser.add_argument("--no-sandbox", action="store_true", help="use a plain process even where bubblewrap works")


def run(options: argparse.Namespace) -> int:
    """Grade, write the reports, and print the table unless a report went to the standard output."""
    course = Course(options.course)
    exercises = choose(course, options.chapter, options.exercise)
    notebooks = read_submission(options.submission, course)
    if options.submission.endswith(".ipynb") and not (options.chapter or options.exercise):
        exercises = [e for e in exercises if e.chapter in notebooks]
    with Sandbox(allow_isolation=not options.no_sandbox) as sandbox:
        refuse_without_isolation(sandbox, options, course)
        card = grade_submission(
            course, notebooks, exercises, sandbox,
            where=options.submission, seed=options.seed, seconds=options.time_limit,
        )  # fmt: skip
    if not formats.write_reports(card, options):
        width = shutil.get_terminal_size().columns
        sys.stdout.write(terminal.table(card, width, sys.stdout.isatty()))
    return 0 if card.points == card.max_points else 1


def refuse_without_isolation(sandbox: Sandbox, options: argparse.Namespace, course: Course) -> None:
    """Raise NoSandbox where somebody else's code would run unprotected and nobody has allowed it."""
    if reason := refusal_reason(sandbox, options.submission, course.root, options.allow_unsandboxed):
        raise NoSandbox(reason)
