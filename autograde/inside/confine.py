"""What a process inside the sandbox does to itself before it runs a learner's code: it gives up what it could do.

It stands inside the sandbox and imports only the standard library.
"""

import os

FILTER = "/grader/fork.bpf"  # `isolation` puts it there
SET_DUMPABLE, SET_SECCOMP, SET_NO_NEW_PRIVILEGES = 4, 22, 38  # of prctl
MODE_FILTER = 2


def become_nobody(uid):
    """As root, leave root for good, so that the limit on processes counts (root is exempt from it)."""
    if uid and os.getuid() == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def become_unreadable():
    """Let no other process look into this one's memory, not even one of the same user."""
    _prctl(SET_DUMPABLE, 0)


def limit_resources(memory=2 * 2**30, processes=32, cpu_seconds=120):
    """Bound one fork: address space, processes, processor time, open files; no core dumps, no large files."""
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
        resource.setrlimit(what, (value, value))


def read_filter():
    """The program that forbids system calls to a fork, or b"" where this machine has none."""
    try:
        with open(FILTER, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        return b""


def forbid(program):
    """Have the kernel apply a filter of system calls to this process and what it starts, for good."""
    import ctypes

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    if program:
        _prctl(SET_NO_NEW_PRIVILEGES, 1)
        _prctl(SET_SECCOMP, MODE_FILTER, ctypes.byref(Program(len(program) // 8, program)))


def _prctl(option, value, more=0):
    import ctypes

    call = ctypes.CDLL(None, use_errno=True).prctl
    if call(option, ctypes.c_ulong(value), more, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
