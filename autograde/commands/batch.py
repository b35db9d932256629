"""Grade a class: a folder with a notebook, a folder or a zip a student.

Names as Moodle, Canvas and Blackboard make them are understood. Writes grades.csv, a summary grades.html beside it, and
the folder grades/ with one JSON a student. Started again it grades only what is new or has changed.
Exit code: 0 all graded, 1 some could not be, 2 nothing was done, 3 there is no sandbox here.
"""

import argparse
import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograde.batch import reading
from autograde.batch.gradebook import Gradebook
from autograde.batch.grader import Settings
from autograde.batch.inbox import Handin, collect, looks_like_one_person
from autograde.batch.journal import Journal
from autograde.batch.pool import grade_class
from autograde.batch.similarity import own_fingerprints
from autograde.batch.summary import print_summary, text
from autograde.batch.times import read_times, timestamp
from autograde.commands import CommandError, add_course
from autograde.commands.grade import add_choice, add_limits, refuse_without_isolation
from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.exercise_test import fresh_seed
from autograde.judging.scorecard import choose, course_digest
from autograde.sandbox.sandbox import Sandbox
from lstm_ref.files import write_whole

if TYPE_CHECKING:
    from rich.console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: what to grade, where to write, and how."""
    parser.add_argument("submission", metavar="SUBMISSIONS", help="the folder of all submissions")
    parser.add_argument("--out", default="grades.csv", metavar="FILE.csv", help="the table (grades.csv)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that grade (1)")
    parser.add_argument("--due", metavar="TIME", help="flag what came later, 2026-11-30T23:59")
    help_text = "a table with the columns student and time, where the times of the files are not those of handing in"
    parser.add_argument("--times", metavar="FILE.csv", help=help_text)
    parser.add_argument("--again", action="store_true", help="grade all of them anew")
    add_choice(parser)
    add_limits(parser)
    add_course(parser)


def run(options: argparse.Namespace) -> int:
    """Grade what has not been graded, and write the table, the summary and the journal."""
    from rich.console import Console

    console, course, out = Console(highlight=False), Course(options.course), Path(options.out)
    times = read_times(options.times) if options.times else {}
    due = timestamp(options.due, "--due") if options.due else None
    handins, journal = _open(options, course, out)
    isolated = _isolation(options, course)
    exercises = choose(course, options.chapter, options.exercise)
    seed = options.seed if options.seed is not None else journal.last_seed()
    seed = fresh_seed() if seed is None else seed
    settings = Settings(
        str(course.root), tuple(options.chapter), tuple(options.exercise), seed, options.time_limit, isolated
    )
    journal.begin(_basis(settings, course))
    done, todo = [], []
    for handin in handins:
        previous = None if options.again else journal.find(handin, reading.digest(handin))
        done.append((handin, previous)) if previous else todo.append(handin)
    if done:
        console.print(f"{len(done)} of {len(handins)} are graded already and have not changed")
    try:
        with _progress(len(handins), len(done)) as advance:
            for handin, outcome in grade_class(todo, settings, options.workers, len(exercises)):
                journal.keep(handin, outcome)
                done.append((handin, outcome))
                advance()
    except KeyboardInterrupt:
        console.print(f"{len(done)} of {len(handins)} are graded and kept; the same command goes on from there")
        raise
    gradebook = Gradebook(
        _counting(course, options, exercises, done, console), done, own_fingerprints(course), due, times
    )
    write_whole(out, gradebook.csv())
    write_whole(out.with_suffix(".html"), text(gradebook, f"Class summary: {Path(options.submission).resolve().name}"))
    print_summary(gradebook, console)
    console.print(f"\n{out}, {out.with_suffix('.html')}, {journal.folder}{os.sep}; seed {seed}", markup=False)
    return 0 if len(gradebook.cards) == len(gradebook.rows) else 1


def _open(options: argparse.Namespace, course: Course, out: Path) -> tuple[list[Handin], Journal]:
    """The hand-ins, and the journal beside the table. Raises CommandError if either cannot be used."""
    folder, own = Path(options.submission), out.with_suffix("")
    if not folder.is_dir():
        raise CommandError(f"{folder}: there is no such folder")
    if out.suffix != ".csv" or not out.parent.is_dir():
        raise CommandError(f"--out {out}: name a .csv in a folder that exists")
    if out.resolve().is_relative_to(folder.resolve()):
        raise CommandError(f"--out {out}: that is among the submissions; name a place outside of {folder}")
    journal = Journal(own)
    if (out.exists() or own.exists()) and journal.last_seed() is None:
        taken = own if own.exists() else out
        raise CommandError(f"{taken} exists and was not written by this command; name another --out, or move it")
    if looks_like_one_person(folder, course):
        raise CommandError(f"{folder}: these are the chapters of one person: autograde grade {folder}")
    handins = collect(folder)
    if not handins:
        raise CommandError(f"{folder}: no submissions are in this folder")
    return handins, journal


def _isolation(options: argparse.Namespace, course: Course) -> bool:
    """Whether the class's code will run in the sandbox. Raises NoSandbox without one, unless that was allowed."""
    with Sandbox(allow_isolation=not options.no_sandbox) as sandbox:
        refuse_without_isolation(sandbox, options, course)
        return sandbox.isolated


def _basis(settings: Settings, course: Course) -> dict[str, Any]:
    return {
        "seed": settings.seed,
        "course": course_digest(course),
        "chapters": list(settings.chapters),
        "exercises": list(settings.keys),
        "seconds": settings.seconds,
        "isolated": settings.isolate,
    }


def _counting(
    course: Course,
    options: argparse.Namespace,
    exercises: Sequence[Exercise],
    graded: Iterable[tuple[Handin, dict[str, Any]]],
    console: "Console",
) -> Sequence[Exercise]:
    """The exercises that count for all students: those asked for, else those of every chapter that was handed in."""
    if options.chapter or options.exercise:
        return exercises
    counts = {stem: 0 for stem in course.chapters}
    for _, outcome in graded:
        for stem in outcome["prints"]:
            counts[stem] += 1
    counting = [stem for stem in course.chapters if counts[stem]]
    few = [stem for stem in counting if counts[stem] <= max(counts.values()) / 4]
    if few:
        common = " ".join(f"--chapter {stem}" for stem in counting if stem not in few)
        chapters = ", ".join(f"{stem} ({counts[stem]})" for stem in few)
        console.print(f"few have handed in {chapters}; it counts for all. To leave it out: {common}", markup=False)
    return [e for e in exercises if e.chapter in counting] or exercises


@contextlib.contextmanager
def _progress(total: int, done: int) -> Iterator[Callable[[], None]]:
    """A progress bar, where the output is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("grading", total=total, completed=done)
        yield lambda: bar.advance(task)
