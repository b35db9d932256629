"""`check`, `hint` and `mistakes` in a real kernel, as a learner calls them."""

import nbformat
import pytest
from nbclient import NotebookClient

from lstm_ref.course_folder import course_folder

ROOT = course_folder()


RIGHT = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"
CELLS = {
    "start": "import numpy as np\nfrom autograde import check, hint, mistakes\n%time 1",
    "stub": 'def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    """Doc."""\n    raise NotImplementedError("Exercise 1.1")',
    "check the stub": "check(rnn_step)",
    "wrong": RIGHT.replace(" + b", ""),
    "check the wrong one": "check(rnn_step)",
    "points": "from autograde import points\npoints(rnn_step)",
    "raises": RIGHT.replace("+ b)", "+ nowhere)"),
    "check what raises": "check(rnn_step)",
    "helper": "def affine(x_t, h_prev, W_ih, W_hh, b):\n    return x_t @ W_ih.T + h_prev @ W_hh.T + b",
    "right": "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return np.tanh(affine(x_t, h_prev, W_ih, W_hh, b))",
    "check the right one": "check(rnn_step)",
    "points of the right one": "points(rnn_step)",
    "check another function": "def rnn_stepp(): pass\ncheck(rnn_stepp)",
    "first hint": 'hint("1.1")',
    "all hints": 'for _ in range(3): hint("1.1")',
    "no such hint": 'hint("9.9")',
    "mistakes": "mistakes(rnn_step)",
    "torch": "import sys; 'torch' in sys.modules",
}


@pytest.fixture(scope="module")
def printed():
    """Run the cells in one kernel; what each printed."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    return dict(zip(CELLS, map(text_of, notebook.cells), strict=True))


def text_of(cell):
    """What a cell prints and shows, as plain text."""
    return "".join(o.get("text") or o.get("data", {}).get("text/plain", "") + "\n" for o in cell.outputs)


def test_a_stub_is_not_attempted(printed):
    assert printed["check the stub"] == "1.1 rnn_step   0 / 2   not attempted\n"


def test_a_wrong_answer_is_named(printed):
    head, difference, diagnosis = printed["check the wrong one"].strip().split("\n")
    assert head == "1.1 rnn_step   0 / 2   wrong"
    assert "h_t is wrong" in difference and "bias" in diagnosis


def test_points_are_a_number_for_a_system_that_reads_a_cells_value(printed):
    assert printed["points"] == "0\n" and printed["points of the right one"] == "2\n"


def test_an_error_shows_the_line_of_the_cell(printed):
    assert "NameError" in printed["check what raises"]
    assert "line 2 of the cell: return np.tanh(" in printed["check what raises"]


def test_a_right_answer_with_a_helper_in_another_cell_passes(printed):
    assert printed["check the right one"] == "1.1 rnn_step   2 / 2   passed\n"


def test_a_function_that_is_no_exercise_is_told_which_was_meant(printed):
    assert printed["check another function"] == "rnn_stepp is no exercise of this course; did you mean rnn_step?\n"


def test_hints_come_one_at_a_time(printed):
    assert printed["first hint"].startswith("Hint 1 of")
    assert "Hint 2 of" in printed["all hints"] and "last hint" in printed["all hints"]
    assert "9.9 is no exercise of this course" in printed["no such hint"]


def test_mistakes_says_what_each_wrong_answer_gets_to_read(printed):
    assert printed["mistakes"].count("→") >= 3


def test_no_torch_was_imported(printed):
    assert printed["torch"] == "False\n"


def test_a_front_end_that_stores_no_history_is_graded_too():
    """nbval is one; so `pytest --nbval` on the solutions depends on it."""
    sources = [CELLS["start"].replace("%time 1", ""), CELLS["right"].replace("affine", "helper"), "check(rnn_step)"]
    sources.insert(1, CELLS["helper"].replace("affine", "helper"))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number, store_history=False)
    assert text_of(notebook.cells[-1]) == "1.1 rnn_step   2 / 2   passed\n"
    assert 'role="group"' in notebook.cells[-1].outputs[0].data["text/html"]
