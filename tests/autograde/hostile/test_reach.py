"""What code in the sandbox can reach outside it: files, the network, other processes, the kernel, its neighbours."""

import platform

import pytest

from autograde.sandbox import syscalls
from autograde.sandbox.bubblewrap import MODULES

pytestmark = pytest.mark.slow

REACHES = {
    "reading the tests": ("open('COURSE/tests/exercises/01_recurrence/test_exercises.py')", "FileNotFoundError"),
    "reading the answers": ("open('COURSE/lstm_ref/rnn.py')", "FileNotFoundError"),
    "reading the solutions": ("open('COURSE/solutions/01_recurrence.ipynb')", "FileNotFoundError"),
    "reading another submission": ("open('CANARY/other.ipynb')", "FileNotFoundError"),
    "reading it as bytes of the disk": ("open('/dev/sda', 'rb')", "FileNotFoundError"),
    "reading accounts": ("open('/etc/passwd')", "FileNotFoundError"),
    "reading a home folder": ("import os; os.listdir(os.path.expanduser('~root/.ssh'))", "FileNotFoundError"),
    "reading memory": ("open('/proc/self/mem', 'rb')", "FileNotFoundError"),
    "reading the server's memory": ("open('/proc/2/mem', 'r+b')", "FileNotFoundError"),
    "reading what is mounted": ("open('/proc/self/mountinfo')", "FileNotFoundError"),
    "reading the environment outside": ("open('/proc/1/environ')", "FileNotFoundError"),
    "a link to an answer": ("import os; os.symlink('COURSE/lstm_ref', '/tmp/x')", "OSError"),
    "writing into another submission": ("open('CANARY/other.ipynb', 'w')", "FileNotFoundError"),
    "writing beside it": ("open('CANARY/new', 'w')", "FileNotFoundError"),
    "writing into /tmp": ("open('/tmp/x', 'w')", "OSError"),
    "writing into shared memory": ("open('/dev/shm/x', 'w')", "FileNotFoundError"),
    "writing into NumPy": ("open(np.__file__, 'a')", "Error"),
    "writing into Python": ("import os; open(os.__file__, 'a')", "Error"),
    "writing into the grader": ("open('/grader/worker.py', 'a')", "Error"),
    "a folder of its own": ("import os; os.mkdir('/tmp/x')", "OSError"),
    "a temporary file": ("import tempfile; tempfile.TemporaryFile()", "FileNotFoundError"),
    "a device of its own": ("import os; os.mknod('/tmp/x')", "Error"),
    "removing Python": ("import os; os.remove(os.__file__)", "OSError"),
    "renaming the grader": ("import os; os.rename('/grader', '/x')", "OSError"),
    "times changed": ("import os; os.utime(os.__file__)", "OSError"),
    "permissions changed": ("import os; os.chmod(os.__file__, 0o777)", "OSError"),
    "the network": ("import socket; socket.create_connection(('127.0.0.1', 80), 1)", "PermissionError"),
    "the network by UDP": ("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "PermissionError"),
    "the network by IPv6": ("import socket; socket.socket(socket.AF_INET6)", "PermissionError"),
    "a raw socket": ("import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "PermissionError"),
    "the name service": ("import socket; socket.gethostbyname('example.org')", "gaierror"),
    "the machine's host by vsock": ("import socket; socket.socket(socket.AF_VSOCK)", "PermissionError"),
    "the kernel by netlink": ("import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "PermissionError"),
    "a socket without a file": ("import socket; socket.socket(socket.AF_UNIX).bind('\\0x')", "PermissionError"),
    "a web page": ("import urllib.request as r; r.urlopen('http://192.0.2.1', timeout=1)", "URLError"),
    "killing its parent": ("import os; os.kill(os.getppid(), 9)", "PermissionError"),
    "killing everything": ("import os; os.kill(-1, 9)", "PermissionError"),
    "killing its group": ("import os; os.killpg(0, 9)", "PermissionError"),
    "stopping its parent": ("import os; os.kill(os.getppid(), 19)", "PermissionError"),
    "a signal by the back door": (
        "import fcntl, os, socket; fcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())",
        "PermissionError",
    ),
    "its parent's limits lowered": (
        "import os, resource as r; r.prlimit(os.getppid(), r.RLIMIT_FSIZE, (0, 0))",
        "PermissionError",
    ),
    "its own limits raised": ("import resource as r; r.setrlimit(r.RLIMIT_AS, (2**40, 2**40))", "ValueError"),
    "its parent made to wait": ("import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)", "PermissionError"),
    "its whole user made to wait": ("import os; os.setpriority(os.PRIO_USER, 0, 19)", "PermissionError"),
    "its parent sent to no processor": ("import os; os.sched_setaffinity(os.getppid(), [0])", "PermissionError"),
    "becoming root": ("import os; os.setuid(0)", "PermissionError"),
    "another root folder": ("import os; os.chroot('/tmp')", "PermissionError"),
    "memory locked": ("import ctypes; ctypes.CDLL(None).mlockall(3) == 0 or 1 / 0", "ZeroDivisionError"),
    "memory beside its limit": ("import os; os.memfd_create('x')", "PermissionError"),
    "memory shared": ("import multiprocessing.shared_memory as s; s.SharedMemory('x', True, 2**20)", "Error"),
    "a pool of processes": ("import multiprocessing as m; m.Pool(2)", "Error"),
    "typing into a terminal": ("import fcntl; fcntl.ioctl(0, 0x5412, b'x')", "PermissionError"),
    "a debugger on its parent": ("import ctypes; ctypes.CDLL(None).ptrace(16, 2, 0, 0) == 0 or 1 / 0", "ZeroDivision"),
    "PyTorch": ("import torch", "ModuleNotFoundError"),
    "other packages": ("import pytest", "ModuleNotFoundError"),
}


@pytest.mark.parametrize("name", REACHES)
def test_nothing_outside_is_within_reach(attack, name):
    code, said = REACHES[name]
    result = attack(f"{code}\nreturn RIGHT")  # full marks if it could
    assert (result.points, result.status) == (0, "error"), result.message
    assert said in result.message


def inside(sandbox, source, *args):
    """The value of f(*args), defined in the source, in the sandbox."""
    with sandbox.open(5.0) as session:
        cell = ["cell 1", f"import ctypes\n{source}", [0, 1]]
        session.load(name="f", cells=[cell], names=["ctypes"], earlier="", exports=[], answers=[])
        return session.call(args)[0]


CALL_EACH = """
def f(numbers):
    libc, allowed = ctypes.CDLL(None, use_errno=True), []
    for number in numbers:
        ctypes.set_errno(0)
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1:
            allowed.append([number, ctypes.get_errno()])
    return allowed
"""


def test_every_system_call_of_both_lists_is_refused(sandbox):
    import pyseccomp as lib

    names = {lib.resolve_syscall(lib.Arch.NATIVE, name): name for name in syscalls.EVERYWHERE + syscalls.IN_A_FORK}
    here = [number for number in names if number >= 0]
    assert len(here) > 100
    assert [names[number] for number, _ in inside(sandbox, CALL_EACH, here)] == []


def test_no_new_namespace_and_no_call_that_hides_its_flags(sandbox):
    import pyseccomp as lib

    source = """
def f(clone, clone3, flags):
    libc, said = ctypes.CDLL(None, use_errno=True), []
    for number, flag in [(clone, flag | 0x10000) for flag in flags] + [(clone3, 0)]:
        ctypes.set_errno(0)
        libc.syscall(number, flag, 0, 0, 0, 0, 0)
        said.append(ctypes.get_errno())
    return said
"""
    clone, clone3 = (lib.resolve_syscall(lib.Arch.NATIVE, name) for name in ("clone", "clone3"))
    flags = list(syscalls.NAMESPACES)
    assert inside(sandbox, source, clone, clone3, flags) == [1] * len(flags) + [38]  # EPERM; ENOSYS


MACHINE_CODE = """
import mmap
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))  # getpid, by the door for 32 bits
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
"""


def test_the_door_for_programs_of_32_bits_is_shut(attack):
    if platform.machine() == "x86_64":  # other processors have none
        assert "ended before" in attack("import ctypes\n" + MACHINE_CODE + "return RIGHT").message


def test_nobody_is_root_and_no_environment_comes_in(monkeypatch):
    from autograde.sandbox.sandbox import Sandbox

    monkeypatch.setenv("SECRET_TOKEN", "secret")
    source = "def f():\n    import os\n    return [os.getuid(), os.geteuid(), os.getgid()], dict(os.environ)"
    with Sandbox() as sandbox:
        numbers, environment = inside(sandbox, source)
    assert 0 not in numbers
    assert set(environment) - {"LC_CTYPE", "PWD"} == {
        "HOME", "LANG", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH", "TORCHINDUCTOR_CACHE_DIR",
    }  # fmt: skip


def test_no_file_of_the_course_is_in_sight(sandbox):
    source = """
def f():
    import os
    found = []
    for base, folders, names in os.walk("/"):
        folders[:] = [] if base in ("/lib", "/usr/lib", "/usr/lib64") else folders  # the system's, and large
        found += [f"{base}/{name}" for name in names]
    return [path for path in found if "lstm" in path or path.endswith(".ipynb")], sorted(os.listdir("/grader"))
"""
    seen, grader = inside(sandbox, source)
    assert seen == []
    assert grader == sorted([*MODULES, "fork.bpf"])


def test_open_channels_are_none_but_its_own(sandbox):
    """Standard streams lead nowhere; besides them there is one socket, the channel of this very fork."""
    source = """
def f():
    import os, stat
    kinds = []
    for fd in range(64):
        try:
            mode = os.fstat(fd).st_mode
        except OSError:
            continue
        kinds.append("socket" if stat.S_ISSOCK(mode) else "null" if stat.S_ISCHR(mode) else "other")
    return kinds
"""
    kinds = inside(sandbox, source)
    assert kinds.count("socket") == 1 and "other" not in kinds
