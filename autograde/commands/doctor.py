"""Look over exercises as their author should: are they ready for a learner?

Says which exercises have fewer than three wrong answers, wrong answers that no test catches or that look alike, stubs
that pass, hints that give the answer away, right answers that fail, slow tests, missing fields, missing shapes, and
what belongs to no exercise. Each line names the file and the remedy.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from autograde.authoring.dynamic_checks import check_exercise
from autograde.authoring.static_checks import find_orphans
from autograde.commands import add_course
from autograde.course import Course, CourseError, find_root
from autograde.exercise import Exercise, read_exercises
from autograde.problem import Problem, Problems


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: which exercises, and on how many seeds."""
    parser.add_argument("names", nargs="*", metavar="EXERCISE", help="2.5, lstm_step, or 02_gates; else all")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="try right answers on so many inputs (1)")
    add_course(parser)


def run(options: argparse.Namespace) -> int:
    """Print the table and every problem; the exit code is 1 if there is one."""
    problems = unreadable(find_root(options.course))
    if problems:
        return report([], problems)
    course = Course(options.course)
    exercises = course.chosen(options.names)
    rows = []
    for exercise in _with_progress_bar(exercises):
        found, test_s = check_exercise(course, exercise, range(options.seeds))
        problems += found
        rows.append((exercise, len(found), test_s))
    with suppress(CourseError):  # a file that is no Python is reported with its exercises
        problems += [p for p in find_orphans(course) if not options.names or _is_of(p, exercises)]
    return report(rows, problems)


def unreadable(root: Path) -> list[Problem]:
    """The problems in the chapters' YAML; the other checks need YAML that can be read."""
    problems = []
    for path in sorted(root.glob("course/*/exercises.yml")):
        try:
            read_exercises(path, root)
        except Problems as found:
            problems += found.problems
    return problems


def _is_of(problem: Problem, exercises: Sequence[Exercise]) -> bool:
    return any(exercise.chapter in str(problem.where) for exercise in exercises)


def _with_progress_bar(exercises: Sequence[Exercise]) -> Iterator[Exercise]:
    """The exercises one by one, with a progress bar where the output is a terminal."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:3], TimeRemainingColumn(), TextColumn("{task.fields[now]}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("exercises", total=len(exercises), now="")
        for exercise in exercises:
            bar.update(task, now=f"{exercise.id} {exercise.name}")
            yield exercise
            bar.advance(task)


def report(rows: Sequence[tuple[Exercise, int, float | None]], problems: Sequence[Problem]) -> int:
    """Print the table of exercises and a line for each problem. Returns the exit code."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    if rows:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("exercise", no_wrap=True)
        for name in ("problems", "test, ms"):
            table.add_column(name, justify="right", no_wrap=True)
        for exercise, count, test_s in rows:
            shown = f"{1000 * test_s:.0f}" if test_s is not None else "–"
            table.add_row(f"{exercise.id} {exercise.name}", str(count), shown, style="red" if count else None)
        console.print(table)
    for problem in problems:
        console.print(str(problem), markup=False)
    total = f"{len(problems)} problem{'s' * (len(problems) != 1)}"
    console.print(total if problems else "Nothing is wrong.")
    return 1 if problems else 0
