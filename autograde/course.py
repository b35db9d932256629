"""A course: reads its exercises from the chapters' YAML files, and their answers from the reference."""

import ast
import difflib
import functools
from collections.abc import Iterable
from pathlib import Path

from autograde.exercise import Exercise, read_exercises
from autograde.problem import Problems
from lstm_ref.course_folder import CourseNotFound, course_folder

# What an answer may use besides builtins and earlier answers: name → how it is imported.
IMPORTS = {
    "Counter": "from collections import Counter",
    "re": "import re",
    "unicodedata": "import unicodedata",
    "np": "import numpy as np",
    "nn": "from torch import nn",
    "torch": "import torch",
}
TORCH = ("nn", "torch")  # only in exercises that use PyTorch
KEPT_DECORATORS = ("staticmethod", "classmethod", "property")  # decorators that a method does not work without


class CourseError(Exception):
    """The course's own files are wrong; the message names the file and the remedy."""


class Course:
    """The exercises of a course folder, in the order of their ids.

    root : the folder with `course/`, `tests/` and the reference package; None: found by the environment
           variable LSTM_COURSE, from the working folder upwards, or in the checkout that this package stands in
    Raises CourseError where there is no course, or where its files are wrong.
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = find_root(root)
        self.exercises = [
            exercise for path in sorted(self.root.glob("course/*/exercises.yml")) for exercise in _read(path, self.root)
        ]
        self.by_name = {exercise.name: exercise for exercise in self.exercises}
        self.by_id = {exercise.id: exercise for exercise in self.exercises}
        self._order = {exercise.name: number for number, exercise in enumerate(self.exercises)}

    def find(self, key: str) -> Exercise:
        """The exercise of this name or id. Raises CourseError that says which was meant."""
        found = self.by_name.get(key) or self.by_id.get(key)
        if found is None:
            close = difflib.get_close_matches(key, [*self.by_name, *self.by_id], 1)
            meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(self.by_id)}."
            raise CourseError(f"{key} is no exercise of this course; {meant}")
        return found

    def find_chapter(self, key: str) -> str:
        """The stem of this chapter, or of the one whose number it is, "1". Raises CourseError."""
        for stem in self.chapters:
            if key in (stem, stem.partition("_")[0], stem.partition("_")[0].lstrip("0")):
                return stem
        raise CourseError(f"{key} is no chapter with exercises; there are {', '.join(self.chapters)}.")

    @property
    def chapters(self) -> list[str]:
        """The stems of the chapters that have exercises, in order."""
        return list(dict.fromkeys(exercise.chapter for exercise in self.exercises))

    def of_chapter(self, stem: str) -> list[Exercise]:
        """The exercises of one chapter."""
        return [exercise for exercise in self.exercises if exercise.chapter == stem]

    def chosen(self, names: Iterable[str]) -> list[Exercise]:
        """The exercises of these names, ids or chapters' stems; all where nothing is named. Raises CourseError."""
        found = [self.of_chapter(name) or [self.find(name)] for name in names]
        return [exercise for exercises in found for exercise in exercises] or self.exercises

    def is_earlier(self, name: str, exercise: Exercise) -> bool:
        """Whether the function `name` is an exercise that stands before `exercise`, and its code may use it."""
        other = self.by_name.get(name)
        if other is None or (other.uses_torch and not exercise.uses_torch):
            return False
        return self._order[name] < self._order[exercise.name]

    def earlier(self, exercise: Exercise) -> list[Exercise]:
        """The exercises before this one, whose answers its code may use; PyTorch's only where it uses PyTorch."""
        return [e for e in self.exercises if self.is_earlier(e.name, exercise)]

    def answers_source(self, before: Exercise | None = None, torch: bool = False) -> str:
        """Python source of reference answers, without decorators and annotations.

        before : only the answers to exercises before this one; None: the answers to all
        torch : if `before` is None, whether to include those that use PyTorch
        """
        torch = torch if before is None else before.uses_torch
        exercises = self.earlier(before) if before else [e for e in self.exercises if torch or not e.uses_torch]
        imports = [line for name, line in IMPORTS.items() if torch or name not in TORCH]
        return "\n".join([*imports, *(bare_source(self.root, e.module, e.name) for e in exercises)])


def find_root(start: Path | str | None = None) -> Path:
    """The course's folder, as `Course` looks for it. Raises CourseError, in one line, where there is none."""
    if start is not None:
        if not any(Path(start).glob("course/*/exercises.yml")):
            text = "no course/NN_topic/exercises.yml is in this folder; name the course by --course FOLDER"
            raise CourseError(f"{start}: {text}")
        return Path(start)
    try:
        return course_folder()
    except CourseNotFound as error:
        raise CourseError(f"{error}, or by --course FOLDER") from None


def _read(path: Path, root: Path) -> list[Exercise]:
    try:
        return read_exercises(path, root)[1]
    except Problems as error:
        raise CourseError(f"{error}\n(CONTRIBUTING.md says how exercises are written)") from None


@functools.cache
def _definitions(path: Path) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@functools.cache
def bare_source(root: Path, module: str, name: str) -> str:
    """The source of one answer, without decorators and annotations."""
    path = root / (module.replace(".", "/") + ".py")
    try:
        node = _definitions(path)[name]
    except (OSError, KeyError):
        raise CourseError(f"{path}: there is no {name}, which an exercise names") from None
    return ast.unparse(_Bare().visit(ast.parse(ast.unparse(node))))


def kept_decorators(node: ast.FunctionDef | ast.ClassDef) -> list[ast.Name]:
    """The decorators that an answer keeps: those that say what kind of method it is."""
    return [d for d in node.decorator_list if isinstance(d, ast.Name) and d.id in KEPT_DECORATORS]


class _Bare(ast.NodeTransformer):
    """Drops decorators and annotations: the sandbox has no package that they need."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = [*kept_decorators(node)]
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node
