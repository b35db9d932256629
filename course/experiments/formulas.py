"""The formulas of an LSTM step, right ones and wrong ones, for NumPy arrays and PyTorch tensors alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from lstm_ref.functions import sigmoid
from lstm_ref.lstm import split_gates


@dataclass(frozen=True)
class Formula:
    """How an LSTM step computes its two states from gates i, f, o, candidate g and the states before it.

    cell : Callable     i, f, g, h_prev, c_prev → c_t
    hidden : Callable   o, c_t, h_prev, tanh → h_t; `tanh` is that of NumPy or of PyTorch
    """

    cell: Callable
    hidden: Callable

    def __call__(self, i: Any, f: Any, g: Any, o: Any, h_prev: Any, c_prev: Any, tanh: Callable = np.tanh) -> tuple:
        """Both states after one step, h_t and c_t; all arguments and results (N, H)."""
        c_t = self.cell(i, f, g, h_prev, c_prev)
        return self.hidden(o, c_t, h_prev, tanh), c_t


def _cell(i, f, g, h_prev, c_prev):
    return f * c_prev + i * g


def _hidden(o, c_t, h_prev, tanh):
    return o * tanh(c_t)


FORMULAS = {
    "correct": Formula(_cell, _hidden),
    "f · h + i · g": Formula(lambda i, f, g, h_prev, c_prev: f * h_prev + i * g, _hidden),
    "i · f · g + g": Formula(lambda i, f, g, h_prev, c_prev: i * f * g + g, _hidden),
    "tanh(o · h)": Formula(_cell, lambda o, c_t, h_prev, tanh: tanh(o * h_prev)),
    "tanh(o · c)": Formula(_cell, lambda o, c_t, h_prev, tanh: tanh(o * c_t)),
}


def forward(name: str, x: ndarray, W_ih: ndarray, W_hh: ndarray, b: ndarray) -> ndarray:
    """Hidden states of a layer whose step has this formula, from states of 0.

    name : str       a key of FORMULAS
    x : (T, N, D)    the sequence
    W_ih : (4H, D)   input weights, gates in the order i, f, g, o
    W_hh : (4H, H)   recurrent weights, same order
    b : (4H,)        bias, same order
    Returns hs (T, N, H)
    """
    h_t = c_t = np.zeros((x.shape[1], W_hh.shape[1]))
    hs = []
    for x_t in x:
        z_i, z_f, z_g, z_o = split_gates(x_t @ W_ih.T + h_t @ W_hh.T + b)
        h_t, c_t = FORMULAS[name](sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o), h_t, c_t)
        hs.append(h_t)
    return np.array(hs)


def share_of_nudge(
    name: str, gates: tuple[ndarray, ndarray, ndarray, ndarray], h_prev: ndarray, c_prev: ndarray, eps: float = 1e-6
) -> tuple[float, float]:
    """How much of a small change of c_prev arrives in c_t and in h_t, as shares of it.

    name : str                a key of FORMULAS
    gates : tuple             i, f, g, o, each (1, 1)
    h_prev, c_prev : (1, 1)   the states before the step
    eps : float               size of the change
    Returns shares (tuple): of c_t, of h_t
    """
    before = FORMULAS[name](*gates, h_prev, c_prev)
    after = FORMULAS[name](*gates, h_prev, c_prev + eps)
    h_share, c_share = (((a - b) / eps).item() for a, b in zip(after, before, strict=True))
    return c_share, h_share
