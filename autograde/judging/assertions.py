"""The assertions that tests use on the function under test: agree, agree_on, no_overflow, expect.

Nothing here raises because an answer is wrong. Every case is recorded, so that the diagnosis has as much evidence as
the test can gather, and can tell one mistake from another.
"""

import copy
from collections.abc import Callable
from typing import Any

from autograde.inside import tensors
from autograde.judging.comparison import Labels, Mismatch, difference, labels
from autograde.judging.outcome import Outcome, warnings_silenced
from autograde.judging.recorded_function import Case, RecordedFunction, names_of, observe
from autograde.sandbox.session import LearnerError
from autograde.text import shorten


def agree(function: RecordedFunction, *args: Any, tol: float = 1e-9) -> Any:
    """Compare the learner's function with the reference on these arguments.

    Where tensors among them require a gradient, the gradients are compared too: the backward pass starts from a random
    gradient of each output, and the gradient of each of those tensors must be the reference's.
    tol : relative and absolute; float32 results get at least 1e-5
    Returns the learner's value where it is right, else the reference's, so that a test can go on with it.
    """
    arguments = copy.deepcopy(list(args))
    reference = function.exercise.reference
    names = labels(reference, arguments)
    inputs = names_of([path for path, _ in tensors.leaves(arguments)], names.arguments)
    expected = observe(reference, arguments, inputs)
    grad_outputs = tensors.make_grad_outputs(expected.value) if inputs and expected.raised is None else None
    got = observe(function, arguments, inputs, grad_outputs)
    mismatch = difference(expected, got, tol, names)

    def rerun(other: Callable) -> Outcome:
        return observe(other, arguments, inputs, grad_outputs)

    function.cases.append(Case(rerun, got, expected, tol, mismatch))
    return expected.value if mismatch else got.value


def agree_on(function: RecordedFunction, experiment: Callable[[Any], Any], *, what: str, tol: float = 1e-9) -> None:
    """Compare what an experiment gives with the learner's function and with the reference.

    experiment : called with a function; whatever it computes from calls of it is compared
    what : names the outcome in a message ("the frequencies of 20,000 draws")
    """
    expected, got = _experiment(experiment, function.exercise.reference), _experiment(experiment, function)
    mismatch = difference(expected, got, tol, Labels((), (what,), ""))

    def rerun(other: Callable) -> Outcome:
        return _experiment(experiment, other)

    function.cases.append(Case(rerun, got, expected, tol, mismatch, what))


def no_overflow(function: RecordedFunction, *args: Any) -> None:
    """Require that no intermediate result overflows when the learner's function is called on these arguments.

    Its value is not compared. A mistake that overflows here and does more elsewhere is still named by what it does
    elsewhere. (`np.where` computes both branches, so an overflow counts in either of them.)
    """
    arguments = copy.deepcopy(list(args))

    def rerun(other: Callable) -> Outcome:
        outcome = observe(other, arguments)
        return outcome if outcome.raised else Outcome("overflow" in outcome.float_errors)

    expected, got = rerun(function.exercise.reference), rerun(function)
    mismatch = difference(expected, got, 0, labels(function.exercise.reference, arguments))
    if mismatch and not got.raised:
        mismatch = Mismatch("overflow", "Something overflows on the way: NumPy warns, whatever the values come out as.")
    function.cases.append(Case(rerun, got, expected, 0, mismatch))


def expect(function: RecordedFunction, condition: object, message: str) -> None:
    """Record `message` if a condition does not hold; for properties that have no reference value."""
    if not condition:
        function.broken_properties.append(Mismatch("property", message))


def _experiment(experiment: Callable[[Any], Any], function: Any) -> Outcome:
    try:
        with warnings_silenced():
            return Outcome(experiment(function))
    except LearnerError as error:
        return Outcome(raised=error)
    except Exception as error:
        # The experiment could not use what the function returned, which counts as the learner's mistake.
        return Outcome(raised=LearnerError(type(error).__name__, shorten(error), None))
