"""The function under test as a test sees it, and the verbs that tests use: agree, agree_on, no_overflow, expect.

Nothing here raises because an answer is wrong. Every case is recorded, so that at the end there is as much
evidence as the test can gather, and the diagnosis can tell one mistake from another.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from autograde.inside import tensors
from autograde.judging.comparison import Labels, Mismatch, difference, labels
from autograde.judging.outcome import Outcome, call_plainly, quiet, run, same_outcome
from autograde.sandbox.session import LearnerError, SessionLost
from autograde.text import shorten


@dataclass
class Case:
    """One comparison: `run` repeats it with any other function, `got` is what the learner's did.

    `what` is the question of `agree_on`, empty otherwise.
    """

    run: Callable
    got: Outcome
    expected: Outcome
    tol: float
    mismatch: Mismatch
    what: str = ""


class RecordedFunction:
    """A learner's function. Calling it calls theirs, wherever that runs, and gives back the value.

    exercise : Exercise session : has `call(args)` -> value, arguments afterwards; `differentiate` and `build`; raises
    LearnerError or SessionLost
    """

    def __init__(self, exercise, session):
        self.exercise, self._session = exercise, session
        self.cases, self.broken_promises = [], []

    def __call__(self, *args):
        """The learner's value; a Generator among the arguments moves on as it did there."""
        value, after, _ = self._session.call(args)
        for mine, theirs in zip(args, after, strict=False):
            if hasattr(mine, "bit_generator") and hasattr(theirs, "bit_generator"):
                mine.bit_generator.state = theirs.bit_generator.state
        return value

    def observe(self, args, inputs=(), sent=None):
        """Call it on `args`, which stay as they are, and give the Outcome.

        inputs : names of the tensors among `args` that ask for a gradient
        sent : the gradients of the result, one a tensor
        """
        try:
            if sent is None:
                return Outcome(*self._session.call(args))
            *outcome, gradients = self._session.differentiate(args, sent)
            return Outcome(*outcome, gradients=dict(zip(inputs, gradients, strict=True)))
        except LearnerError as error:
            return Outcome(raised=error)

    def build(self, recipe, inputs, sent):
        """Construct the learner's module and run it (see `tensors.build`), and give the Outcome."""
        try:
            value, *others, gradients = self._session.build(recipe, sent)
        except LearnerError as error:
            return Outcome(raised=error)
        if not (type(value) is dict and type(value.get("start")) is dict and type(value.get("outputs")) is list):
            raise SessionLost("Its process sent something that is no result.")
        if not all(type(name) is str and tensors.is_tensor(tensor) for name, tensor in value["start"].items()):
            raise SessionLost("Its process sent something that is no result.")
        return Outcome(value, *others, gradients=dict(zip(inputs, gradients, strict=True)))

    @property
    def mismatches(self):
        """What differed, in the order of the cases; broken promises of `expect` last."""
        return [case.mismatch for case in self.cases if case.mismatch] + self.broken_promises


class InProcessSession:
    """A session for functions that we trust, those of the bank: called here, on copies."""

    def __init__(self, function):
        self._function = function

    def call(self, args):
        """Value, arguments afterwards, floating-point errors; raises LearnerError as a real session does."""
        return self._told(call_plainly(self._function, list(args)))[:3]

    def differentiate(self, args, seeds):
        """The same, and the gradients of `tensors.leaves(args)`."""
        names = range(len(tensors.leaves(list(args))))
        return self._told(run(lambda given: tensors.differentiate(self._function, given, seeds), list(args), names))

    def build(self, recipe, seeds):
        """The same of a module (see `tensors.build`)."""
        names = range(len(recipe["state"] or {}) + len(tensors.leaves(recipe["calls"])))
        return self._told(build(self._function, recipe, names, seeds))

    @staticmethod
    def _told(outcome):
        if outcome.raised is not None:
            raise outcome.raised
        return outcome.value, outcome.args, outcome.float_errors, list(outcome.gradients.values())


def agree(function, *args, tol=1e-9):
    """Compare the learner's function with the reference on these arguments.

    Where tensors among them ask for a gradient, the gradients of the result are compared too: each output is sent a
    random one, and what arrives at each of those tensors must be what arrives with the reference.
    tol : relative and absolute; float32 results get at least 1e-5
    Returns the learner's value where it is right, else the reference's, so that a test can go on with it.
    """
    args = copy.deepcopy(list(args))
    reference = function.exercise.reference
    names = labels(reference, args)
    inputs = names_of([path for path, _ in tensors.leaves(args)], names.arguments)
    expected = observe(reference, args, inputs)
    sent = tensors.seeds(expected.value) if inputs and expected.raised is None else None
    got = observe(function, args, inputs, sent)
    mismatch = difference(expected, got, tol, names)

    def rerun(other):
        return observe(other, args, inputs, sent)

    function.cases.append(Case(rerun, got, expected, tol, mismatch))
    return expected.value if mismatch else got.value


def agree_on(function, experiment, *, what, tol=1e-9):
    """Compare what an experiment gives with the learner's function and with the reference.

    experiment : called with a function; whatever it computes from calls of it is compared
    what : names the outcome in a message ("the frequencies of 20,000 draws")
    """
    expected, got = _experiment(experiment, function.exercise.reference), _experiment(experiment, function)
    mismatch = difference(expected, got, tol, Labels((), (what,), ""))

    def rerun(other):
        return _experiment(experiment, other)

    function.cases.append(Case(rerun, got, expected, tol, mismatch, what))


def no_overflow(function, *args):
    """Demand that nothing overflows on the way when the learner's function is called on these arguments.

    Its value is not compared. A mistake that overflows here and does more elsewhere is still named by what it does
    elsewhere. (NumPy computes both branches of a `np.where`: what overflows in the one that is not taken counts.)
    """
    args = copy.deepcopy(list(args))

    def rerun(other):
        outcome = observe(other, args)
        return outcome if outcome.raised else Outcome("overflow" in outcome.float_errors)

    expected, got = rerun(function.exercise.reference), rerun(function)
    mismatch = difference(expected, got, 0, labels(function.exercise.reference, args))
    if mismatch and not got.raised:
        mismatch = Mismatch("overflow", "Something overflows on the way: NumPy warns, whatever the values come out as.")
    function.cases.append(Case(rerun, got, expected, 0, mismatch))


def expect(function, condition, message):
    """Record `message` when a promise that no reference can be compared on is broken."""
    if not condition:
        function.broken_promises.append(Mismatch("property", message))


def repeat_first_case(function):
    """Call the first case once more: another result shows that something is kept between calls."""
    if function.cases and function.cases[0].mismatch is None:
        first = function.cases[0]
        if not same_outcome(first.got, first.run(function), first.tol):
            text = (
                "The same call gives another result the second time: does your function keep something between calls?"
            )
            function.broken_promises.append(Mismatch("state", text))


def observe(function, args, inputs=(), sent=None):
    """The Outcome of a call of the learner's function, or of one that we trust; see `RecordedFunction.observe`."""
    if isinstance(function, RecordedFunction):
        return function.observe(args, inputs, sent)
    if inputs:
        return run(lambda copies: tensors.differentiate(function, copies, sent), args, inputs)
    return call_plainly(function, args)


def build(module_class, recipe, inputs, sent=None):
    """The Outcome of `tensors.build`, of the learner's class or of one that we trust."""
    if isinstance(module_class, RecordedFunction):
        return module_class.build(recipe, inputs, sent)
    return run(lambda calls: tensors.build(module_class, {**recipe, "calls": calls}, sent), recipe["calls"], inputs)


def names_of(paths, arguments):
    """What a message calls the tensors at these paths into the arguments: x, or layers[0][1]."""
    return [arguments[first] + "".join(f"[{key!r}]" for key in rest) for first, *rest in paths]


def _experiment(experiment, function):
    try:
        with quiet():
            return Outcome(experiment(function))
    except LearnerError as error:
        return Outcome(raised=error)
    except Exception as error:
        # What came back could not be used: for a learner's function that is their mistake, not ours.
        return Outcome(raised=LearnerError(type(error).__name__, shorten(error), None))
