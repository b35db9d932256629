"""Right answers in other styles, and a run of an exercise's test on one of its known answers.

These answers are trusted, so they run in this process, which is fast enough for thousands of runs.
"""

import ast
import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.course import Course, CourseError, kept_decorators
from autograde.exercise import Exercise
from autograde.judging.bank import load_answers
from autograde.judging.exercise_test import generator, load_test
from autograde.judging.recorded_function import InProcessSession, RecordedFunction, repeat_first_case
from autograde.submissions.slicing import Cell, Code

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class RightAnswer:
    """One entry of `right_answers.py`: its `style`, its definition in the file, and the function or class itself."""

    style: str
    node: Definition
    function: Callable


def right_answers(course: Course, exercise: Exercise) -> list[RightAnswer]:
    """The right answers to an exercise, in the order of the file; `rnn_step__einsum` answers rnn_step."""
    path = right_answers_path(course, exercise)
    if not path.exists():
        return []
    found = load_answers(course, path)
    return [
        RightAnswer(style, node, found[node.name])
        for name, style, node in styles(path)
        if name == exercise.name and node.name in found
    ]


def right_answers_path(course: Course, exercise: Any) -> Path:
    """The file of a chapter's right answers."""
    return course.root / "tests" / "exercises" / exercise.chapter / "right_answers.py"


def styles(path: Path) -> list[tuple[str, str, Definition]]:
    """The answers that such a file defines, as (exercise's name, style, definition), without helpers (`_name`)."""
    public = [(name.partition("__"), node) for name, node in defined_in(path).items() if not name.startswith("_")]
    return [(name, style, node) for (name, _, style), node in public]


def defined_in(path: Path) -> dict[str, Definition]:
    """The functions and classes at a file's top level, {name: definition}; empty where there is no such file."""
    return _defined(path, path.stat().st_mtime_ns) if path.exists() else {}


@functools.cache
def _defined(path: Path, _changed: int) -> dict[str, Definition]:
    try:
        body = ast.parse(path.read_text(encoding="utf-8"), str(path)).body
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: is no Python: {error.msg}") from None
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def run_test_on(course: Course, exercise: Exercise, function: Callable, seed: int) -> RecordedFunction:
    """Run an exercise's test on a trusted function. Returns the RecordedFunction.

    Raises what the test itself raises over a value that it cannot use.
    """
    recorded = RecordedFunction(exercise, InProcessSession(function))
    load_test(course, exercise)(recorded, generator(seed, exercise))
    repeat_first_case(recorded)
    return recorded


def as_cell(course: Course, path: Path, function: str, name: str) -> str:
    """The cell that a learner would have written: a file's function under the exercise's name, with all that it uses.

    path : the file
    function : its name in the file
    """
    code = _code(path, path.stat().st_mtime_ns)
    [[_, _, numbers]], _ = code.needed(function, lambda read: read in course.by_name)
    nodes = [copy.deepcopy(s.node) for s in code.statements if s.number in numbers]
    nodes = [node for node in nodes if "autograde" not in ast.unparse(node).split("\n")[0]]
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = [*kept_decorators(node)]
            node.name = name if node.name == function else node.name
        elif isinstance(node, ast.Name) and node.id == function:
            node.id = name  # a recursive call
    return "\n".join(ast.unparse(node) for node in nodes)


@functools.cache
def _code(path: Path, _changed: int) -> Code:
    return Code([Cell("file", path.read_text(encoding="utf-8"))])


def load_answer(course: Course, exercise: Exercise, source: str) -> Any:
    """The answer that a cell defines; like in the sandbox, it can call the answers of earlier exercises."""
    namespace = dict(_earlier(course, exercise))
    exec(source, namespace)
    return namespace[exercise.name]


@functools.cache
def _earlier(course: Course, exercise: Exercise) -> dict[str, Any]:
    namespace = {}
    exec(course.answers_source(before=exercise), namespace)
    return namespace
