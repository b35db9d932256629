"""Numerical gradients: what every backward pass is checked against."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def numeric_gradient(f: Callable, x: Float[ndarray, "..."]) -> Float[ndarray, "..."]:
    """Gradient of a scalar function by central differences, entry by entry.

    Each entry is (f(x + ε) - f(x - ε)) / 2ε, with ε added to that entry alone.

    f : callable    takes an array of x's shape, returns a number
    x : (...)       where the gradient is taken; left unchanged
    Returns gradient (...), float64, with an error near 1e-10 where f is
    computed in float64
    """
    x = x.astype(np.float64)  # a copy: the caller's x stays as it is
    eps = 1e-5  # about the cube root of float64's rounding: a smaller step loses to rounding, a larger to curvature
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        below = f(x)
        x[i] = kept
        gradient[i] = (above - below) / (2 * eps)
    return gradient


@checked
def relative_error(a: Float[ndarray, "..."], b: Float[ndarray, "..."]) -> float:
    """Largest difference between two arrays, relative to their largest entry.

    a : (...)
    b : (...)   of a's shape
    Returns error (), a float: 0.0 where both are empty or equal, NaN where either holds a NaN

    Raises ValueError where the shapes differ. Relative to the largest entry and not entry by entry: a central
    difference carries an absolute rounding error, which would swamp an entry that is nearly 0.
    """
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape}, b has shape {b.shape}; expected the same")
    largest = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return float(np.abs(a - b).max(initial=0.0) / largest) if largest != 0 else 0.0


@checked
def check_gradient(f: Callable, x: Float[ndarray, "..."], gradient: Float[ndarray, "..."]) -> float:
    """Largest relative error of a gradient against central differences.

    f : callable       takes an array of x's shape, returns a number
    x : (...)          where the gradient was taken; left unchanged
    gradient : (...)   what a backward pass gave for it
    Returns error (), a float: below 1e-6 for a correct backward pass in float64
    """
    return relative_error(gradient.astype(np.float64), numeric_gradient(f, x))
