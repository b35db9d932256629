"""What every attack is held against: its own exercise alone suffers, nothing outside changes, nothing goes on running.

With `-v` pytest prints the table attack → outcome at the end.
"""

import re
import textwrap
import time
from pathlib import Path

import pytest

from autograde.judging.bank import bank
from autograde.judging.exercise_test import load_test
from autograde.judging.grading import grade_answer
from autograde.submissions.notebook import Notebook
from autograde.submissions.slicing import Cell
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n"
RIGHT = "np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"
FORWARD = """
def rnn_forward(x, h0, W_ih, W_hh, b):
    h_t, hs = h0, []
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
        hs.append(h_t)
    return np.stack(hs), h_t
"""
SECRET = "the secret of another submission"
BOUND = 60  # seconds for an attack with a limit of one, on a machine that does much else besides
ROWS = pytest.StashKey()


@pytest.fixture(scope="session")
def canary(tmp_path_factory):
    """A folder outside that holds another submission."""
    folder = tmp_path_factory.mktemp("canary")
    (folder / "other.ipynb").write_text(SECRET)
    return folder


def state(*folders):
    """What stands in folders: paths, sizes and times."""
    paths = [path for folder in folders for path in sorted(Path(folder).rglob("*"))]
    found = {str(path): path.lstat() for path in paths if "__pycache__" not in str(path)}
    return {path: (about.st_size, about.st_mtime_ns) for path, about in found.items()}


def running(sandbox):
    """How many processes stand in the sandbox: its init and its fork server make two."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = status.read_text().partition(" (")
            parents[int(number)] = int(rest.rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
    count, todo = 0, [sandbox._server.pid] if sandbox._server else []
    while todo:
        inside = [number for number, parent in parents.items() if parent == todo[-1]]
        todo.pop()
        todo += inside
        count += len(inside)
    return count


@pytest.fixture
def attack(tiny, sandbox, canary, note):
    """Grade a notebook whose rnn_step is hostile and whose rnn_forward is right; give what rnn_step got.

    body : of rnn_step, with RIGHT for the right value, CANARY and COURSE for two folders outside
    before, cells : what stands above the definition, or all cells that hold it
    """

    def attack(body="", before="", cells=(), seconds=10.0, sandbox=sandbox):
        body = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
        cells = cells or [textwrap.dedent(before) + STEP + body]
        words = {"RIGHT": RIGHT, "CANARY": str(canary), "COURSE": str(ROOT)}
        cells = [re.sub(r"\b(RIGHT|CANARY|COURSE)\b", lambda found: words[found[0]], cell) for cell in cells]
        sources = ["import numpy as np", *cells, FORWARD]
        notebook = Notebook([Cell(f"cell {n}", s) for n, s in enumerate(sources, 1)], "01_tiny", "01_tiny.ipynb")
        for exercise in tiny.exercises:  # what is compiled when it is first imported changes a folder's time
            load_test(tiny, exercise), bank(tiny, exercise)
        stood, began = state(canary, tiny.root, ROOT / "tests" / "exercises"), time.monotonic()
        hit, other = (
            grade_answer(tiny, exercise, notebook.answer(tiny, exercise), sandbox, seed=5, seconds=limit)
            for exercise, limit in [(tiny.by_name["rnn_step"], seconds), (tiny.by_name["rnn_forward"], 5.0)]
        )
        took = time.monotonic() - began
        assert (other.status, other.points) == ("passed", 3), other.message
        assert state(canary, tiny.root, ROOT / "tests" / "exercises") == stood
        assert sandbox._server is None or running(sandbox) == 2
        assert took < BOUND
        assert not any(ord(sign) < 32 and sign != "\n" for sign in hit.message)
        note(hit, took)
        return hit

    return attack


@pytest.fixture
def note(request):
    """Remember a row of the table."""
    named = getattr(request.node, "callspec", None)
    name = named.id if named else request.node.name.removeprefix("test_").replace("_", " ")
    family = request.node.path.stem.removeprefix("test_")

    def note(result, took):
        request.config.stash.setdefault(ROWS, []).append((family, name, result, took))

    return note


def pytest_terminal_summary(terminalreporter, config):
    """With -v, the table attack → outcome."""
    if config.get_verbosity() < 1 or ROWS not in config.stash:
        return
    terminalreporter.section("attack → outcome")
    for family, name, result, took in config.stash[ROWS]:
        said = result.message.split("\n")[0][:90]
        terminalreporter.write_line(f"{family:9} {name:44} {result.points}/{result.max_points} {took:4.1f} s  {said}")
