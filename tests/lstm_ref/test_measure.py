"""Jacobians against differences, counts against PyTorch's, the comparison against its definition."""

import numpy as np
import pytest
import torch

from lstm_ref.gru import gru_forward, gru_forward_torch
from lstm_ref.lstm import lstm_forward
from lstm_ref.measure import (
    compare_models,
    count_operations,
    count_parameters,
    gru_jacobians,
    lstm_jacobians,
    match_hidden_size,
    rnn_jacobians,
    spectral_radius,
    state_jacobian_norms,
)
from lstm_ref.rnn import rnn_forward

T, N, D, H = 6, 3, 2, 4


def numeric_jacobian(run, state):
    """∂run / ∂state by central differences."""
    columns = []
    for k in range(len(state)):
        nudge = np.zeros_like(state)
        nudge[k] = 1e-6
        columns.append((run(state + nudge) - run(state - nudge)) / 2e-6)
    return np.stack(columns, axis=1)


def arguments(gates, biases, rng):
    shapes = [(T, N, D), (N, H), (gates * H, D), (gates * H, H), *[(gates * H,)] * biases]
    return [rng.normal(size=s) for s in shapes]


def chain(jacobians):
    product = np.eye(jacobians.shape[1])
    for jacobian in jacobians:
        product = jacobian @ product  # later steps stand on the left
    return product


def test_rnn_jacobians(rng):
    x, h0, *w = arguments(1, 1, rng)
    hs, _ = rnn_forward(x, h0, *w)
    found = chain(rnn_jacobians(hs, w[1], 1))
    run = lambda h: rnn_forward(x[:, 1:2], h[None], *w)[1][0]  # noqa: E731
    np.testing.assert_allclose(found, numeric_jacobian(run, h0[1]), atol=1e-8)


@pytest.mark.parametrize("forward, biases", [(gru_forward, 1), (gru_forward_torch, 2)])
def test_gru_jacobians(forward, biases, rng):
    x, h0, *w = arguments(3, biases, rng)
    *_, cache = forward(x, h0, *w)
    found = chain(gru_jacobians(cache, *w[:2], 2))
    run = lambda h: forward(x[:, 2:3], h[None], *w)[1][0]  # noqa: E731
    np.testing.assert_allclose(found, numeric_jacobian(run, h0[2]), atol=1e-8)


def test_lstm_jacobians(rng):
    x, h0, *w = arguments(4, 1, rng)
    c0 = rng.normal(size=(N, H))
    *_, cache = lstm_forward(x, h0, c0, *w)
    found = chain(lstm_jacobians(cache, *w[:2], 0))

    def run(s):
        _, h_T, c_T, _ = lstm_forward(x[:, :1], s[None, :H], s[None, H:], *w)
        return np.concatenate([h_T[0], c_T[0]])

    np.testing.assert_allclose(found, numeric_jacobian(run, np.concatenate([h0[0], c0[0]])), atol=1e-8)


def test_norms_of_the_products(rng):
    jacobians = rng.normal(size=(5, 3, 3))
    norms = state_jacobian_norms(jacobians)
    for t in range(5):
        assert norms[t] == pytest.approx(np.linalg.svd(chain(jacobians[t:]))[1][0])
    assert state_jacobian_norms(np.zeros((0, 3, 3))).shape == (0,)


def test_spectral_radius(rng):
    Q, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    assert spectral_radius(0.9 * Q) == pytest.approx(0.9)
    assert spectral_radius(np.array([[0.0, 5.0], [0.0, 0.0]])) == 0.0


@pytest.mark.parametrize("layers, directions", [(1, 1), (3, 1), (2, 2)])
@pytest.mark.parametrize("gates, module", [(1, torch.nn.RNN), (3, torch.nn.GRU), (4, torch.nn.LSTM)])
def test_parameters_are_counted_as_torch_has_them(gates, module, layers, directions):
    theirs = module(5, 7, layers, bidirectional=directions == 2)
    total = sum(p.numel() for p in theirs.parameters())
    assert count_parameters(gates, 5, 7, layers, directions, 2) == total
    products = sum(p.numel() for name, p in theirs.named_parameters() if name.startswith("weight"))
    assert count_operations(gates, 11, 3, 5, 7, layers, directions) == 33 * products


def test_hidden_size_for_a_budget():
    assert match_hidden_size(count_parameters(4, 8, 9, 1, 1, 2), 4, 8, 2) == 9  # to the last parameter
    for budget in (0, 50, 1000, 12_345):
        for gates in (1, 3, 4):
            size = match_hidden_size(budget, gates, 8, 2)
            assert size == 0 or count_parameters(gates, 8, size, 1, 1, 2) <= budget
            assert count_parameters(gates, 8, size + 1, 1, 1, 2) > budget


def test_models_are_compared_pair_by_pair():
    b = np.array([1.0, 5.0, 9.0, 2.0, 8.0])
    a = b + [0.1, 0.2, 0.3, 0.2, 0.2]  # far apart between seeds, close within each
    mean, error, low, high = compare_models(a, b, 2.776)
    assert mean == pytest.approx(0.2)
    assert error == pytest.approx(np.std([0.1, 0.2, 0.3, 0.2, 0.2], ddof=1) / np.sqrt(5))
    assert (low, high) == (pytest.approx(mean - 2.776 * error), pytest.approx(mean + 2.776 * error))
    assert low > 0
