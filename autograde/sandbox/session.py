"""One process that runs one exercise's code, seen from outside.

Whatever that process does, loop, exit, fill memory, write nonsense, comes out here as a `LearnerError` or a
`SessionLost`.
"""

import threading
import time
from contextlib import suppress

from autograde.inside import tensors, wire
from autograde.sandbox.watchdog import Watch
from autograde.text import shorten


class LearnerError(Exception):
    """The learner's code raised.

    type, text : what
    where : [cell label, line], or None
    shapes : {name: shape} of the arrays that the function held there
    """

    def __init__(self, type, text, where, shapes=()):
        super().__init__(f"{type}: {text}")
        self.type, self.text, self.where, self.shapes = type, text, where, dict(shapes)


class SessionLost(Exception):
    """The learner's process gave no usable answer: it ran too long, ended, or sent nonsense."""


class Session:
    """One process that holds one exercise's code.

    seconds : how long the learner's code may run in all, over every call
    """

    def __init__(self, reader, writer, kill, seconds):
        self._reader, self._writer, self._end = reader, writer, kill
        self._ending, self._ended = threading.Lock(), False
        self.seconds = self._left = seconds
        self._timed_out = False
        self._watch = Watch(self._expire)

    def load(self, **code):
        """Execute the cells of the exercise (see `worker.load`)."""
        self._ask({"op": "load", **code})

    def call(self, args):
        """Call the learner's function.

        Returns its value, the arguments as it left them, and the floating-point errors that NumPy noted meanwhile
        """
        return self._result({"op": "call", "args": list(args)}, len(args))[:3]

    def differentiate(self, args, seeds):
        """Call the learner's function on tensors, and send `seeds` back through what it returns.

        Returns what `call` does, and the gradients of the arguments that ask for one, None where none arrived
        """
        message = {"op": "differentiate", "args": list(args), "seeds": seeds}
        return self._result(message, len(args), len(tensors.leaves(list(args))))

    def build(self, recipe, seeds):
        """Construct the learner's module and run it (see `tensors.build`); returns what `differentiate` does."""
        state, calls = recipe["state"] or {}, recipe["calls"]
        message = {"op": "build", "recipe": recipe, "seeds": seeds}
        return self._result(message, len(calls), len(state) + len(tensors.leaves(calls)))

    def wait(self, seconds):
        """Wait until the process is ready to serve, which counts as nobody's time."""
        left, self._left = self._left, seconds
        self._ask({"op": "ready"})
        self._left = left

    def _result(self, message, arguments, inputs=0):
        """Ask, and force the reply into the shape that a result has: nothing of it is believed but numbers."""
        reply = self._ask(message)
        after, noted, gradients = reply.get("args"), reply.get("float_errors"), reply.get("gradients", [])
        if reply.get("op") != "result" or not all(isinstance(part, list) for part in (after, noted, gradients)):
            raise SessionLost("Its process sent something that is no result.")
        if len(after) != arguments or len(gradients) not in (0, inputs):
            raise SessionLost("Its process sent something that is no result.")
        if not all(gradient is None or tensors.is_tensor(gradient) for gradient in gradients):
            raise SessionLost("Its process sent something that is no result.")
        return reply.get("value"), after, frozenset(map(str, noted)), gradients or [None] * inputs

    def _ask(self, message):
        functions = []
        begin = time.monotonic()
        self._watch.begin(max(self._left, 0.01))
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
            self._watch.end()
            self._left -= time.monotonic() - begin
        if reply.get("op") == "raised":
            raise LearnerError(*_clean_error(reply))
        return reply

    def _answer(self, functions, reply):
        """The learner's code called one of the functions it was given: call it here and send the value."""
        try:
            value = functions[reply["function"]](*reply["args"])
            wire.send(self._writer, {"op": "return", "value": value})
        except (KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
            wire.send(self._writer, {"op": "throw", "text": f"{type(error).__name__}: {error}"})

    def _expire(self):
        self._timed_out = True
        self._kill()

    def _kill(self):
        # The clock's thread and ours may both come here. The second waits until the first is done:
        # a sweep that came late would kill the next exercise.
        with self._ending:
            if not self._ended:
                self._ended = True
                self._end()

    def close(self):
        """End the process and everything it started."""
        self._kill()
        self._watch.close()
        for stream in (self._reader, self._writer):
            with suppress(OSError, ValueError):
                stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _clean_error(reply):
    """The fields of an error, forced into the types they should have."""
    where = reply.get("where")
    if not (isinstance(where, list) and [type(part) for part in where] == [str, int]):
        where = None
    shapes = reply.get("shapes") if isinstance(reply.get("shapes"), list) else []
    shapes = {pair[0]: tuple(pair[1]) for pair in shapes if _is_shape(pair)}
    return shorten(reply.get("type"), 80), str(reply.get("text"))[:500], where, shapes


def _is_shape(pair):
    if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], list)):
        return False
    return pair[0].isidentifier() and len(pair[1]) < 9 and all(type(size) is int for size in pair[1])
