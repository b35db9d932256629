"""The fast LSTM gives the answers of the plain one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.fused import FusedLSTM, lstm_forward_fused
from lstm_ref.lstm import lstm_backward, lstm_forward


def problem(T, N, D, H, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = [(T, N, D), (N, H), (N, H), (4 * H, D), (4 * H, H), (4 * H,)]
    arguments = [rng.uniform(-1, 1, s).astype(dtype) for s in shapes]
    upstream = [rng.normal(size=s).astype(dtype) for s in [(T, N, H), (N, H), (N, H)]]
    return arguments, upstream


def plain(arguments, upstream):
    *results, cache = lstm_forward(*arguments)
    return [*results, *lstm_backward(*upstream, cache, *arguments[3:5])]


@given(
    st.tuples(st.integers(0, 40), st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)),
    st.integers(0, 2**32 - 1),
)
def test_float64_to_1e_12(size, seed):
    arguments, upstream = problem(*size, seed)
    before = [a.copy() for a in (*arguments, *upstream)]
    layer = FusedLSTM(*size, np.float64)
    expected = plain(arguments, upstream)
    for found in (layer.forward(*arguments), lstm_forward_fused(*arguments)):
        for f, e in zip(found, expected[:3], strict=True):
            np.testing.assert_allclose(f, e, rtol=1e-12, atol=1e-12)
    for f, e in zip(layer.backward(*upstream), expected[3:], strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-11, atol=1e-11)
    for a, b in zip((*arguments, *upstream), before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("T", [0, 1, 29, 30])
def test_a_layer_used_again_with_fewer_steps_forgets_the_longer_run(T):
    layer = FusedLSTM(30, 3, 4, 5, np.float64)
    long_arguments, long_upstream = problem(30, 3, 4, 5, 1)
    layer.forward(*long_arguments)
    layer.backward(*long_upstream)
    arguments, upstream = problem(T, 3, 4, 5, 2)
    found = [*layer.forward(*arguments), *layer.backward(*upstream)]
    for f, e in zip(found, plain(arguments, upstream), strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-11, atol=1e-11)


def test_float32_to_1e_5():
    arguments, upstream = problem(50, 8, 16, 32, 3, np.float32)
    arguments[3:] = [w / 4 for w in arguments[3:]]
    layer = FusedLSTM(50, 8, 16, 32)
    exact = plain([a.astype(np.float64) for a in arguments], [u.astype(np.float64) for u in upstream])
    for f, e in zip([*layer.forward(*arguments), *layer.backward(*upstream)], exact, strict=True):
        assert f.dtype == np.float32
        assert np.abs(f - e).max() <= 1e-5 * max(1, np.abs(e).max())


def test_changing_a_result_does_not_reach_the_gradients():
    arguments, upstream = problem(9, 2, 3, 4, 4)
    layer = FusedLSTM(9, 2, 3, 4, np.float64)
    expected = plain(arguments, upstream)
    for result in layer.forward(*arguments):
        result[...] = np.nan
    for f, e in zip(layer.backward(*upstream), expected[3:], strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-11, atol=1e-11)
