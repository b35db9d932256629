"""A chapter in which a learner has worked is never overwritten; what Jupyter adds by itself is no work."""

import json
import os

import pytest
from notebooks import work

CHAPTER, SOLUTION = "chapters/01_loops.ipynb", "solutions/01_loops.ipynb"
DISCARD = "python tools/build_notebooks.py --discard 01_loops"
KEEP = f"mkdir -p work && cp {CHAPTER} work/01_loops.ipynb, then drop it here"


def stub(data):
    return next(cell for cell in data["cells"] if cell.get("metadata", {}).get("course"))


def solve(data):
    stub(data)["source"] = ["def double(x):\n", "    return 2 * x"]


def add(data):
    cell = {"cell_type": "code", "execution_count": 7, "id": "mine", "metadata": {}, "outputs": []}
    data["cells"].insert(6, {**cell, "source": ["double(3)"]})


def note(data):
    data["cells"].append({"cell_type": "markdown", "id": "note", "metadata": {}, "source": "My notes"})


def delete(data):
    del data["cells"][6]


def reorder(data):
    data["cells"].append(data["cells"].pop(6))


def repeat(data):
    data["cells"].append({**data["cells"][2], "id": "again"})


def retype(data):
    cell = data["cells"][6]
    cell.update(cell_type="code", outputs=[], execution_count=None)


def empty(data):
    stub(data)["source"] = []


def one_character(data):
    data["cells"][0]["source"][-1] += "!"


def solve_and_strip(data):
    """What a converter leaves: another nbformat, no ids, no metadata but the notebook's own."""
    solve(data)
    data["nbformat_minor"] = 4
    for cell in data["cells"]:
        del cell["id"]
        cell["metadata"] = {}


WORK = {
    solve: ["cell 5 edited: def double(x):"],
    add: ["cell 7 added: double(3)"],
    note: ["cell 13 added: My notes"],
    delete: ["a cell deleted: Between."],
    reorder: ["cell 12 moved or repeated: Between."],
    repeat: ["cell 13 moved or repeated: import numpy as np"],
    retype: ["cell 7 edited: Between."],
    empty: ["a cell deleted: def double(x):"],
    one_character: ["cell 1 edited: # Loops"],
    solve_and_strip: ["cell 5 edited: def double(x):"],
}


def touch_source(course):
    """Let the author change the last cell, so that the chapter is stale whatever the learner did."""
    course.replace("course/01_loops/lesson.md", "What comes last.", "The end.")


@pytest.mark.parametrize("change", WORK, ids=lambda change: change.__name__)
def test_work_is_left_alone_where_the_source_has_changed(course, change):
    course.run()
    course.edit(CHAPTER, change)
    touch_source(course)
    files = course.files()
    advice = [
        f"{CHAPTER}: holds work, and course/01_loops/lesson.md or what it draws on has changed since; left unchanged",
        *(f"  {line}" for line in WORK[change]),
        "  to merge both: python tools/build_notebooks.py --merge",
        f"  to keep the work: {KEEP}",
        f"  to drop it: {DISCARD}",
    ]
    result = course.run()
    assert (result.status, result.err) == (1, [f"error: {advice[0]}", *advice[1:]])
    assert course.files() == files
    result = course.run("--keep-work")
    assert (result.status, result.err) == (0, [f"warning: {advice[0]}", *advice[1:]])
    assert course.files() == files
    result = course.run("--check")
    assert (result.status, result.out) == (1, advice)
    assert course.run("--check", "--keep-work").status == 0
    assert course.files() == files


@pytest.mark.parametrize("change", WORK, ids=lambda change: change.__name__)
def test_work_is_left_alone_in_silence_where_the_source_has_not_changed(course, change):
    course.run()
    course.edit(CHAPTER, change)
    files = course.files()
    result = course.run()
    assert (result.status, result.err, result.out) == (0, [], ["chapters/ and solutions/ are up to date"])
    assert course.files() == files
    result = course.run("--check")  # but a committed chapter that its source does not make is not in order
    assert result.status == 1
    assert result.out[0].startswith(f"{CHAPTER}: was edited, and course/01_loops/lesson.md makes something else")
    assert course.run("--check", "--keep-work").status == 0


@pytest.mark.parametrize("change", [solve, add, delete], ids=lambda change: change.__name__)
def test_discard_replaces_the_work(course, change):
    course.run()
    files = course.files()
    course.edit(CHAPTER, change)
    assert course.run("--discard", "01_loops").status == 0
    assert course.files() == files
    course.edit(CHAPTER, change)
    assert course.run("--discard", CHAPTER).status == 0  # the path that the message names does as well
    assert course.files() == files


def run_cells(data):
    for number, cell in enumerate(cell for cell in data["cells"] if cell["cell_type"] == "code"):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["text\n"]}]


def save_in_jupyter(data):
    """Another kernel's metadata, folded cells, a slide type, one string a source, and a newline that it dropped."""
    data["metadata"]["kernelspec"] = {"display_name": "course", "language": "python", "name": "course"}
    data["metadata"]["language_info"]["version"] = "3.13.1"
    data["metadata"]["toc-autonumbering"] = True
    data["nbformat_minor"] = 4
    for cell in data["cells"]:
        del cell["id"]
        cell["metadata"]["collapsed"] = True
        cell["source"] = "".join(cell["source"]).rstrip("\n")


def add_newlines(data):
    for cell in data["cells"]:
        cell["source"] = "\n" + "".join(cell["source"]) + "\n\n"


def windows_newlines(data):
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def add_empty_cell(data):
    """JupyterLab does so when the last cell is run."""
    cell = {"cell_type": "code", "execution_count": None, "id": "empty", "metadata": {}, "outputs": [], "source": []}
    data["cells"].append(cell)


@pytest.mark.parametrize(
    "change",
    [run_cells, save_in_jupyter, add_newlines, windows_newlines, add_empty_cell],
    ids=lambda change: change.__name__,
)
def test_what_jupyter_adds_is_no_work(course, change):
    course.run()
    files = course.files()
    course.edit(CHAPTER, change)
    assert course.run("--check").out == [f"{CHAPTER}: stale; run python tools/build_notebooks.py"]
    result = course.run()
    assert (result.status, result.err, result.out) == (0, [], [f"wrote {CHAPTER}"])
    assert course.files() == files


def test_a_stale_chapter_without_work_is_replaced(course):
    course.run()
    course.edit(CHAPTER, run_cells)
    touch_source(course)
    assert course.run().status == 0
    assert "The end." in course.sources(CHAPTER).values()


def test_work_on_a_chapter_that_has_come_to_the_same_is_none(course):
    """The learner wrote what the author then wrote too: nothing would be lost."""
    course.run()
    course.edit(CHAPTER, lambda data: data["cells"][-1].update(source=["The end."]))
    touch_source(course)
    assert course.run().status == 0
    assert course.run("--check").status == 0


@pytest.mark.parametrize("text", ["", "<<<<<<< mine\n", "[]", '{"cells": 3}', '{"cells": [{}]}', '{"worksheets": []}'])
def test_an_unreadable_notebook_is_somebodys_work(course, text):
    course.run()
    course.write(CHAPTER, text)
    head = f"{CHAPTER}: cannot be read as a notebook, so it may hold work; left unchanged"
    result = course.run()
    assert result.status == 1
    assert result.err == [f"error: {head}", f"  to keep the work: {KEEP}", f"  to drop it: {DISCARD}"]
    assert course.read(CHAPTER) == text
    assert course.run("--keep-work").status == 0 and course.read(CHAPTER) == text
    assert course.run("--check").out[0] == head
    course.run("--discard", "01_loops")
    assert course.run("--check").status == 0


def test_bytes_that_are_no_text(course):
    course.run()
    (course.root / CHAPTER).write_bytes(b"\xff\xfe")
    assert course.run().status == 1
    assert (course.root / CHAPTER).read_bytes() == b"\xff\xfe"


@pytest.mark.parametrize("kept", [{}, {"generated": "0" * 64}, {"generated": 3, "cells": [1, "x"]}, "text", None])
def test_a_notebook_without_the_builders_record_is_somebodys_work(course, kept):
    course.run()

    def forget(data):
        solve(data)
        data["metadata"]["course"] = kept

    course.edit(CHAPTER, forget)
    text = course.read(CHAPTER)
    result = course.run()
    assert result.status == 1 and result.err[1] == "  cell 5 edited: def double(x):"
    assert course.read(CHAPTER) == text


def test_the_other_notebooks_are_built_all_the_same(course):
    course.run()
    course.edit(CHAPTER, solve)
    course.replace("course/01_loops/exercises.yml", "Double it.", "Double x.")
    assert course.run().status == 1
    assert "Double x." in course.sources(SOLUTION)["ex-1-1-statement"]
    assert "Double it." in course.sources(CHAPTER)["ex-1-1-card"]


def test_the_advice_can_be_followed(course):
    course.run()
    course.edit(CHAPTER, solve)
    touch_source(course)
    mine = json.loads(course.read(CHAPTER))
    keep = next(line for line in course.run().err if "to keep" in line)
    command = keep.partition(": ")[2].partition(", then")[0]
    assert os.system(f"cd '{course.root}' && {command}") == 0
    assert course.run("--discard", "01_loops").status == 0
    assert course.run("--check").status == 0  # the copy is in nobody's way
    assert json.loads(course.read("work/01_loops.ipynb")) == mine


def test_the_advice_names_the_environment_that_the_reader_has(course, monkeypatch):
    course.run()
    course.edit(CHAPTER, solve)
    touch_source(course)
    monkeypatch.setattr("sys.executable", str(course.root / ".venv" / "bin" / "python"))
    result = course.run()
    assert result.err[-1] == "  to drop it: .venv/bin/python tools/build_notebooks.py --discard 01_loops"


def test_advice_on_windows(course, monkeypatch):
    course.run()
    course.edit(CHAPTER, solve)
    monkeypatch.setattr(work, "WINDOWS", True)
    touch_source(course)
    assert "mkdir work & copy chapters\\01_loops.ipynb work\\01_loops.ipynb" in course.run().err[3]
