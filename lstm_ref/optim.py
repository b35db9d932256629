"""Optimisation: gradient clipping and Adam."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def clip_by_global_norm(grads: list, max_norm: float) -> tuple[list, float]:
    """Scale all gradients by one factor, so that their norm is within max_norm.

    grads : list       float arrays of any shapes, left unchanged
    max_norm : float   the largest global norm allowed; the global norm is the
                       root of the sum of all squares, over all arrays
    Returns clipped (list), norm (): new arrays in the same order and dtypes,
    and the global norm before clipping

    Raises FloatingPointError where the norm is not finite: a NaN would spread
    to every weight.
    Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training
    recurrent neural networks".
    """
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    if not np.isfinite(norm):
        raise FloatingPointError(f"the gradients' global norm is {norm}")
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g * g.dtype.type(factor) for g in grads], norm


@checked
def adam_step(
    w: Float[ndarray, "..."],
    dw: Float[ndarray, "..."],
    m: Float[ndarray, "..."],
    v: Float[ndarray, "..."],
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[Float[ndarray, "..."], Float[ndarray, "..."], Float[ndarray, "..."]]:
    """One step of Adam: the mean gradient over the root of the mean square.

    w : (...)       a parameter
    dw : (...)      gradient of the loss with respect to it
    m : (...)       running mean of dw, zeros before the first step
    v : (...)       running mean of dw², zeros before the first step
    t : int         the number of this step, from 1
    lr : float      learning rate
    beta1 : float   how much of m is kept, 0.9 in the paper
    beta2 : float   how much of v is kept, 0.999 in the paper
    eps : float     added to the root, 1e-8 in the paper
    Returns w (...), m (...), v (...), new arrays

    Source: Kingma and Ba (2015), "Adam: a method for stochastic optimization",
    algorithm 1.
    """
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)  # both means start at 0: undo what that costs in the first steps
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


class Adam:
    """Adam over a dictionary of parameters, which it changes in place.

    params : dict   name → float array
    lr : float      learning rate
    beta1, beta2, eps : float   as in `adam_step`
    """

    def __init__(self, params: dict, lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8):
        self.params, self.lr, self.beta1, self.beta2, self.eps = params, lr, beta1, beta2, eps
        self.t = 0
        self.m = {name: np.zeros_like(w) for name, w in params.items()}
        self.v = {name: np.zeros_like(w) for name, w in params.items()}

    def step(self, grads: dict) -> None:
        """Move every parameter one step against its gradient.

        grads : dict   name → array of the parameter's shape, for each parameter

        Raises KeyError where a gradient is missing.
        """
        self.t += 1
        for name, w in self.params.items():
            w[...], self.m[name], self.v[name] = adam_step(
                w, grads[name], self.m[name], self.v[name], self.t, self.lr, self.beta1, self.beta2, self.eps
            )
