"""Restricts the process that calls it, before it runs a learner's code: user, memory, limits, system calls.

The sandbox gets a copy of this file, which imports only the standard library.
"""

import contextlib
import os
from typing import Any

FILTER = "/grader/fork.bpf"  # `sandbox.bubblewrap` mounts it there
SET_DUMPABLE, SET_SECCOMP, SET_NO_NEW_PRIVILEGES = 4, 22, 38  # of prctl
MODE_FILTER = 2


def drop_root(uid: int) -> None:
    """Give up root for good, since root is exempt from the limit on processes."""
    if uid and os.getuid() == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def forbid_memory_access() -> None:
    """Forbid other processes, those of the same user too, to read this one's memory."""
    _prctl(SET_DUMPABLE, 0)


def limit_resources(
    memory: int = 2 * 2**30, processes: int = 32, cpu_seconds: int = 120, is_required: bool = True
) -> None:
    """Bound one fork: address space, processes, processor time, open files; no core dumps, no large files.

    is_required : False lets the others count where the system refuses one: macOS refuses the address space
    """
    import resource

    for what, value in [
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, 64),  # each can hold memory of the kernel's: a pipe, a socket
        (resource.RLIMIT_FSIZE, 2**20),
        (resource.RLIMIT_CORE, 0),
    ]:
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(*() if is_required else (ValueError, OSError)):
            resource.setrlimit(what, (value, value))


def read_syscall_filter() -> bytes:
    """The seccomp program that forbids system calls to a fork, or b"" where this machine has none."""
    try:
        with open(FILTER, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return b""


def forbid(program: bytes) -> None:
    """Have the kernel apply a filter of system calls to this process and what it starts, for good."""
    import ctypes

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    if program:
        _prctl(SET_NO_NEW_PRIVILEGES, 1)
        _prctl(SET_SECCOMP, MODE_FILTER, ctypes.byref(Program(len(program) // 8, program)))


def _prctl(option: int, value: int, more: Any = 0) -> None:
    import ctypes

    call = ctypes.CDLL(None, use_errno=True).prctl
    if call(option, ctypes.c_ulong(value), more, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
