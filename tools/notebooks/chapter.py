"""The notebook that a learner opens: the source's cells, and for each exercise a card, a stub and a check."""

from notebooks.card import card
from notebooks.colab import setup_cell
from notebooks.notebook import cell, digests, notebook


def chapter_notebook(chapter):
    """`chapters/NN_topic.ipynb`, without outputs.

    Its metadata hold the digest of every cell, in order: that is how work is told from what was generated.
    """
    cells = []
    for item in chapter.cells:
        if item.kind == "code" and not any(made.cell_type == "code" for made in cells):
            cells.append(setup_cell(chapter.repository))
        if item.function is None:
            cells.append(cell(item.kind, item.source, item.metadata))
        else:
            cells += _exercise_cells(chapter.tasks[item.function])
    parts = digests((item.cell_type, item.source) for item in cells)
    return notebook(cells, {"chapter": chapter.stem, "kind": "chapter", "cells": parts})


def _exercise_cells(task):
    exercise, name = task.exercise, task.function.name
    return [
        cell("markdown", card(exercise), identifier=f"{exercise.slug}-card"),
        function_cell(task, task.function.stub(exercise.id), "stub"),
        cell("code", f"check({name})", check_metadata(task, ["check", "remove-output"]), f"{exercise.slug}-check"),
    ]


def function_cell(task, source, what):
    """The cell that defines the graded function: the stub in a chapter, the answer in a solution."""
    metadata = {
        "tags": ["exercise"],
        "course": {"exercise": task.exercise.id},
        "nbgrader": _nbgrader(task.function.name, solution=True),
    }
    return cell("code", source, metadata, f"{task.exercise.slug}-{what}")


def check_metadata(task, tags):
    """The metadata of a check: nbgrader's test cell, which carries the points."""
    nbgrader = _nbgrader(f"test_{task.function.name}", grade=True, locked=True)
    return {"tags": tags, "nbgrader": {**nbgrader, "points": task.exercise.points}}


def _nbgrader(identifier, grade=False, solution=False, locked=False):
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {**flags, "grade_id": identifier, "schema_version": 3}
