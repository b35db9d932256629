"""Reading a learner's files: each thing that can be wrong with them is one clear line."""

import json
import os

import pytest

from autograde.submissions.notebook import SubmissionError, read_submission


def notebook(*sources, metadata=None):
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s} for s in sources
    ]
    return {"cells": cells, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        path.write_bytes(data)
        return path

    return write


def line_of(path, tiny):
    with pytest.raises(SubmissionError) as caught:
        read_submission(path, tiny)
    message = str(caught.value)
    assert "\n" not in message and str(path) in message
    return message


def test_a_missing_file_names_its_neighbour(write, tiny, tmp_path):
    write("01_tiny.ipynb", notebook("x = 1"))
    assert "Did you mean" in line_of(tmp_path / "01_tinny.ipynb", tiny)


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "not a notebook that can be read"),
        (b'{"cells": [', "not a notebook that can be read"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 200_000, "not a notebook that can be read"),
        (b"[1, 2]", "no list of cells"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"cells": [3]}', "no list of cells"),
        (notebook("def something_else(): pass"), "no notebook of this course"),
    ],
)
def test_what_is_no_notebook_of_ours_says_so(write, tiny, content, reason):
    assert reason in line_of(write("work.ipynb", content), tiny)


def test_a_pipe_is_not_waited_for(tiny, tmp_path):
    os.mkfifo(tmp_path / "01_tiny.ipynb")
    assert "not an ordinary file" in line_of(tmp_path / "01_tiny.ipynb", tiny)


def test_an_empty_folder_says_what_was_expected(tiny, tmp_path):
    assert "01_tiny.ipynb" in line_of(tmp_path, tiny)


def test_the_chapter_is_known_by_its_functions_whatever_the_file_is_called(write, tiny):
    assert list(read_submission(write("smith (2).ipynb", notebook("def rnn_step(): pass")), tiny)) == ["01_tiny"]


def test_metadata_names_the_chapter_even_when_every_function_is_deleted(write, tiny):
    path = write("smith.ipynb", notebook("x = 1", metadata={"course": {"chapter": "01_tiny"}}))
    answer = read_submission(path, tiny)["01_tiny"].answer(tiny, tiny.by_name["rnn_step"])
    assert answer.status == "not_attempted" and "smith.ipynb" in answer.message


def test_a_byte_order_mark_lists_of_lines_and_format_3_are_read(write, tiny):
    source = ["def rnn_step():\n", "    return 1"]
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": source, "outputs": []}]}], "nbformat": 3}
    for content in (b"\xef\xbb\xbf" + json.dumps(notebook(source)).encode(), old):
        answer = read_submission(write("a.ipynb", content), tiny)["01_tiny"].answer(tiny, tiny.by_name["rnn_step"])
        assert answer.load["name"] == "rnn_step"


def test_in_a_folder_a_corrupt_notebook_costs_only_its_own_chapter(write, tiny, tmp_path):
    write("01_tiny.ipynb", b"{")
    write("other.ipynb", b"{}")
    write("copy.ipynb", notebook("def rnn_step(): return 1"))
    found = read_submission(tmp_path, tiny)
    answer = found["01_tiny"].answer(tiny, tiny.by_name["rnn_step"])
    assert answer.status == "error" and "01_tiny.ipynb" in answer.message


def test_a_misspelt_name_is_told_from_a_missing_one(write, tiny):
    found = read_submission(write("a.ipynb", notebook("def rnn_stpe(): return 1\ndef rnn_forward(): return 1")), tiny)
    answer = found["01_tiny"].answer(tiny, tiny.by_name["rnn_step"])
    assert answer.status == "error" and "rnn_stpe" in answer.message


def test_a_cell_that_does_not_parse_costs_its_exercise_and_names_the_line(write, tiny):
    found = read_submission(write("a.ipynb", notebook("def rnn_step(:\n  pass", "def rnn_forward(): return 1")), tiny)
    notebook_ = found["01_tiny"]
    assert "line 1 is not valid Python" in notebook_.answer(tiny, tiny.by_name["rnn_step"]).message
    assert notebook_.answer(tiny, tiny.by_name["rnn_forward"]).load


def test_too_large_a_file_is_refused_before_it_is_read(write, tiny, monkeypatch):
    monkeypatch.setattr("autograde.submissions.notebook.SIZE_CAP", 100)
    assert "clear its outputs" in line_of(write("a.ipynb", notebook("x" * 200)), tiny)
