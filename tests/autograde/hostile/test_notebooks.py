"""Notebooks that are broken, huge or crooked before any code of theirs runs: read within bounds, the rest counts."""

import json
import os
import time

import pytest

from autograde.judging.grading import grade_answer
from autograde.submissions.notebook import SubmissionError, read_submission

IMPORT = "import numpy as np"
STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"
WRONG = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return 0 * h_prev"
FORWARD = """
def rnn_forward(x, h0, W_ih, W_hh, b):
    h_t, hs = h0, []
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
        hs.append(h_t)
    return np.stack(hs), h_t
"""


def cell(source):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}


def as_json(*sources, **more):
    return json.dumps({"cells": [*map(cell, sources)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


BOTH, ONLY_FORWARD, NONE = (
    {"rnn_step": 2, "rnn_forward": 3},
    {"rnn_step": 0, "rnn_forward": 3},
    {"rnn_step": 0, "rnn_forward": 0},
)
BLANK = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    raise NotImplementedError('Exercise 1.1')"
ROT = "x = " + "(" * 300 + ")" * 300  # deeper than Python parses
NOTEBOOKS = {
    "all as it should be": (as_json(IMPORT, STEP, FORWARD), BOTH, ""),
    "the cell deleted": (as_json(IMPORT, FORWARD), ONLY_FORWARD, "Not attempted"),
    "the stub left": (as_json(IMPORT, BLANK, FORWARD), ONLY_FORWARD, "Not attempted"),
    "the stub left below the answer": (as_json(IMPORT, STEP, BLANK, FORWARD), ONLY_FORWARD, "Not attempted"),
    "a cell twice": (as_json(IMPORT, STEP, STEP, FORWARD, FORWARD), BOTH, ""),
    "right, then wrong": (as_json(IMPORT, STEP, WRONG, FORWARD), ONLY_FORWARD, "h_t is wrong"),
    "wrong, then right": (as_json(IMPORT, WRONG, STEP, FORWARD), BOTH, ""),
    "both in one cell": (as_json(IMPORT + "\n" + WRONG + "\n" + STEP + FORWARD), BOTH, ""),
    "defined by a condition": (as_json(IMPORT, "if True:\n    " + STEP.replace("\n", "\n    "), FORWARD), BOTH, ""),
    "deleted again": (as_json(IMPORT, STEP, "del rnn_step", FORWARD), BOTH, ""),
    "a syntax error in one cell": (as_json(IMPORT, "def rnn_step(:", FORWARD), ONLY_FORWARD, "not valid Python"),
    "a syntax error beside it": (as_json(IMPORT, "def (", STEP, FORWARD), BOTH, ""),
    "a name of Cyrillic letters": (
        as_json(IMPORT, STEP.replace("rnn_s", "rnn_\u0455"), FORWARD),
        ONLY_FORWARD,
        "misspelt",
    ),
    "a name of wide letters": (as_json(IMPORT, STEP.replace("rnn_s", "rnn_\uff53"), FORWARD), BOTH, ""),
    "a null byte": (as_json(IMPORT, "x = 1\0", STEP, FORWARD), BOTH, ""),
    "half a surrogate pair": (as_json(IMPORT, "x = '\ud800'", STEP, FORWARD), BOTH, ""),
    "too deep for Python": (as_json(IMPORT, ROT, STEP, FORWARD), BOTH, ""),
    "too deep where it is asked for": (as_json(IMPORT, ROT + "\n" + STEP, FORWARD), ONLY_FORWARD, "not valid Python"),
    "magics and shell lines": (
        as_json("%matplotlib inline\n!rm -rf /\n" + IMPORT, "%%time\n" + STEP, "rnn_step?", "!ls\n" + FORWARD),
        BOTH,
        "",
    ),
    "a cell of another language": (as_json(IMPORT, "%%bash\nrm -rf /", STEP, FORWARD), BOTH, ""),
    "prints and training loops": (
        as_json(IMPORT, "while True: print('x')", STEP, "print(rnn_step)\nwhile True: pass", FORWARD + "\nprint(1)"),
        BOTH,
        "",
    ),
    "a cell that ends the kernel": (as_json(IMPORT, "import os\nos._exit(0)", STEP, "exit()", FORWARD), BOTH, ""),
    "a cell that patches NumPy": (
        as_json(IMPORT, "np.allclose = lambda *a: True", WRONG, FORWARD),
        ONLY_FORWARD,
        "wrong",
    ),
    "annotations of packages that are not there": (
        as_json("from jaxtyping import Float\nimport torch\n" + IMPORT, STEP, FORWARD),
        BOTH,
        "",
    ),
    "every line a list": (as_json(IMPORT, STEP.splitlines(keepends=True), FORWARD.splitlines(keepends=True)), BOTH, ""),
    "metadata of nonsense": (as_json(IMPORT, STEP, FORWARD, metadata={"course": ["x"]}), BOTH, ""),
    "a chapter of nonsense": (as_json(IMPORT, STEP, FORWARD, metadata={"course": {"chapter": {}}}), BOTH, ""),
    "format 3": (
        json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": s} for s in (IMPORT, STEP, FORWARD)]}]}),
        BOTH,
        "",
    ),
    "40,000 names": (
        as_json(IMPORT, "\n".join(f"def rnn_st{n}p(): 0" for n in range(40_000)), FORWARD),
        ONLY_FORWARD,
        "",
    ),
    "10,000 cells in a chain": (
        as_json(
            IMPORT,
            *(f"a{n} = a{n + 1}" for n in range(10_000)),
            STEP.replace("b):", "b, c=0):").replace("+ b", "+ b + 0 * a0 if c else 0 * b"),
            FORWARD,
        ),
        ONLY_FORWARD,
        "",
    ),
    "20,000 changes of one name": (as_json(IMPORT, *["n = 0"], *["n += 1"] * 20_000, STEP, FORWARD), BOTH, ""),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_exercise_gets_what_its_own_cells_deserve(tiny, sandbox, tmp_path, note, name):
    content, points, said = NOTEBOOKS[name]
    (tmp_path / "01_tiny.ipynb").write_text(content, encoding="utf-8")
    began = time.process_time()
    notebook = read_submission(tmp_path / "01_tiny.ipynb", tiny)["01_tiny"]
    results = [grade_answer(tiny, e, notebook.answer(tiny, e), sandbox, seed=5, seconds=5.0) for e in tiny.exercises]
    note(results[0], time.process_time() - began)
    assert {r.name: r.points for r in results} == points, [r.message for r in results]
    assert said in results[0].message
    assert time.process_time() - began < 20  # of this process, however busy the machine is


FILES = {
    "empty": (b"", "not a notebook that can be read"),
    "cut off": (as_json(IMPORT, STEP)[:-40].encode(), "not a notebook that can be read"),
    "not text": (bytes(range(128, 256)) * 100, "not a notebook that can be read"),
    "nested 200,000 deep": (b"[" * 200_000, "not a notebook that can be read"),
    "a number of 10,000 digits": (b'{"cells": ' + b"9" * 10_000 + b"}", "not a notebook that can be read"),
    "no cells": (b'{"cells": {"a": 1}}', "no list of cells"),
    "a cell that is a number": (b'{"cells": [3]}', "no list of cells"),
    "a source that is a number": (b'{"cells": [{"cell_type": "code", "source": 3}]}', "no list of cells"),
    "a source of numbers": (b'{"cells": [{"cell_type": "code", "source": [3]}]}', "no list of cells"),
    "two megabytes of code": (as_json(IMPORT, STEP, "x = 1\n" * 400_000).encode(), "more than 1 MiB of code"),
    "100 megabytes": (as_json(IMPORT, STEP, cells2=["x" * 10**8]).encode(), "larger than 50 MiB"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_read_is_one_line_within_seconds(tiny, tmp_path, name):
    content, said = FILES[name]
    (tmp_path / "01_tiny.ipynb").write_bytes(content)
    began = time.process_time()
    with pytest.raises(SubmissionError, match=said) as caught:
        read_submission(tmp_path / "01_tiny.ipynb", tiny)
    assert "\n" not in str(caught.value)
    assert time.process_time() - began < 20  # of this process, however busy the machine is


def test_outputs_of_forty_megabytes_are_no_reason_to_refuse(tiny, tmp_path):
    content = json.loads(as_json(IMPORT, STEP))
    content["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 4 * 10**7}]
    (tmp_path / "01_tiny.ipynb").write_text(json.dumps(content))
    assert read_submission(tmp_path / "01_tiny.ipynb", tiny)["01_tiny"].answer(tiny, tiny.exercises[0]).load


def test_a_link_hands_in_nobody_elses_work(tiny, tmp_path):
    (tmp_path / "theirs.ipynb").write_text(as_json(IMPORT, STEP))
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "01_tiny.ipynb").symlink_to(tmp_path / "theirs.ipynb")
    with pytest.raises(SubmissionError, match="a link to another file"):
        read_submission(folder / "01_tiny.ipynb", tiny)
    answer = read_submission(folder, tiny)["01_tiny"].answer(tiny, tiny.exercises[0])
    assert answer.status == "error" and "a link to another file" in answer.message


def test_pipes_and_folders_with_a_notebooks_name_are_not_waited_for(tiny, tmp_path):
    os.mkfifo(tmp_path / "01_tiny.ipynb")
    (tmp_path / "02_more.ipynb").mkdir()
    answer = read_submission(tmp_path, tiny)["01_tiny"].answer(tiny, tiny.exercises[0])
    assert answer.status == "error" and "not an ordinary file" in answer.message


def test_a_files_name_is_clean_when_it_is_shown(tiny, tmp_path):
    path = tmp_path / "01\x1b[2J\nx\u202e.ipynb"
    path.write_text(as_json(IMPORT, FORWARD, "def rnn_stepp(): pass"))
    answer = read_submission(path, tiny)["01_tiny"].answer(tiny, tiny.exercises[0])
    assert answer.message.isprintable() and "rnn_stepp" in answer.message
    path.write_text("{")
    with pytest.raises(SubmissionError) as caught:
        read_submission(path, tiny)
    assert str(caught.value).isprintable()
