"""The system calls that the sandbox forbids, as programs for the kernel's filter (seccomp).

`EVERYWHERE` holds for every process in the sandbox: calls that a break-out needs, and Python, NumPy and PyTorch do not.
`IN_A_FORK` is added where a learner's code runs, so that the code cannot start, signal or change a process, open a
socket, or hold memory that its limit does not count.
"""

import ctypes.util
import errno
import functools
import os
from collections.abc import Iterable
from typing import Any

EVERYWHERE = """
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp
    pidfd_open pidfd_getfd pidfd_send_signal
    bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
    keyctl add_key request_key
    mount umount umount2 move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr
    pivot_root chroot setns unshare mknod mknodat name_to_handle_at open_by_handle_at fanotify_init fanotify_mark
    kexec_load kexec_file_load init_module finit_module delete_module create_module reboot swapon swapoff
    iopl ioperm modify_ldt personality uselib acct quotactl quotactl_fd vhangup syslog
    settimeofday clock_settime clock_adjtime adjtimex stime sethostname setdomainname
    splice tee vmsplice move_pages migrate_pages
    socket socketpair bind listen connect accept accept4
    memfd_create memfd_secret shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
    mq_open mq_unlink mq_notify
""".split()
IN_A_FORK = """
    fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo
    setpriority ioprio_set sched_setparam sched_setscheduler sched_setattr setpgid
    setuid setgid setreuid setregid setresuid setresgid setgroups
    inotify_init inotify_init1 mlock mlock2 mlockall
""".split()
NAMESPACES = (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)  # CLONE_NEWNS, …
THREAD = 0x10000  # CLONE_THREAD
TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type into a terminal
SIGNAL_OWNERS = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP: have the kernel send signals to others
SIGNAL_SETTERS = (8, 10, 15, 1024)  # F_SETOWN, F_SETSIG, F_SETOWN_EX; F_SETLEASE
UNKNOWN_CALL = -1  # what an older libseccomp says of a newer call
LOW = 0xFFFFFFFF  # the kernel reads these arguments as 32 bits; the upper ones can be anything


class NoSyscallFilter(Exception):
    """This machine has no system call filter; the message says why."""


@functools.cache
def programs() -> tuple[bytes, bytes]:
    """The two filters, as bytes for the kernel: (for the whole sandbox, for a fork besides). Raises NoFilter."""
    try:
        import pyseccomp
    except ImportError:
        raise NoSyscallFilter("pyseccomp is missing: pip install pyseccomp") from None
    except (RuntimeError, OSError, AttributeError):
        missing = ctypes.util.find_library("seccomp") is None
        raise NoSyscallFilter(f"libseccomp is {'missing' if missing else 'too old'}: install libseccomp2") from None
    try:
        return _everywhere(pyseccomp), _in_a_fork(pyseccomp)
    except (OSError, ValueError, NotImplementedError) as error:
        raise NoSyscallFilter(f"libseccomp makes no filter: {error}") from None


def _everywhere(lib: Any) -> bytes:
    program = lib.SyscallFilter(lib.ALLOW)
    _deny(lib, program, EVERYWHERE)
    refuse = lib.ERRNO(errno.EPERM)
    for flag in NAMESPACES:
        program.add_rule(refuse, "clone", lib.Arg(0, lib.MASKED_EQ, flag, flag))
    # Its flags lie in memory, where no filter can read them: libraries go back to clone when it does not exist.
    program.add_rule(lib.ERRNO(errno.ENOSYS), "clone3")
    for request in TERMINAL_INPUT:
        program.add_rule(refuse, "ioctl", lib.Arg(1, lib.MASKED_EQ, LOW, request))
    return _bytes(program)


def _in_a_fork(lib: Any) -> bytes:
    program = lib.SyscallFilter(lib.ALLOW)
    _deny(lib, program, IN_A_FORK)
    refuse = lib.ERRNO(errno.EPERM)
    program.add_rule(refuse, "clone", lib.Arg(0, lib.MASKED_EQ, THREAD, 0))
    for call in ("prlimit64", "sched_setaffinity"):  # 0 stands for the process itself
        program.add_rule(refuse, call, lib.Arg(0, lib.NE, 0))
    for request in SIGNAL_OWNERS:
        program.add_rule(refuse, "ioctl", lib.Arg(1, lib.MASKED_EQ, LOW, request))
    for command in SIGNAL_SETTERS:
        program.add_rule(refuse, "fcntl", lib.Arg(1, lib.MASKED_EQ, LOW, command))
    return _bytes(program)


def _deny(lib: Any, program: Any, names: Iterable[str]) -> None:
    for name in names:
        number = lib.resolve_syscall(lib.Arch.NATIVE, name)
        if number != UNKNOWN_CALL:
            program.add_rule(lib.ERRNO(errno.EPERM), number)


def _bytes(program: Any) -> bytes:
    reader, writer = os.pipe()  # holds 64 KiB; a program has at most 32
    try:
        with os.fdopen(writer, "wb") as stream:
            program.export_bpf(stream)
        return os.read(reader, 2**16)
    finally:
        os.close(reader)
