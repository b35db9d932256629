"""Names the mistake: which wrong answer of the bank does in every case what the learner's function did?"""

import functools
import importlib.util
import inspect
from dataclasses import dataclass

from autograde.course import CourseError
from autograde.outcome import same_outcome

BESIDE = ("dtype", "not finite", "overflow")
TEXT = 500  # so much of an error's text comes out of the sandbox


@dataclass(frozen=True)
class WrongAnswer:
    """One entry of the bank: `name`, the `diagnosis` that a learner reads, and the function itself."""

    name: str
    diagnosis: str
    function: object


def wrong_answer(exercise_name):
    """Mark a function of `tests/wrong_answers/` as a classic mistake; its docstring is the diagnosis."""

    def mark(function):
        function.wrong_answer_to = exercise_name
        return function

    return mark


def bank(course, exercise):
    """The wrong answers known for an exercise, in the order of the file."""
    path = bank_path(course, exercise)
    return _bank(course, path, exercise.uses_torch).get(exercise.name, []) if path.exists() else []


def bank_path(course, exercise):
    """The file of an exercise's wrong answers. Those that use PyTorch have their own, so that no other imports it."""
    stem = f"{exercise.chapter}_torch" if exercise.uses_torch else exercise.chapter
    return course.root / "tests" / "wrong_answers" / f"{stem}.py"


@functools.cache
def _bank(course, path, torch):
    module = load_module(path)
    # Inside the sandbox earlier exercises are answered by bare functions; so they are here.
    bare = {}
    exec(course.answers_source(torch=torch), bare)
    vars(module).update({name: bare[name] for name in set(vars(module)) & set(course.by_name)})
    entries = {}
    for name, function in list(vars(module).items()):
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
def load_module(path):
    """Import a file whose name no import statement could spell, `01_recurrence.py`, once."""
    if not path.exists():
        raise CourseError(f"{path}: there is no such file; each chapter with exercises has one")
    spec = importlib.util.spec_from_file_location(f"course_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def diagnose(course, exercise, cases):
    """The WrongAnswer that behaves as the learner's function in all cases, or None.

    A value that is wrong in the same way is evidence. If none fits, the cases where a dtype is wrong, a value not
    finite or something overflows are left aside: whoever made a classic mistake in an array of float64, or forgot the
    empty batch besides, has two, and the classic one is the one to name, if only one fits. That both raise something
    is no evidence, unless both raise the same with the same text in every such case, and only one entry does: NumPy's
    texts hold the sizes that did not fit.
    """
    entries, did = bank(course, exercise), functools.cache(lambda entry, number: cases[number].run(entry.function))

    def fitting(numbers, fits):
        return [e for e in entries if all(fits(cases[n].got, did(e, n), cases[n].tol) for n in numbers)]

    everywhere = range(len(cases))
    elsewhere = [n for n in everywhere if not cases[n].mismatch or cases[n].mismatch.kind not in BESIDE]
    wrong_values = [n for n in everywhere if cases[n].mismatch and cases[n].got.raised is None]
    if wrong_values and (found := fitting(everywhere, same_outcome)):
        return found[0]
    if set(wrong_values) & set(elsewhere) and len(found := fitting(elsewhere, same_outcome)) == 1:
        return found[0]
    found = fitting(everywhere, _same_words)
    return found[0] if len(found) == 1 else None


def _same_words(one, other, tol):
    texts = [outcome.raised and outcome.raised.text[:TEXT] for outcome in (one, other)]
    return same_outcome(one, other, tol) and texts[0] == texts[1]
