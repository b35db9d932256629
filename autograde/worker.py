"""The process that runs a learner's code: a fork server, and one fork for each exercise.

It stands inside the sandbox and holds nothing worth stealing: no tests, no answers but those of
earlier exercises. It imports only the standard library, NumPy, `wire` and `confine`. Started by `sandbox`:

    worker.py --site DIR --server         control socket on fd 0; each request brings a socket for one fork
    worker.py --site DIR --plain          one session over standard input and output, no fork, no sandbox
"""

import argparse
import ast
import builtins
import contextlib
import importlib
import os
import sys
import traceback
import types
import warnings

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]

import confine  # noqa: E402, it stands beside this file


def serve(control):
    """Fork for each socket that arrives; on `k`, kill whatever the fork left behind."""
    import socket

    # Killing every process one can reach is right in a process namespace of one's own and a
    # catastrophe outside: so look, and never trust a flag for it. (`layers` looks from outside too.)
    if (os.getpid(), os.getppid()) != (2, 1):
        sys.exit("the sandbox has no process namespace of its own")
    confine.become_unreadable()
    forbidden = confine.read_filter()
    control.sendall(b"r")
    ours = _standing()
    while True:
        request, fds, _, _ = socket.recv_fds(control, 1, 1)
        if not request:
            return
        if request == b"f":
            pid = os.fork()
            if pid == 0:
                control.close()
                confine.limit_resources()
                confine.forbid(forbidden)
                session(socket.socket(fileno=fds[0]))
                os._exit(0)
            os.close(fds[0])
        elif request == b"k":
            _kill_all()
            if _standing() != ours:
                return  # a fork has changed what the next ones would inherit: let a fresh server take over
            control.sendall(b"k")


def _standing():
    """What a process of the same user can change in this one, and its next forks would suffer from."""
    import resource

    limits = [resource.getrlimit(value) for name, value in vars(resource).items() if name.startswith("RLIMIT_")]
    return limits, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), os.sched_getscheduler(0)


def _kill_all():
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # everything in the namespace but its init and this process
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def session(connection=None):
    """Serve one exercise: `load` its code once, then `call` it as often as the other end asks."""
    if connection is not None:
        reader, writer = connection.makefile("rb"), connection.makefile("wb")
    else:
        reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silence()
    import numpy as np
    import wire

    function = None

    def ask(number):
        def remote(*args):
            wire.send(writer, {"op": "callback", "function": number, "args": list(args)})
            answer = wire.receive(reader, ask)
            if answer["op"] == "throw":
                raise RuntimeError(answer["text"])
            return answer["value"]

        return remote

    while True:
        try:
            request = wire.receive(reader, ask)
        except EOFError:
            return
        try:
            if request["op"] == "load":
                function = load(request)
                reply = {"op": "loaded"}
            else:
                noted = {}  # the floating-point errors that NumPy would warn of
                with np.errstate(over="call", divide="call", invalid="call", call=noted.setdefault):
                    value = function(*request["args"])
                reply = {"op": "result", "value": value, "args": request["args"], "float_errors": list(noted)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: the exercise failed, the fork goes on
            reply = {"op": "raised", **describe(error)}
        try:
            wire.send(writer, reply)
        except (wire.WireError, MemoryError, RecursionError, ValueError) as error:
            wire.send(writer, {"op": "raised", **describe(error)})


def silence():
    """Send the learner's prints nowhere: fifty megabytes of them cost nothing."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    warnings.simplefilter("ignore")


def load(request):
    """Execute the kept statements of the learner's cells; return the function asked for.

    request : {"name", "cells": [[label, source, [statement numbers]]], "names": those that the statements read,
               "earlier": source of their answers, "exports": [[module, name]] of earlier ones,
               "answers": [[module, name, id]] of the others}
    """
    namespace = {"__name__": "__main__", "__builtins__": builtins}
    provided = types.ModuleType("lstm_ref.answers")
    exec(compile(request["earlier"], "<earlier exercises>", "exec"), provided.__dict__)
    install_reference(provided, request["exports"], request["answers"])
    for _, name in request["exports"]:
        namespace[name] = getattr(provided, name)
    for label, source, keep in request["cells"]:
        body = ast.parse(source).body
        for statement in [body[number] for number in keep]:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                _keep_aliases(statement, set(request["names"]))
            is_star = isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"
            with contextlib.suppress(ImportError) if is_star else contextlib.nullcontext():
                exec(compile(ast.Module([statement], []), label, "exec"), namespace)
    return namespace[request["name"]]


def _keep_aliases(statement, names):
    """Of `from lstm_ref import functions, gru` keep what is read: the rest is for the notebook's other cells."""
    read = [a for a in statement.names if a.name == "*" or (a.asname or a.name).partition(".")[0] in names]
    statement.names = read or statement.names


class _Reference(types.ModuleType):
    """`lstm_ref` as an exercise sees it: earlier exercises are there, its own answer is not."""

    __path__ = ()
    answers: dict = {}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.answers:
            raise ImportError(
                f"{name} is what exercise {self.answers[name]} asks for; only earlier ones can be imported"
            )
        raise ImportError(f"{self.__name__} offers only the functions of earlier exercises, and {name} is not one")


def install_reference(provided, exports, answers):
    """Put modules named `lstm_ref…` in place that hold only the earlier exercises."""
    _Reference.answers = {name: number for _, name, number in answers}
    root = sys.modules["lstm_ref"] = _Reference("lstm_ref")
    modules = {module for module, *_ in [*exports, *answers]}
    packages = {module[:end] for module in modules for end, sign in enumerate(module) if sign == "."} - {"lstm_ref"}
    for module in sorted(modules | packages):  # a package before what is in it
        sys.modules[module] = _Reference(module)
        package, _, name = module.rpartition(".")
        setattr(sys.modules[package], name, sys.modules[module])
    for module, name in exports:
        setattr(sys.modules[module], name, getattr(provided, name))
        setattr(root, name, getattr(provided, name))


def describe(error):
    """Say what was raised, where in the learner's cells, and the shapes of the arrays there; nothing of ours."""
    from numpy import ndarray

    try:
        text = str(error)[:500]
    except BaseException:
        text = ""
    where, shapes = None, []
    for frame, line in list(traceback.walk_tb(error.__traceback__))[-200:]:
        if frame.f_code.co_filename.startswith("cell "):
            where = [frame.f_code.co_filename, line]
            shapes = [[name, list(value.shape)] for name, value in frame.f_locals.items() if type(value) is ndarray]
    if isinstance(error, SyntaxError) and str(error.filename).startswith("cell "):
        where, text = [error.filename, error.lineno], str(error.msg)
    return {"type": str(type(error).__name__)[:80], "text": text, "where": where, "shapes": shapes[:30]}


def main():
    """Read the options, import what exercises use, and serve."""
    options = argparse.ArgumentParser()
    options.add_argument("--site", action="append", default=[])
    options.add_argument("--preload", action="append", default=[])
    options.add_argument("--uid", type=int, default=0)
    options.add_argument("--server", action="store_true")
    options.add_argument("--plain", action="store_true")
    chosen = options.parse_args()
    sys.path[1:1] = chosen.site
    confine.become_nobody(chosen.uid)
    for name in ["numpy", "wire", *chosen.preload]:
        importlib.import_module(name)
    if chosen.plain:
        with contextlib.suppress(ImportError, ValueError, OSError):  # none on Windows, not all on macOS
            confine.limit_resources()
        session()
    else:
        import socket

        control = socket.socket(fileno=os.dup(0))
        silence()
        serve(control)


if __name__ == "__main__":
    main()
