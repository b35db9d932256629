"""Runs one exercise's code: loads it, calls it as often as the other end asks, and says what it raised.

A plain file that `worker` serves with; it stands in the sandbox, where there are only the standard library, NumPy, and
PyTorch for the exercises that ask for it.
"""

import ast
import builtins
import contextlib
import os
import sys
import traceback
import types
import warnings


def session(connection=None):
    """Serve one exercise: `load` its code once, then `call`, `differentiate` or `build` as the other end asks."""
    if connection is not None:
        reader, writer = connection.makefile("rb"), connection.makefile("wb")
    else:
        reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silence()
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
            elif request["op"] == "ready":
                reply = {"op": "ready"}
            else:
                reply = {"op": "result", **perform(function, request)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: the exercise failed, the fork goes on
            reply = {"op": "raised", **describe(error)}
        try:
            wire.send(writer, reply)
        except (wire.WireError, MemoryError, RecursionError, ValueError, RuntimeError) as error:
            wire.send(writer, {"op": "raised", **describe(error)})


def perform(function, request):
    """Do what was asked for with the learner's function; the value, the arguments as it left them, and more."""
    import numpy as np
    import tensors

    noted = {}  # the floating-point errors that NumPy would warn of
    with np.errstate(over="call", divide="call", invalid="call", call=noted.setdefault):
        if request["op"] == "call":
            value = tensors.callable_of(function)(*request["args"])
            return {"value": value, "args": request["args"], "float_errors": list(noted)}
        if request["op"] == "differentiate":
            args = request["args"]
            value, gradients = tensors.differentiate(function, args, request["seeds"])
        else:
            args = request["recipe"]["calls"]
            value, gradients = tensors.build(function, request["recipe"], request["seeds"])
    return {"value": value, "args": args, "float_errors": list(noted), "gradients": list(gradients)}


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
    from tensors import BackwardError, is_tensor

    origin = error.__cause__ if isinstance(error, BackwardError) else error
    try:
        text = str(error)[:500]
    except BaseException:
        text = ""
    where, shapes = None, []
    for frame, line in list(traceback.walk_tb(origin.__traceback__))[-200:]:
        if frame.f_code.co_filename.startswith("cell "):
            where = [frame.f_code.co_filename, line]
            held = frame.f_locals.items()
            shapes = [[n, list(value.shape)] for n, value in held if type(value) is ndarray or is_tensor(value)]
    if isinstance(error, SyntaxError) and str(error.filename).startswith("cell "):
        where, text = [error.filename, error.lineno], str(error.msg)
    return {"type": str(type(error).__name__)[:80], "text": text, "where": where, "shapes": shapes[:30]}
