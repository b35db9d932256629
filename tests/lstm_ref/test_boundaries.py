"""Extreme values, empty batches, no steps at all, wrong shapes; and that no result shares memory with another."""

import numpy as np
import pytest

from lstm_ref.fused import FusedLSTM, lstm_forward_fused
from lstm_ref.gru import gru_forward, gru_forward_torch
from lstm_ref.gru_backward import gru_backward, gru_backward_torch
from lstm_ref.lstm import lstm_backward, lstm_forward, lstm_step, split_gates
from lstm_ref.lstm_cells import cell_forward, lstm_step_1997, lstm_step_coupled, lstm_step_peephole
from lstm_ref.lstm_norm import lstm_step_norm
from lstm_ref.network import network_backward, network_forward
from lstm_ref.rnn import rnn_backward, rnn_forward


def weights(gates, D, H, biases=1, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(0)
    shapes = [(gates * H, D), (gates * H, H), *[(gates * H,)] * biases]
    return [(scale * rng.uniform(-1, 1, s)).astype(dtype) for s in shapes]


def inputs(T, N, D, H, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(1)
    return [(scale * rng.normal(size=s)).astype(dtype) for s in [(T, N, D), (N, H), (N, H)]]


def forward_and_backward(T, N, D=3, H=4, scale=1.0, dtype=np.float64):
    """Every result of every model, by name."""
    x, h0, c0 = inputs(T, N, D, H, scale, dtype)
    dhs, dh, dc = inputs(T, N, H, H, 1.0, dtype)
    found = {}
    w = weights(1, D, H, 1, scale, dtype)
    hs, h_T = rnn_forward(x, h0, *w)
    found["rnn"] = [hs, h_T, *rnn_backward(dhs, dh, x, h0, hs, *w[:2])]
    w = weights(4, D, H, 1, scale, dtype)
    *results, cache = lstm_forward(x, h0, c0, *w)
    found["lstm"] = [*results, *lstm_backward(dhs, dh, dc, cache, *w[:2])]
    found["lstm_fused"] = [*lstm_forward_fused(x, h0, c0, *w)]
    layer = FusedLSTM(T, N, D, H, dtype)
    found["FusedLSTM"] = [*layer.forward(x, h0, c0, *w), *layer.backward(dhs, dh, dc)]
    w = weights(3, D, H, 1, scale, dtype)
    *results, cache = gru_forward(x, h0, *w)
    found["gru"] = [*results, *gru_backward(dhs, dh, cache, *w[:2])]
    w = weights(3, D, H, 2, scale, dtype)
    *results, cache = gru_forward_torch(x, h0, *w)
    found["gru_torch"] = [*results, *gru_backward_torch(dhs, dh, cache, *w[:2])]
    layers = [[weights(4, D, H, 1, scale, dtype)] * 2, [weights(4, 2 * H, H, 1, scale, dtype)] * 2]
    states = tuple(np.repeat(s[None], 4, axis=0) for s in (h0, c0))
    hs, ends, cache = network_forward("lstm", x, states, layers)
    dx, starts, _ = network_backward(np.concatenate([dhs, dhs], axis=2), states, cache)
    found["network"] = [hs, *ends, dx, *starts]
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_values_give_finite_results_and_no_warning(dtype):
    # pytest turns a warning into an error, and so does NumPy here for what it would pass over in silence.
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = forward_and_backward(12, 3, scale=1e4, dtype=dtype)
    for name, results in found.items():
        for result in results:
            assert np.isfinite(result).all(), name
            assert result.dtype == dtype, name


@pytest.mark.parametrize(
    "step, gates, extra",
    [
        (lstm_step_1997, 3, []),
        (lstm_step_coupled, 3, []),
        (lstm_step_peephole, 4, ["H"] * 3),
        (lstm_step_norm, 4, ["4H", "4H", "H", "H"]),
    ],
)
def test_extreme_values_in_the_cells_of_history(step, gates, extra):
    w = weights(gates, 3, 4, scale=1e4)
    w += [np.full(4 if e == "H" else 16, 1e4) for e in extra]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        hs, h_T, c_T, _ = cell_forward(step, *inputs(6, 2, 3, 4, 1e4), *w)
    assert np.isfinite(hs).all() and np.isfinite(c_T).all() and np.abs(h_T).max() <= 1


@pytest.mark.parametrize("T, N", [(0, 3), (5, 0), (0, 0)])
def test_no_steps_and_an_empty_batch(T, N):
    for name, results in forward_and_backward(T, N).items():
        assert results[0].shape[:2] == (T, N), name
        for gradient in results[-3:] if name != "network" else []:
            assert not gradient[..., :0].any()
    if T == 0 and N:
        x, h0, c0 = inputs(0, N, 3, 4)
        for results in (rnn_forward(x, h0, *weights(1, 3, 4)), lstm_forward(x, h0, c0, *weights(4, 3, 4))):
            np.testing.assert_array_equal(results[1], h0)
            assert results[1] is not h0
        _, dh, dc = inputs(0, N, 4, 4)
        _, dh0, dc0, dW_ih, *_ = lstm_backward(np.zeros((0, N, 4)), dh, dc, [], *weights(4, 3, 4)[:2])
        np.testing.assert_array_equal(dh0, dh)
        np.testing.assert_array_equal(dc0, dc)
        assert not dW_ih.any()
        upstream = np.zeros((0, N, 4)), dh
        backs = [
            rnn_backward(*upstream, x, h0, upstream[0], *weights(1, 3, 4)[:2]),
            lstm_backward(*upstream, dc, [], *weights(4, 3, 4)[:2]),
            gru_backward(*upstream, [], *weights(3, 3, 4)[:2]),
            gru_backward_torch(*upstream, [], *weights(3, 3, 4)[:2]),
        ]
        for gradients in backs:
            np.testing.assert_array_equal(gradients[1], dh)
            assert not np.shares_memory(gradients[1], dh)


@pytest.mark.parametrize("T", [0, 1, 6])
def test_results_share_no_memory_with_arguments_or_with_a_second_call(T):
    first, second = forward_and_backward(T, 2), forward_and_backward(T, 2)
    for name in first:
        for a in first[name]:
            for b in second[name]:
                assert not np.shares_memory(a, b), name
    x, h0, c0 = inputs(T, 2, 3, 4)
    w = weights(4, 3, 4)
    layer = FusedLSTM(T, 2, 3, 4, np.float64)
    upstream = inputs(T, 2, 4, 4)
    results = [*layer.forward(x, h0, c0, *w), *layer.backward(*upstream)]
    again = [*layer.forward(x, h0, c0, *w), *layer.backward(*upstream)]
    for a, b in zip(results, again, strict=True):
        np.testing.assert_array_equal(a, b)
    hs, h_T, c_T, _ = lstm_forward(x, h0, c0, *w)
    results += [hs, h_T, c_T, *lstm_forward_fused(x, h0, c0, *w), *rnn_forward(x, h0, *weights(1, 3, 4))]
    for result in results:
        for other in (x, h0, c0, *w, *upstream, *again):
            assert not np.shares_memory(result, other)


def test_a_wrong_shape_is_named_with_the_expected_one():
    x, h0, c0 = inputs(5, 2, 3, 4)
    W_ih, W_hh, b = weights(4, 3, 4)
    with pytest.raises(TypeError, match=r"(?s)'W_ih'.*f64\[16,3\].*'4\*H D'.*H=5"):
        lstm_step(x[0], np.zeros((2, 5)), np.zeros((2, 5)), W_ih, W_hh, b)
    with pytest.raises(TypeError, match=r"(?s)'c0'.*f64\[3,4\].*'N H'.*N=2"):
        lstm_forward(x, h0, np.zeros((3, 4)), W_ih, W_hh, b)
    with pytest.raises(TypeError, match=r"(?s)'x'.*f64\[2,3\].*'T N D'"):
        lstm_forward(x[0], h0, c0, W_ih, W_hh, b)
    with pytest.raises(TypeError, match=r"(?s)'b'.*f64\[1,16\].*'4\*H'"):
        lstm_forward(x, h0, c0, W_ih, W_hh, b[None])
    with pytest.raises(ValueError):
        split_gates(np.zeros((2, 6)))


def test_a_wrong_dtype_is_named():
    x, h0, c0 = inputs(5, 2, 3, 4)
    w = weights(4, 3, 4)
    with pytest.raises(TypeError, match=r"(?s)'x'.*i64\[5,2,3\].*Float"):
        lstm_forward(x.astype(int), h0, c0, *w)
    with pytest.raises(TypeError, match="lstm_forward.*one dtype.*float32"):
        lstm_forward(x.astype(np.float32), h0, c0, *w)
    with pytest.raises(TypeError, match="'x'"):
        lstm_forward(x.tolist(), h0, c0, *w)


def test_the_fused_layer_refuses_what_it_was_not_made_for():
    layer = FusedLSTM(5, 2, 3, 4, np.float64)
    x, h0, c0 = inputs(6, 2, 3, 4)
    w = weights(4, 3, 4)
    with pytest.raises(TypeError, match=r"x is float64 \(6, 2, 3\); expected float64 \(5, 2, 3\)"):
        layer.forward(x, h0, c0, *w)
    with pytest.raises(TypeError, match="x is float32"):
        layer.forward(x[:5].astype(np.float32), h0, c0, *w)
    with pytest.raises(TypeError, match=r"c0 is float64 \(1, 4\)"):
        layer.forward(x[:5], h0, c0[:1], *w)
    layer.forward(x[:3], h0, c0, *w)  # shorter is allowed
    with pytest.raises(TypeError, match=r"dhs is float64 \(5, 2, 4\); expected float64 \(3, 2, 4\)"):
        layer.backward(np.zeros((5, 2, 4)), h0, c0)


def test_a_check_ends_with_the_call_that_failed():
    with pytest.raises(TypeError):
        split_gates([1.0])
    with pytest.raises(TypeError):  # the next call is checked again
        split_gates([1.0])
