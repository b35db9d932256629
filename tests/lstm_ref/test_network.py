"""Layers, directions, lengths and dropout: PyTorch's numbers, forward and every gradient."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.lstm_layers import bidirectional, dropout_between_layers, lstm_forward_lengths, stack_layers
from lstm_ref.network import network_backward, network_forward
from lstm_ref.state_dict import from_state_dict, to_state_dict

KINDS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def run_theirs(module, x, states, lengths, dhs, dstates):
    """torch.nn on packed sequences, and its gradients."""
    x, states = torch.from_numpy(x).requires_grad_(), [torch.from_numpy(s).requires_grad_() for s in states]
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.from_numpy(lengths), enforce_sorted=False)
    out, ends = module(packed, tuple(states) if len(states) == 2 else states[0])
    hs, _ = torch.nn.utils.rnn.pad_packed_sequence(out, total_length=len(x))
    ends = ends if len(states) == 2 else (ends,)
    loss = (hs * torch.from_numpy(dhs)).sum()
    for end, d in zip(ends, dstates, strict=True):
        loss = loss + (end * torch.from_numpy(d)).sum()
    loss.backward()
    numbers = lambda tensors: [t.detach().numpy() for t in tensors]  # noqa: E731
    gradients = {name: p.grad.numpy() for name, p in module.named_parameters()}
    return numbers([hs, *ends, x.grad, *(s.grad for s in states)]), gradients


def make(kind, T, N, D, H, layers, is_bidirectional, has_bias, rng):
    module = KINDS[kind](D, H, layers, bias=has_bias, bidirectional=is_bidirectional, dtype=torch.float64)
    for parameter in module.parameters():
        parameter.data = torch.from_numpy(rng.uniform(-1, 1, tuple(parameter.shape)))
    rows, K = layers * (1 + is_bidirectional), 1 + is_bidirectional
    count = 2 if kind == "lstm" else 1
    x, dhs = rng.normal(size=(T, N, D)), rng.normal(size=(T, N, K * H))
    states, dstates = ([rng.normal(size=(rows, N, H)) for _ in range(count)] for _ in range(2))
    lengths = rng.integers(1, T + 1, size=N)
    return module, x, states, lengths, dhs, dstates


@given(
    kind=st.sampled_from(list(KINDS)),
    size=st.tuples(st.integers(1, 8), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)),
    layers=st.integers(1, 3),
    is_bidirectional=st.booleans(),
    has_bias=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_network_is_torchs_to_1e_10(kind, size, layers, is_bidirectional, has_bias, seed):
    rng = np.random.default_rng(seed)
    module, x, states, lengths, dhs, dstates = make(kind, *size, layers, is_bidirectional, has_bias, rng)
    given_arrays = [x, *states, lengths, dhs, *dstates]
    before = [a.copy() for a in given_arrays]
    found_kind, weights = from_state_dict(module.state_dict())
    assert found_kind == kind
    hs, ends, cache = network_forward(kind, x, tuple(states), weights, lengths)
    dx, dstates0, dlayers = network_backward(dhs, tuple(dstates), cache)
    expected, gradients = run_theirs(module, x, states, lengths, dhs, dstates)
    for ours, theirs in zip([hs, *ends, dx, *dstates0], expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)
    dweights = to_state_dict(dlayers)
    for name, theirs in gradients.items():
        if name.startswith("bias_hh") and kind != "gru":
            name = name.replace("bias_hh", "bias_ih")  # one bias, one gradient
        np.testing.assert_allclose(dweights[name], theirs, rtol=1e-10, atol=1e-10, err_msg=name)
    for a, b in zip(given_arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_is_not_read(kind, rng):
    module, x, states, lengths, dhs, dstates = make(kind, 7, 4, 3, 2, 2, True, True, rng)
    lengths[:] = [7, 3, 0, 5]
    _, weights = from_state_dict(module.state_dict())
    is_padding = np.arange(7)[:, None] >= lengths
    results = []
    for garbage in (0.0, 1e6):
        x, dhs = x.copy(), dhs.copy()
        x[is_padding], dhs[is_padding] = garbage, garbage
        hs, ends, cache = network_forward(kind, x, tuple(states), weights, lengths)
        dx, dstates0, dlayers = network_backward(dhs, tuple(dstates), cache)
        assert not hs[is_padding].any() and not dx[is_padding].any()
        results.append([hs, *ends, dx, *dstates0, *to_state_dict(dlayers).values()])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)
    for state, end in zip(states, ends, strict=True):  # a sequence of no steps ends where it began
        np.testing.assert_array_equal(state[:, 2], end[:, 2])


def test_dropout_lies_between_layers_and_its_gradient_follows_the_mask(rng):
    module, x, states, _, dhs, dstates = make("lstm", 6, 3, 4, 5, 3, False, True, rng)
    _, weights = from_state_dict(module.state_dict())
    plain, _, _ = network_forward("lstm", x, tuple(states), weights, dropout=0.5)
    undropped, _, _ = network_forward("lstm", x, tuple(states), weights)
    np.testing.assert_array_equal(plain, undropped)  # evaluation drops nothing
    dropped = lambda x: network_forward(  # noqa: E731
        "lstm", x, tuple(states), weights, dropout=0.5, rng=np.random.default_rng(5)
    )
    hs, _, cache = dropped(x)
    assert (hs != 0).all() and not np.allclose(hs, plain)  # what the last layer answers is not dropped
    dx, _, _ = network_backward(dhs, tuple(np.zeros_like(d) for d in dstates), cache)
    nudge = 1e-6 * rng.normal(size=x.shape)
    rise = ((dropped(x + nudge)[0] - dropped(x - nudge)[0]) * dhs).sum() / 2
    assert rise == pytest.approx((dx * nudge).sum(), rel=1e-6)


def test_the_single_steps_of_a_layer_agree_with_the_whole(rng):
    module, x, (h0, c0), lengths, _, _ = make("lstm", 6, 4, 3, 5, 1, True, True, rng)
    _, [[forwards, backwards]] = from_state_dict(module.state_dict())
    hs, ends, _ = network_forward("lstm", x, (h0, c0), [[forwards, backwards]], lengths)
    both = [np.stack(pair) for pair in zip(forwards, backwards, strict=True)]
    for ours, theirs in zip(bidirectional(x, lengths, h0, c0, *both), [hs, *ends], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    hs, ends, _ = network_forward("lstm", x, (h0[:1], c0[:1]), [[forwards]], lengths)
    found = lstm_forward_lengths(x, lengths, h0[0], c0[0], *forwards)
    for ours, theirs in zip(found, [hs, ends[0][0], ends[1][0]], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)


def test_stacked_layers_and_dropout_between_them(rng):
    module, x, (h0, c0), _, _, _ = make("lstm", 6, 4, 3, 5, 3, False, True, rng)
    _, weights = from_state_dict(module.state_dict())
    layers = [directions[0] for directions in weights]
    expected, ends, _ = network_forward("lstm", x, (h0, c0), weights)
    for ours, theirs in zip(stack_layers(x, h0, c0, layers), [expected, *ends], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    evaluated = dropout_between_layers(x, h0, c0, layers, 0.5, False, False, rng)
    np.testing.assert_array_equal(evaluated[0], expected)
    trained = dropout_between_layers(x, h0, c0, layers, 0.5, False, True, np.random.default_rng(1))
    again, _, _ = network_forward("lstm", x, (h0, c0), weights, dropout=0.5, rng=np.random.default_rng(1))
    np.testing.assert_allclose(trained[0], again, rtol=1e-13)
    same = dropout_between_layers(x, h0, c0, layers, 0.5, True, True, np.random.default_rng(1))
    assert not np.allclose(same[0], trained[0])
    nothing = dropout_between_layers(x, h0, c0, layers, 0.0, True, True, np.random.default_rng(1))
    np.testing.assert_array_equal(nothing[0], expected)


def test_what_does_not_fit_is_refused(rng):
    module, x, states, _, _, _ = make("gru", 5, 2, 3, 4, 2, False, True, rng)
    kind, weights = from_state_dict(module.state_dict())
    with pytest.raises(ValueError, match=r"\(1, 2, 4\).*\(2, 2, H\)"):
        network_forward(kind, x, (states[0][:1],), weights)
    with pytest.raises(ValueError, match="from 0 to 5"):
        network_forward(kind, x, tuple(states), weights, np.array([3, 6]))
    with pytest.raises(ValueError, match="transformer.*rnn, lstm, gru"):
        network_forward("transformer", x, tuple(states), weights)
    with pytest.raises(ValueError, match="1 states; expected h0 and c0"):
        network_forward("lstm", x, tuple(states), weights)
    with pytest.raises(ValueError, match=r"layers\[0\]\[0\].*\(12, 3\).*expected.*\(12, 2\)"):
        network_forward(kind, x[:, :, :2], tuple(states), weights)
    with pytest.raises(TypeError, match=r"(?s)'lengths'.*i64\[3\]"):
        network_forward(kind, x, tuple(states), weights, np.array([3, 3, 3]))


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32_and_agrees_to_1e_5(kind, rng):
    module, x, states, lengths, dhs, dstates = make(kind, 9, 3, 4, 5, 2, True, True, rng)
    arrays = x, *states, dhs, *dstates
    x, *rest = (a.astype(np.float32) for a in arrays)
    states, (dhs, *dstates) = rest[: len(states)], rest[len(states) :]
    module.float()
    expected, gradients = run_theirs(module, x, states, lengths, dhs, dstates)
    _, weights = from_state_dict(module.state_dict())
    hs, ends, cache = network_forward(kind, x, tuple(states), weights, lengths)
    dx, starts, dlayers = network_backward(dhs, tuple(dstates), cache)
    pairs = list(zip([hs, *ends, dx, *starts], expected, strict=True))
    dweights = to_state_dict(dlayers)
    pairs += [(dweights[name], g) for name, g in gradients.items() if kind == "gru" or "bias_hh" not in name]
    for ours, theirs in pairs:
        assert ours.dtype == np.float32
        assert np.abs(ours - theirs).max() <= 1e-5 * max(1, np.abs(theirs).max())
