"""Every backward pass against central differences in float64, long sequences too."""

import numpy as np
import pytest

from lstm_ref.gradcheck import check_gradient
from lstm_ref.gru import gru_forward, gru_forward_torch, gru_step, gru_step_torch
from lstm_ref.gru_backward import gru_backward, gru_backward_torch, gru_step_backward, gru_step_backward_torch
from lstm_ref.lstm import lstm_backward, lstm_forward, lstm_step, lstm_step_backward
from lstm_ref.lstm_cells import lstm_step_1997, lstm_step_coupled, lstm_step_peephole
from lstm_ref.lstm_norm import lstm_step_norm
from lstm_ref.rnn import rnn_backward, rnn_forward, rnn_step, rnn_step_backward, truncated_bptt

SIZES = [(4, 3, 2, 5), (1, 1, 1, 1), (55, 2, 2, 3)]  # T, N, D, H


def rnn(x, h0, c0, *weights):
    hs, h_T = rnn_forward(x, h0, *weights)
    return (hs, h_T), lambda dhs, dh_T: rnn_backward(dhs, dh_T, x, h0, hs, *weights[:2])


def lstm(x, h0, c0, *weights):
    hs, h_T, c_T, cache = lstm_forward(x, h0, c0, *weights)
    return (hs, h_T, c_T), lambda *d: lstm_backward(*d, cache, *weights[:2])


def gru(x, h0, c0, *weights):
    hs, h_T, cache = gru_forward(x, h0, *weights)
    return (hs, h_T), lambda *d: gru_backward(*d, cache, *weights[:2])


def gru_torch(x, h0, c0, *weights):
    hs, h_T, cache = gru_forward_torch(x, h0, *weights)
    return (hs, h_T), lambda *d: gru_backward_torch(*d, cache, *weights[:2])


MODELS = {  # how it runs, blocks of H rows, biases, states
    "rnn": (rnn, 1, 1, 1),
    "lstm": (lstm, 4, 1, 2),
    "gru": (gru, 3, 1, 1),
    "gru_torch": (gru_torch, 3, 2, 1),
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", MODELS)
def test_every_gradient(name, size, rng):
    run, gates, biases, states = MODELS[name]
    T, N, D, H = size
    shapes = [(T, N, D), (N, H), (N, H), (gates * H, D), (gates * H, H), *[(gates * H,)] * biases]
    arguments = [rng.uniform(-1, 1, s) for s in shapes]
    before = [a.copy() for a in arguments]
    results, backward = run(*arguments)
    upstream = [rng.normal(size=r.shape) for r in results]
    upstream_before = [u.copy() for u in upstream]
    gradients = list(backward(*upstream))
    if states == 1:
        gradients.insert(2, None)  # these have no cell
    for place, gradient in enumerate(gradients):
        if gradient is None:
            continue

        def loss(value, place=place):
            changed = [value if k == place else a for k, a in enumerate(arguments)]
            return sum((r * u).sum() for r, u in zip(run(*changed)[0], upstream, strict=True))

        assert check_gradient(loss, arguments[place], gradient) < 1e-6, f"argument {place}"
    for a, b in zip([*arguments, *upstream], [*before, *upstream_before], strict=True):
        np.testing.assert_array_equal(a, b)


STEPS = [  # forward, backward or None, blocks of H rows, biases, vectors besides, states
    (rnn_step, rnn_step_backward, 1, 1, "", 1),
    (lstm_step, lstm_step_backward, 4, 1, "", 2),
    (gru_step, gru_step_backward, 3, 1, "", 1),
    (gru_step_torch, gru_step_backward_torch, 3, 2, "", 1),
    (lstm_step_1997, None, 3, 1, "", 2),
    (lstm_step_peephole, None, 4, 1, "HHH", 2),
    (lstm_step_coupled, None, 3, 1, "", 2),
    (lstm_step_norm, None, 4, 1, "44HH", 2),
]


@pytest.mark.parametrize(
    "step, step_backward, gates, biases, extra, states", STEPS, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_step_changes_none_of_its_arguments(step, step_backward, gates, biases, extra, states, rng):
    N, D, H = 3, 2, 4
    wide = [(gates * H,)] * biases + [(H,) if e == "H" else (4 * H,) for e in extra]
    given = [rng.normal(size=s) for s in [(N, D), *[(N, H)] * states, (gates * H, D), (gates * H, H), *wide]]
    upstream = [rng.normal(size=(N, H)) for _ in range(states)]
    for array in (*given, *upstream):
        array.setflags(write=False)
    results = step(*given)
    weights = given[1 + states :]
    if step is rnn_step:
        cache = (*given[:2], results)
    else:
        cache = (results[-1],)
        for array in results[-1]:
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
    if step_backward:
        step_backward(*upstream, *cache, *weights[:2], *weights[2 + biases :])


def test_the_papers_gru_goes_back_one_step_as_it_goes_back_many(rng):
    x, h0, dh = rng.normal(size=(1, 3, 2)), rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    W_ih, W_hh, b = (rng.normal(size=s) for s in [(12, 2), (12, 4), (12,)])
    _, _, cache = gru_forward(x, h0, W_ih, W_hh, b)
    whole = gru_backward(dh[None], np.zeros_like(dh), cache, W_ih, W_hh)
    step = gru_step_backward(dh, cache[0], W_ih, W_hh)
    np.testing.assert_array_equal(step[0], whole[0][0])
    for a, b in zip(step[1:], whole[1:], strict=True):
        np.testing.assert_array_equal(a, b)


def test_truncation_cuts_the_gradient_and_carries_the_state(rng):
    T, N, D, H = 7, 2, 3, 4
    dhs, x, h0 = rng.normal(size=(T, N, H)), rng.normal(size=(T, N, D)), rng.normal(size=(N, H))
    W_ih, W_hh, b = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    hs, h_T = rnn_forward(x, h0, W_ih, W_hh, b)
    full = rnn_backward(dhs, np.zeros_like(h0), x, h0, hs, W_ih, W_hh)[2:]
    for k in (7, 8, 100):
        found_hs, *found = truncated_bptt(dhs, x, h0, W_ih, W_hh, b, k)
        np.testing.assert_array_equal(found_hs, hs)
        for a, e in zip(found, full, strict=True):
            np.testing.assert_allclose(a, e, rtol=1e-12)
    for k in (1, 2, 3):
        found_hs, *found = truncated_bptt(dhs, x, h0, W_ih, W_hh, b, k)
        np.testing.assert_array_equal(found_hs, hs)
        expected = [np.zeros_like(w) for w in (W_ih, W_hh, b)]
        for start in range(0, T, k):  # by hand: every piece a sequence of its own, from the state that was reached
            h = hs[start - 1] if start else h0
            part = slice(start, start + k)
            args = (dhs[part], np.zeros_like(h0), x[part], h, hs[part])
            for e, d in zip(expected, rnn_backward(*args, W_ih, W_hh)[2:], strict=True):
                e += d
        for a, e in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, e, rtol=1e-12)
        assert not np.allclose(found[1], full[1])
    with pytest.raises(ValueError):
        truncated_bptt(dhs, x, h0, W_ih, W_hh, b, 0)
