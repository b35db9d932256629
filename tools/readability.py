"""Measure how readable each lesson is: its visible code, its exercises' stubs and its prose.

    python tools/readability.py [CHAPTER …]         # a table with one line for each lesson
    python tools/readability.py --list 01_recurrence  # what is over a limit, each with its line

A code cell is visible unless a tag folds it. Of prose, each paragraph and each item of a list counts as a paragraph.
A formula, a piece of code or a reference within a sentence counts as one word; headings, tables, displayed formulas and
citations in brackets do not count. Exit status: 0, or 2 if there is no such chapter.
"""

import argparse
import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from notebooks.course import Chapter, read_course
from notebooks.notebook import HIDDEN
from notebooks.prose import as_text, count, paragraphs, sentences
from notebooks.source import SourceCell

from autograde.problem import Problems
from autograde.submissions import python_cell

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, CELL, PARAGRAPH, SENTENCE = 80, 25, 90, 30  # the most: characters, lines, words, words


@dataclass(frozen=True)
class Excess:
    """Something over a limit: the file and line, how much of what, and the text."""

    where: str
    size: int
    unit: str  # such as "words in a sentence"
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.size} {self.unit}: {self.text}"


@dataclass
class Readability:
    """The measures of one lesson; lengths are lines of cells and words of paragraphs and sentences."""

    chapter: str
    lines: int = 0
    drawing: int = 0
    cells: list[int] = field(default_factory=list)
    wide: int = 0
    wide_stubs: int = 0
    paragraphs: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    excesses: list[Excess] = field(default_factory=list)

    def check(self, size: int, most: int, where: str, unit: str, text: str) -> bool:
        """Whether the size is over its limit; one that is gets recorded."""
        if size > most:
            self.excesses.append(Excess(where, size, unit, text))
        return size > most


def measure(chapter: Chapter) -> Readability:
    """The measures of one lesson and of the stubs of its exercises."""
    found, axes = Readability(chapter.stem), {"ax", "axes", "fig", "plt"}
    for cell in chapter.cells:
        if cell.kind == "markdown":
            _measure_prose(cell, found)
        elif cell.function is not None:
            task = chapter.tasks[cell.function]
            for line in task.function.stub(task.exercise.id).split("\n"):
                where = f"{cell.where}, stub of {task.function.name}"
                found.wide_stubs += found.check(len(line), COLUMNS, where, "columns in a stub", line.strip())
        elif cell.kind == "code":
            drawn = _drawing_lines(cell.source, axes)
            if not HIDDEN & set(cell.metadata.get("tags", [])):
                _measure_code(cell, found)
                found.drawing += drawn
    return found


def _measure_code(cell: SourceCell, found: Readability) -> None:
    lines = cell.source.strip("\n").split("\n")
    found.cells.append(len(lines))
    found.lines += len(lines)
    found.check(len(lines), CELL, cell.where, "lines in a visible cell", lines[0])
    for k, line in enumerate(lines):
        found.wide += found.check(len(line), COLUMNS, _below(cell.where, k), "columns in a line", line.strip())


def _drawing_lines(source: str, axes: set[str]) -> int:
    """Lines of the statements that call Matplotlib: pyplot, a figure or axes.

    axes : names of pyplot, figures and axes; those that the cell binds by `subplots` are added
    """
    tree, lines = python_cell.parse(source), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "subplot" in ast.unparse(node.value):
            axes |= {name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            head = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr | ast.withitem)]
            calls = [call.func for part in head for call in ast.walk(part) if isinstance(call, ast.Call)]
            if head and any(_root(call) in axes or _is_drawn_on(call, axes, node) for call in calls):
                last = max(getattr(part, "end_lineno", None) or node.lineno for part in head)
                lines |= set(range(node.lineno, last + 1))
    return len(lines)


def _root(node: ast.expr) -> str:
    """The name at the left end of `axes[0].plot`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_drawn_on(call: ast.expr, axes: set[str], node: ast.stmt) -> bool:
    """Whether a function such as `arrow(ax, …)` gets axes as its first argument."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call) and part.func is call and part.args]
    return any(isinstance(part.args[0], ast.expr) and _root(part.args[0]) in axes - {"plt"} for part in calls)


def _measure_prose(cell: SourceCell, found: Readability) -> None:
    for start, paragraph in paragraphs(cell.source):
        size, where = count(paragraph), _below(cell.where, start)
        found.paragraphs.append(size)
        found.check(size, PARAGRAPH, where, "words in a paragraph", as_text(paragraph[:8]) + " …")
        for sentence in sentences(paragraph):
            size = count(sentence)
            found.sentences.append(size)
            found.check(size, SENTENCE, _below(where, sentence[0][1]), "words in a sentence", as_text(sentence))


def _below(where: str, lines: int) -> str:
    """The place so many lines below `file:line`."""
    file, _, line = where.rpartition(":")
    return f"{file}:{int(line) + lines}"


def _row(found: Readability) -> list[str]:
    median, tenth = np.percentile(found.sentences or [0], [50, 90])
    numbers = [found.lines, found.drawing, max(found.cells, default=0), found.wide, found.wide_stubs]
    numbers += [max(found.paragraphs, default=0), median, tenth, max(found.sentences, default=0)]
    units = [excess.unit for excess in found.excesses]
    numbers += [units.count("words in a paragraph"), units.count("words in a sentence")]
    return [found.chapter, *(f"{number:.0f}" for number in numbers)]


HEADER = [
    "lesson", "code lines", "drawing", "longest cell", f"over {COLUMNS}", f"stubs over {COLUMNS}", "longest paragraph",
    "sentence median", "p90", "longest", f"paragraphs over {PARAGRAPH}", f"sentences over {SENTENCE}",
]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="such as 01_recurrence; all without one")
    parser.add_argument("--list", action="store_true", help="list what is over a limit, each with its line")
    options = parser.parse_args(arguments)
    try:
        chapters = {chapter.stem: chapter for chapter in read_course(ROOT)}
    except Problems as found:
        print("\n".join(f"error: {problem}" for problem in found.problems), file=sys.stderr)
        return 2
    unknown = [name for name in options.chapters if name not in chapters]
    if unknown:
        print(f"error: no chapter {', '.join(unknown)}; there are {', '.join(chapters)}", file=sys.stderr)
        return 2
    measured = [measure(chapters[name]) for name in options.chapters or chapters]
    if options.list:
        print("\n".join(str(excess) for found in measured for excess in found.excesses))
        return 0
    rows = [_row(found) for found in measured]
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    for row in [HEADER, *rows]:
        print("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
