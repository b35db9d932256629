"""One process for each exercise, and what it is asked for; `hostile/` holds what attacks it."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from autograde.sandbox.bubblewrap import bubblewrap
from autograde.sandbox.sandbox import Sandbox
from autograde.sandbox.session import SessionLost
from autograde.submissions.notebook import Notebook
from autograde.submissions.slicing import Cell
from lstm_ref.course_folder import course_folder

REPOSITORY = course_folder()

STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n"
RIGHT_STEP = STEP + "    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)\n"


def test_a_function_that_is_passed_in_is_called_outside(sandbox):
    with sandbox.open(2.0) as session:
        source = "def f(g, x):\n    return g(x) + g(2 * x)"
        session.load(name="f", cells=[["cell 1", source, [0]]], names=[], earlier="", exports=[], answers=[])
        value, *_ = session.call([lambda x: x**2, np.array([1.0, 2.0])])
        assert np.array_equal(value, [5.0, 20.0])


def test_the_limit_counts_all_calls_together(sandbox):
    with sandbox.open(0.5) as session:
        source = "import time\ndef f():\n    time.sleep(0.2)"
        session.load(name="f", cells=[["cell 1", source, [0, 1]]], names=[], earlier="", exports=[], answers=[])
        with pytest.raises(SessionLost, match="still running"):
            for _ in range(5):
                session.call([])


def test_closing_ends_every_process():
    sandbox = Sandbox()
    pid = sandbox._server.pid
    sandbox.close()
    assert not os.path.exists(f"/proc/{pid}")


def test_without_bubblewrap_a_plain_process_does_it_and_says_so(submit):
    with Sandbox(allow_isolation=False) as plain:
        assert not plain.isolated and plain.reason
        assert submit("rnn_step", RIGHT_STEP, sandbox=plain, seconds=30).status == "passed"
        assert "still running" in submit("rnn_step", STEP + "    while True: pass", sandbox=plain, seconds=0.5).message
        assert (
            "ended before" in submit("rnn_step", STEP + "    import os; os._exit(0)", sandbox=plain, seconds=30).message
        )


def test_a_server_without_a_process_namespace_of_its_own_refuses_to_serve():
    """It kills every process that it can reach; outside a namespace that would be the user's session."""
    worker, (ours, theirs) = REPOSITORY / "autograde" / "inside" / "worker.py", socket.socketpair()
    with ours:
        with theirs:
            server = subprocess.Popen([sys.executable, worker, "--server"], stdin=theirs)
        assert ours.recv(1) == b""  # it ends and does not say that it is ready
    assert server.wait() == 1


@pytest.mark.parametrize(
    "line, name",
    [
        ("from lstm_ref.seq2seq.tokens import tokenise as f", "f"),
        ("from lstm_ref.seq2seq import tokens", "tokens.tokenise"),
        ("import lstm_ref.seq2seq.tokens", "lstm_ref.seq2seq.tokens.tokenise"),
    ],
)
def test_an_earlier_answer_in_a_package_is_imported_as_one_would(course, sandbox, line, name):
    exercise = course.find("group_split")
    code = f"def group_split(pairs, sizes, rng):\n    return {name}(pairs, 'en')"
    answer = Notebook([Cell("cell 1", line), Cell("cell 2", code)], exercise.chapter, "").answer(course, exercise)
    with sandbox.open(2.0) as session:
        session.load(**answer.load)
        assert session.call(["Don’t!", [], 0])[0] == ["don't", "!"]


@pytest.mark.parametrize("beside", [["torch.libs"], ["nvidia", "torch.libs"], []])
def test_pytorch_comes_with_the_libraries_beside_it(tmp_path, monkeypatch, beside):
    for name in ["torch", "other", *beside]:
        (tmp_path / name).mkdir()
    spec = SimpleNamespace(origin=str(tmp_path / "torch" / "__init__.py"))
    monkeypatch.setattr("autograde.sandbox.bubblewrap.find_spec", lambda name: spec)
    command = bubblewrap(["torch"])
    mounted = {inside for inside in command if inside.startswith("/site/")}
    assert mounted == {f"/site/{name}" for name in ["torch", *beside]}
