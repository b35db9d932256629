"""A leak: the text of an answer in a notebook that learners open."""

import ast
import re

from notebooks import python_cell


def leaks(cells, tasks):
    """What a chapter gives away: for each code cell that does, one line.

    cells : list of (kind, source), the chapter's cells
    tasks : every task of the course
    A cell gives away an answer where it defines the function otherwise than its stub does, where the answer's
    statements stand in it in whatever formatting, or where its text does but for blanks and comment signs.
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
        squeezed = _squeezed(source)
        for task in tasks:
            function = task.function
            if _defines(tree, function.name) and source.strip("\n") != function.stub(task.exercise.id):
                found.append(f"cell {number} defines {function.name}, and not as its stub")
                continue
            body = _dumps(_body(function))
            if any(_holds(suite, body) for suite in suites) or _squeezed(_code(function.body)) in squeezed:
                found.append(f"cell {number} holds the answer to {task.exercise.id} {function.name}")
    return found


def _defines(tree, name):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return any(isinstance(node, kinds) and node.name == name for node in ast.walk(tree))


def _body(function):
    """The answer's statements, without the docstring."""
    return ast.parse(function.worked).body[0].body[1:]


def _suites(tree):
    """Every list of statements in the tree."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            suite = getattr(node, name, None)
            if isinstance(suite, list):
                yield suite


def _dumps(suite):
    return [ast.dump(statement) for statement in suite]


def _holds(suite, body):
    return any(suite[k : k + len(body)] == body for k in range(len(suite) - len(body) + 1))


def _code(body):
    """The body without its own comment lines: who copies an answer may leave them out."""
    return "\n".join(line for line in body.split("\n") if not line.lstrip().startswith("#"))


def _squeezed(text):
    """The text without blanks, line breaks and comment signs, and without comments that follow code."""
    lines = (re.sub(r"(\S.*?)\s#.*", r"\1", line) for line in text.split("\n"))
    return re.sub(r"[\s#]", "", "".join(lines))
