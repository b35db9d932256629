"""A submission: the cells of its notebooks, and the answer to each exercise. Nothing is executed here."""

import ast
import difflib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from autograde.course import Course
from autograde.exercise import Exercise
from autograde.submissions.recurrent_layers import find_recurrent_layers
from autograde.submissions.slicing import Cell, Code, is_stub
from autograde.text import shorten

BUILTIN_LAYER = "It uses {}, and this exercise asks for one written from scratch: products, sums, sigmoids and tanhs."
SIZE_CAP = 50 * 2**20  # bytes of a notebook
CODE_CAP = 2**20  # characters of code in all cells; a notebook's outputs may need more
NAMES_CAP = 1000  # of functions among which a misspelt name is looked for


class SubmissionError(Exception):
    """The submission cannot be graded; the message says in one line which file and why."""


@dataclass
class Answer:
    """A submission's answer to one exercise: code to `load` in a session, or a `status` and why there is no code."""

    load: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)  # label -> source, to show the line of an error
    defining_cell: str = ""  # the label of the cell that defines the function
    foreign_globals: list[str] = field(default_factory=list)  # variables of other cells that it reads
    status: str = ""
    message: str = ""


class Notebook:
    """The code cells of one chapter's notebook.

    chapter : the stem of the chapter
    where : the notebook's name in messages
    """

    def __init__(self, cells: Sequence[Cell], chapter: str, where: str) -> None:
        self.code, self.chapter, self.where = Code(cells), chapter, where

    def answer(self, course: Course, exercise: Exercise) -> Answer:
        """The code that `exercise` needs, or why there is none."""
        name = exercise.name
        definition = self.code.definition(name)
        if definition is None:
            return self._missing(exercise)
        if is_stub(definition.node):
            return Answer(status="not_attempted", message="Not attempted.")
        cells, names = self.code.needed(name, lambda read: course.is_earlier(read, exercise))
        if exercise.from_scratch and (borrowed := _builtin_layer_used(cells)):
            return Answer(status="failed", message=borrowed)
        foreign_globals = [read for read in self.code.foreign_globals(name) if not course.is_earlier(read, exercise)]
        load = {
            "name": name,
            "cells": cells,
            "names": sorted(names),
            "earlier": course.answers_source(before=exercise),
            "exports": [[earlier.module, earlier.name] for earlier in course.earlier(exercise)],
            "answers": [[e.module, e.name, e.id] for e in course.exercises if not course.is_earlier(e.name, exercise)],
        }
        sources = {cell.label: cell.source for cell in self.code.cells}
        return Answer(load=load, cells=sources, defining_cell=definition.cell.label, foreign_globals=foreign_globals)

    def _missing(self, exercise: Exercise) -> Answer:
        """Why no cell defines the function: a cell does not parse, the name is misspelt, or the cell is missing."""
        for cell, error in self.code.broken.items():
            if f"def {exercise.name}" in cell.source or f"class {exercise.name}" in cell.source:
                line = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
                reason = getattr(error, "msg", None) or "it is nested too deeply"
                return Answer(status="error", message=f"{cell.label}{line} is not valid Python: {reason}.")
        close = difflib.get_close_matches(exercise.name, self.code.defined_functions()[:NAMES_CAP], 1, 0.8)
        if close:
            message = f"{self.where} defines no {exercise.name}, but {close[0]}: is the name misspelt?"
            return Answer(status="error", message=message)
        return Answer(status="not_attempted", message=f"Not attempted: {self.where} defines no {exercise.name}.")


def _builtin_layer_used(cells: Sequence[list[Any]]) -> str:
    """The message on one of PyTorch's recurrent layers that the kept statements name; "" if they name none."""
    kept = [(label, source, _kept_statements(source, numbers)) for label, source, numbers in cells]
    everything = ast.Module([statement for _, _, tree in kept for statement in tree.body], [])
    for label, source, tree in kept:
        if found := find_recurrent_layers(tree, everything):
            what, line = found[0]
            return (
                f"{BUILTIN_LAYER.format(what)}\nline {line} of {label}: {shorten(source.split(chr(10))[line - 1], 120)}"
            )
    return ""


def _kept_statements(source: str, numbers: Sequence[int]) -> ast.Module:
    body = ast.parse(source).body
    return ast.Module([body[number] for number in numbers], [])


class UnreadableNotebook:
    """Stands for a chapter whose notebook cannot be read: each of its exercises is an error that says why."""

    def __init__(self, chapter: str, message: str) -> None:
        self.chapter, self.message = chapter, message

    def answer(self, course: Course, exercise: Exercise) -> Answer:
        """An error with the same message for every exercise: why the notebook cannot be read."""
        return Answer(status="error", message=self.message)


def read_submission(path: Path | str, course: Course) -> dict[str, Notebook | UnreadableNotebook]:
    """Read a notebook, or a folder of them, into {chapter stem: Notebook or UnreadableNotebook}.

    Raises SubmissionError, with one clear line, when nothing in it belongs to this course.
    """
    path = Path(path)
    if not path.exists():
        raise SubmissionError(f"{_printable(path)}: there is no such file or folder.{_neighbour(path)}")
    if path.is_dir():
        return _read_folder(path, course)
    notebook = parse_notebook(_read(path), path, course)
    return {notebook.chapter: notebook}


def _read_folder(folder: Path, course: Course) -> dict[str, Notebook | UnreadableNotebook]:
    paths = sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))
    found, errors = {}, []
    for path in paths:
        try:
            notebook = parse_notebook(_read(path), path, course)
        except SubmissionError as error:
            errors.append(str(error))
            notebook = UnreadableNotebook(path.stem, str(error))
        if notebook.chapter in course.chapters:
            if notebook.chapter in found and path.stem != notebook.chapter:
                continue  # this is a copy; the notebook with the chapter's own name counts
            found[notebook.chapter] = notebook
    if not found:
        reason = errors[0] if errors else f"expected {course.chapters[0]}.ipynb or the like"
        raise SubmissionError(f"{_printable(folder)}: no notebook of this course is in this folder: {reason}")
    return found


def parse_notebook(data: bytes, path: PurePath, course: Course) -> Notebook:
    """The Notebook in these bytes of a file.

    path : names the file in messages, and the chapter where nothing better does
    Raises SubmissionError, with one clear line.
    """
    cells, metadata = _parse_cells(data, path)
    chapter = metadata.get("chapter") if isinstance(metadata, dict) else None
    notebook = Notebook(cells, chapter if chapter in course.chapters else path.stem, shorten(path.name, 80))
    if notebook.chapter not in course.chapters:
        defined = set(notebook.code.defined_functions())
        fitting = [stem for stem in course.chapters if defined & {e.name for e in course.of_chapter(stem)}]
        if not fitting:
            reason = "this is no notebook of this course: none of its cells defines one of its exercises."
            raise SubmissionError(f"{_printable(path)}: {reason}")
        notebook.chapter = fitting[0]
    return notebook


def _read(path: Path) -> bytes:
    """The bytes of an ordinary file that is not too large."""
    try:
        return _read_bytes(path)
    except OSError as error:
        raise SubmissionError(f"{_printable(path)}: cannot be read: {error.strerror}.") from None


def too_large(path: PurePath | str) -> SubmissionError:
    """The SubmissionError of a file that is too large to be read."""
    size = f"{SIZE_CAP / 2**20:.3g} MiB"
    return SubmissionError(f"{_printable(path)}: larger than {size}; clear its outputs and save it again.")


def _parse_cells(data: bytes, path: PurePath) -> tuple[list[Cell], Any]:
    """The code cells of a notebook of format 4 (or 3), and its `course` metadata."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = str(error) if type(error) is json.JSONDecodeError else "it is not JSON in UTF-8"
        raise SubmissionError(f"{_printable(path)}: not a notebook that can be read: {reason}.") from None
    try:
        sheets = content.get("worksheets")
        raw = content["cells"] if sheets is None else [cell for sheet in sheets for cell in sheet["cells"]]
        cells = [_cell(number, cell) for number, cell in enumerate(raw, start=1) if cell["cell_type"] == "code"]
        metadata = content.get("metadata", {}).get("course", {})
    except (AttributeError, KeyError, TypeError):
        raise SubmissionError(f"{_printable(path)}: not a notebook: it is JSON, but holds no list of cells.") from None
    if sum(len(cell.source) for cell in cells) > CODE_CAP:
        raise SubmissionError(f"{_printable(path)}: its cells hold more than 1 MiB of code, which no exercise needs.")
    return cells, metadata


def _read_bytes(path: Path) -> bytes:
    """The content of an ordinary file. No link is followed, since it may point to another submission."""
    if path.is_symlink():
        raise SubmissionError(f"{_printable(path)}: a link to another file; hand in the notebook itself.")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(
                f"{_printable(path)}: not an ordinary file."
            )  # reading from a pipe could wait for ever
        if status.st_size > SIZE_CAP:
            raise too_large(path)
        return file.read(SIZE_CAP + 1)


def _printable(path: PurePath | str) -> str:
    """A path for a message, without the terminal codes that a file's name may contain."""
    return shorten(path, 200)


def _cell(number: int, cell: Mapping[str, Any]) -> Cell:
    source = cell["source"] if "source" in cell else cell["input"]
    source = source if isinstance(source, str) else "".join(source)
    return Cell(f"cell {number}", source)


def _neighbour(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    close = difflib.get_close_matches(path.name, [p.name for p in path.parent.iterdir()], 1)
    return f" Did you mean {_printable(path.parent / close[0])}?" if close else ""
