"""Shapes in signatures, checked once at the public boundary.

A function marked `@checked` states the shape and kind of every argument in its annotations. A call with
anything else raises `jaxtyping.TypeCheckError` (a TypeError) that names the argument, its shape and dtype,
and the shape that was expected. Its body can then be the formula and nothing else.
"""

import functools
import threading

import numpy as np
from beartype import BeartypeConf, beartype
from jaxtyping import jaxtyped

_caller = threading.local()
_typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))  # where a float is asked for, 1 will do


def checked(function):
    """Check annotated shapes and dtypes on the outermost call only, so that a loop over time pays once.

    function : callable   its parameters carry jaxtyping annotations
    Returns the same function behind the check; `__wrapped__` is the bare one.

    Raises jaxtyping.TypeCheckError on a wrong shape or kind, and TypeError where float32 and float64 meet.
    """
    guarded = jaxtyped(typechecker=_typechecker)(function)

    @functools.wraps(function)
    def call(*args, **kwargs):
        if getattr(_caller, "is_checked", False):
            return function(*args, **kwargs)
        _refuse_mixed_precision(function.__name__, args, kwargs)
        _caller.is_checked = True
        try:
            return guarded(*args, **kwargs)
        finally:
            _caller.is_checked = False

    return call


def _refuse_mixed_precision(name, args, kwargs):
    # NumPy would compute in the wider type and round the result in silence; PyTorch refuses, and so do we.
    arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    if len({a.dtype for a in arrays}) > 1:
        found = ", ".join(f"{a.dtype} {a.shape}" for a in arrays)
        raise TypeError(f"{name}: every float array must have one dtype; found {found}")
