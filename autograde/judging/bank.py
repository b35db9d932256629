"""The bank of wrong answers: what each chapter's `wrong_answers.py` defines, and how such files are imported."""

import functools
import importlib.util
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.course import Course, CourseError
from autograde.exercise import Exercise


@dataclass(frozen=True)
class WrongAnswer:
    """One entry of the bank: `name`, the `diagnosis` that a learner reads, and the function itself."""

    name: str
    diagnosis: str
    function: Callable


def wrong_answer(exercise_name: str) -> Callable:
    """Mark a function of `wrong_answers.py` as a classic mistake; its docstring is the diagnosis."""

    def mark(function: Any) -> Any:
        function.wrong_answer_to = exercise_name
        return function

    return mark


def bank(course: Course, exercise: Exercise) -> list[WrongAnswer]:
    """The wrong answers known for an exercise, in the order of the file."""
    path = bank_path(course, exercise)
    return _bank(course, path).get(exercise.name, []) if path.exists() else []


def bank_path(course: Course, exercise: Any) -> Path:
    """The file of an exercise's wrong answers; exercises that use PyTorch have a file of their own."""
    name = "wrong_answers_torch.py" if exercise.uses_torch else "wrong_answers.py"
    return course.root / "tests" / "exercises" / exercise.chapter / name


@functools.cache
def _bank(course: Course, path: Path) -> dict[str, list[WrongAnswer]]:
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
def load_answers(course: Course, path: Path) -> dict[str, Any]:
    """What a file of the bank, or of right answers, defines, by name.

    As in the sandbox, the names of earlier exercises stand for the reference's functions without decorators.
    """
    module = load_module(path)
    bare = bare_answers(course, path.stem.endswith("_torch"))
    vars(module).update({name: bare[name] for name in set(vars(module)) & set(course.by_name) & set(bare)})
    return dict(vars(module))


@functools.cache
def bare_answers(course: Course, torch: bool = False) -> dict[str, Any]:
    """The reference answers of all exercises, without decorators and annotations, by name; PyTorch's only if asked."""
    bare = {}
    exec(course.answers_source(torch=torch), bare)
    return bare


@functools.cache
def load_module(path: Path) -> types.ModuleType:
    """Import a file, once, whose folder is no package: `tests/exercises/01_recurrence/wrong_answers.py`."""
    if not path.exists():
        raise CourseError(f"{path}: there is no such file; each chapter with exercises has one")
    spec = importlib.util.spec_from_file_location(f"course_{path.parent.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CourseError(f"{path}: is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: is no Python: {error.msg}") from None
    return module
