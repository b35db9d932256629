"""Handle to the process that runs one exercise's code.

Whatever that process does, the caller gets a result, a `LearnerError` or a `SessionLost`: it may loop, exit, fill its
memory or write nonsense.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from autograde.inside import tensors, wire
from autograde.sandbox.watchdog import Watchdog
from autograde.text import shorten


class LearnerError(Exception):
    """The learner's code raised an exception.

    type, text : the exception's class and message
    where : [cell label, line], or None
    shapes : {name: shape} of the arrays that were local variables there
    """

    def __init__(self, type: str, text: str, where: list | None, shapes: Any = ()) -> None:
        super().__init__(f"{type}: {text}")
        self.type, self.text, self.where, self.shapes = type, text, where, dict(shapes)


class SessionLost(Exception):
    """The learner's process gave no usable reply: it ran too long, ended, or sent nonsense."""


class Session:
    """One process that holds one exercise's code.

    seconds : how long the learner's code may run in all, over every call
    """

    def __init__(self, reader: Any, writer: Any, kill: Callable[[], None], seconds: float) -> None:
        self._reader, self._writer, self._end = reader, writer, kill
        self._ending, self._ended = threading.Lock(), False
        self.seconds = self._left = seconds
        self._timed_out = False
        self._watchdog = Watchdog(self._expire)

    def load(self, **code: Any) -> None:
        """Execute the cells of the exercise (see `execution.load`)."""
        self._ask({"op": "load", **code})

    def call(self, args: Sequence) -> tuple:
        """Call the learner's function.

        Returns its value, the arguments after the call, and the floating-point errors that NumPy noted
        """
        return self._result({"op": "call", "args": list(args)}, len(args))[:3]

    def differentiate(self, args: Sequence, grad_outputs: Sequence) -> tuple:
        """Call the learner's function on tensors, and run the backward pass from `grad_outputs`.

        Returns what `call` does, and the gradients of the arguments that ask for one, None where no gradient arrived
        """
        message = {"op": "differentiate", "args": list(args), "grad_outputs": grad_outputs}
        return self._result(message, len(args), len(tensors.leaves(list(args))))

    def build(self, spec: dict[str, Any], grad_outputs: Sequence | None) -> tuple:
        """Construct the learner's module and run it (see `tensors.build`); returns what `differentiate` does."""
        state, calls = spec["state"] or {}, spec["calls"]
        message = {"op": "build", "spec": spec, "grad_outputs": grad_outputs}
        return self._result(message, len(calls), len(state) + len(tensors.leaves(calls)))

    def wait(self, seconds: float) -> None:
        """Wait until the process is ready; this time is not charged to the time limit."""
        left, self._left = self._left, seconds
        self._ask({"op": "ready"})
        self._left = left

    def _result(self, message: dict[str, Any], arguments: int, inputs: int = 0) -> tuple:
        """Send a request and check that the reply is a result, since the learner's process may send anything."""
        reply = self._ask(message)
        after, float_errors, gradients = reply.get("args"), reply.get("float_errors"), reply.get("gradients", [])
        if reply.get("op") != "result":
            raise SessionLost("Its process sent something that is no result.")
        if not (isinstance(after, list) and isinstance(float_errors, list) and isinstance(gradients, list)):
            raise SessionLost("Its process sent something that is no result.")
        if len(after) != arguments or len(gradients) not in (0, inputs):
            raise SessionLost("Its process sent something that is no result.")
        if not all(gradient is None or tensors.is_tensor(gradient) for gradient in gradients):
            raise SessionLost("Its process sent something that is no result.")
        return reply.get("value"), after, frozenset(map(str, float_errors)), gradients or [None] * inputs

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        functions = []
        begin = time.monotonic()
        self._watchdog.begin(max(self._left, 0.01))
        try:
            wire.send(self._writer, message, functions)
            while True:
                reply = wire.receive(self._reader)
                if reply.get("op") != "callback":
                    break
                self._answer(functions, reply)
        except wire.WireError as error:
            self._kill()
            raise SessionLost(f"Its process sent something that is no result ({error}).") from None
        except (EOFError, OSError, ValueError):
            if self._timed_out:
                stopped = f"It was still running after {self.seconds:g} seconds and was stopped."
                raise SessionLost(f"{stopped} Is there a loop that does not end?") from None
            raise SessionLost("Its process ended before it returned: did it call exit, or crash?") from None
        finally:
            self._watchdog.end()
            self._left -= time.monotonic() - begin
        if reply.get("op") == "raised":
            raise LearnerError(*_clean_error(reply))
        return reply

    def _answer(self, functions: list, reply: dict[str, Any]) -> None:
        """Call a function that the learner's code was given and has called, and send it the value."""
        try:
            value = functions[reply["function"]](*reply["args"])
            wire.send(self._writer, {"op": "return", "value": value})
        except (KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
            wire.send(self._writer, {"op": "throw", "text": f"{type(error).__name__}: {error}"})

    def _expire(self) -> None:
        self._timed_out = True
        self._kill()

    def _kill(self) -> None:
        # The watchdog's thread and the caller's may both come here. The second waits until the first is done,
        # since a late kill would hit the process of the next exercise.
        with self._ending:
            if not self._ended:
                self._ended = True
                self._end()

    def close(self) -> None:
        """End the process and everything it started."""
        self._kill()
        self._watchdog.close()
        for stream in (self._reader, self._writer):
            with suppress(OSError, ValueError):
                stream.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _clean_error(reply: dict[str, Any]) -> tuple[str, str, list | None, dict[str, tuple]]:
    """The fields of an error report, each replaced where its type is wrong."""
    where = reply.get("where")
    if not (isinstance(where, list) and [type(part) for part in where] == [str, int]):
        where = None
    pairs = reply.get("shapes")
    shapes = {pair[0]: tuple(pair[1]) for pair in (pairs if isinstance(pairs, list) else []) if _is_shape(pair)}
    return shorten(reply.get("type"), 80), str(reply.get("text"))[:500], where, shapes


def _is_shape(pair: object) -> bool:
    if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], list)):
        return False
    return pair[0].isidentifier() and len(pair[1]) < 9 and all(type(size) is int for size in pair[1])
