"""The page of worked answers: for each exercise the statement, the answer, its check and the known mistakes."""

import json
import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines

from autograde.course import IMPORTS, TORCH
from autograde.problem import Problem, relative_posix
from course.dependencies import files_digest
from notebooks.card import statement
from notebooks.chapter import check_metadata, function_cell
from notebooks.course import Chapter
from notebooks.notebook import LANGUAGE, StoredNotebook, as_text, cell, combined_digest, notebook

CELL_TIMEOUT_S = 600  # a cell that takes longer hangs: solutions run in seconds
_REMEDY = "correct the function in lstm_ref, its test or its wrong answers, and build again"


def solution_notebook(chapter: Chapter, root: Path) -> NotebookNode:
    """`solutions/NN_topic.ipynb`, not yet executed; its metadata hold a digest of what its outputs depend on."""
    title = (
        f"# {chapter.title}: worked answers\n\n"
        f"To each exercise of [{chapter.title}](../chapters/{chapter.stem}.ipynb): the answer, its check, "
        "and the mistakes that the grader knows, each with what it tells you. "
        "An exercise that you have tried teaches more than ten answers that you have read."
    )
    cells = [cell("markdown", title, identifier="title"), cell("code", _imports(chapter), identifier="imports")]
    for task in chapter.tasks.values():
        exercise, name = task.exercise, task.function.name
        cells += [
            cell("markdown", statement(exercise), identifier=f"{exercise.slug}-statement"),
            function_cell(task, task.function.worked, "answer"),
            cell("code", f"check({name})", check_metadata(task, ["check"]), f"{exercise.slug}-check"),
            cell("code", f"mistakes({name})", {"tags": ["mistakes"]}, f"{exercise.slug}-mistakes"),
        ]
    return notebook(cells, {"chapter": chapter.stem, "kind": "solution", "inputs": _inputs(chapter.stem, root)})


def _imports(chapter: Chapter) -> str:
    """The imports of these answers: standard library, NumPy, PyTorch, the grader, and answers of earlier chapters."""
    used = {name for task in chapter.tasks.values() for name, _ in task.function.uses}
    library = sorted(line for name, line in IMPORTS.items() if name in used - {"np", *TORCH})
    packages = [IMPORTS["np"], *(IMPORTS[name] for name in ("torch", "nn") if name in used)]
    groups = ["\n".join(library), "\n".join(packages), "from autograde import check, mistakes"]
    calls = sorted({call for task in chapter.tasks.values() for call in task.calls} - set(chapter.tasks))
    groups.append("\n".join(f"from {module} import {name}" for module, _, name in (c.rpartition(".") for c in calls)))
    return "\n\n".join(filter(None, groups))


def _inputs(stem: str, root: Path) -> str:
    """A digest of the files that the checks and the mistakes read; the answers themselves stand in the cells."""
    tests = root / "tests" / "exercises" / stem
    files = [tests / "wrong_answers.py", tests / "test_exercises.py", root / "course" / stem / "exercises.yml"]
    with_torch = tests / "wrong_answers_torch.py"
    return files_digest([*files, *([with_torch] if with_torch.is_file() else [])], root)


def with_outputs(nb: NotebookNode, stored: StoredNotebook | None) -> str | None:
    """The text of `nb` with the outputs that `stored` has, or None if those are not the outputs of these cells."""
    if stored is None or stored.cells is None:
        return None
    recorded, wanted = stored.course, nb.metadata.course
    if any(recorded.get(key) != wanted[key] for key in ("generated", "inputs")):
        return None
    try:
        joined = rejoin_lines(nbformat.from_dict({"cells": stored.cells}))  # in the file a text is a list of lines
    except (AttributeError, KeyError, TypeError):  # something else stands where outputs belong
        return None
    by_id = {item.get("id"): item for item in joined.cells}
    for item in nb.cells:
        if item.cell_type == "code":
            old = by_id.get(item.id, {})
            item.outputs = old.get("outputs", [])
            item.execution_count = old.get("execution_count")
    nb.metadata.course["outputs"] = _outputs(nb)
    if nb.metadata.course["outputs"] != recorded.get("outputs"):
        return None
    return as_text(nb)


def _outputs(nb: NotebookNode) -> str:
    """A digest of all outputs and execution counts."""
    kept = [(item.execution_count, item.outputs) for item in nb.cells if item.cell_type == "code"]
    return combined_digest([json.dumps(kept, sort_keys=True)])


def execute(nb: NotebookNode, path: Path, root: Path) -> None:
    """Run every cell of `nb` in a fresh kernel, in the folder that the notebook stands in, and keep the outputs.

    Raises Problem, naming the cell, where one raises, hangs or kills the kernel.
    """
    for item in nb.cells:
        if item.cell_type == "code":
            item.outputs, item.execution_count = [], None
    path.parent.mkdir(exist_ok=True)
    run_cells(nb, path, root)
    nb.metadata.language_info = LANGUAGE  # the kernel writes its own version there
    nb.metadata.course["outputs"] = _outputs(nb)


def run_cells(nb: NotebookNode, path: Path, root: Path) -> None:
    """Let nbclient fill in the outputs of `nb`, which stands at `path`. Raises Problem as `execute` does."""
    from jupyter_client.kernelspec import NoSuchKernel  # imported here: it takes a second that few runs need
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    search = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    reached = [relative_posix(path, root)]
    client = NotebookClient(
        nb,
        on_cell_start=lambda cell, cell_index: reached.append(f"{reached[0]}: cell {cell_index + 1} ({cell.id})"),
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        record_timing=False,  # times would change the bytes
        coalesce_streams=True,  # otherwise the chunks in which a print arrives would change the bytes
        extra_arguments=["--log-level=ERROR"],  # the kernel warns of its own transport on every start
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, "PYTHONPATH": search})
    except NoSuchKernel:
        raise Problem(reached[0], "there is no Jupyter kernel python3: `make notebooks` installs it") from None
    except CellExecutionError as error:
        raise Problem(reached[-1], f"raises {error.ename}: {error.evalue}; {_REMEDY}") from None
    except CellTimeoutError:
        raise Problem(reached[-1], f"still runs after {CELL_TIMEOUT_S} s; {_REMEDY}") from None
    except DeadKernelError:
        raise Problem(reached[-1], f"kills its kernel; {_REMEDY}") from None
    except RuntimeError as error:
        raise Problem(reached[-1], f"its kernel does not start: {error}; try `make lab` to see why") from None
