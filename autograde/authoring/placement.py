"""Inserts a new exercise into the files of its chapter, in the order of the ids; the rest of a file stays as it is."""

import ast
import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from autograde.authoring.answers import Definition, defined_in
from autograde.course import Course, CourseError
from autograde.exercise import Exercise
from autograde.problem import relative_posix

Owns = Callable[[Definition], bool]  # whether a definition belongs to certain exercises
LIBRARY = {"np": "import numpy as np", "nn": "from torch import nn"}


def _rank(number: str) -> tuple[int, str]:
    digits = re.sub(r"[a-z]$", "", number.partition(".")[2])
    return int(digits), number[-1] if number[-1].isalpha() else ""


def neighbours(exercises: Sequence[Exercise], number: str) -> tuple[Exercise | None, Exercise | None]:
    """The exercises before and after the place of the new one; None where there is none."""
    before = [e for e in exercises if _rank(e.id) < _rank(number)]
    after = [e for e in exercises if _rank(e.id) > _rank(number)]
    return (before[-1] if before else None), (after[0] if after else None)


def insert_into_yaml(course: Course, path: Path, entry: str, after: Exercise | None) -> tuple[str, int]:
    """Insert an entry into a chapter's list, before the exercise `after` or at the end. Returns text and line."""
    if not path.exists():
        raise CourseError(
            f"there is no {relative_posix(path, course.root)}: begin it with `title: …` and `exercises: []`"
        )
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if after is None:
        lines = ["exercises:" if re.fullmatch(r"exercises:\s*(\[\s*\])?\s*", line) else line for line in lines]
        listed = next((line for line in lines if re.match(r"\s*- ", line)), "  - ")
        new = ["", *_indented(entry, listed)] if lines[-1] != "exercises:" else _indented(entry, listed)
        at = len(lines)
    else:
        at = int(after.where.rpartition(":")[2]) - 1
        if not lines[at].lstrip().startswith("- "):
            raise CourseError(f"{after.where}: begin the entry with `- id:`, so that another can stand before it")
        new = [*_indented(entry, lines[at]), ""]
    text = "\n".join([*lines[:at], *new, *lines[at:]]) + "\n"
    yaml.safe_load(text)
    return text, at + 1 + (not new[0])


def _indented(entry: str, like: str) -> list[str]:
    return textwrap.indent(entry, like[: len(like) - len(like.lstrip())]).split("\n")


def insert_into_lesson(path: Path, cell: str, before: Exercise | None, after: Exercise | None) -> tuple[str, int]:
    """Insert a cell into a chapter's lesson, after or before the cell of a neighbour. Returns the text and the line."""
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    for exercise, step in ((before, 1), (after, -1)):
        if exercise is None:
            continue
        wanted = f"from {exercise.module} import {exercise.name}"
        at = next((k for k, line in enumerate(lines) if line.strip() == wanted), None)
        while at is not None and not lines[at].startswith("```"):
            at += step
        if at is not None:
            new = ["", *cell.split("\n")] if step > 0 else [*cell.split("\n"), ""]
            at += step > 0
            return "\n".join([*lines[:at], *new, *lines[at:]]) + "\n", at + 1 + (step > 0)
    return "\n".join([*lines, "", *cell.split("\n")]) + "\n", len(lines) + 2


def ownership(course: Course, stem: str, number: str) -> tuple[Owns, Owns]:
    """Two predicates of a definition: whether it belongs to an exercise before this one, or to one after."""
    exercises = course.of_chapter(stem)
    before = {e.name for e in exercises if _rank(e.id) < _rank(number)}
    after = {e.name for e in exercises if _rank(e.id) > _rank(number)}

    def owner(node: Definition) -> str | None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "wrong_answer" and decorator.args:
                return getattr(decorator.args[0], "value", None)
        return node.name.removeprefix("test_").partition("__")[0]

    return (lambda node: owner(node) in before), (lambda node: owner(node) in after)


def insert_into_python(
    course: Course, path: Path, block: str, head: str, imports: Sequence[str], ownership: tuple[Owns, Owns]
) -> tuple[str, int]:
    """Insert a block into a file, after all that belongs to earlier exercises, else before what belongs to later ones.

    head : the text of a file that does not stand there yet
    imports : names that the block reads
    owned : the two predicates of `ownership`
    Raises CourseError where the file defines one of the block's names already.
    """
    if not path.exists():
        text = "\n".join([head, *_imported(imports), "", "", block]) + "\n" if imports else f"{head}\n\n{block}\n"
        return text, text[: text.index(block)].count("\n") + 1
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    nodes = defined_in(path)
    new = {node.name for node in ast.parse(block).body if isinstance(node, Definition)}
    if taken := new & set(nodes):
        where = f"{relative_posix(path, course.root)}:{nodes[min(taken)].lineno}"
        raise CourseError(f"{where}: defines {min(taken)} already; choose another name")
    is_before, is_after = ownership
    ends = [node.end_lineno or node.lineno for node in nodes.values() if is_before(node)]
    starts = [min([node.lineno, *(d.lineno for d in node.decorator_list)]) for node in nodes.values() if is_after(node)]
    if ends:
        at = max(ends)
    elif starts:
        at = min(starts) - 1
        while at and (not lines[at - 1].strip() or lines[at - 1].startswith("#")):
            at -= 1
    else:
        at = len(lines)
    text = "\n".join([*lines[:at], "", "", *block.split("\n"), *lines[at:]])
    return _with_imports(text, imports, at + 3)


def _with_imports(text: str, names: Sequence[str], line: int) -> tuple[str, int]:
    """Add those of some imports that the text lacks. Returns the text and the line's new number.

    A name of the grader's joins the line that imports from it already, the rest comes after the last import.
    """
    body, lines = ast.parse(text).body, text.split("\n")
    found = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    bound = {alias.asname or alias.name for node in found for alias in node.names}
    missing = [name for name in names if name not in bound]
    at = found[-1].end_lineno if found else (body[0].end_lineno if body and ast.get_docstring(ast.parse(text)) else 0)
    ours = next((node for node in found if isinstance(node, ast.ImportFrom) and node.module == "autograde"), None)
    if ours and ours.lineno == ours.end_lineno:
        here = sorted({alias.name for alias in ours.names} | {name for name in missing if name not in LIBRARY})
        lines[ours.lineno - 1] = f"from autograde import {', '.join(here)}"
        missing = [name for name in missing if name in LIBRARY]
    new = _imported(missing)
    return "\n".join([*lines[:at], *new, *lines[at:]]) + "\n", line + len(new)


def _imported(names: Sequence[str]) -> list[str]:
    """The lines that import some names: first other packages, then the grader after an empty line."""
    others = [LIBRARY[name] for name in names if name in LIBRARY]
    ours = ", ".join(name for name in names if name not in LIBRARY)
    return [*others, *([""] if others and ours else []), *([f"from autograde import {ours}"] if ours else [])]
