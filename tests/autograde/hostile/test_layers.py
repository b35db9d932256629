"""Each layer is checked when the sandbox starts; one that is missing is named; some are insisted on."""

import pytest

from autograde.sandbox import bubblewrap as isolation
from autograde.sandbox import layers, sandbox, syscalls
from autograde.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.slow

STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    "
RIGHT = "return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"


def test_here_every_layer_is_there(sandbox):
    assert sandbox.isolated and sandbox.reason == "" and sandbox.missing_layers == []


def without(*options):
    """A bubblewrap command that lacks some options (each with its arguments)."""
    real = isolation.bubblewrap

    def command(*args):
        whole = real(*args)
        for option in options:
            at = next(n for n in range(len(whole)) if whole[n : n + len(option)] == list(option))
            whole[at : at + len(option)] = []
        return whole

    return command


def with_more(*options):
    """A bubblewrap command with more options before its root folder is made read-only."""
    real = isolation.bubblewrap

    def command(*args):
        whole = real(*args)
        at = len(whole) - 1 - whole[::-1].index("--remount-ro")
        return [*whole[:at], *options, *whole[at:]]

    return command


@pytest.mark.parametrize(
    "command, layer",
    [
        (without(["--unshare-net"]), "network"),
        (without(["--unshare-ipc"]), "shared memory"),
        (with_more("--proc", "/proc"), "processes"),
        (with_more("--ro-bind", "/etc", "/etc"), "files"),
        (with_more("--perms", "1777", "--tmpfs", "/tmp"), "read-only"),
    ],
)
def test_a_layer_that_is_missing_is_named_and_insisted_on(monkeypatch, command, layer):
    monkeypatch.setattr(isolation, "bubblewrap", command)
    with Sandbox() as weak:
        assert not weak.isolated
        assert layer in weak.reason


def test_a_server_that_stays_root_or_keeps_privileges_is_seen(monkeypatch):
    status = "Uid:\t0 0 0 0\nCapEff:\t0\nCapPrm:\tff\nCapAmb:\t0\nNoNewPrivs:\t0\nSeccomp:\t2\n"
    monkeypatch.setattr(layers.Path, "read_text", lambda self: status)
    monkeypatch.setattr(layers.os, "readlink", lambda path: path)
    said = [str(gap) for gap in layers.missing_seen_by_host(1, "")]
    assert said == [
        "no root (it runs as root)",
        "no root (it has privileges)",
        "no new privileges (a program with more rights could be started)",
    ]


def test_a_server_that_shares_its_processes_is_ended_before_it_can_kill_them(monkeypatch):
    monkeypatch.setattr(sandbox, "missing_seen_by_host", lambda *_: [layers.MissingLayer("processes", "shared")])
    with Sandbox() as shared:
        assert not shared.isolated and shared._server is None
        assert shared.reason == "bubblewrap gave no process namespace"


def no_filter():
    raise syscalls.NoSyscallFilter("libseccomp is missing: install libseccomp2")


@pytest.fixture
def unfiltered(monkeypatch):
    """A sandbox on a machine without libseccomp."""
    monkeypatch.setattr(isolation, "programs", no_filter)
    with Sandbox() as sandbox:
        yield sandbox


def test_without_libseccomp_each_report_says_so_and_work_goes_on(unfiltered):
    assert unfiltered.isolated
    assert unfiltered.reason == "without: seccomp (libseccomp is missing: install libseccomp2)"


WITHOUT_FILTER = {
    "the server killed": ("import os; os.kill(os.getppid(), 9)\nwhile True: pass", "ended before"),
    "everything killed": ("import os; os.kill(-1, 9)\nwhile True: pass", "ended before"),
    "the server stopped": ("import os; os.kill(os.getppid(), 19)", "h_t is None"),
    "the server's limits lowered": (
        "import os, resource as r\nr.prlimit(os.getppid(), r.RLIMIT_FSIZE, (0, 0))\nreturn h_prev",
        "h_t is wrong",
    ),
    "the server made to wait": ("import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "h_t is None"),
    "a fork bomb": ("import os, time\nwhile True:\n    if os.fork() == 0: time.sleep(99)", "BlockingIOError"),
    "a child left behind": ("import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(99)", "h_t is None"),
    "the network": ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "unreachable"),
}


@pytest.mark.parametrize("name", WITHOUT_FILTER)
def test_even_without_the_filter_an_attack_costs_its_own_exercise(attack, unfiltered, name):
    body, said = WITHOUT_FILTER[name]
    result = attack(body, sandbox=unfiltered)
    assert result.points == 0 and said in result.message


@pytest.mark.parametrize(
    "error, said",
    [
        (ImportError(), "pip install pyseccomp"),
        (RuntimeError("Unable to find libseccomp"), "libseccomp is too old"),
    ],
)
def test_why_there_is_no_filter_is_said(monkeypatch, error, said):
    import builtins

    real = builtins.__import__

    def refuse(name, *args):
        if name == "pyseccomp":
            raise error
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(syscalls.NoSyscallFilter, match=said):
        syscalls.programs.__wrapped__()


def test_a_sandbox_is_started_before_it_is_asked_for():
    """A class is graded one sandbox a submission: the next one starts while this one works."""
    with Sandbox() as one, Sandbox() as other:
        assert one._server.poll() is None and other._server.poll() is None
        assert not one._checked and not other._checked
        assert one.isolated and other.isolated


def test_what_one_submission_leaves_never_reaches_another(attack):
    with Sandbox() as one, Sandbox() as other:
        assert attack("np.tanh = lambda x: 0 * x\nreturn 0 * h_prev", sandbox=one).points == 0
        assert attack("RIGHT\nreturn RIGHT", sandbox=other).points == 2
        assert one._server.pid != other._server.pid
