"""Compares what a function did with what it should have done, and says the difference in one sentence."""

import contextlib
import copy
import inspect
import re
import warnings
from dataclasses import dataclass

import numpy as np

from autograde.session import Raised
from autograde.wire import Opaque
from autograde.words import describe, how_many, position, rounded, sentence_start, shorten

FLOAT32_TOLERANCE = 1e-5


@dataclass
class Outcome:
    """What one call did: its value, its arguments afterwards, or what it raised.

    `float_errors` holds what NumPy would have warned of on the way: "overflow", "divide by zero", "invalid value".
    """

    value: object = None
    args: list = None
    float_errors: frozenset = frozenset()
    raised: Raised = None


@dataclass(frozen=True)
class Mismatch:
    """One difference between an outcome and the right one; `kind` groups them, `text` is what the learner reads."""

    kind: str
    text: str


@dataclass(frozen=True)
class Labels:
    """The names that messages use: arguments, outputs, and sizes such as N=3."""

    arguments: tuple
    outputs: tuple
    sizes: str


@contextlib.contextmanager
def quiet():
    """No warnings: those of a wrong answer, an overflow, say, are part of what it does and not ours to show."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def call_plainly(function, args):
    """Call a function that we trust on copies of `args`; give the Outcome."""
    args, noted = copy.deepcopy(args), {}
    try:
        with quiet(), np.errstate(over="call", divide="call", invalid="call", call=noted.setdefault):
            value = function(*args)
        return Outcome(value, args, frozenset(noted))
    except Exception as error:
        return Outcome(raised=Raised(type(error).__name__, str(error), None))


def labels(reference, args):
    """Read names and sizes off the reference: its signature, its shapes, and its docstring's `Returns`."""
    parameters = inspect.signature(reference).parameters
    sizes = {}
    for parameter, value in zip(parameters.values(), args, strict=False):
        axes = getattr(parameter.annotation, "dim_str", "").split()
        if isinstance(value, np.ndarray) and len(axes) == value.ndim:
            sizes |= {axis: size for axis, size in zip(axes, value.shape, strict=True) if axis.isalpha()}
    _, _, returns = (reference.__doc__ or "").partition("Returns ")
    outputs = re.findall(r"(\w+) \([^)]*\)", returns.partition("\n\n")[0])
    return Labels(tuple(parameters), tuple(outputs), " ".join(f"{axis}={size}" for axis, size in sizes.items()))


def difference(expected, got, tol, names):
    """The first Mismatch between two outcomes, or None when they agree within `tol`."""
    context = f", for {names.sizes}" if names.sizes else ""
    if got.raised is not None:
        if expected.raised is not None and expected.raised.type == got.raised.type:
            return None
        wanted = f" where it should raise {expected.raised.type}" if expected.raised is not None else ""
        return Mismatch("raised", f"It raises {got.raised.type}{wanted}{context}: {shorten(got.raised.text)}")
    if expected.raised is not None:
        text = (
            f"It should raise {expected.raised.type}{context} ({shorten(expected.raised.text)}), and returns a value."
        )
        return Mismatch("raised", text)
    # A changed argument first: a wrong value is often its consequence.
    changed = _changed_argument(expected, got, names)
    return changed or _value_difference(expected.value, got.value, tol, names.outputs, context)


def _changed_argument(expected, got, names):
    for number, (right, left) in enumerate(zip(expected.args or [], got.args or [], strict=False)):
        if isinstance(right, np.random.Generator) or callable(right):
            continue
        if not same(right, left, 0):
            name = names.arguments[number] if number < len(names.arguments) else f"argument {number}"
            return Mismatch(
                "changed",
                f"Your function changed its argument {name}. The caller still needs it: "
                f"make a new array ({name} = {name} + …), do not write into this one ({name} += … or {name}[…] = …).",
            )
    return None


def _value_difference(expected, got, tol, outputs, context):
    if isinstance(expected, tuple):
        if got is None:
            return Mismatch("structure", "It returns None. Is the return statement missing?")
        if not isinstance(got, tuple | list) or len(got) != len(expected):
            count = len(got) if isinstance(got, tuple | list) else 1
            wanted = ", ".join(outputs) if len(outputs) == len(expected) else f"{len(expected)} values"
            return Mismatch("structure", f"It returns {how_many(count)}; expected {how_many(len(expected))}: {wanted}.")
        for number, (right, left) in enumerate(zip(expected, got, strict=True)):
            name = outputs[number] if len(outputs) == len(expected) else f"value {number + 1}"
            if found := _one_difference(right, left, tol, name, context):
                return found
        return None
    return _one_difference(expected, got, tol, outputs[0] if len(outputs) == 1 else "the result", context)


def _one_difference(expected, got, tol, name, context):
    start = sentence_start(name)
    if got is None and expected is not None:
        return Mismatch("structure", f"{start} is None{context}. Is the return statement missing?")
    if isinstance(got, Opaque):
        return Mismatch("structure", f"{start} is of type {shorten(got.kind, 60)}, not {describe(expected)}.")
    if isinstance(expected, np.ndarray):
        if not isinstance(got, np.ndarray):
            text = f"{start} is {describe(got)}, expected {describe(expected)}{context}."
            return Mismatch("structure", text + " np.array makes one of it." * isinstance(got, list))
        return _array_difference(expected, got, tol, name, context)
    if isinstance(expected, float | np.floating):
        if isinstance(got, np.ndarray) and got.ndim == 0:
            got = got[()]
        if isinstance(got, bool) or not isinstance(got, int | float | np.floating | np.integer):
            return Mismatch("structure", f"{start} is {describe(got)}, expected a single number{context}.")
        return _array_difference(np.asarray(float(expected)), np.asarray(_float(got)), tol, name, context)
    if isinstance(expected, list) and isinstance(got, list | tuple) and len(got) == len(expected):
        pairs = enumerate(zip(expected, got, strict=True))
        return next(filter(None, (_one_difference(*p, tol, f"{name}[{k}]", context) for k, p in pairs)), None)
    if not same(expected, got, tol):
        return Mismatch("value", f"{start} is {shorten(repr(got))}, expected {shorten(repr(expected))}{context}.")
    return None


def _array_difference(expected, got, tol, name, context):
    if got.shape != expected.shape:
        return Mismatch("shape", f"{name} has shape {got.shape}, expected {expected.shape}{context}.")
    integers = expected.dtype.kind == got.dtype.kind == "i"  # int32 is the default on Windows
    if got.dtype != expected.dtype and not integers:
        text = f"{name} has dtype {got.dtype}, expected {expected.dtype}{context}."
        made = " A new array is float64 unless told otherwise: np.zeros(shape, dtype=…)."
        return Mismatch("dtype", text + made * (got.dtype == np.float64 and expected.dtype == np.float32))
    if expected.dtype == np.float32:
        tol = max(tol, FLOAT32_TOLERANCE)
    wrong = ~np.isclose(got, expected, rtol=tol, atol=tol, equal_nan=True)
    if not wrong.any():
        return None
    bad = wrong & ~np.isfinite(got) & np.isfinite(expected)
    if bad.any():
        where = _index(bad)
        return Mismatch(
            "not finite", f"{name} is {got[where]}{position(where)}, expected {rounded(expected[where])}{context}."
        )
    if got.dtype.kind == "f":
        with np.errstate(all="ignore"):
            size = np.where(wrong, np.nan_to_num(np.abs(got - expected), nan=np.inf), -1.0)
        where = np.unravel_index(np.argmax(size), size.shape)
        largest = f"largest difference {size[where]:.2g}" if size.ndim else f"off by {size[where]:.2g}"
    else:
        where, largest = _index(wrong), "first difference"
    yours = f"yours {rounded(got[where])}, expected {rounded(expected[where])}"
    return Mismatch("value", f"{name} is wrong: {largest}{position(where)} ({yours}){context}.")


def same(right, left, tol):
    """Whether two values are equal in structure, shape and dtype, and within `tol` in value."""
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
    return type(right) is type(left) and right == left


def same_outcome(one, other, tol):
    """Whether two functions did the same: returned the same, left their arguments the same, or raised the same."""
    if one.raised is not None or other.raised is not None:
        return one.raised is not None and other.raised is not None and one.raised.type == other.raised.type
    if not same(_plain(one.value), _plain(other.value), tol):
        return False
    if one.args is None or other.args is None:
        return True
    pairs = zip(one.args, other.args, strict=True)
    return all((_is_no_value(a) and _is_no_value(b)) or same(a, b, 1e-12) for a, b in pairs)  # but for rounding


def _is_no_value(argument):  # a function comes back from the sandbox as Opaque
    return isinstance(argument, np.random.Generator | Opaque) or callable(argument)


def _plain(value):
    """A float whatever it is made of: 0.5, np.float64(0.5) and a 0-d array say the same."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return _float(value) if isinstance(value, np.floating) or type(value) is int else value


def _float(value):
    try:
        return float(value)
    except OverflowError:  # an integer of more than 308 digits
        return np.inf if value > 0 else -np.inf


def _index(mask):
    return np.unravel_index(np.argmax(mask), mask.shape)
