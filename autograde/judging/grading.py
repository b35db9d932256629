"""Grades one answer to one exercise: runs its test on it, and says what came out."""

import re
import zlib
from dataclasses import dataclass

import numpy as np

from autograde.judging.assertions import RecordedFunction, repeat_first_case
from autograde.judging.diagnosis import diagnose, load_module
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.sandbox.session import LearnerError, SessionLost
from autograde.text import shorten, without_roles

TIME_LIMIT_S = 10.0
QUESTIONS = 4  # failed ones that a learner is shown where no mistake is named
NAME = re.compile(r"[^\W\d]\w*")
ALONE = "Answers are graded with NumPy and Python's own library alone, whatever else the notebook uses."
BY_MISTAKE = "All that it needs comes in as arguments; is another cell's variable read by mistake?"


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


def test_path(course, stem):
    """The file of a chapter's tests."""
    return course.root / "tests" / "exercises" / stem / "test_exercises.py"


def load_test(course, exercise):
    """The test function of an exercise, from `tests/exercises/`."""
    module = load_module(test_path(course, exercise.chapter))
    return getattr(module, f"test_{exercise.name}")


def grade(course, exercise, answer, sandbox, *, test=None, seed=None, seconds=TIME_LIMIT_S):
    """Run the exercise's test on an answer and give the Result.

    answer : Answer of a submission
    test : the test function, found by its name when not given
    """
    if answer.status:
        return result(exercise, answer.status, answer.message)
    seed = fresh_seed() if seed is None else seed
    test = test or load_test(course, exercise)
    try:
        with sandbox.open(seconds, **_needs(exercise)) as session:
            submitted = RecordedFunction(exercise, session)
            session.load(**answer.load)
            test(submitted, generator(seed, exercise))
            repeat_first_case(submitted)
            return verdict(course, submitted, answer)
    except LearnerError as error:
        return _raised(exercise, error, answer)
    except (SessionLost, NoSandbox) as error:
        return result(exercise, "error", str(error))
    except Exception as error:
        # Whatever came back has found a hole in the test or in the comparison: it must cost this exercise only.
        said = f"{type(error).__name__}: {shorten(error)}"
        return result(exercise, "error", f"What it returned could not be judged ({said}).")


def _needs(exercise):
    return {"torch": True, "from_scratch": exercise.from_scratch} if exercise.uses_torch else {}


def verdict(course, submitted, answer):
    """Turn what a test recorded into a Result."""
    exercise, mismatches = submitted.exercise, submitted.mismatches
    if not mismatches:
        return result(exercise, "passed", "")
    entry = diagnose(course, exercise, submitted.cases)
    if entry is not None:
        return result(exercise, "failed", f"{first_wrong(submitted, answer.cells)}\n{entry.diagnosis}", entry.name)
    raised = [case.got.raised for case in submitted.cases if case.got.raised and case.mismatch]
    if raised and raised[0].type == "NotImplementedError" and raised[0].text.startswith(f"Exercise {exercise.id}"):
        return result(exercise, "not_attempted", "Not attempted.")
    if raised and mismatches[0].kind in ("raised", "backward", "borrowed"):
        said = [mismatches[0].text + _line(raised[0], answer.cells), *_foreign_globals(answer)]
        return result(exercise, "failed" if mismatches[0].kind == "borrowed" else "error", "\n".join(said))
    return result(exercise, "failed", "\n".join([*_failure_lines(submitted), *_foreign_globals(answer)]))


def _failure_lines(submitted):
    """The first mismatch; of an answer that is asked questions one by one, the first few that it fails."""
    first, failed = submitted.mismatches[0].text, {}
    for case in submitted.cases:
        if case.mismatch and case.what and not case.got.raised:
            failed.setdefault(re.sub(r"[\d.-]+", "", case.what), case.mismatch.text)  # once, whatever the sizes
    texts = list(failed.values())[:QUESTIONS]
    return texts if first in texts else [first]


def first_wrong(submitted, cells=()):
    """What was wrong first, in words: a value if there is one, else what was raised, with its line in the cells."""
    wrong = [case for case in submitted.cases if case.mismatch]
    case = min(wrong, key=lambda case: case.got.raised is not None)
    return case.mismatch.text + (_line(case.got.raised, cells) if case.got.raised else "")


def result(exercise, status, message, diagnosis=None):
    """A Result with the points that the status is worth, and a hint where nothing better can be said."""
    points = exercise.points if status == "passed" else 0
    hint = without_roles(exercise.hints[0]) if exercise.hints and status == "failed" and not diagnosis else ""
    return Result(exercise.id, exercise.name, points, exercise.points, status, diagnosis, message, hint)


def _raised(exercise, error, answer):
    """The learner's code raised while it was loaded: the line of their cell, and why another cell matters at all."""
    text = f"It raises {shorten(error.type)}: {shorten(error.text)}" + _line(error, answer.cells)
    if error.where is not None and error.where[0] in answer.cells and error.where[0] != answer.home:
        text = f"It depends on another cell, and there:\n{text}"
    if error.type == "ModuleNotFoundError":
        text += f"\n{ALONE}"
    return result(exercise, "error", "\n".join([text, *_foreign_globals(answer)]))


def _foreign_globals(answer):
    """A line, if any, on the variables of other cells that the function reads."""
    names = " and ".join(shorten(name, 40) for name in answer.foreign_globals[:3])
    return [f"It reads {names}, which it does not set. {BY_MISTAKE}"] if names else []


def _line(error, cells):
    """The line that raised, and the shapes of the arrays that stand in it."""
    where = error.where
    if where is None or where[0] not in cells:
        return ""
    lines = cells[where[0]].split("\n")
    if not 1 <= where[1] <= len(lines):
        return ""
    line = lines[where[1] - 1]
    shapes = [f"{name} {error.shapes[name]}" for name in dict.fromkeys(NAME.findall(line)) if name in error.shapes]
    held = f"\nthere: {', '.join(shapes)}" if shapes else ""
    return f"\nline {where[1]} of the cell: {shorten(line, 120)}{held}"
