"""Norms of the state's Jacobian in untrained networks: RNN, LSTM and GRU on random inputs."""

import numpy as np
from numpy import ndarray

from lstm_ref import gru, init, lstm, measure, rnn

T, D, H = 100, 8, 32  # steps, inputs, hidden units


def rnn_norms(gain: float, seed: int) -> ndarray:
    """‖∂h_T / ∂h_t‖ of an RNN whose W_hh is a random orthogonal matrix times `gain`.

    Returns norms (T,), by distance: that of one step first
    """
    rng = np.random.default_rng(seed)
    W_ih, W_hh, b = init.init_rnn(D, H, rng)
    hs, _ = rnn.rnn_forward(rng.normal(size=(T, 1, D)), np.zeros((1, H)), W_ih, gain * W_hh, b)
    return measure.state_jacobian_norms(measure.rnn_jacobians(hs, gain * W_hh, 0))[::-1]


def lstm_norms(bias: float, seed: int) -> ndarray:
    """‖∂(h_T, c_T) / ∂(h_t, c_t)‖ of an LSTM with this forget bias; norms (T,), by distance."""
    cache, W_ih, W_hh = _untrained_lstm(bias, seed)
    return measure.state_jacobian_norms(measure.lstm_jacobians(cache, W_ih, W_hh, 0))[::-1]


def gru_norms(seed: int) -> ndarray:
    """‖∂h_T / ∂h_t‖ of a GRU as PyTorch computes it, without bias; norms (T,), by distance."""
    rng = np.random.default_rng(seed)
    W_ih, W_hh, b = init.init_gru(D, H, rng)
    *_, cache = gru.gru_forward_torch(rng.normal(size=(T, 1, D)), np.zeros((1, H)), W_ih, W_hh, b, b)
    return measure.state_jacobian_norms(measure.gru_jacobians(cache, W_ih, W_hh, 0))[::-1]


def forget_products(bias: float, seed: int) -> ndarray:
    """Product of each unit's forget gates from the last step back; products (T, H), by distance."""
    cache, *_ = _untrained_lstm(bias, seed)
    forget = np.array([f[0] for _, _, _, _, f, *_ in cache])  # (T, H)
    return np.cumprod(forget[::-1], axis=0)


def _untrained_lstm(bias: float, seed: int) -> tuple[list, ndarray, ndarray]:
    rng = np.random.default_rng(seed)
    W_ih, W_hh, b = init.init_lstm(D, H, bias, rng)
    *_, cache = lstm.lstm_forward(rng.normal(size=(T, 1, D)), np.zeros((1, H)), np.zeros((1, H)), W_ih, W_hh, b)
    return cache, W_ih, W_hh
