"""The page of worked answers: for each exercise the statement, the answer, its check and what mistakes get to read."""

import json
import os

import nbformat
from nbformat.v4.rwbase import rejoin_lines

from autograde.course import IMPORTS, TORCH
from autograde.problem import Problem, shown
from course.dependencies import files_digest
from notebooks.card import statement
from notebooks.chapter import check_metadata, function_cell
from notebooks.notebook import LANGUAGE, as_text, cell, notebook, whole

SECONDS = 600  # a cell that takes longer is stuck: solutions run in seconds
_REMEDY = "mend the function in lstm_ref, its test or its wrong answers, and build again"


def solution_notebook(chapter, root):
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


def _imports(chapter):
    """What these answers use of the standard library, NumPy, the grader, and answers of earlier chapters."""
    used = {name for task in chapter.tasks.values() for name, _ in task.function.uses}
    library = sorted(line for name, line in IMPORTS.items() if name in used - {"np", *TORCH})
    packages = [IMPORTS["np"], *(IMPORTS[name] for name in ("torch", "nn") if name in used)]
    groups = ["\n".join(library), "\n".join(packages), "from autograde import check, mistakes"]
    calls = sorted({call for task in chapter.tasks.values() for call in task.calls} - set(chapter.tasks))
    groups.append("\n".join(f"from {module} import {name}" for module, _, name in (c.rpartition(".") for c in calls)))
    return "\n\n".join(filter(None, groups))


def _inputs(stem, root):
    """A digest of the files that the checks and the mistakes read; the answers themselves stand in the cells."""
    tests = root / "tests" / "exercises" / stem
    files = [tests / "wrong_answers.py", tests / "test_exercises.py", root / "course" / stem / "exercises.yml"]
    with_torch = tests / "wrong_answers_torch.py"
    return files_digest([*files, *([with_torch] if with_torch.is_file() else [])], root)


def with_outputs(nb, present):
    """The text of `nb` with the outputs that `present` stores, or None if those are not the outputs of these cells."""
    if present is None or present.cells is None:
        return None
    noted, wanted = present.course, nb.metadata.course
    if any(noted.get(key) != wanted[key] for key in ("generated", "inputs")):
        return None
    try:
        joined = rejoin_lines(nbformat.from_dict({"cells": present.cells}))  # in the file a text is a list of lines
    except (AttributeError, KeyError, TypeError):  # outputs that are none
        return None
    stored = {item.get("id"): item for item in joined.cells}
    for item in nb.cells:
        if item.cell_type == "code":
            old = stored.get(item.id, {})
            item.outputs = old.get("outputs", [])
            item.execution_count = old.get("execution_count")
    nb.metadata.course["outputs"] = _outputs(nb)
    if nb.metadata.course["outputs"] != noted.get("outputs"):
        return None
    return as_text(nb)


def _outputs(nb):
    kept = [(item.execution_count, item.outputs) for item in nb.cells if item.cell_type == "code"]
    return whole([json.dumps(kept, sort_keys=True)])


def execute(nb, path, root):
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


def run_cells(nb, path, root):
    """Let nbclient fill in the outputs of `nb`, which stands at `path`. Raises Problem as `execute` does."""
    from jupyter_client.kernelspec import NoSuchKernel  # a second that a run without executions need not pay
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    search = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    reached = [shown(path, root)]
    client = NotebookClient(
        nb,
        on_cell_start=lambda cell, cell_index: reached.append(f"{reached[0]}: cell {cell_index + 1} ({cell.id})"),
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,  # times would change the bytes
        coalesce_streams=True,  # so would the chunks in which a print arrives
        extra_arguments=["--log-level=ERROR"],  # it warns of its own transport on every start
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, "PYTHONPATH": search})
    except NoSuchKernel:
        raise Problem(reached[0], "there is no Jupyter kernel python3: `make notebooks` installs it") from None
    except CellExecutionError as error:
        raise Problem(reached[-1], f"raises {error.ename}: {error.evalue}; {_REMEDY}") from None
    except CellTimeoutError:
        raise Problem(reached[-1], f"still runs after {SECONDS} s; {_REMEDY}") from None
    except DeadKernelError:
        raise Problem(reached[-1], f"kills its kernel; {_REMEDY}") from None
    except RuntimeError as error:
        raise Problem(reached[-1], f"its kernel does not start: {error}; try `make lab` to see why") from None
