"""Where a learner's code runs: bubblewrap around a fork server; elsewhere a plain process, and it is said.

`Sandbox.open()` gives a `Session`, one process for one exercise; the next session is not touched by it.
"""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress

from autograde.isolation import HERE, ONE_THREAD, NoSandbox, start
from autograde.session import Session

START_SECONDS = 30  # to import NumPy from a cold disk


class Sandbox:
    """Starts sessions: isolated where bubblewrap works, else in a plain process.

    `isolated` is True or False; `reason` says why not.
    """

    def __init__(self, allow_isolation=True):
        self._server = self._control = None
        self.reason = "" if allow_isolation else "isolation was turned off"
        if allow_isolation:
            try:
                self._start()
            except NoSandbox as error:
                self.reason = str(error)
        self.isolated = not self.reason

    def open(self, seconds=10.0):
        """A fresh session. A fork server that a learner's code has killed is started anew."""
        if not self.isolated:
            return _plain_session(seconds)
        for _ in range(2):
            try:
                if self._server is None:
                    self._start()
                return self._fork(seconds)
            except OSError:
                self.close()
        raise NoSandbox("the sandbox ends as soon as it is started")

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
            self.close()

    def _start(self):
        self._control, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as errors:
            self._server, self._unfiltered = start(theirs, errors)
            theirs.close()
            self._control.settimeout(START_SECONDS)
            try:
                ready = self._control.recv(1)
            except OSError:
                ready = b""
            if ready != b"r":
                self.close()
                errors.seek(0)
                lines = errors.read().decode(errors="replace").strip().splitlines()
                raise NoSandbox(f"bubblewrap does not work here: {lines[-1] if lines else 'it gave no answer'}")
        self._control.settimeout(5)

    def close(self):
        """End the sandbox and every process in it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._control.close()
        self._server = self._control = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _plain_session(seconds):
    command = [sys.executable, "-I", "-B", str(HERE / "worker.py"), "--plain"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir(),
        env={**os.environ, **ONE_THREAD},
    )  # fmt: skip

    def kill():
        process.kill()
        process.wait()

    return Session(process.stdout, process.stdin, kill, seconds)
