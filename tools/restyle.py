"""Recognition of mistakes in other styles: rewrite every wrong answer of the bank and diagnose it.

    python tools/restyle.py [EXERCISE | CHAPTER …] [--style NAME …] [--seed N] [--threshold 95] [--jobs N]

A diagnosis is right if it names the entry itself, missed if it names none, and a wrong cause if it names another.
Prints each style's share and each entry that was not recognised. Exit status: 0 if at least the threshold, in per cent,
is right and no cause is wrong; 1 if not; 2 if a name is no exercise.
"""

import argparse
import functools
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from restyling import STYLES, restyled

from autograde.authoring.answers import as_cell, load_answer, run_test_on
from autograde.course import Course, CourseError
from autograde.exercise import Exercise
from autograde.judging.bank import WrongAnswer, bank, bank_path
from autograde.judging.diagnosis import diagnose
from autograde.judging.outcome import warnings_silenced

ROOT = Path(__file__).resolve().parents[1]


def judged(course: Course, exercise: Exercise, entry: WrongAnswer, style: str | None, seed: int) -> str | None:
    """The verdict on a rewritten wrong answer: right, missed, passed, or the name of another; None if not rewritten.

    style : one of STYLES, or None for the entry as it stands
    """
    source = as_cell(course, bank_path(course, exercise), entry.name, exercise.name)
    source = restyled(source, style) if style else source
    if source is None:
        return None
    submitted = run_test_on(course, exercise, load_answer(course, exercise, source), seed)
    if not submitted.mismatches:
        return "passed"
    with warnings_silenced():
        found = diagnose(course, exercise, submitted.cases)
    return "missed" if found is None else "right" if found.name == entry.name else found.name


@functools.cache
def _course(root: Path) -> Course:
    """The course, read once in each process."""
    return Course(root)


def _judge(task: tuple[Path, str, int, str, int]) -> str | None:
    root, name, number, style, seed = task
    course = _course(root)
    exercise = course.by_name[name]
    entry = bank(course, exercise)[number]
    try:
        return judged(course, exercise, entry, style, seed)
    except Exception as error:
        raise CourseError(f"{exercise.id} {entry.name}, {style}: {type(error).__name__}: {error}") from None


def report(root: Path, options: argparse.Namespace) -> tuple[int, int, int]:
    """Print each verdict that is not right; returns the numbers of all verdicts, right ones and wrong causes."""
    course = _course(root)
    exercises = course.chosen(options.names)
    styles = options.style or list(STYLES)
    tasks = [
        (root, e.name, k, style, options.seed)
        for e in exercises
        for k in range(len(bank(course, e)))
        for style in styles
    ]
    from tqdm import tqdm

    counts = {style: Counter[str]() for style in styles}
    with ProcessPoolExecutor(options.jobs) as pool:
        verdicts = tqdm(pool.map(_judge, tasks, chunksize=8), total=len(tasks), disable=None, leave=False)
        for (_, name, number, style, _), verdict in zip(tasks, verdicts, strict=True):
            if verdict is None:
                continue
            kind = verdict if verdict in ("right", "missed", "passed") else "wrong cause"
            counts[style][kind] += 1
            if kind != "right":
                exercise = course.by_name[name]
                print(f"{exercise.id} {bank(course, exercise)[number].name}, {style}: {verdict}", flush=True)
    for style, count in counts.items():
        print(f"{style}: {count['right']} of {count.total()} right; {dict(count)}")
    total = sum(counts.values(), Counter[str]())
    return total.total(), total["right"], total["wrong cause"]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="EXERCISE | CHAPTER", help="2.5, lstm_step, 02_gates; else all")
    parser.add_argument("--style", action="append", choices=STYLES, help="only this one")
    parser.add_argument("--seed", type=int, default=1, help="of the tests' inputs")
    parser.add_argument("--threshold", type=float, default=95.0, help="per cent to be right")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    options = parser.parse_args(arguments)
    try:
        total, right, wrong = report(root, options)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    share = 100.0 * right / max(total, 1)
    print(f"{right} of {total} right: {share:.2f} %; a wrong cause for {wrong}")
    return 0 if share >= options.threshold and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
