"""Mutation testing of the exercises' tests: change each reference answer in every small way and list what passes.

    python tools/mutants.py [EXERCISE | CHAPTER …] [--seed N] [--threshold 99] [--jobs N]

Prints, for each exercise, how many mutants its test stops, and each survivor as a diff. A survivor that is no mistake
is written into the `equivalent_mutants.yml` of its chapter with the reason, and does not count. Exit status: 0 if the
test stops at least the threshold, in per cent, of the others; 1 if not; 2 if a name is no exercise, a list is wrong or
a reference answer fails its own test. Needs the signals and limits of Linux or macOS.
"""

import argparse
import ast
import difflib
import functools
import os
import signal
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml
from mutation import mutants

from autograde.authoring.answers import load_answer
from autograde.course import Course, CourseError, bare_source
from autograde.exercise import Exercise
from autograde.judging.exercise_test import generator, load_test
from autograde.judging.recorded_function import InProcessSession, RecordedFunction, repeat_first_case

ROOT = Path(__file__).resolve().parents[1]
MAX_MEMORY = 4 * 2**30  # bytes, of the process that runs a mutant

Change = tuple[str, str, str]  # exercise's name, lines of the answer, lines of the mutant in their place


class Stopped(BaseException):
    """Ends the run of a mutant: the test has found a difference, or the time is up."""


class _StopAtFirst(list):
    """Ends the test at the first difference; the grader would go on and collect evidence for its diagnosis."""

    def append(self, found: Any) -> None:
        if getattr(found, "mismatch", found) is not None:
            raise Stopped
        super().append(found)


@functools.cache
def course() -> Course:
    """The course, read once."""
    return Course(ROOT)


@functools.cache
def answer(name: str) -> str:
    """The reference answer to an exercise: source without docstrings, decorators and annotations."""
    exercise = course().by_name[name]
    [definition] = ast.parse(bare_source(ROOT, exercise.module, exercise.name)).body
    assert isinstance(definition, ast.FunctionDef | ast.ClassDef)
    for part in (definition, *definition.body):
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part) is not None:
            del part.body[0]
    return ast.unparse(definition)


@functools.cache
def mutants_of(name: str) -> list[str]:
    """All mutants of an exercise's answer, as sources."""
    return mutants(answer(name))


def passes(name: str, source: str, seed: int, seconds: float) -> bool:
    """Whether an answer passes the exercise's test within these seconds of processor time and the memory limit."""
    exercise = course().by_name[name]
    submitted = RecordedFunction(exercise, InProcessSession(load_answer(course(), exercise, source)))
    submitted.cases, submitted.broken_properties = _StopAtFirst(), _StopAtFirst()
    signal.signal(signal.SIGPROF, _too_late)  # counts processor time, so that other load on the machine stops no mutant
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        load_test(course(), exercise)(submitted, generator(seed, exercise))
        repeat_first_case(submitted)
        return True
    except (Exception, Stopped):  # the test itself raises where it cannot use the mutant's value
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_late(*_: object) -> None:
    raise Stopped


def _limit_memory() -> None:
    import resource

    with suppress(ValueError):  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _judge(task: tuple[str, int, int, float]) -> bool:
    name, number, seed, seconds = task
    return passes(name, mutants_of(name)[number], seed, seconds)


def survivors(exercises: list[Exercise], seed: int, seconds: float, jobs: int) -> Iterator[tuple[str, int, list[str]]]:
    """For each exercise its name, the number of its mutants, and the sources of those that pass its test."""
    for exercise in exercises:
        if not passes(exercise.name, answer(exercise.name), seed, seconds):
            raise CourseError(f"{exercise.id} {exercise.name}: the reference answer itself does not pass")
    tasks = [(e.name, number, seed, seconds) for e in exercises for number in range(len(mutants_of(e.name)))]
    context = get_context("fork")  # forked workers need not read the course again
    with ProcessPoolExecutor(jobs, context, _limit_memory) as pool:
        verdicts = pool.map(_judge, tasks, chunksize=8)
        done = 0
        for exercise in exercises:
            alive = []
            for source in mutants_of(exercise.name):
                done += 1
                _progress(f"{exercise.id} {exercise.name} {100 * done // len(tasks):3} %")
                if next(verdicts):
                    alive.append(source)
            _progress("")
            yield exercise.name, len(mutants_of(exercise.name)), alive


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def difference(name: str, source: str) -> tuple[str, str]:
    """The lines of the answer that a mutant changes, and the lines in their place; without indentation."""
    lines = [*difflib.ndiff(answer(name).split("\n"), source.split("\n"))]
    before, after = ("\n".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return before, after


def equivalents(stem: str) -> set[Change]:
    """The changes that a chapter's list says are no mistakes. Raises CourseError."""
    path = ROOT / "tests" / "exercises" / stem / "equivalent_mutants.yml"
    if not path.exists():
        return set()
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = [(name, entry) for name, entries in (listed or {}).items() for entry in entries]
        if all(entry["why"] for _, entry in entries):
            return {(name, entry["lines"].strip(), other.strip()) for name, entry in entries for other in entry["into"]}
        fault = "a reason is empty"
    except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        fault = str(error)
    raise CourseError(f"{path}: write the exercise's name, and under it a list of `lines`, `into` and `why` ({fault})")


def report(exercises: list[Exercise], options: argparse.Namespace) -> tuple[int, int]:
    """Print the result of each exercise; returns how many mutants count, and how many of those survive."""
    known = set[Change]().union(*(equivalents(stem) for stem in {exercise.chapter for exercise in exercises}))
    counted = missed = 0
    for name, number, alive in survivors(exercises, options.seed, options.seconds, options.jobs):
        changes = {source: (name, *difference(name, source)) for source in mutants_of(name)}
        left = [changes[source] for source in alive if changes[source] not in known]
        equivalent = len(alive) - len(left)
        counted, missed = counted + number - equivalent, missed + len(left)
        aside = f"; {equivalent} more are listed as no mistake" if equivalent else ""
        print(f"{course().by_name[name].id} {name}: {number - len(alive)} of {number - equivalent} stopped{aside}")
        _print_changes("passes:", left)
        stale = {change for change in known if change[0] == name} - {changes[source] for source in alive}
        _print_changes("is in the list, and is no survivor (any more):", sorted(stale))
    return counted, missed


def _print_changes(title: str, changes: Iterable[Change]) -> None:
    for _, lines, instead in changes:
        print(f"    {title}")
        print(textwrap.indent(lines, "    - "))
        print(textwrap.indent(instead, "    + "))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="EXERCISE | CHAPTER", help="2.5, lstm_step, 02_gates; else all")
    parser.add_argument("--seed", type=int, default=1, help="of the tests' inputs")
    parser.add_argument("--seconds", type=float, default=5.0, help="processor time that a mutant may take")
    parser.add_argument("--threshold", type=float, default=99.0, help="per cent to be stopped")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    options = parser.parse_args(arguments)
    if not hasattr(signal, "setitimer"):
        print("mutants are stopped by a signal that Windows does not have: run this on Linux or macOS", file=sys.stderr)
        return 2
    try:
        counted, missed = report(course().chosen(options.names), options)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    share = 100.0 * (counted - missed) / max(counted, 1)
    print(f"stopped {counted - missed} of {counted} mutants: {share:.2f} %")
    return 0 if share >= options.threshold else 1


if __name__ == "__main__":
    sys.exit(main())
