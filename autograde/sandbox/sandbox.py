"""Runs a learner's code in a fork server inside bubblewrap, or in a plain process, and then every report says so.

`Sandbox.open()` gives a `Session`, one process for one exercise; no session affects the next one.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograde.sandbox.bubblewrap import INSIDE, NUMPY, ONE_THREAD, TORCH, NoSandbox, require_linux, start
from autograde.sandbox.layers import MissingLayer, channel, missing_seen_by_host, missing_seen_inside, wait_for_ready
from autograde.sandbox.session import Session

TORCH_OPTIONS = {True: ("--preload", "torch", "--from-scratch"), False: ("--preload", "torch")}
START_SECONDS = 60  # to import NumPy and PyTorch from a cold disk


class Sandbox:
    """Starts sessions: isolated where bubblewrap works, else in a plain process.

    The constructor starts it in the background and returns at once; the first session waits until it is ready.
    `missing_layers` are the layers that its check did not find; `failure` says why the last session could not start.
    """

    def __init__(
        self, allow_isolation: bool = True, packages: Sequence[str] = NUMPY, options: Sequence[str] = ()
    ) -> None:
        self._server: subprocess.Popen | None = None
        self._control: Any = None  # this side's end of the socket to the fork server
        self._errors: Any = None  # the file that bubblewrap writes its messages to
        self._packages, self._options = packages, options
        self._with_torch: dict[bool, Sandbox] = {}
        self._checked = True
        self.missing_layers: list[MissingLayer] = []
        self.failure = ""
        self._plain_reason = "" if allow_isolation else "isolation was turned off"
        if allow_isolation:
            try:
                self._launch()
            except NoSandbox as error:
                self._plain_reason = str(error)

    @property
    def isolated(self) -> bool:
        """Whether every necessary layer is there, so that other people's code can be run safely."""
        if not self._checked:
            try:
                self._check()
            except NoSandbox as error:
                self._plain_reason = str(error)
        return not self._plain_reason and not any(layer.matters for layer in self.missing_layers)

    @property
    def reason(self) -> str:
        """The note in every report: why it is not isolated, or which layer is missing; "" where nothing is missing."""
        isolated, missing = self.isolated, ", ".join(map(str, self.missing_layers))
        if isolated:
            return f"without: {missing}" if missing else ""
        return self._plain_reason or missing

    def open(self, seconds: float = 10.0, torch: bool = False, from_scratch: bool = False) -> Session:
        """A fresh session. A fork server that a learner's code has killed is restarted.

        torch : whether PyTorch is to be there. The first such session starts another fork server, which takes seconds.
        from_scratch : whether its own recurrent layers are forbidden there
        """
        try:
            return self._torch_sandbox(from_scratch).open(seconds) if torch else self._open(seconds)
        except NoSandbox as error:
            self.failure = str(error)
            raise

    def _open(self, seconds: float) -> Session:
        if not self.isolated and self._plain_reason:
            return _plain_session(seconds, self._options)
        for _ in range(2):
            try:
                if self._server is None:
                    self._launch()
                    self._check()
                return self._fork(seconds)
            except OSError:
                self._stop()
        raise NoSandbox("the sandbox ends as soon as it is started")

    def _torch_sandbox(self, from_scratch: bool) -> "Sandbox":
        if from_scratch not in self._with_torch:
            another = Sandbox(self.isolated or not self._plain_reason, TORCH, TORCH_OPTIONS[from_scratch])
            if self.isolated and not another.isolated:
                another.close()
                raise NoSandbox(f"the sandbox does not start with PyTorch in it: {another.reason}")
            self._with_torch[from_scratch] = another
        return self._with_torch[from_scratch]

    def _fork(self, seconds: float) -> Session:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"f"], [theirs.fileno()])

        def kill() -> None:
            with suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
            ours.close()
            self._kill_leftovers()

        return Session(ours.makefile("rb"), ours.makefile("wb"), kill, seconds)

    def _kill_leftovers(self) -> None:
        """Have the server kill what the fork left running; if it cannot, end the whole namespace."""
        try:
            self._control.sendall(b"k")
            if self._control.recv(1) != b"k":
                raise OSError("the fork server is gone")
        except (OSError, AttributeError):
            self._stop()

    def _launch(self) -> None:
        """Start the fork server, without waiting for it."""
        require_linux()
        self._control, theirs = channel()
        self._errors = tempfile.TemporaryFile()
        with theirs:
            try:
                self._server, self._unfiltered_reason = start(theirs, self._errors, self._packages, self._options)
                self._checked = False
            except NoSandbox:
                self._stop()
                raise

    def _check(self) -> None:
        """Wait until the fork server is ready, and look which layers are there."""
        self._checked = True
        self._control.settimeout(START_SECONDS)
        number = wait_for_ready(self._control)
        if number is None:
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            self._stop()
            raise NoSandbox(f"bubblewrap does not work here: {lines[-1] if lines else 'it gave no answer'}")
        self._control.settimeout(5)
        try:
            self.missing_layers = missing_seen_by_host(number, self._unfiltered_reason)
        except OSError as error:  # the server has ended, or its /proc must not be read
            self._stop()
            raise NoSandbox(f"the sandbox cannot be looked at: {error}") from None
        if any(missing.layer == "processes" for missing in self.missing_layers):
            self._stop()  # it would kill every process of the user, so it is never asked to
            raise NoSandbox("bubblewrap gave no process namespace")
        self.missing_layers += missing_seen_inside(self._fork(START_SECONDS), not self._unfiltered_reason)

    def close(self) -> None:
        """End the sandbox and every process in it."""
        for another in self._with_torch.values():
            another.close()
        self._with_torch = {}
        self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()
        for handle in (self._control, self._errors):
            if handle is not None:
                handle.close()
        self._server = self._control = self._errors = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def refusal_reason(sandbox: Sandbox, submission: Path | str, course_root: Path, is_allowed: bool) -> str:
    """Why this sandbox must not run a submission, in one line, or "".

    It must not if the submission is somebody else's and the sandbox does not isolate it.

    submission : path of what is graded
    course_root : the course's folder, whose own notebooks are the user's own
    is_allowed : whether --allow-unsandboxed was given
    """
    path = Path(submission).resolve()
    own = any(path.is_relative_to(Path(course_root).resolve() / folder) for folder in ("chapters", "solutions"))
    if is_allowed or own or sandbox.isolated:
        return ""
    return (
        f"{submission} is not your own course folder and its code would run unprotected "
        f"({sandbox.reason}); if you trust it: --allow-unsandboxed"
    )


def _plain_session(seconds: float, options: Sequence[str]) -> Session:
    command = [sys.executable, "-I", "-B", str(INSIDE / "worker.py"), "--plain", *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir(),
        env={**os.environ, **ONE_THREAD},
    )  # fmt: skip

    def kill() -> None:
        process.kill()
        process.wait()

    session = Session(process.stdout, process.stdin, kill, seconds)
    if options:
        session.wait(START_SECONDS)  # so that the import is not counted as the learner's time
    return session
