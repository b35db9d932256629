"""The GRU's backward pass with one of the four paths from a step's loss to its old hidden state left out."""

import numpy as np
from numpy import ndarray

from lstm_ref import gradcheck, gru

PATHS = ("mixture", "reset product", "gate r", "gate z")


def step_backward(left_out: str | None, dh_t: ndarray, cache: tuple, W_hh: ndarray) -> tuple[ndarray, ndarray]:
    """Gradients of one step of the published GRU, without one of PATHS in that of the old state.

    Returns dh_prev (N, H), dW_hh (3H, H)
    """
    _, h_prev, r, z, n = cache
    W_hr, W_hz, W_hn = np.split(W_hh, 3)
    da_z = dh_t * (h_prev - n) * z * (1 - z)
    da_n = dh_t * (1 - z) * (1 - n**2)
    d_reset = da_n @ W_hn
    da_r = d_reset * h_prev * r * (1 - r)
    terms = {"mixture": dh_t * z, "reset product": d_reset * r, "gate r": da_r @ W_hr, "gate z": da_z @ W_hz}
    dh_prev = sum((term for path, term in terms.items() if path != left_out), np.zeros_like(dh_t))
    return dh_prev, np.concatenate([da_r.T @ h_prev, da_z.T @ h_prev, da_n.T @ (r * h_prev)])


def gradient_error(left_out: str | None, T: int, N: int = 2, D: int = 2, H: int = 3) -> float:
    """Relative error of dW_hh against central differences, for a loss that reads every hidden state."""
    rng = np.random.default_rng(T)
    x, h0, dhs = rng.normal(size=(T, N, D)), rng.uniform(-1, 1, (N, H)), rng.normal(size=(T, N, H))
    W_ih, W_hh, b = rng.normal(size=(3 * H, D)), rng.normal(size=(3 * H, H)), rng.normal(size=3 * H)

    def loss(W: ndarray) -> float:
        return float((dhs * gru.gru_forward(x, h0, W_ih, W, b)[0]).sum())

    *_, cache = gru.gru_forward(x, h0, W_ih, W_hh, b)
    dh, dW_hh = np.zeros_like(h0), np.zeros_like(W_hh)
    for t in reversed(range(T)):
        dh, share = step_backward(left_out, dhs[t] + dh, cache[t], W_hh)
        dW_hh += share
    return gradcheck.check_gradient(loss, W_hh, dW_hh)
