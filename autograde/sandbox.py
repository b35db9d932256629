"""Where a learner's code runs: bubblewrap around a fork server; elsewhere a plain process, and it is said.

`Sandbox.open()` gives a `Session`, one process for one exercise; the next session is not touched by it.
"""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress

from autograde.isolation import HERE, NUMPY, ONE_THREAD, TORCH, NoSandbox, start
from autograde.session import Session

OPTIONS = {True: ("--preload", "torch", "--from-scratch"), False: ("--preload", "torch")}
START_SECONDS = 60  # to import NumPy and PyTorch from a cold disk


class Sandbox:
    """Starts sessions: isolated where bubblewrap works, else in a plain process.

    `isolated` is True or False; `reason` says why not.
    """

    def __init__(self, allow_isolation=True, packages=NUMPY, options=()):
        self._server = self._control = None
        self._packages, self._options, self._with_torch = packages, options, {}
        self.reason = "" if allow_isolation else "isolation was turned off"
        if allow_isolation:
            try:
                self._start()
            except NoSandbox as error:
                self.reason = str(error)
        self.isolated = not self.reason

    def open(self, seconds=10.0, torch=False, from_scratch=False):
        """A fresh session. A fork server that a learner's code has killed is started anew.

        torch : whether PyTorch is to be there. The first time another fork server is started, which takes seconds.
        from_scratch : whether its own recurrent layers are forbidden there
        """
        if torch:
            return self._torch_sandbox(from_scratch).open(seconds)
        if not self.isolated:
            return _plain_session(seconds, self._options)
        for _ in range(2):
            try:
                if self._server is None:
                    self._start()
                return self._fork(seconds)
            except OSError:
                self._stop()
        raise NoSandbox("the sandbox ends as soon as it is started")

    def _torch_sandbox(self, from_scratch):
        if from_scratch not in self._with_torch:
            another = Sandbox(self.isolated, TORCH, OPTIONS[from_scratch])
            if self.isolated and not another.isolated:
                raise NoSandbox(f"the sandbox does not start with PyTorch in it: {another.reason}")
            self._with_torch[from_scratch] = another
        return self._with_torch[from_scratch]

    def _fork(self, seconds):
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"f"], [theirs.fileno()])

        def kill():
            with suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)  # whoever reads from it wakes up
            ours.close()
            self._sweep()

        return Session(ours.makefile("rb"), ours.makefile("wb"), kill, seconds)

    def _sweep(self):
        """Have the server kill what the fork left running; if it cannot, end the whole namespace."""
        try:
            self._control.sendall(b"k")
            if self._control.recv(1) != b"k":
                raise OSError("the fork server is gone")
        except (OSError, AttributeError):
            self._stop()

    def _start(self):
        self._control, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as errors:
            self._server, self._unfiltered = start(theirs, errors, self._packages, self._options)
            theirs.close()
            self._control.settimeout(START_SECONDS)
            try:
                ready = self._control.recv(1)
            except OSError:
                ready = b""
            if ready != b"r":
                self._stop()
                errors.seek(0)
                lines = errors.read().decode(errors="replace").strip().splitlines()
                raise NoSandbox(f"bubblewrap does not work here: {lines[-1] if lines else 'it gave no answer'}")
        self._control.settimeout(5)

    def close(self):
        """End the sandbox and every process in it."""
        for another in self._with_torch.values():
            another.close()
        self._with_torch = {}
        self._stop()

    def _stop(self):
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._control.close()
        self._server = self._control = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _plain_session(seconds, options):
    command = [sys.executable, "-I", "-B", str(HERE / "worker.py"), "--plain", *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir(),
        env={**os.environ, **ONE_THREAD},
    )  # fmt: skip

    def kill():
        process.kill()
        process.wait()

    session = Session(process.stdout, process.stdin, kill, seconds)
    if options:
        session.wait(START_SECONDS)  # so that the import is not counted as the learner's time
    return session
