"""Compares an outcome with the expected one, and describes the first difference in one sentence."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde.inside.tensors import flatten, is_tensor
from autograde.inside.wire import Opaque
from autograde.judging.outcome import FLOAT32_GRADIENT, FLOAT32_TOLERANCE, Outcome, as_float, same, same_gradient
from autograde.text import describe, how_many, position, rounded, sentence_start, shorten

ERROR_KINDS = {
    "BackwardError": "backward",
    "NotFromScratch": "borrowed",
}  # exceptions of the grader, and the kind of Mismatch that they cause
CUTS = "detach(), .data, .item(), NumPy, torch.tensor(…) and torch.no_grad() all cut the graph"


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


def labels(reference: Any, args: Sequence) -> Labels:
    """Read names and sizes from the reference: its signature, its shapes, and its docstring's `Returns`."""
    called = reference.forward if isinstance(reference, type) else reference  # of a module, `forward`
    parameters = dict(list(inspect.signature(called).parameters.items())[isinstance(reference, type) :])
    sizes = {}
    for parameter, value in zip(parameters.values(), args, strict=False):
        axes = getattr(parameter.annotation, "dim_str", "").split()
        if (isinstance(value, np.ndarray) or is_tensor(value)) and len(axes) == value.ndim:
            sizes |= {axis: size for axis, size in zip(axes, value.shape, strict=True) if axis.isalpha()}
    _, _, returns = (called.__doc__ or "").partition("Returns ")
    outputs = re.findall(r"(\w+) \([^)]*\)", returns.partition("\n\n")[0])
    return Labels(tuple(parameters), tuple(outputs), " ".join(f"{axis}={size}" for axis, size in sizes.items()))


def difference(expected: Outcome, got: Outcome, tol: float, names: Labels) -> Mismatch | None:
    """The first Mismatch between two outcomes, or None when they agree within `tol`."""
    context = f", for {names.sizes}" if names.sizes else ""
    if expected.raised is not None or got.raised is not None:
        return raised_difference(expected, got, context)
    # A changed argument comes first, since it often causes a wrong value.
    return (
        changed_argument(expected.args, got.args, names)
        or value_difference(expected.value, got.value, tol, names.outputs, context)
        or gradient_difference(expected, got, tol, names.outputs, context)
    )


def raised_difference(expected: Outcome, got: Outcome, context: str) -> Mismatch | None:
    """The Mismatch between two outcomes if at least one of them is an exception, or None."""
    if got.raised is None:
        if expected.raised is None:
            return None
        text = f"It should raise {expected.raised.type}{context} ({shorten(expected.raised.text)})"
        return Mismatch("raised", f"{text}, and returns a value.")
    if expected.raised is not None and expected.raised.type == got.raised.type:
        return None
    kind, error_text = ERROR_KINDS.get(got.raised.type, "raised"), shorten(got.raised.text)
    if kind == "backward":
        return Mismatch(kind, f"It runs forwards; on the way back{context} PyTorch raises {error_text}")
    if kind == "borrowed":
        return Mismatch(kind, f"It calls {error_text}. This exercise asks for one written from scratch.")
    wanted = f" where it should raise {expected.raised.type}" if expected.raised is not None else ""
    return Mismatch(kind, f"It raises {got.raised.type}{wanted}{context}: {error_text}")


def changed_argument(expected: Sequence | None, got: Sequence | None, names: Labels) -> Mismatch | None:
    """The Mismatch of an argument that one of two calls has written into, or None."""
    for number, (right, left) in enumerate(zip(expected or [], got or [], strict=False)):
        if isinstance(right, np.random.Generator) or callable(right):
            continue
        if not same(right, left, 0):
            name = names.arguments[number] if number < len(names.arguments) else f"argument {number}"
            ways, new = f"{name} += … or {name}[…] = …", "array"
            if is_tensor(right):
                ways, new = f"{name} += … or {name}.add_(…)", "tensor"
            return Mismatch(
                "changed",
                f"Your function changed its argument {name}. The caller still needs it: "
                f"make a new {new} ({name} = {name} + …), do not write into this one ({ways}).",
            )
    return None


def gradient_difference(
    expected: Outcome, got: Outcome, tol: float, outputs: Sequence[str], context: str
) -> Mismatch | None:
    """The Mismatch of two outcomes with the same values: an output without a gradient, or a wrong gradient; or None."""
    for number, ((_, right), (_, left)) in enumerate(zip(flatten(expected.value), flatten(got.value), strict=False)):
        if right.requires_grad and not left.requires_grad:
            name = outputs[number] if number < len(outputs) else "the result"
            text = f"{sentence_start(name)} has the right values and carries no gradient{context}"
            return Mismatch("gradient", f"{text}. {CUTS}.")
    for name, right in expected.gradients.items():
        left = got.gradients.get(name)
        if same_gradient(right, left, tol):
            continue
        if left is None:
            return Mismatch("gradient", f"No gradient reaches {name}{context}: is it detached on the way? {CUTS}.")
        if right is None:
            return Mismatch("gradient", f"A gradient reaches {name}{context}, where none should.")
        tol = max(tol, FLOAT32_GRADIENT) if str(right.dtype) == "torch.float32" else tol
        label = f"The gradient of the loss with respect to {name}"
        if found := _one_difference(right, left, tol, label, context):
            return Mismatch("gradient", found.text)
    return None


def value_difference(expected: Any, got: Any, tol: float, outputs: Sequence[str], context: str) -> Mismatch | None:
    """The Mismatch of two values, or None; `outputs` are the names of what a tuple holds."""
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


def _one_difference(expected: Any, got: Any, tol: float, name: str, context: str) -> Mismatch | None:
    start = sentence_start(name)
    if got is None and expected is not None:
        return Mismatch("structure", f"{start} is None{context}. Is the return statement missing?")
    if isinstance(got, Opaque):
        return Mismatch("structure", f"{start} is of type {shorten(got.kind, 60)}, not {describe(expected)}.")
    if is_tensor(expected):
        if not is_tensor(got):
            text = f"{start} is {describe(got)}, expected {describe(expected)}{context}."
            return Mismatch("structure", text + " torch.stack makes one of a list." * isinstance(got, list))
        return _array_difference(expected.detach().numpy(), got.detach().numpy(), tol, name, context)
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
        return _array_difference(np.asarray(float(expected)), np.asarray(as_float(got)), tol, name, context)
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        if len(got) != len(expected) and _has_arrays(expected):
            return Mismatch("structure", f"{start} holds {how_many(len(got))}, expected {len(expected)}{context}.")
        if len(got) == len(expected) and (isinstance(expected, list) or _has_arrays(expected)):
            pairs = enumerate(zip(expected, got, strict=True))
            found = (_one_difference(right, left, tol, f"{name}[{k}]", context) for k, (right, left) in pairs)
            return next(filter(None, found), None)
    if not same(expected, got, tol):
        yours, right = (describe(v) if _has_arrays(v) else shorten(repr(v)) for v in (got, expected))
        return Mismatch("value", f"{start} is {yours}, expected {right}{context}.")
    return None


def _has_arrays(value: object) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, np.ndarray) or (isinstance(value, tuple | list) and any(map(_has_arrays, value)))


def _array_difference(expected: np.ndarray, got: np.ndarray, tol: float, name: str, context: str) -> Mismatch | None:
    if got.shape != expected.shape:
        return Mismatch("shape", f"{name} has shape {got.shape}, expected {expected.shape}{context}.")
    integers = expected.dtype.kind == got.dtype.kind == "i"  # int32 is the default on Windows
    if got.dtype != expected.dtype and not integers:
        text = f"{name} has dtype {got.dtype}, expected {expected.dtype}{context}."
        made = (
            " A new array is float64 unless told otherwise: np.zeros(shape, dtype=…). So is a mask turned to numbers."
        )
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


def _index(mask: np.ndarray) -> tuple:
    return np.unravel_index(np.argmax(mask), mask.shape)
