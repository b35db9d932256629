"""The LSTM's backward pass with one of the two paths from the cell state to the loss left out."""

import numpy as np
from numpy import ndarray

from lstm_ref import gradcheck, lstm

PATHS = {"both paths": (1, 1), "without the path through h_t": (0, 1), "without the path through c_{t+1}": (1, 0)}


def step_backward(
    paths: str, dh_t: ndarray, dc_next: ndarray, cache: tuple, W_hh: ndarray
) -> tuple[ndarray, ndarray, ndarray]:
    """As `lstm_step_backward`, for one of PATHS.

    Returns dh_prev (N, H), dc_prev (N, H), dW_hh (4H, H)
    """
    through_h, through_next = PATHS[paths]
    _, h_prev, c_prev, i, f, g, o, tanh_c = cache
    dc_t = through_h * dh_t * o * (1 - tanh_c**2) + through_next * dc_next
    dz_i, dz_f = dc_t * g * i * (1 - i), dc_t * c_prev * f * (1 - f)
    dz_g, dz_o = dc_t * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)
    return dz @ W_hh, dc_t * f, dz.T @ h_prev


def gradient_error(paths: str, T: int, N: int = 2, D: int = 2, H: int = 3) -> float:
    """Relative error of dW_hh against central differences, for a loss that reads every hidden state."""
    normal = np.random.default_rng(T).normal
    x, h0, c0 = normal(size=(T, N, D)), normal(size=(N, H)), normal(size=(N, H))
    W_ih, W_hh, b = normal(size=(4 * H, D)), normal(size=(4 * H, H)) / 2, normal(size=4 * H)
    dhs = normal(size=(T, N, H))

    def loss(W: ndarray) -> float:
        return float((dhs * lstm.lstm_forward(x, h0, c0, W_ih, W, b)[0]).sum())

    *_, cache = lstm.lstm_forward(x, h0, c0, W_ih, W_hh, b)
    dh, dc, dW_hh = np.zeros_like(h0), np.zeros_like(c0), np.zeros_like(W_hh)
    for t in reversed(range(T)):
        dh, dc, share = step_backward(paths, dhs[t] + dh, dc, cache[t], W_hh)
        dW_hh += share
    return gradcheck.check_gradient(loss, W_hh, dW_hh)
