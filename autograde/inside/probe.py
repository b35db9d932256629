"""Tries to break out of the sandbox: `sandbox.layers` runs this where a learner's code would run.

Each entry of what `probe` returns is something that should have been refused and was not. It imports only the standard
library, inside functions, since it is loaded as a learner's cell is.
"""


def probe(secrets: list, limited: list, filtered: bool) -> dict:
    """Try to break out; give a dict of layer → what was possible.

    secrets : paths outside that must not be there
    limited : names of the limits that must be set
    filtered : whether the filter of system calls is there to be tried
    """
    found = {
        "network": _network(),
        "files": _files(secrets),
        "read-only": _writing(),
        "processes": _processes(),
        "no root": _root(),
        "limits": _limits(limited),
        "seccomp": _calls() if filtered else "",
    }
    return {layer: what for layer, what in found.items() if what}


def _network() -> str:
    import os
    import socket

    if os.path.isdir("/sys/class/net"):
        return "network devices are in sight"
    for family, address in [(socket.AF_INET, ("192.0.2.1", 9)), (socket.AF_INET6, ("2001:db8::1", 9))]:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as made:
                made.connect(address)  # no packet is sent: it only looks for a route
            return "there is a route out"
        except OSError:
            pass
    return ""


def _files(secrets: list) -> str:
    import os

    seen = [path for path in secrets if os.path.exists(path)]
    return f"{seen[0]} can be seen" if seen else ""


def _writing() -> str:
    import os

    for folder, folders, _ in os.walk("/"):
        if folder.count("/") > 2:
            folders.clear()
        path = os.path.join(folder, "left-by-the-probe")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        except OSError:
            continue
        os.remove(path)
        return f"{folder} can be written to"
    return ""


def _processes() -> str:
    import os

    if os.path.exists("/proc/self"):
        return "/proc is in sight"
    return "" if os.getppid() < 100 else "it shares its process numbers with others"


def _root() -> str:
    import os

    try:
        os.setuid(0)
        os.chroot("/")
    except OSError:
        return ""
    return "it can become root"


def _limits(limited: list) -> str:
    import resource

    free = [name for name in limited if resource.getrlimit(getattr(resource, name))[0] == resource.RLIM_INFINITY]
    return f"{free[0]} is not limited" if free else ""


def _calls() -> str:
    import os
    import socket

    def start_a_process() -> None:
        if os.fork() == 0:
            os._exit(0)

    for what, attempt in [
        ("start a process", start_a_process),
        ("signal its parent", lambda: os.kill(os.getppid(), 0)),
        ("open a socket", lambda: socket.socket(socket.AF_UNIX)),
        ("start a program", lambda: os.execv("/nothing", ["nothing"])),
    ]:
        try:
            attempt()
        except PermissionError:
            continue
        except OSError:
            pass  # the attempt was allowed, and failed for another reason
        return f"it can {what}"
    return ""
