"""The prose and code of a chapter: `course/NN_topic/lesson.md`, a MyST notebook."""

import ast
import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import jupytext.myst
import nbformat
import yaml
from nbformat import NotebookNode

from autograde.exercise import yaml_problem
from autograde.problem import Problem, Problems, relative_posix
from autograde.submissions import python_cell

OPENING = re.compile(r" {0,3}(`{3,}|~{3,})\s*\{(code|raw)-cell\}|\+\+\+")
NESTED = re.compile(r"\s*[`:~]{3,}\s*\{code-cell\}")


@dataclass(frozen=True)
class SourceCell:
    """One cell of the source: `function` is the dotted name in an exercise cell, None in any other."""

    kind: str
    source: str
    metadata: dict
    where: str  # file and line of its first source line, for messages
    function: str | None = None
    binds: tuple[tuple[str, str], ...] = ()  # the names that a code cell binds, each with its file and line


def read_source(path: Path, root: Path) -> list[SourceCell]:
    """The cells of one source, in order.

    Raises Problems: every fault of the file, each with its line.
    """
    file = relative_posix(path, root)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Problems([Problem(file, f"is not UTF-8 ({error.reason}): save it as UTF-8")]) from None
    lines = text.split("\n")
    body = _header_end(lines, file)
    blank = [""] * body + lines[body:]  # so the line numbers that jupytext gives are those of the file
    notebook = _notebook(blank, file)
    cells, problems = [], []
    for cell, start in zip(notebook.cells, notebook.metadata.source_map, strict=True):
        line = _first_line(blank, start, cell.source)
        try:
            cells.append(_cell(cell, file, line))
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)
    return cells


def _header_end(lines: list[str], file: str) -> int:
    """The number of lines in the header, which must name a MyST notebook for Python."""
    remedy = "begin it as jupytext does, with its format_name: myst and a kernelspec whose name is python3"
    end = next((k for k, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        raise Problems([Problem(f"{file}:1", f"no MyST header between two lines of ---; {remedy}")])
    try:
        header = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        raise Problems([yaml_problem(error, file, first=2)]) from None
    try:
        is_myst = header["jupytext"]["text_representation"]["format_name"] == "myst"
        is_python = header["kernelspec"]["name"] == "python3"
    except (KeyError, TypeError):
        is_myst = is_python = False
    if not (is_myst and is_python):
        raise Problems([Problem(f"{file}:1", f"the header names no MyST notebook with kernel python3; {remedy}")])
    return end + 1


def _notebook(lines: list[str], file: str) -> NotebookNode:
    """The notebook that jupytext makes of the text below the header.

    Raises Problems with the line of the first cell that jupytext cannot read.
    """
    try:
        return _parse(lines)
    except _UNREADABLE as error:
        reason = getattr(error.__context__, "problem", None) or str(error).partition("\n")[0]
        text = f"the options of this cell cannot be read: {reason}; write them as in `:tags: [exercise]`"
        raise Problems([Problem(f"{file}:{_failing_line(lines)}", text)]) from None


_UNREADABLE = (jupytext.myst.MystMetadataParsingError, yaml.YAMLError, nbformat.ValidationError, UserWarning)


def _failing_line(lines: list[str]) -> int:
    """The line, counted from 1, that opens the first cell that jupytext cannot parse."""
    openings = [k for k, line in enumerate(lines) if OPENING.match(line)]
    for start, end in zip(openings, openings[1:] + [len(lines)], strict=True):
        try:
            _parse(lines[:end])
        except _UNREADABLE:
            return start + 1
    return 1


def _parse(lines: list[str]) -> NotebookNode:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # jupytext only warns of cells in two languages
        return jupytext.myst.myst_to_notebook("\n".join(lines), add_source_map=True)


def _first_line(lines: list[str], start: int, source: str) -> int:
    """The file's line, counted from 1, on which the cell's own text begins."""
    wanted = source.split("\n")
    for k in range(start, len(lines)):
        if lines[k : k + len(wanted)] == wanted:
            return k + 1
    return start + 1


def _cell(cell: NotebookNode, file: str, line: int) -> SourceCell:
    where, metadata = f"{file}:{line}", dict(cell.metadata)
    try:
        json.dumps(metadata)
    except TypeError as error:  # YAML has dates, JSON has none
        raise Problem(where, f"an option of this cell cannot stand in a notebook ({error}): quote it") from None
    if cell.cell_type != "code":
        for k, text in enumerate(cell.source.split("\n")):
            if NESTED.match(text):
                raise Problem(f"{file}:{line + k}", "a code cell inside another block is never run: move it out")
        return SourceCell(cell.cell_type, cell.source, metadata, where)
    try:
        tree = python_cell.parse(cell.source)
    except SyntaxError as error:
        at = f"{file}:{line + (error.lineno or 1) - 1}"
        raise Problem(at, f"is not valid Python: {error.msg}; correct the cell, or close the ``` below it") from None
    if "exercise" in metadata.get("tags", []):
        return SourceCell("code", cell.source, {}, where, _exercise(cell, tree, where))
    binds = tuple((name, f"{file}:{line + k - 1}") for name, k in python_cell.bound_names(tree).items())
    return SourceCell("code", cell.source, metadata, where, binds=binds)


def _exercise(cell: NotebookNode, tree: ast.Module, where: str) -> str:
    """The function that an exercise cell names; its one line is `from lstm_ref.rnn import rnn_step`."""
    if dict(cell.metadata) != {"tags": ["exercise"]}:
        raise Problem(where, "an exercise cell carries the tag exercise and nothing else: the builder sets the rest")
    match tree.body:
        case [ast.ImportFrom(module=str(module), names=[ast.alias(name=name, asname=None)], level=0)]:
            if "\n" not in cell.source.strip() and "#" not in cell.source and name != "*":
                return f"{module}.{name}"
    raise Problem(where, "an exercise cell holds one import and no other line: from lstm_ref.rnn import rnn_step")
