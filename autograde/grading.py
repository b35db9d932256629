"""Grades one answer to one exercise: runs its test on it, and says what came out."""

import zlib
from dataclasses import dataclass

import numpy as np

from autograde.diagnose import diagnose, load_module
from autograde.session import Lost, Raised
from autograde.trial import Submitted, repeat_first_case
from autograde.words import shorten

SECONDS = 10.0


@dataclass
class Result:
    """What a learner gets for one exercise; the fields are those of the scorecard's JSON, `hint` beside them."""

    id: str
    name: str
    points: int
    max_points: int
    status: str  # passed, failed, not_attempted or error
    diagnosis: str | None = None
    message: str = ""
    hint: str = ""


def fresh_seed():
    """A seed for this run, small enough to be typed again."""
    return int(np.random.SeedSequence().generate_state(1)[0] % 1_000_000)


def generator(seed, exercise):
    """The Generator that a test of `exercise` gets: the same for the same seed, alone or among others."""
    return np.random.default_rng([seed, zlib.crc32(exercise.name.encode())])


def load_test(course, exercise):
    """The test function of an exercise, from `tests/exercises/`."""
    module = load_module(course.root / "tests" / "exercises" / f"test_{exercise.chapter}.py")
    return getattr(module, f"test_{exercise.name}")


def grade(course, exercise, answer, sandbox, *, test=None, seed=None, seconds=SECONDS):
    """Run the exercise's test on an answer and give the Result.

    answer : Answer of a submission
    test : the test function, found by its name when not given
    """
    if answer.status:
        return result(exercise, answer.status, answer.message)
    seed = fresh_seed() if seed is None else seed
    with sandbox.open(seconds) as session:
        submitted = Submitted(exercise, session)
        try:
            session.load(**answer.load)
            (test or load_test(course, exercise))(submitted, generator(seed, exercise))
            repeat_first_case(submitted)
        except Raised as error:
            return _raised(exercise, error, answer.cells)
        except Lost as error:
            return result(exercise, "error", str(error))
    return verdict(course, submitted, answer.cells)


def verdict(course, submitted, cells):
    """Turn what a test recorded into a Result."""
    exercise, mismatches = submitted.exercise, submitted.mismatches
    if not mismatches:
        return result(exercise, "passed", "")
    entry = diagnose(course, exercise, submitted.cases)
    if entry is not None:
        wrong = next(case.mismatch for case in submitted.cases if case.mismatch and case.got.raised is None)
        return result(exercise, "failed", f"{wrong.text}\n{entry.diagnosis}", entry.name)
    raised = [case.got.raised for case in submitted.cases if case.got.raised and case.mismatch]
    if raised and mismatches[0].kind == "raised":
        return _raised(exercise, raised[0], cells, mismatches[0].text)
    return result(exercise, "failed", mismatches[0].text)


def result(exercise, status, message, diagnosis=None):
    """A Result with the points that the status is worth, and a hint where the answer was wrong."""
    points = exercise.points if status == "passed" else 0
    hint = exercise.hints[0] if exercise.hints and status == "failed" else ""
    return Result(exercise.id, exercise.name, points, exercise.points, status, diagnosis, message, hint)


def _raised(exercise, error, cells, text=None):
    """The learner's code raised: the line of their cell, unless it is the stub's own NotImplementedError."""
    if error.type == "NotImplementedError" and error.text.startswith(f"Exercise {exercise.id}"):
        return result(exercise, "not_attempted", "Not attempted.")
    text = text or f"It raises {shorten(error.type)}: {shorten(error.text)}"
    return result(exercise, "error", text + _line(error.where, cells))


def _line(where, cells):
    if where is None or where[0] not in cells:
        return ""
    lines = cells[where[0]].split("\n")
    if not 1 <= where[1] <= len(lines):
        return ""
    return f"\nline {where[1]} of the cell: {shorten(lines[where[1] - 1], 120)}"
