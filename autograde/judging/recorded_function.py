"""The function under test as a test sees it: every call goes to a session, and every case is recorded."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograde.exercise import Exercise
from autograde.inside import tensors
from autograde.judging.comparison import Mismatch
from autograde.judging.outcome import Outcome, call_trusted, run_trusted, same_outcome
from autograde.sandbox.session import LearnerError, Session, SessionLost


@dataclass
class Case:
    """One comparison: `run` repeats it with any other function, `got` is what the learner's did.

    `what` is the question of `agree_on`, empty otherwise.
    """

    run: Callable
    got: Outcome
    expected: Outcome
    tol: float
    mismatch: Mismatch | None
    what: str = ""


class RecordedFunction:
    """A learner's function: a call runs it in its session and returns the value.

    session : runs the function; raises LearnerError or SessionLost
    """

    def __init__(self, exercise: Exercise, session: "Session | InProcessSession") -> None:
        self.exercise, self._session = exercise, session
        self.cases, self.broken_properties = [], []

    def __call__(self, *args: Any) -> Any:
        """The learner's value; a Generator among the arguments gets the state that the call left it in."""
        value, after, _ = self._session.call(args)
        for mine, theirs in zip(args, after, strict=False):
            if hasattr(mine, "bit_generator") and hasattr(theirs, "bit_generator"):
                mine.bit_generator.state = theirs.bit_generator.state
        return value

    def observe(self, args: Sequence, inputs: Sequence[str] = (), grad_outputs: Sequence | None = None) -> Outcome:
        """The Outcome of a call on `args`, which stay as they are.

        inputs : names of the tensors among `args` that ask for a gradient
        grad_outputs : the gradients of the result, one a tensor
        """
        try:
            if grad_outputs is None:
                return Outcome(*self._session.call(args))
            *outcome, gradients = self._session.differentiate(args, grad_outputs)
            return Outcome(*outcome, gradients=dict(zip(inputs, gradients, strict=True)))
        except LearnerError as error:
            return Outcome(raised=error)

    def build(self, spec: dict[str, Any], inputs: Sequence, grad_outputs: Sequence | None) -> Outcome:
        """Construct the learner's module and run it (see `tensors.build`), and give the Outcome."""
        try:
            value, *others, gradients = self._session.build(spec, grad_outputs)
        except LearnerError as error:
            return Outcome(raised=error)
        if not (type(value) is dict and type(value.get("start")) is dict and type(value.get("outputs")) is list):
            raise SessionLost("Its process sent something that is no result.")
        if not all(type(name) is str and tensors.is_tensor(tensor) for name, tensor in value["start"].items()):
            raise SessionLost("Its process sent something that is no result.")
        return Outcome(value, *others, gradients=dict(zip(inputs, gradients, strict=True)))

    @property
    def mismatches(self) -> list[Mismatch]:
        """What differed, in the order of the cases; failed `expect` conditions come last."""
        return [case.mismatch for case in self.cases if case.mismatch] + self.broken_properties


class InProcessSession:
    """A session for functions that are trusted, such as those of the bank: it calls them in this process, on copies."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def call(self, args: Sequence) -> tuple:
        """Value, arguments afterwards, floating-point errors; raises LearnerError as a Session does."""
        return self._unwrap(call_trusted(self._function, list(args)))[:3]

    def differentiate(self, args: Sequence, grad_outputs: Sequence) -> tuple:
        """The same, and the gradients of `tensors.leaves(args)`."""
        names = range(len(tensors.leaves(list(args))))
        return self._unwrap(
            run_trusted(lambda given: tensors.differentiate(self._function, given, grad_outputs), list(args), names)
        )

    def build(self, spec: dict[str, Any], grad_outputs: Sequence | None) -> tuple:
        """The same of a module (see `tensors.build`)."""
        names = range(len(spec["state"] or {}) + len(tensors.leaves(spec["calls"])))
        return self._unwrap(build(self._function, spec, names, grad_outputs))

    @staticmethod
    def _unwrap(outcome: Outcome) -> tuple:
        if outcome.raised is not None:
            raise outcome.raised
        return outcome.value, outcome.args, outcome.float_errors, list(outcome.gradients.values())


def repeat_first_case(function: RecordedFunction) -> None:
    """Call the first case once more: another result shows that the function keeps state between calls."""
    if function.cases and function.cases[0].mismatch is None:
        first = function.cases[0]
        if not same_outcome(first.got, first.run(function), first.tol):
            text = (
                "The same call gives another result the second time: does your function keep something between calls?"
            )
            function.broken_properties.append(Mismatch("state", text))


def observe(function: Any, args: Sequence, inputs: Sequence[str] = (), grad_outputs: Sequence | None = None) -> Outcome:
    """The Outcome of a call of the learner's function, or of a trusted one; see `RecordedFunction.observe`."""
    if isinstance(function, RecordedFunction):
        return function.observe(args, inputs, grad_outputs)
    if inputs:
        return run_trusted(lambda copies: tensors.differentiate(function, copies, grad_outputs), args, inputs)
    return call_trusted(function, args)


def build(module_class: Any, spec: dict[str, Any], inputs: Sequence, grad_outputs: Sequence | None = None) -> Outcome:
    """The Outcome of `tensors.build`, of the learner's class or of a trusted one."""
    if isinstance(module_class, RecordedFunction):
        return module_class.build(spec, inputs, grad_outputs)
    return run_trusted(
        lambda calls: tensors.build(module_class, {**spec, "calls": calls}, grad_outputs), spec["calls"], inputs
    )


def names_of(paths: Iterable[tuple], arguments: Sequence[str]) -> list[str]:
    """What a message calls the tensors at these paths into the arguments: x, or layers[0][1]."""
    return [str(arguments[path[0]]) + "".join(f"[{key!r}]" for key in path[1:]) for path in paths]
