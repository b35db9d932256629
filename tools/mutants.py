"""How tight are the exercises' tests? Change each reference answer in every small way and see which changes pass.

    python tools/mutants.py [EXERCISE | CHAPTER …] [--seed N] [--threshold 99] [--jobs N]

Prints, for each exercise, how many mutants its test stops, and each survivor as a diff. A survivor that is no mistake
is written into the `equivalent_mutants.yml` of its chapter with the reason, and not counted. Exit status: 0 if of the
rest at least the threshold, in per cent, is stopped; 1 if not; 2 if what was named is no exercise, a list is wrong or
a reference answer does not pass its own test. Needs the signals and limits of Linux or macOS.
"""

import argparse
import ast
import difflib
import functools
import os
import resource
import signal
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import yaml
from mutation import mutants

from autograde.course import Course, CourseError, bare_source
from autograde.grading import generator, load_test
from autograde.trial import Local, Submitted, repeat_first_case

ROOT = Path(__file__).resolve().parents[1]
MEMORY = 4 * 2**30


class Stopped(BaseException):
    """The test has seen the change, or its time is up: nothing more to learn from this mutant."""


class _UntilFirst(list):
    """Ends the test at the first difference; the grader would go on and gather evidence for its diagnosis."""

    def append(self, found):
        if getattr(found, "mismatch", found) is not None:
            raise Stopped
        super().append(found)


@functools.cache
def course():
    """The course, read once."""
    return Course(ROOT)


@functools.cache
def answer(name):
    """The reference answer of an exercise: source without docstrings, decorators and annotations."""
    exercise = course().by_name[name]
    [answer] = ast.parse(bare_source(ROOT, exercise.module, exercise.name)).body
    for part in (answer, *answer.body):
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part) is not None:
            del part.body[0]
    return ast.unparse(answer)


@functools.cache
def changed(name):
    """All mutants of an exercise's answer, as sources."""
    return mutants(answer(name))


@functools.cache
def _earlier(name):
    namespace = {}
    exec(course().answers_source(before=course().by_name[name]), namespace)
    return namespace


def passes(name, source, seed, seconds):
    """Whether the exercise's test lets an answer through; too slow and too hungry ones it does not."""
    exercise, namespace = course().by_name[name], dict(_earlier(name))
    exec(source, namespace)
    submitted = Submitted(exercise, Local(namespace[name]))
    submitted.cases, submitted.broken_promises = _UntilFirst(), _UntilFirst()
    signal.signal(signal.SIGPROF, _too_late)  # counts processor time: a busy machine stops nothing
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        load_test(course(), exercise)(submitted, generator(seed, exercise))
        repeat_first_case(submitted)
        return True
    except (Exception, Stopped):  # an error in the test itself, over a value that it cannot use, is the mutant's
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_late(*_):
    raise Stopped


def _limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _judge(task):
    name, number, seed, seconds = task
    return passes(name, changed(name)[number], seed, seconds)


def survivors(exercises, seed, seconds, jobs):
    """For each exercise its name, the number of its mutants, and the sources that its test lets through."""
    for exercise in exercises:
        if not passes(exercise.name, answer(exercise.name), seed, seconds):
            raise CourseError(f"{exercise.id} {exercise.name}: the reference answer itself does not pass")
    tasks = [(e.name, number, seed, seconds) for e in exercises for number in range(len(changed(e.name)))]
    context = get_context("fork")  # what is read here need not be read again
    with ProcessPoolExecutor(jobs, context, _limit_memory) as pool:
        verdicts = pool.map(_judge, tasks, chunksize=8)
        done = 0
        for exercise in exercises:
            alive = []
            for source in changed(exercise.name):
                done += 1
                _progress(f"{exercise.id} {exercise.name} {100 * done // len(tasks):3} %")
                if next(verdicts):
                    alive.append(source)
            _progress("")
            yield exercise.name, len(changed(exercise.name)), alive


def _progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def difference(name, source):
    """The lines that a mutant changes, without indentation: how they stood, and how they stand."""
    lines = [*difflib.ndiff(answer(name).split("\n"), source.split("\n"))]
    return tuple("\n".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")


def equivalents(stem):
    """What a chapter's list says is no mistake: {(exercise's name, lines, lines instead)}. Raises CourseError."""
    path = ROOT / "tests" / "exercises" / stem / "equivalent_mutants.yml"
    if not path.exists():
        return set()
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = [(name, entry) for name, entries in (listed or {}).items() for entry in entries]
        if all(entry["why"] for _, entry in entries):
            return {(name, entry["lines"].strip(), other.strip()) for name, entry in entries for other in entry["into"]}
        said = "a reason is empty"
    except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        said = error
    raise CourseError(f"{path}: write the exercise's name, and under it a list of `lines`, `into` and `why` ({said})")


def report(exercises, options):
    """Print what was found; give how many mutants count, and how many of those survive."""
    known = set().union(*(equivalents(stem) for stem in {exercise.chapter for exercise in exercises}))
    counted = missed = 0
    for name, number, alive in survivors(exercises, options.seed, options.seconds, options.jobs):
        there = {source: (name, *difference(name, source)) for source in changed(name)}
        left = [there[source] for source in alive if there[source] not in known]
        equivalent = len(alive) - len(left)
        counted, missed = counted + number - equivalent, missed + len(left)
        aside = f"; {equivalent} more are listed as no mistake" if equivalent else ""
        print(f"{course().by_name[name].id} {name}: {number - len(alive)} of {number - equivalent} stopped{aside}")
        _print_changes("passes:", left)
        stale = {change for change in known if change[0] == name} - {there[source] for source in alive}
        _print_changes("is in the list, and is no survivor (any more):", sorted(stale))
    return counted, missed


def _print_changes(title, changes):
    for _, lines, instead in changes:
        print(f"    {title}")
        print(textwrap.indent(lines, "    - "))
        print(textwrap.indent(instead, "    + "))


def main(arguments=None):
    """Read the options, judge, and give the exit status."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", metavar="EXERCISE | CHAPTER", help="2.5, lstm_step, 02_gates; else all")
    options.add_argument("--seed", type=int, default=1, help="of the tests' inputs")
    options.add_argument("--seconds", type=float, default=5.0, help="processor time that a mutant may take")
    options.add_argument("--threshold", type=float, default=99.0, help="per cent to be stopped")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    options = options.parse_args(arguments)
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
