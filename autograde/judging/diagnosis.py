"""Names the mistake: which wrong answer of the bank does in every case what the learner's function did?"""

import functools
import importlib.util
import inspect
from dataclasses import dataclass

import numpy as np

from autograde.course import CourseError
from autograde.judging.outcome import FLOAT32_TOLERANCE, same_outcome

SECONDARY_KINDS = ("dtype", "not finite", "overflow")
SHAPE_ERRORS = ("ValueError", "IndexError")  # what NumPy raises where sizes do not fit
MIN_EVIDENCE = 6  # numbers that agree by no accident
MAX_ERROR_CHARS = 500  # so much of an error's text comes out of the sandbox


@dataclass(frozen=True)
class WrongAnswer:
    """One entry of the bank: `name`, the `diagnosis` that a learner reads, and the function itself."""

    name: str
    diagnosis: str
    function: object


def wrong_answer(exercise_name):
    """Mark a function of `wrong_answers.py` as a classic mistake; its docstring is the diagnosis."""

    def mark(function):
        function.wrong_answer_to = exercise_name
        return function

    return mark


def bank(course, exercise):
    """The wrong answers known for an exercise, in the order of the file."""
    path = bank_path(course, exercise)
    return _bank(course, path).get(exercise.name, []) if path.exists() else []


def bank_path(course, exercise):
    """The file of an exercise's wrong answers. Those that use PyTorch have their own, so that no other imports it."""
    name = "wrong_answers_torch.py" if exercise.uses_torch else "wrong_answers.py"
    return course.root / "tests" / "exercises" / exercise.chapter / name


@functools.cache
def _bank(course, path):
    entries = {}
    for name, function in load_answers(course, path).items():
        if (exercise_name := getattr(function, "wrong_answer_to", None)) is None:
            continue
        if exercise_name not in course.by_name:
            raise CourseError(f"{path}: {name} is marked as a wrong answer to {exercise_name}, which is no exercise")
        if not function.__doc__:
            raise CourseError(f"{path}: {name} has no docstring; it is the diagnosis that a learner reads")
        entry = WrongAnswer(name, " ".join(inspect.cleandoc(function.__doc__).split()), function)
        entries.setdefault(exercise_name, []).append(entry)
    return entries


@functools.cache
def load_answers(course, path):
    """What a file of the bank, or of right answers, defines, by name.

    Inside the sandbox earlier exercises are answered by bare functions; so they are here.
    """
    module = load_module(path)
    bare = bare_answers(course, path.stem.endswith("_torch"))
    vars(module).update({name: bare[name] for name in set(vars(module)) & set(course.by_name) & set(bare)})
    return dict(vars(module))


@functools.cache
def bare_answers(course, torch=False):
    """The reference answers of all exercises, without decorators and annotations, by name; PyTorch's only if asked."""
    bare = {}
    exec(course.answers_source(torch=torch), bare)
    return bare


@functools.cache
def load_module(path):
    """Import a file whose name no import statement could spell, `01_recurrence.py`, once."""
    if not path.exists():
        raise CourseError(f"{path}: there is no such file; each chapter with exercises has one")
    spec = importlib.util.spec_from_file_location(f"course_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: is no Python: {error.msg}") from None
    return module


def diagnose(course, exercise, cases):
    """The WrongAnswer that behaves as the learner's function in all cases, or None.

    A value that is wrong in the same way is evidence. If none fits, the cases where a dtype is wrong, a value not
    finite or something overflows are left aside: whoever made a classic mistake in an array of float64, or forgot the
    empty batch besides, has two, and the classic one is the one to name, if only one fits. That both raise something
    is no evidence, unless both raise the same with the same text in every such case, and only one entry does: NumPy's
    texts hold the sizes that did not fit. Where sizes do not fit, a loop stops otherwise than a product does, or goes
    on with a part: so what raises for that, and is wrong by either, is left aside last of all, if only one entry fits.
    """
    entries, did = bank(course, exercise), functools.cache(lambda entry, number: cases[number].run(entry.function))

    def fitting(numbers, fits):
        return [e for e in entries if all(fits(cases[n].got, did(e, n), _tolerance(cases[n])) for n in numbers)]

    everywhere = range(len(cases))
    elsewhere = [n for n in everywhere if not cases[n].mismatch or cases[n].mismatch.kind not in SECONDARY_KINDS]
    wrong_values = [n for n in everywhere if cases[n].mismatch and cases[n].got.raised is None]
    if wrong_values and (found := fitting(everywhere, same_outcome)):
        return found[0]
    if set(wrong_values) & set(elsewhere) and len(found := fitting(elsewhere, same_outcome)) == 1:
        return found[0]
    found = fitting(everywhere, _same_words)
    if not found:
        found = [e for e in entries if _same_where_sizes_fit(cases, [did(e, n) for n in everywhere])]
    return found[0] if len(found) == 1 else None


def _same_where_sizes_fit(cases, outcomes):
    shown = 0
    for case, did in zip(cases, outcomes, strict=True):
        if raised := [outcome.raised.type for outcome in (case.got, did) if outcome.raised]:
            if not case.mismatch or not set(raised) <= set(SHAPE_ERRORS):
                return False
        elif not same_outcome(case.got, did, _tolerance(case)):
            return False
        elif case.mismatch:
            shown = max(shown, _numbers(case.expected.value))
    return shown >= MIN_EVIDENCE


def _tolerance(case):
    """Of float32 no more than its digits can agree, also where the mistake is to go on in float64."""
    return max(case.tol, FLOAT32_TOLERANCE) if _is_single((case.expected.value, case.expected.args)) else case.tol


def _is_single(value):
    if isinstance(value, tuple | list):
        return any(map(_is_single, value))
    return isinstance(value, np.ndarray | np.generic) and value.dtype == np.float32


def _numbers(value):
    """How many numbers a value holds."""
    if isinstance(value, tuple | list):
        return sum(map(_numbers, value))
    return np.size(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else 0


def _same_words(one, other, tol):
    texts = [outcome.raised and outcome.raised.text[:MAX_ERROR_CHARS] for outcome in (one, other)]
    return same_outcome(one, other, tol) and texts[0] == texts[1]
