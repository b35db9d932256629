"""Checks each layer of the sandbox when it starts: the host reads /proc, and `probe` tries to break out."""

import ast
import os
import socket
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograde.sandbox.bubblewrap import INSIDE
from autograde.sandbox.session import LearnerError, Session, SessionLost

PROBE = INSIDE / "probe.py"
LIMITED = ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_CPU", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE")
NAMESPACES = {"net": "network", "pid": "processes", "mnt": "files", "ipc": "shared memory"}
CREDENTIALS = struct.Struct("3i")  # process, user, group


@dataclass(frozen=True)
class MissingLayer:
    """A layer of the sandbox that is missing: its name, and why, or what shows it."""

    layer: str
    why: str

    @property
    def matters(self) -> bool:
        """Whether other people's code must not run without it, which holds for all but the system call filter."""
        return self.layer != "seccomp"

    def __str__(self) -> str:
        return f"{self.layer} ({self.why})"


def channel() -> tuple[socket.socket, socket.socket]:
    """Two ends of a socket: the first learns from the kernel which process a byte comes from."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def wait_for_ready(control: socket.socket) -> int | None:
    """Wait for the fork server's first byte; give its process number on the host, or None if it ended."""
    try:
        byte, notes, *_ = control.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size))
    except OSError:
        return None
    found = [data for level, kind, data in notes if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)]
    return CREDENTIALS.unpack(found[0])[0] if byte == b"r" and found else None


def missing_seen_by_host(server: int, unfiltered: str) -> list[MissingLayer]:
    """The layers whose absence the host sees in /proc.

    server : its process number
    unfiltered : why it has no filter of system calls, or ""
    """
    missing_layers = [
        MissingLayer(layer, f"it shares the {kind} namespace")
        for kind, layer in NAMESPACES.items()
        if os.readlink(f"/proc/{server}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}")
    ]
    status = dict(line.split(":", 1) for line in Path(f"/proc/{server}/status").read_text().splitlines())
    if "0" in status["Uid"].split():
        missing_layers.append(MissingLayer("no root", "it runs as root"))
    if any(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapAmb")):
        missing_layers.append(MissingLayer("no root", "it has privileges"))
    if status.get("NoNewPrivs", "").strip() != "1":
        missing_layers.append(MissingLayer("no new privileges", "a program with more rights could be started"))
    if unfiltered or status.get("Seccomp", "").strip() != "2":
        missing_layers.append(MissingLayer("seccomp", unfiltered or "the kernel applies no filter"))
    return missing_layers


def missing_seen_inside(session: Session, filtered: bool) -> list[MissingLayer]:
    """The layers whose absence `probe` finds inside the sandbox; it also looks for a file that is made for it."""
    source = PROBE.read_text(encoding="utf-8")
    with session, tempfile.NamedTemporaryFile(prefix="canary-") as canary:
        secrets = [canary.name, str(PROBE), str(INSIDE.parents[1] / "tests"), "/etc/passwd", "/proc/1", "/sys"]
        numbers = list(range(len(ast.parse(source).body)))
        try:
            session.load(name="probe", cells=[["probe", source, numbers]], names=[], earlier="", exports=[], answers=[])
            found = session.call([secrets, list(LIMITED), filtered])[0]
            return [MissingLayer(layer, why) for layer, why in found.items()]
        except (LearnerError, SessionLost, AttributeError) as error:
            return [MissingLayer("check", f"the sandbox could not be tried: {error}")]
