"""The outcome of a call, and whether two outcomes are the same."""

import contextlib
import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograde.inside import tensors
from autograde.inside.wire import Opaque
from autograde.sandbox.session import LearnerError

FLOAT32_TOLERANCE = 1e-5
FLOAT32_GRADIENT = 1e-4  # a gradient is a longer sum than an output


@dataclass
class Outcome:
    """What one call did: its value, its arguments afterwards, or what it raised.

    `float_errors` holds what NumPy would have warned of on the way: "overflow", "divide by zero", "invalid value".
    `gradients` are those of the tensors that asked for one, by name; None where none arrived.
    """

    value: Any = None
    args: list | None = None
    float_errors: frozenset = frozenset()
    raised: LearnerError | None = None
    gradients: dict = field(default_factory=dict)


@contextlib.contextmanager
def warnings_silenced() -> Iterator[None]:
    """Show no warnings: those of a wrong answer, for example of an overflow, belong to its outcome."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def run_trusted(call: Callable[[Any], tuple[Any, Any]], args: Sequence, names: Sequence = ()) -> Outcome:
    """The Outcome of `call(args)`, which returns a value and gradients and is trusted; `args` are copied before.

    names : what the gradients belong to
    """
    copies, float_errors = copy.deepcopy(list(args)), {}
    try:
        with warnings_silenced(), np.errstate(over="call", divide="call", invalid="call", call=float_errors.setdefault):
            value, gradients = call(copies)
        named = dict(zip(names, list(gradients) or [None] * len(names), strict=True))
        return Outcome(tensors.detach_all(value), copies, frozenset(float_errors), gradients=named)
    except Exception as error:
        return Outcome(raised=LearnerError(type(error).__name__, str(error), None))


def call_trusted(function: Callable, args: Sequence) -> Outcome:
    """The Outcome of a function that is trusted, called on copies of `args`."""
    return run_trusted(lambda copies: (tensors.callable_of(function)(*copies), []), list(args))


def same(right: Any, left: Any, tol: float) -> bool:
    """Whether two values are equal in structure, shape and dtype, and within `tol` in value."""
    if tensors.is_tensor(right) and tensors.is_tensor(left):
        right, left = right.detach().numpy(), left.detach().numpy()
    if isinstance(right, np.ndarray | np.generic):
        if not isinstance(left, np.ndarray | np.generic) or right.shape != left.shape or right.dtype != left.dtype:
            return False
        if right.dtype == np.float32 and tol:
            tol = max(tol, FLOAT32_TOLERANCE)
        return bool(np.allclose(left, right, rtol=tol, atol=tol, equal_nan=True))
    if isinstance(right, tuple | list):
        return (
            isinstance(left, tuple | list)
            and len(right) == len(left)
            and all(same(r, x, tol) for r, x in zip(right, left, strict=True))
        )
    if isinstance(right, dict):
        return isinstance(left, dict) and list(right) == list(left) and all(same(right[k], left[k], tol) for k in right)
    if isinstance(right, Opaque) or isinstance(left, Opaque):
        return False
    if isinstance(right, float) and isinstance(left, float):
        return bool(np.isclose(left, right, rtol=tol, atol=tol, equal_nan=True))
    if isinstance(left, np.integer) and type(right) is int:
        left = int(left)  # a count is a count, whether Python's or NumPy's
    return type(right) is type(left) and right == left


def same_outcome(one: Outcome, other: Outcome, tol: float) -> bool:
    """Whether two functions did the same: returned the same, left their arguments the same, or raised the same."""
    if one.raised is not None or other.raised is not None:
        return one.raised is not None and other.raised is not None and one.raised.type == other.raised.type
    if not same(_as_plain_number(one.value), _as_plain_number(other.value), tol):
        return False
    if _requires_grad(one.value) != _requires_grad(other.value) or list(one.gradients) != list(other.gradients):
        return False
    if not all(same_gradient(one.gradients[name], other.gradients[name], tol) for name in one.gradients):
        return False
    if one.args is None or other.args is None:
        return True
    pairs = zip(one.args, other.args, strict=True)
    return all((_is_no_value(a) and _is_no_value(b)) or same(a, b, 1e-12) for a, b in pairs)  # 1e-12: rounding


def same_gradient(right: Any, left: Any, tol: float) -> bool:
    """Whether two gradients are the same; a missing gradient equals zeros."""
    if right is None or left is None:
        return all(gradient is None or not gradient.any() for gradient in (right, left))
    return same(right, left, max(tol, FLOAT32_GRADIENT) if str(right.dtype) == "torch.float32" else tol)


def _requires_grad(value: object) -> list[bool]:
    return [tensor.requires_grad for _, tensor in tensors.flatten(value)]


def _is_no_value(argument: object) -> bool:  # a function comes back from the sandbox as Opaque
    return isinstance(argument, np.random.Generator | Opaque) or callable(argument)


def _as_plain_number(value: Any) -> Any:
    """The value with Python floats for numbers: 0.5, np.float64(0.5) and a 0-d array are the same, in tuples too."""
    if isinstance(value, tuple | list):
        return tuple(map(_as_plain_number, value))
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return as_float(value) if isinstance(value, np.floating | np.integer) or type(value) is int else value


def as_float(value: Any) -> float:
    """A number as a float, infinity if it is too large for one."""
    try:
        return float(value)
    except OverflowError:  # an integer of more than 308 digits
        return np.inf if value > 0 else -np.inf
