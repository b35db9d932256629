"""The process that runs a learner's code: a fork server, and one fork for each exercise.

It runs inside the sandbox, which holds no tests and no answers but those of earlier exercises. It imports only the
standard library, NumPy, its siblings, and PyTorch for exercises that use it. `sandbox` starts it:

    worker.py --site DIR --server         control socket on fd 0; each request brings a socket for one fork
    worker.py --site DIR --plain          one session over standard input and output, no fork, no sandbox
    … --preload torch [--from-scratch]    for exercises that use PyTorch, but not its own recurrent layers
"""

import argparse
import contextlib
import gc
import importlib
import os
import socket
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]

import confine  # noqa: E402, they lie beside this file
import execution  # noqa: E402

MEMORY = 2 * 2**30
MEMORY_TORCH = 3 * 2**30  # PyTorch itself takes two thirds of a gibibyte of it,
MEMORY_CUDA = 3 * 2**30  # and its build for CUDA, whose libraries are mapped and hardly read, so much more


def serve(control: socket.socket, memory: int) -> None:
    """Fork for each socket that arrives; on `k`, kill all processes that the fork left running."""
    # On `k` this process kills every process that it can reach. Outside a process namespace of its own that would
    # end the user's session, so the process numbers are checked here. (`layers` checks from the host too.)
    if (os.getpid(), os.getppid()) != (2, 1):
        sys.exit("the sandbox has no process namespace of its own")
    confine.forbid_memory_access()
    forbidden = confine.read_syscall_filter()
    control.sendall(b"r")
    ours = _process_limits()
    while True:
        request, fds, _, _ = socket.recv_fds(control, 1, 1)
        if not request:
            return
        if request == b"f":
            pid = os.fork()
            if pid == 0:
                control.close()
                confine.limit_resources(memory)
                confine.forbid(forbidden)
                execution.serve(socket.socket(fileno=fds[0]))
                os._exit(0)
            os.close(fds[0])
        elif request == b"k":
            _kill_all()
            if _process_limits() != ours:
                return  # a fork has changed what the next ones would inherit: let a fresh server take over
            control.sendall(b"k")


def _process_limits() -> tuple:
    """The limits and priorities of this process, which a fork can change and the next forks inherit."""
    import resource

    limits = [resource.getrlimit(value) for name, value in vars(resource).items() if name.startswith("RLIMIT_")]
    return limits, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), os.sched_getscheduler(0)


def _kill_all() -> None:
    """Kill all forks and wait until none is left, since one that still runs counts towards the next fork's limit."""
    import signal
    import time

    pause = 0.0
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(-1, signal.SIGKILL)  # everything in the namespace but its init and this process
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.waitpid(-1, 0)
            time.sleep(pause)  # the namespace's init collects the children of those that were killed
            pause = 0.001


def main() -> None:
    """Read the options, import what exercises use, and serve."""
    options = argparse.ArgumentParser()
    options.add_argument("--site", action="append", default=[])
    options.add_argument("--preload", action="append", default=[])
    options.add_argument("--from-scratch", action="store_true")
    options.add_argument("--uid", type=int, default=0)
    options.add_argument("--server", action="store_true")
    options.add_argument("--plain", action="store_true")
    chosen = options.parse_args()
    sys.path[1:1] = chosen.site
    confine.drop_root(chosen.uid)
    for name in ["numpy", "wire", *chosen.preload]:
        importlib.import_module(name)
    memory = MEMORY
    if "torch" in chosen.preload:
        import tensors

        tensors.warm_up()
        memory = MEMORY_TORCH + (MEMORY_CUDA if sys.modules["torch"].version.cuda else 0)
    if chosen.from_scratch:
        import from_scratch

        from_scratch.forbid()
    if chosen.plain:
        with contextlib.suppress(ImportError):  # Windows has none
            confine.limit_resources(memory, is_required=False)
        execution.serve()
    else:
        control = socket.socket(fileno=os.dup(0))
        execution.discard_output()
        gc.freeze()  # so that no fork's garbage collection visits the objects that exist now
        serve(control, memory)


if __name__ == "__main__":
    main()
