"""One layer, one direction: outputs, final states and every gradient are PyTorch's."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.gru import gru_forward_torch
from lstm_ref.gru_backward import gru_backward_torch
from lstm_ref.lstm import lstm_backward, lstm_forward
from lstm_ref.rnn import rnn_backward, rnn_forward

sizes = st.tuples(st.integers(1, 12), st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))  # T, N, D, H


def ours_rnn(x, h0, c0, W_ih, W_hh, b_ih, b_hh, dhs, dh_T, dc_T):
    hs, h_T = rnn_forward(x, h0, W_ih, W_hh, b_ih + b_hh)
    dx, dh0, dW_ih, dW_hh, db = rnn_backward(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    return dict(hs=hs, h_T=h_T, dx=dx, dh0=dh0, dW_ih=dW_ih, dW_hh=dW_hh, db_ih=db, db_hh=db)


def ours_lstm(x, h0, c0, W_ih, W_hh, b_ih, b_hh, dhs, dh_T, dc_T):
    hs, h_T, c_T, cache = lstm_forward(x, h0, c0, W_ih, W_hh, b_ih + b_hh)
    dx, dh0, dc0, dW_ih, dW_hh, db = lstm_backward(dhs, dh_T, dc_T, cache, W_ih, W_hh)
    return dict(hs=hs, h_T=h_T, c_T=c_T, dx=dx, dh0=dh0, dc0=dc0, dW_ih=dW_ih, dW_hh=dW_hh, db_ih=db, db_hh=db)


def ours_gru(x, h0, c0, W_ih, W_hh, b_ih, b_hh, dhs, dh_T, dc_T):
    hs, h_T, cache = gru_forward_torch(x, h0, W_ih, W_hh, b_ih, b_hh)
    dx, dh0, dW_ih, dW_hh, db_ih, db_hh = gru_backward_torch(dhs, dh_T, cache, W_ih, W_hh)
    return dict(hs=hs, h_T=h_T, dx=dx, dh0=dh0, dW_ih=dW_ih, dW_hh=dW_hh, db_ih=db_ih, db_hh=db_hh)


def theirs(layer, x, h0, c0, W_ih, W_hh, b_ih, b_hh, dhs, dh_T, dc_T):
    """The same quantities from torch.nn, by automatic differentiation."""
    module = layer(x.shape[2], h0.shape[1], dtype=getattr(torch, x.dtype.name))
    for parameter, value in zip(module.parameters(), (W_ih, W_hh, b_ih, b_hh), strict=True):
        parameter.data = torch.from_numpy(value)
    x, h0, c0 = (torch.from_numpy(a).requires_grad_() for a in (x, h0, c0))
    has_cell = layer is torch.nn.LSTM
    hs, last = module(x, (h0[None], c0[None]) if has_cell else h0[None])
    h_T, c_T = last if has_cell else (last, None)
    loss = (hs * torch.from_numpy(dhs)).sum() + (h_T[0] * torch.from_numpy(dh_T)).sum()
    if has_cell:
        loss = loss + (c_T[0] * torch.from_numpy(dc_T)).sum()
    loss.backward()
    names = ("dW_ih", "dW_hh", "db_ih", "db_hh")
    found = dict(hs=hs, h_T=h_T[0], dx=x.grad, dh0=h0.grad)
    found |= {name: p.grad for name, p in zip(names, module.parameters(), strict=True)}
    if has_cell:
        found |= dict(c_T=c_T[0], dc0=c0.grad)
    return {name: value.detach().numpy() for name, value in found.items()}


def arguments(T, N, D, H, gates, rng, dtype=np.float64):
    """Random inputs, weights of a size that keeps gradients alive, and gradients to send back."""
    shapes = [(T, N, D), (N, H), (N, H), (gates * H, D), (gates * H, H), (gates * H,), (gates * H,)]
    values = [rng.uniform(-1, 1, shape) for shape in shapes]
    return [a.astype(dtype) for a in (*values, *(rng.normal(size=s) for s in [(T, N, H), (N, H), (N, H)]))]


layers = pytest.mark.parametrize(
    "ours, layer, gates",
    [(ours_rnn, torch.nn.RNN, 1), (ours_lstm, torch.nn.LSTM, 4), (ours_gru, torch.nn.GRU, 3)],
    ids=["rnn", "lstm", "gru"],
)


@layers
@given(size=sizes, seed=st.integers(0, 2**32 - 1))
def test_float64_to_1e_10(ours, layer, gates, size, seed):
    values = arguments(*size, gates, np.random.default_rng(seed))
    before = [a.copy() for a in values]
    found, expected = ours(*values), theirs(layer, *values)
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-10, atol=1e-10, err_msg=name)
    for a, b in zip(values, before, strict=True):
        np.testing.assert_array_equal(a, b)


@layers
@pytest.mark.parametrize("size", [(80, 3, 4, 6), (1, 1, 1, 1), (50, 1, 1, 16)])
def test_long_sequences(ours, layer, gates, size, rng):
    values = arguments(*size, gates, rng)
    found, expected = ours(*values), theirs(layer, *values)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-10, atol=1e-10, err_msg=name)


@layers
def test_float32_stays_float32_and_agrees_to_1e_5(ours, layer, gates, rng):
    values = arguments(20, 5, 7, 9, gates, rng, np.float32)
    found, expected = ours(*values), theirs(layer, *values)
    for name in expected:
        assert found[name].dtype == np.float32, name
        scale = max(1.0, np.abs(expected[name]).max())
        np.testing.assert_allclose(found[name] / scale, expected[name] / scale, atol=1e-5, err_msg=name)
