"""Makes a process on Linux look like one on macOS or Windows to the files of this project, and to them alone.

`interpreter` makes a virtual environment whose Python plants the platform at its start, so also in the processes that
the project starts from it. The standard library and the packages see the real system, on which they must run. What each
platform lacks is taken from the notes on availability in Python's documentation of `os`, `signal`, `socket`, `resource`
and `time`. What a platform does in another way is planted where the project meets it: macOS refuses a limit on the
address space (https://github.com/python/cpython/issues/78783), and a pipe of Windows has no UTF-8 by default.
"""

import os
import sys
from pathlib import Path

PLATFORM, COURSE = "PLANTED_PLATFORM", "PLANTED_COURSE"  # variables: which platform, for the files of which folder
SYSTEMS = {"darwin": "Darwin", "win32": "Windows"}

ONLY_LINUX = {
    "os": """memfd_create memfd_secret pidfd_open sched_getaffinity sched_setaffinity sched_getscheduler
        sched_setscheduler sched_getparam sched_setparam sched_rr_get_interval setns unshare getrandom eventfd splice
        copy_file_range posix_fadvise posix_fallocate getresuid getresgid setresuid setresgid fdatasync pipe2 listxattr
        getxattr setxattr removexattr O_TMPFILE O_DIRECT O_PATH O_NOATIME P_PIDFD""",
    "socket": """SO_PASSCRED SCM_CREDENTIALS SO_PEERCRED SO_BINDTODEVICE SO_DOMAIN SO_PROTOCOL SOCK_CLOEXEC
        SOCK_NONBLOCK AF_NETLINK AF_PACKET AF_VSOCK AF_ALG""",
    "signal": "sigtimedwait sigwaitinfo pidfd_send_signal SIGPWR SIGPOLL SIGSTKFLT SIGRTMIN SIGRTMAX SIGCLD",
    "resource": """prlimit RUSAGE_THREAD RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME RLIMIT_SIGPENDING""",
    "select": "epoll",
    "time": "CLOCK_BOOTTIME CLOCK_TAI pthread_getcpuclockid",
}
ONLY_UNIX = {
    "os": """fork forkpty getuid geteuid getgid getegid getgroups setuid seteuid setgid setegid setgroups setreuid
        setregid initgroups getpgid getpgrp setpgid setpgrp setsid getsid killpg nice getpriority setpriority
        PRIO_PROCESS PRIO_PGRP PRIO_USER sched_yield sched_get_priority_min sched_get_priority_max uname chown lchown
        fchown mkfifo mknod wait wait3 wait4 waitid WNOHANG WIFEXITED WIFSIGNALED WEXITSTATUS WTERMSIG getloadavg
        sysconf confstr pathconf statvfs fstatvfs sync openpty ttyname ctermid register_at_fork posix_spawn posix_spawnp
        pread pwrite preadv pwritev readv writev sendfile chroot fchdir lockf major minor makedev environb getenvb
        O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_DIRECTORY O_SYNC O_NDELAY O_NOCTTY fwalk""",
    "socket": """AF_UNIX SCM_RIGHTS CMSG_LEN CMSG_SPACE send_fds recv_fds sethostname""",
    "signal": """SIGALRM SIGKILL SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGCHLD SIGPIPE SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU
        SIGWINCH SIGPROF SIGVTALRM SIGXCPU SIGXFSZ SIGSYS SIGTRAP SIGURG SIGIO SIGBUS alarm pause setitimer getitimer
        siginterrupt pthread_sigmask pthread_kill sigpending sigwait ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF""",
    "select": "poll",
    "time": "tzset clock_gettime clock_gettime_ns clock_settime clock_getres CLOCK_REALTIME CLOCK_MONOTONIC",
}
UNIX_MODULES = "fcntl grp posix pty pwd resource syslog termios tty".split()


def interpreter(folder, platform, course):
    """A Python in which the files of a course see that platform, and the environment variables to start it with."""
    import venv

    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site = Path(folder) / "lib" / version / "site-packages"
    packages = [path for path in map(Path, sys.path) if path.name in ("site-packages", "dist-packages")]
    plant = f"import sys; sys.path.append({str(Path(__file__).parent)!r}); import planted_platform; sys.path.pop()"
    start = f"{plant}; planted_platform.plant()"
    site.joinpath("planted.pth").write_text("\n".join([*map(str, packages), start, ""]), encoding="utf-8")
    variables = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(course),
        PLATFORM: platform,
        COURSE: str(course),
        "PYTHONWARNDEFAULTENCODING": "1",
    }
    if platform == "win32":  # a pipe there has the code page of the system
        variables["PYTHONIOENCODING"] = "cp1252"
    return str(Path(folder) / "bin" / "python"), variables


def is_ours(frame):
    """Whether the code of a frame is this project's own, which lies in the course's folder and is not installed."""
    path = frame.f_code.co_filename
    return path.startswith(os.environ[COURSE]) and "site-packages" not in path and path != __file__


def plant():
    """Plant the platform that the environment variable names, or none."""
    platform = os.environ.get(PLATFORM)
    if platform is None:
        return
    import ctypes
    import multiprocessing
    import platform as platform_module
    import select
    import signal
    import socket
    import subprocess
    import time
    import warnings

    is_windows = platform == "win32"
    values = {"sys": {"platform": platform}, "platform": {"system": lambda: SYSTEMS[platform]}}
    values["ctypes"] = {"CDLL": no_c_library}
    if is_windows:
        values["os"] = {"name": "nt", "symlink": no_link}
        values["subprocess"] = {"Popen": windows_popen(subprocess.Popen)}
        values["multiprocessing"] = {"get_context": only_spawn(multiprocessing.get_context)}
    else:
        import resource

        values["resource"] = {"setrlimit": no_address_space_limit(resource.setrlimit, resource.RLIMIT_AS)}
        disguise(resource, ONLY_LINUX["resource"].split(), values["resource"])
    for module in (sys, os, ctypes, multiprocessing, platform_module, select, signal, socket, subprocess, time):
        name = module.__name__
        hidden = ONLY_LINUX.get(name, "").split() + (ONLY_UNIX.get(name, "").split() if is_windows else [])
        disguise(module, hidden, values.get(name, {}))
    if is_windows:
        hide_modules(UNIX_MODULES)
    sys.addaudithook(no_proc)
    packages = "autograde|lstm_ref|translator|course|tools|notebooks|research|build_notebooks|update"
    warnings.filterwarnings("error", category=EncodingWarning, module=rf"({packages})\b")


def disguise(module, hidden, values):
    """Let this project's files find neither the hidden names in a module, nor the real values of the others."""
    hidden = frozenset(hidden)

    class Disguised(type(module)):
        def __getattribute__(self, name):
            if (name in hidden or name in values) and is_ours(sys._getframe(1)):
                if name in values:
                    return values[name]
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r} (planted platform)")
            return super().__getattribute__(name)

    module.__class__ = Disguised


def hide_modules(names):
    """Let this project's files import none of these modules."""
    import builtins

    real = builtins.__import__

    def planted_import(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and name.partition(".")[0] in names and is_ours(sys._getframe(1)):
            raise ModuleNotFoundError(f"No module named {name!r} (planted platform)", name=name)
        return real(name, globals, locals, fromlist, level)

    builtins.__import__ = planted_import


def no_proc(event, arguments):
    """No file of Linux's kernel can be opened by this project's files."""
    if event == "open" and str(arguments[0]).startswith(("/proc/", "/sys/")):
        frame = sys._getframe(1)
        while frame and "pathlib" in frame.f_code.co_filename:
            frame = frame.f_back
        if frame and is_ours(frame):
            raise FileNotFoundError(2, "No such file or directory (planted platform)", arguments[0])


def no_c_library(name, *arguments, **options):
    raise OSError(f"{name}: not found (planted platform)")


def no_link(source, target, **options):
    raise OSError(22, "a required privilege is not held by the client (planted platform)", str(target))


def no_address_space_limit(real, address_space):
    def setrlimit(what, limits):
        if what == address_space:
            raise ValueError("current limit exceeds maximum limit (planted platform)")
        real(what, limits)

    return setrlimit


def windows_popen(real):
    class Popen(real):
        def __init__(self, *arguments, pass_fds=(), preexec_fn=None, **options):
            if pass_fds or preexec_fn:
                raise ValueError("pass_fds and preexec_fn are not supported on Windows platforms (planted platform)")
            super().__init__(*arguments, **options)

    return Popen


def only_spawn(real):
    def get_context(method=None):
        if method not in (None, "spawn"):
            raise ValueError(f"cannot find context for {method!r} (planted platform)")
        return real("spawn")

    return get_context
