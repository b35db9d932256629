"""A leak: the text of an answer in a notebook that learners open."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

from autograde.submissions import python_cell
from notebooks.course import Task
from notebooks.function import Function


def leaks(cells: Iterable[tuple[str, str]], tasks: list[Task]) -> list[str]:
    """One line for each code cell of a chapter that contains an answer.

    cells : (kind, source) pairs, the chapter's cells
    tasks : every task of the course
    A cell contains an answer where it defines the function in another way than its stub does, where the answer's
    statements stand in it in any formatting, or where the answer's text does, whatever its blanks and comment signs.
    """
    found = []
    for number, (kind, source) in enumerate(cells, 1):
        if kind != "code":
            continue
        try:
            tree = python_cell.parse(source)
        except SyntaxError:
            tree = ast.Module([], [])
        suites = [_dumps(suite) for suite in _suites(tree)]
        text = _without_blanks(source)
        for task in tasks:
            function = task.function
            if _defines(tree, function.name) and source.strip("\n") != function.stub(task.exercise.id):
                found.append(f"cell {number} defines {function.name}, and not as its stub")
                continue
            statements, code = _answer(function)
            if any(_contains(suite, statements) for suite in suites) or code in text:
                found.append(f"cell {number} holds the answer to {task.exercise.id} {function.name}")
    return found


def _defines(tree: ast.AST, name: str) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) and node.name == name for node in ast.walk(tree))


@cache
def _answer(function: Function) -> tuple[list[str], str]:
    """The answer's statements, as dumps, and its text without blanks and comments."""
    return _dumps(_body(function)), _without_blanks(_code(function.body))


def _body(function: Function) -> list[ast.stmt]:
    """The answer's statements, without the docstring."""
    definition = ast.parse(function.worked).body[0]
    assert isinstance(definition, ast.FunctionDef | ast.ClassDef)
    return definition.body[1:]


def _suites(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements in the tree."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            suite = getattr(node, name, None)
            if isinstance(suite, list):
                yield suite


def _dumps(suite: list[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in suite]


def _contains(suite: list[str], body: list[str]) -> bool:
    return any(suite[k : k + len(body)] == body for k in range(len(suite) - len(body) + 1))


def _code(body: str) -> str:
    """The body without its comment lines, which a copy of the answer may lack."""
    return "\n".join(line for line in body.split("\n") if not line.lstrip().startswith("#"))


def _without_blanks(text: str) -> str:
    """The text without blanks, line breaks and comment signs, and without comments that follow code."""
    lines = (re.sub(r"(\S.*?)\s#.*", r"\1", line) for line in text.split("\n"))
    return re.sub(r"[\s#]", "", "".join(lines))
