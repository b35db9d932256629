"""The notebook that a learner opens: the source's cells, and for each exercise a card, a stub and a check."""

from nbformat import NotebookNode

from notebooks.card import card
from notebooks.colab import setup_cell
from notebooks.course import Chapter, Task
from notebooks.notebook import cell, digests, notebook


def chapter_notebook(chapter: Chapter) -> NotebookNode:
    """`chapters/NN_topic.ipynb`, without outputs.

    Its metadata hold the digest of every cell, in order; the builder compares them to find a learner's edits.
    """
    cells: list[NotebookNode] = []
    for item in chapter.cells:
        if item.kind == "code" and not any(earlier.cell_type == "code" for earlier in cells):
            cells.append(setup_cell(chapter.repository))
        if item.function is None:
            cells.append(cell(item.kind, item.source, item.metadata))
        else:
            cells += _exercise_cells(chapter.tasks[item.function])
    parts = digests((item.cell_type, item.source) for item in cells)
    return notebook(cells, {"chapter": chapter.stem, "kind": "chapter", "cells": parts})


def _exercise_cells(task: Task) -> list[NotebookNode]:
    exercise, name = task.exercise, task.function.name
    return [
        cell("markdown", card(exercise), identifier=f"{exercise.slug}-card"),
        function_cell(task, task.function.stub(exercise.id), "stub"),
        cell("code", f"check({name})", check_metadata(task, ["check", "remove-output"]), f"{exercise.slug}-check"),
    ]


def function_cell(task: Task, source: str, role: str) -> NotebookNode:
    """The cell that defines the graded function; its role is `stub` in a chapter and `answer` in a solution."""
    metadata = {
        "tags": ["exercise"],
        "course": {"exercise": task.exercise.id},
        "nbgrader": _nbgrader(task.function.name, solution=True),
    }
    return cell("code", source, metadata, f"{task.exercise.slug}-{role}")


def check_metadata(task: Task, tags: list[str]) -> dict:
    """The metadata of a check: nbgrader's test cell, which carries the points."""
    nbgrader = _nbgrader(f"test_{task.function.name}", grade=True, locked=True)
    return {"tags": tags, "nbgrader": {**nbgrader, "points": task.exercise.points}}


def _nbgrader(identifier: str, grade: bool = False, solution: bool = False, locked: bool = False) -> dict:
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {**flags, "grade_id": identifier, "schema_version": 3}
