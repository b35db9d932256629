"""The layers of the sandbox, each checked when it starts: from inside by trying, from outside by looking."""

import ast
import os
import socket
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograde.sandbox.bubblewrap import INSIDE
from autograde.sandbox.session import LearnerError, SessionLost

PROBE = INSIDE / "probe.py"
LIMITED = ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE")
NAMESPACES = {"net": "network", "pid": "processes", "mnt": "files", "ipc": "shared memory"}
CREDENTIALS = struct.Struct("3i")  # process, user, group


@dataclass(frozen=True)
class MissingLayer:
    """A layer that is not there: its name, and why or how it shows."""

    layer: str
    why: str

    @property
    def matters(self):
        """Whether others' work is not to be run without it. The filter of calls is a second wall behind the first."""
        return self.layer != "seccomp"

    def __str__(self):
        return f"{self.layer} ({self.why})"


def channel():
    """Two ends of a socket: the first learns from the kernel which process a byte comes from."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def hear_ready(control):
    """Wait for the fork server's first byte; give its process number as this side sees it, or None if it ended."""
    try:
        said, notes, *_ = control.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size))
    except OSError:
        return None
    found = [data for level, kind, data in notes if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)]
    return CREDENTIALS.unpack(found[0])[0] if said == b"r" and found else None


def gaps_from_outside(server, unfiltered):
    """The gaps that the kernel's own account of the fork server shows.

    server : its process number
    unfiltered : why it has no filter of system calls, or ""
    """
    gaps = [
        MissingLayer(layer, f"it shares the {kind} namespace")
        for kind, layer in NAMESPACES.items()
        if os.readlink(f"/proc/{server}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}")
    ]
    status = dict(line.split(":", 1) for line in Path(f"/proc/{server}/status").read_text().splitlines())
    if "0" in status["Uid"].split():
        gaps.append(MissingLayer("no root", "it runs as root"))
    if any(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapAmb")):
        gaps.append(MissingLayer("no root", "it has privileges"))
    if status.get("NoNewPrivs", "").strip() != "1":
        gaps.append(MissingLayer("no new privileges", "a program with more rights could be started"))
    if unfiltered or status.get("Seccomp", "").strip() != "2":
        gaps.append(MissingLayer("seccomp", unfiltered or "the kernel applies no filter"))
    return gaps


def gaps_from_inside(session, filtered):
    """The gaps that code finds which runs where a learner's will; among what it looks for is a file made for it."""
    source = PROBE.read_text(encoding="utf-8")
    with session, tempfile.NamedTemporaryFile(prefix="canary-") as canary:
        secrets = [canary.name, str(PROBE), str(INSIDE.parents[1] / "tests"), "/etc/passwd", "/proc/1", "/sys"]
        numbers = list(range(len(ast.parse(source).body)))
        try:
            session.load(name="probe", cells=[["probe", source, numbers]], names=[], earlier="", exports=[], answers=[])
            found = session.call([secrets, list(LIMITED), filtered])[0]
            return [MissingLayer(layer, said) for layer, said in found.items()]
        except (LearnerError, SessionLost, AttributeError) as error:
            return [MissingLayer("check", f"the sandbox could not be tried: {error}")]
