"""The course itself: what its chapters hold. A chapter that holds a learner's work is judged as it was generated."""

import ast

import numpy as np
import pytest
from build_notebooks import ROOT, main
from notebooks.chapter import chapter_notebook
from notebooks.course import read_course
from notebooks.leak import leaks
from notebooks.notebook import read_stored
from notebooks.work import notebook_state

CHAPTERS = {chapter.stem: chapter for chapter in read_course(ROOT)}
TASKS = {task.function.name: (stem, task) for stem, chapter in CHAPTERS.items() for task in chapter.tasks.values()}


def cells(stem):
    """The chapter's code cells as (kind, source), read from chapters/ unless somebody has worked there."""
    new, path = chapter_notebook(CHAPTERS[stem]), ROOT / "chapters" / f"{stem}.ipynb"
    if notebook_state(path, new).kind in ("current", "stale"):
        return read_stored(path).sources
    return [(cell.cell_type, cell.source) for cell in new.cells]


def test_every_notebook_is_what_its_source_makes(capsys):
    assert main(["--check", "--keep-work"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("stem", CHAPTERS)
def test_no_answer_stands_in_a_chapter(stem):
    assert leaks(cells(stem), [task for _, task in TASKS.values()]) == []


@pytest.mark.parametrize("name", TASKS)
def test_a_stub_says_its_exercise_and_nothing_else(name):
    stem, task = TASKS[name]
    heads = (f"def {name}(", f"class {name}(")
    (source,) = [text for kind, text in cells(stem) if kind == "code" and text.startswith(heads)]
    definition, namespace = ast.parse(source).body[0], names_for(task)
    assert ast.get_docstring(definition)
    exec(source, namespace)
    for part in definition.body[1:] if task.function.methods else [definition]:
        assert isinstance(part, ast.FunctionDef) and len(part.body) == 1 + bool(ast.get_docstring(part))
        arguments = part.args
        called = namespace[name] if part is definition else getattr(namespace[name], part.name)
        with pytest.raises(NotImplementedError) as error:
            called(*[None] * len(arguments.posonlyargs + arguments.args))
        assert type(error.value) is NotImplementedError and error.value.args == (f"Exercise {task.exercise.id}",)


def names_for(task):
    """What an answer may name: NumPy, and PyTorch where it uses it."""
    if not task.exercise.uses_torch:
        return {"np": np}
    import torch

    return {"np": np, "torch": torch, "nn": torch.nn}


@pytest.mark.parametrize("stem", CHAPTERS)
def test_a_chapter_holds_no_outputs(stem):
    path = ROOT / "chapters" / f"{stem}.ipynb"
    if notebook_state(path, chapter_notebook(CHAPTERS[stem])).kind == "current":
        assert not any(cell.get("outputs") for cell in read_stored(path).cells)


@pytest.mark.parametrize("name", TASKS)
def test_an_answer_compiles_without_the_reference(name):
    """Stripped of decorators and annotations it still is a function, with the docstring that the card shows."""
    namespace = names_for(TASKS[name][1])
    exec(TASKS[name][1].function.worked, namespace)
    assert namespace[name].__doc__
    for part in [namespace[name], *(getattr(namespace[name], m.name) for m in TASKS[name][1].function.methods)]:
        assert not vars(part).get("__annotations__") and not getattr(part, "__wrapped__", None)
