"""Runs one exercise's code: loads it, calls it whenever the host asks, and reports what it raised.

The sandbox gets a copy of this file. It imports only the standard library, NumPy, its siblings, and PyTorch for the
exercises that use it.
"""

import ast
import builtins
import contextlib
import os
import socket
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any, NoReturn


def serve(connection: socket.socket | None = None) -> None:
    """Serve one exercise: `load` its code once, then `call`, `differentiate` or `build` as the host asks."""
    if connection is not None:
        reader, writer = connection.makefile("rb"), connection.makefile("wb")
    else:
        reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    discard_output()
    import wire

    function = None

    def host_function(number: int) -> Callable:
        def call_host(*args: object) -> object:
            wire.send(writer, {"op": "callback", "function": number, "args": list(args)})
            answer = wire.receive(reader, host_function)
            if answer["op"] == "throw":
                raise RuntimeError(answer["text"])
            return answer["value"]

        return call_host

    while True:
        try:
            request = wire.receive(reader, host_function)
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
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: the exercise fails, the fork goes on
            reply = {"op": "raised", **describe_error(error)}
        try:
            wire.send(writer, reply)
        except (wire.WireError, MemoryError, RecursionError, ValueError, RuntimeError) as error:
            wire.send(writer, {"op": "raised", **describe_error(error)})


def perform(function: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Call, differentiate or build as the request says.

    Returns the value, the arguments after the call, the floating-point errors and, where asked for, the gradients.
    """
    import numpy as np
    import tensors

    float_errors = {}  # those that NumPy would warn of
    with np.errstate(over="call", divide="call", invalid="call", call=float_errors.setdefault):
        if request["op"] == "call":
            value = tensors.callable_of(function)(*request["args"])
            return {"value": value, "args": request["args"], "float_errors": list(float_errors)}
        if request["op"] == "differentiate":
            args = request["args"]
            value, gradients = tensors.differentiate(function, args, request["grad_outputs"])
        else:
            args = request["spec"]["calls"]
            value, gradients = tensors.build(function, request["spec"], request["grad_outputs"])
    return {"value": value, "args": args, "float_errors": list(float_errors), "gradients": list(gradients)}


def discard_output() -> None:
    """Discard what the learner's code prints, however much it is."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    warnings.simplefilter("ignore")


def load(request: dict[str, Any]) -> Any:
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


def _keep_aliases(statement: ast.Import | ast.ImportFrom, names: set[str]) -> None:
    """Keep the names of an import that the answer reads; the other names belong to the notebook's other cells."""
    read = [a for a in statement.names if a.name == "*" or (a.asname or a.name).partition(".")[0] in names]
    statement.names = read or statement.names


class _Reference(types.ModuleType):
    """Stands for `lstm_ref` in the sandbox: holds the answers to earlier exercises and no others."""

    __path__ = []
    answers: dict = {}

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self.answers:
            raise ImportError(
                f"{name} is what exercise {self.answers[name]} asks for; only earlier ones can be imported"
            )
        raise ImportError(f"{self.__name__} offers only the functions of earlier exercises, and {name} is not one")


def install_reference(provided: types.ModuleType, exports: list, answers: list) -> None:
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


def describe_error(error: BaseException) -> dict[str, Any]:
    """What was raised, where in the learner's cells, and the arrays' shapes there; the grader's frames are left out."""
    from numpy import ndarray
    from tensors import BackwardError, is_tensor

    origin = error.__cause__ if isinstance(error, BackwardError) else error
    try:
        text = str(error)[:500]
    except BaseException:
        text = ""
    where, shapes = None, []
    for frame, line in list(traceback.walk_tb(origin.__traceback__ if origin else None))[-200:]:
        if frame.f_code.co_filename.startswith("cell "):
            where = [frame.f_code.co_filename, line]
            variables = frame.f_locals.items()
            shapes = [[n, list(value.shape)] for n, value in variables if type(value) is ndarray or is_tensor(value)]
    if isinstance(error, SyntaxError) and str(error.filename).startswith("cell "):
        where, text = [error.filename, error.lineno], str(error.msg)
    return {"type": str(type(error).__name__)[:80], "text": text, "where": where, "shapes": shapes[:30]}
