"""Finds answers that are alike but for names, spacing and comments. It only flags them: the teacher decides.

Short answers are alike because there is only one short way. So an answer counts only if its code is long, differs from
the course's own solution, and was not given by many students.
"""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any

from autograde.course import Course

MIN_NODES = 50  # nodes of the syntax tree: about five lines
MAX_SHARE = 0.05  # of the class
MIN_COINCIDENCES = 2  # answers that must coincide


def fingerprint(load: Mapping[str, Any]) -> str:
    """A digest of the code that an answer needs, which does not depend on its names; "" where the code is short.

    load : what an Answer loads into a session
    """
    body = []
    for _, source, numbers in load.get("cells", ()):
        statements = ast.parse(source).body
        body += [statements[number] for number in numbers]
    return _digest([node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)])


def own_fingerprints(course: Course) -> set[str]:
    """The fingerprints of the course's own answers, which every student can read in solutions/."""
    definitions = ast.parse(course.answers_source(torch=True)).body
    return {_digest([node]) for node in definitions if isinstance(node, ast.FunctionDef | ast.ClassDef)} - {""}


def published_answers(prints: Mapping[str, str], own: Collection[str]) -> list[str]:
    """The ids of the exercises that a student answers as the course does; [] if there are too few to tell.

    prints : {exercise id: fingerprint} of the student's answers
    own : fingerprints of the course's answers
    """
    found = [exercise for exercise, digest in prints.items() if digest in own]
    return found if len(found) >= MIN_COINCIDENCES else []


def _digest(body: Sequence[ast.AST]) -> str:
    names, shape, size = {}, [], 0
    todo: list[ast.AST] = list(reversed(body))
    while todo:
        node = todo.pop()
        size += not isinstance(node, ast.expr_context | ast.operator)
        shape.append(type(node).__name__)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        if isinstance(node, ast.FunctionDef):
            node.decorator_list, node.returns = [], None
        if isinstance(node, ast.arg):
            node.annotation = None
        for field, value in ast.iter_fields(node):
            if field in ("type_comment", "kind"):
                continue
            if field in ("id", "arg", "name") and isinstance(value, str):
                shape.append(f"v{names.setdefault(value, len(names))}")
            elif isinstance(value, ast.AST):
                shape.append(field)
            elif not isinstance(value, list):
                shape.append(f"{field}={value!r}")
            elif value and not isinstance(value[0], ast.AST):
                shape.append(f"{field}={value!r}")
        todo += reversed(list(ast.iter_child_nodes(node)))
    return hashlib.sha256("\n".join(shape).encode(errors="replace")).hexdigest()[:24] if size >= MIN_NODES else ""


def similar_pairs(
    answers: Mapping[Any, Mapping[str, str]], own: Collection[str] = frozenset()
) -> dict[tuple[Any, Any], list[str]]:
    """Pairs of students with coincident answers, {(one, other): [exercise ids]}.

    answers : {student: {exercise id: fingerprint}}
    own : fingerprints that are no evidence
    """
    givers = defaultdict(list)
    for student, prints in answers.items():
        for exercise, digest in prints.items():
            if digest and digest not in own:
                givers[exercise, digest].append(student)
    pairs = defaultdict(list)
    max_students = max(3, MAX_SHARE * len(answers))
    for (exercise, _), students in givers.items():
        if 1 < len(students) <= max_students:
            for pair in combinations(sorted(students), 2):
                pairs[pair].append(exercise)
    return {pair: exercises for pair, exercises in pairs.items() if len(exercises) >= MIN_COINCIDENCES}
