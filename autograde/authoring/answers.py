"""What authors keep beside an exercise: right answers in other styles, and one run of its test on any of its answers.

These are trusted: they run here, without the sandbox, and so thousands of times.
"""

import ast
import copy
import functools
from dataclasses import dataclass

from autograde.course import KEPT, CourseError
from autograde.judging.assertions import InProcessSession, RecordedFunction, repeat_first_case
from autograde.judging.diagnosis import load_answers
from autograde.judging.grading import generator, load_test
from autograde.submissions.slicing import Cell, Code


@dataclass(frozen=True)
class RightAnswer:
    """One entry of `right_answers.py`: its `style`, where it stands, and what it is."""

    style: str
    node: ast.AST
    function: object


def right_answers(course, exercise):
    """The right answers to an exercise, in the order of the file; `rnn_step__einsum` is one to rnn_step."""
    path = right_answers_path(course, exercise)
    if not path.exists():
        return []
    found = load_answers(course, path)
    return [
        RightAnswer(style, node, found[node.name])
        for name, style, node in styles(path)
        if name == exercise.name and node.name in found
    ]


def right_answers_path(course, exercise):
    """The file of a chapter's right answers."""
    return course.root / "tests" / "exercises" / exercise.chapter / "right_answers.py"


def styles(path):
    """What such a file defines, as (exercise's name, style, the statement); helpers begin with an underscore."""
    return [(*name.partition("__")[::2], node) for name, node in defined_in(path).items() if not name.startswith("_")]


def defined_in(path):
    """The functions and classes of a file at its top level, {name: statement}; none where there is no such file."""
    return _defined(path, path.stat().st_mtime_ns) if path.exists() else {}


@functools.cache
def _defined(path, _changed):
    try:
        body = ast.parse(path.read_text(encoding="utf-8"), str(path)).body
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: is no Python: {error.msg}") from None
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def run_test_on(course, exercise, function, seed):
    """What an exercise's test records of a function that we trust, as RecordedFunction.

    Raises what the test itself raises over a value that it cannot use.
    """
    submitted = RecordedFunction(exercise, InProcessSession(function))
    load_test(course, exercise)(submitted, generator(seed, exercise))
    repeat_first_case(submitted)
    return submitted


def as_cell(course, path, function, name):
    """The cell that a learner would have written: a file's function under the exercise's name, with what it uses there.

    path : the file
    function : its name in the file
    """
    code = _code(path, path.stat().st_mtime_ns)
    [[_, _, numbers]], _ = code.needed(function, lambda read: read in course.by_name)
    nodes = [copy.deepcopy(s.node) for s in code.statements if s.number in numbers]
    nodes = [node for node in nodes if "autograde" not in ast.unparse(node).split("\n")[0]]
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = [d for d in node.decorator_list if isinstance(d, ast.Name) and d.id in KEPT]
            node.name = name if node.name == function else node.name
        elif isinstance(node, ast.Name) and node.id == function:
            node.id = name  # it calls itself
    return "\n".join(ast.unparse(node) for node in nodes)


@functools.cache
def _code(path, _changed):
    return Code([Cell("file", path.read_text(encoding="utf-8"))])


def load_answer(course, exercise, source):
    """The answer that a cell defines, as it would stand in the sandbox: beside the answers of earlier exercises."""
    namespace = dict(_earlier(course, exercise))
    exec(source, namespace)
    return namespace[exercise.name]


@functools.cache
def _earlier(course, exercise):
    namespace = {}
    exec(course.answers_source(before=exercise), namespace)
    return namespace
