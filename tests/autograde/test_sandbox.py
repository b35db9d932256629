"""Hostile and broken code costs its own exercise, and nothing else."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from autograde.course import ROOT as REPOSITORY
from autograde.sandbox import Sandbox
from autograde.session import Lost, Raised
from autograde.slicing import Cell
from autograde.submission import Notebook

STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n"
RIGHT_STEP = STEP + "    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)\n"
HOSTILE = {
    "an endless loop": ("    while True: pass", "still running after"),
    "a loop that swallows interrupts": (
        "    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        "still running after",
    ),
    "os._exit(0)": ("    import os; os._exit(0)", "ended before it returned"),
    "sys.exit": ("    import sys; sys.exit(0)", "SystemExit"),
    "an interrupt": ("    raise KeyboardInterrupt", "KeyboardInterrupt"),
    "a segmentation fault": ("    import ctypes; ctypes.string_at(0)", "ended before it returned"),
    "an array of 20 GB": ("    return np.ones(20 * 2**27)", "MemoryError"),
    "memory bit by bit": ("    x = []\n    while True: x.append(np.zeros(2**25))", "MemoryError"),
    "endless recursion": ("    return rnn_step(x_t, h_prev, W_ih, W_hh, b)", "RecursionError"),
    "a patched np.allclose": (
        "    np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\n    return x_t[:, :1] + 0 * h_prev",
        "h_t is wrong",
    ),
    "an array that equals everything": (
        "    class Liar(np.ndarray):\n        def __eq__(self, other): return True\n    return h_prev.view(Liar)",
        "type Liar",
    ),
    "NaN": ("    return h_prev * np.nan", "nan at [0, 0]"),
    "inputs set to zero": ("    x_t[:] = 0; h_prev[:] = 0; b[:] = 0\n    return h_prev", "changed its argument x_t"),
    "the server killed": ("    import os; os.kill(os.getppid(), 9)\n    while True: pass", "ended before it returned"),
    "everything killed": ("    import os; os.kill(-1, 9)\n    while True: pass", "ended before it returned"),
    "the server's limits lowered": (
        "    import os, resource as r\n    r.prlimit(os.getppid(), r.RLIMIT_FSIZE, (0, 0))\n    return h_prev",
        "h_t is wrong",
    ),
    "the server made to wait": ("    import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "h_t is None"),
    "the server stopped": ("    import os; os.kill(os.getppid(), 19)", "h_t is None"),
    "an integer of 400 digits": ("    return 10**400", "expected an array"),
    "a forged place of an error": (
        "    import sys\n    execution = sys.modules['execution']\n"
        "    execution.describe = lambda e: {'type': 'E', 'text': '', 'where': [[], 1]}\n    return 1 / 0",
        "raises E",
    ),
    "arguments taken away": ("    import sys\n    sys._getframe(1).f_locals['request']['args'].clear()", "no result"),
    "a result that is too large": ("    return np.zeros(2**25)", "more than the channel takes"),
    "the answer imported": (
        "    from lstm_ref.rnn import rnn_step as f\n    return f(x_t, h_prev, W_ih, W_hh, b)",
        "exercise 1.1",
    ),
    "the network": ("    import socket; socket.create_connection(('127.0.0.1', 80), 1)", "refused"),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_what_hostile_code_gets(submit, attack):
    body, said = HOSTILE[attack]
    began = time.monotonic()
    result = submit("rnn_step", STEP + body, seconds=1.0)
    assert result.points == 0 and result.status in ("failed", "error")
    assert said in result.message
    assert time.monotonic() - began < 8  # a stopped server is waited for 5 seconds
    assert submit("rnn_step", RIGHT_STEP).status == "passed"  # the next exercise is as it was


def test_fifty_megabytes_of_prints_cost_nothing(submit):
    noisy = RIGHT_STEP.replace("    return", "    print('x' * 10**7, flush=True)\n    return")
    assert submit("rnn_step", noisy).status == "passed"


def look(sandbox, body):
    """The value of an expression inside the sandbox."""
    with sandbox.open(2.0) as session:
        source = f"import os, sys\ndef f():\n{body}"
        session.load(name="f", cells=[["cell 1", source, [0, 1]]], names=[], earlier="", exports=[], answers=[])
        return session.call([])[0]


def test_no_file_of_the_course_is_in_sight(sandbox):
    found = look(
        sandbox,
        "    return [p for base, _, names in os.walk('/') for n in names for p in [base + '/' + n] if 'lstm' in p]",
    )
    assert found == []
    assert look(sandbox, f"    return os.path.exists({str(REPOSITORY / 'tests')!r})") is False
    assert look(sandbox, "    return sorted(os.listdir('/grader') + os.listdir('/site'))") == [
        "numpy",
        "numpy.libs",
        "wire.py",
        "worker.py",
    ]


def test_only_a_small_tmp_can_be_written_and_it_does_not_last_in_the_course(sandbox):
    for folder in ("/", "/grader", "/site/numpy", "/usr/lib", "/proc/sys"):
        with pytest.raises(Raised, match="OSError|PermissionError|FileNotFoundError"):
            look(sandbox, f"    open({folder + '/x'!r}, 'w')")
    with pytest.raises(Raised, match="OSError"):
        look(sandbox, "    open('/tmp/x', 'wb').write(bytes(2**26))")


def test_nobody_is_root_and_no_environment_comes_in(sandbox, monkeypatch):
    assert look(sandbox, "    return os.getuid()") != 0
    assert look(
        sandbox, "    return [k for k in os.environ if k not in ('HOME', 'PATH', 'LANG', 'LC_CTYPE', 'PWD')]"
    ) == [
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
    ]


def processes(sandbox):
    """How many run inside: init, the server and the one that looks make three. A dead one may take a moment to go."""
    for _ in range(20):
        count = look(sandbox, "    return sum(name.isdigit() for name in os.listdir('/proc'))")
        if count == 3:
            break
        time.sleep(0.05)
    return count


def test_a_fork_bomb_is_capped_and_swept_away(sandbox):
    bomb = "    import time\n    while True:\n        if os.fork() == 0:\n            time.sleep(99)"
    with pytest.raises(Raised, match="BlockingIOError"):
        look(sandbox, bomb)
    assert processes(sandbox) == 3


def test_what_an_exercise_leaves_running_is_killed(sandbox):
    look(sandbox, "    if os.fork() == 0:\n        os.setsid()\n        import time; time.sleep(99)\n    return 1")
    assert processes(sandbox) == 3


def test_torch_is_not_there_for_numpy_exercises(sandbox):
    with pytest.raises(Raised, match="ModuleNotFoundError"):
        look(sandbox, "    import torch")


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
        with pytest.raises(Lost, match="still running"):
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
        assert submit("rnn_step", RIGHT_STEP, sandbox=plain).status == "passed"
        assert "still running" in submit("rnn_step", STEP + "    while True: pass", sandbox=plain, seconds=0.5).message
        assert "ended before" in submit("rnn_step", STEP + "    import os; os._exit(0)", sandbox=plain).message


def test_a_server_without_a_process_namespace_of_its_own_refuses_to_serve():
    """It kills every process that it can reach; outside a namespace that would be the user's session."""
    worker = REPOSITORY / "autograde" / "worker.py"
    namespace = os.readlink("/proc/self/ns/pid")
    done = subprocess.run(
        [sys.executable, worker, "--server", namespace], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert done.returncode != 0


@pytest.mark.parametrize(
    "line, name",
    [
        ("from lstm_ref.translation.tokens import tokenise as f", "f"),
        ("from lstm_ref.translation import tokens", "tokens.tokenise"),
        ("import lstm_ref.translation.tokens", "lstm_ref.translation.tokens.tokenise"),
    ],
)
def test_an_earlier_answer_in_a_package_is_imported_as_one_would(course, sandbox, line, name):
    exercise = course.find("group_split")
    code = f"def group_split(pairs, sizes, rng):\n    return {name}(pairs, 'en')"
    answer = Notebook([Cell("cell 1", line), Cell("cell 2", code)], exercise.chapter, "").answer(course, exercise)
    with sandbox.open(2.0) as session:
        session.load(**answer.load)
        assert session.call(["Don’t!", [], 0])[0] == ["don't", "!"]
