"""Where a learner's code runs: bubblewrap around a fork server; elsewhere a plain process, and it is said.

`Sandbox.open()` gives a `Session`, one process for one exercise; the next session is not touched by it.
"""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from autograde.sandbox.bubblewrap import INSIDE, NUMPY, ONE_THREAD, TORCH, NoSandbox, start
from autograde.sandbox.layers import channel, gaps_from_inside, gaps_from_outside, hear_ready
from autograde.sandbox.session import Session

OPTIONS = {True: ("--preload", "torch", "--from-scratch"), False: ("--preload", "torch")}
START_SECONDS = 60  # to import NumPy and PyTorch from a cold disk


class Sandbox:
    """Starts sessions: isolated where bubblewrap works, else in a plain process.

    Made at once and started in the background, so that one can be made before it is needed; the first question waits.
    `gaps` are the layers that its check did not find.
    """

    def __init__(self, allow_isolation=True, packages=NUMPY, options=()):
        self._server = self._control = self._errors = None
        self._packages, self._options, self._with_torch = packages, options, {}
        self._checked, self.gaps = True, []
        self._plain = "" if allow_isolation else "isolation was turned off"
        if allow_isolation:
            try:
                self._launch()
            except NoSandbox as error:
                self._plain = str(error)

    @property
    def isolated(self):
        """Whether every layer that matters is there, so that others' work is safe in it."""
        if not self._checked:
            try:
                self._check()
            except NoSandbox as error:
                self._plain = str(error)
        return not self._plain and not any(gap.matters for gap in self.gaps)

    @property
    def reason(self):
        """What each report says: why it is not isolated, or without which layer it is; "" where nothing is missing."""
        isolated, missing = self.isolated, ", ".join(map(str, self.gaps))
        if isolated:
            return f"without: {missing}" if missing else ""
        return self._plain or missing

    def open(self, seconds=10.0, torch=False, from_scratch=False):
        """A fresh session. A fork server that a learner's code has killed is started anew.

        torch : whether PyTorch is to be there. The first time another fork server is started, which takes seconds.
        from_scratch : whether its own recurrent layers are forbidden there
        """
        if torch:
            return self._torch_sandbox(from_scratch).open(seconds)
        if not self.isolated and self._plain:
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

    def _torch_sandbox(self, from_scratch):
        if from_scratch not in self._with_torch:
            another = Sandbox(self.isolated or not self._plain, TORCH, OPTIONS[from_scratch])
            if self.isolated and not another.isolated:
                another.close()
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

    def _launch(self):
        """Start the fork server, without waiting for it."""
        self._control, theirs = channel()
        self._errors = tempfile.TemporaryFile()
        with theirs:
            try:
                self._server, self._unfiltered = start(theirs, self._errors, self._packages, self._options)
                self._checked = False
            except NoSandbox:
                self._stop()
                raise

    def _check(self):
        """Wait until the fork server is ready, and look which layers are there."""
        self._checked = True
        self._control.settimeout(START_SECONDS)
        number = hear_ready(self._control)
        if number is None:
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            self._stop()
            raise NoSandbox(f"bubblewrap does not work here: {lines[-1] if lines else 'it gave no answer'}")
        self._control.settimeout(5)
        try:
            self.gaps = gaps_from_outside(number, self._unfiltered)
        except OSError as error:  # it has ended since, or nobody may look
            self._stop()
            raise NoSandbox(f"the sandbox cannot be looked at: {error}") from None
        if any(gap.layer == "processes" for gap in self.gaps):
            self._stop()  # it kills whatever it can reach: never ask it to
            raise NoSandbox("bubblewrap gave no process namespace")
        self.gaps += gaps_from_inside(self._fork(START_SECONDS), not self._unfiltered)

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
        for handle in (self._control, self._errors):
            if handle is not None:
                handle.close()
        self._server = self._control = self._errors = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def refusal_reason(sandbox, submission, course_root, is_allowed):
    """Why code is not to be run in this sandbox, in one line: it is somebody else's and nothing isolates it; or "".

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


def _plain_session(seconds, options):
    command = [sys.executable, "-I", "-B", str(INSIDE / "worker.py"), "--plain", *options]
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
