"""Chapter 3: what an answer to each exercise must do."""

import numpy as np

from autograde import agree, agree_on
from lstm_ref.lstm import lstm_forward, lstm_step
from lstm_ref.rnn import rnn_forward, rnn_step


def weights(rng, gates, D, H):
    """Weights of a size that leaves the gates bent but not flat."""
    W_ih, W_hh = rng.normal(size=(gates * H, D)) / np.sqrt(D), rng.normal(size=(gates * H, H)) / np.sqrt(H)
    return W_ih, W_hh, rng.normal(size=gates * H)


def single(arrays):
    """The same numbers as float32."""
    return [a.astype(np.float32) for a in arrays]


def test_numeric_gradient(numeric_gradient, rng):
    # How small the step is, is the learner's choice within wide bounds, so no error is compared that depends on it:
    # straight lines through 0, where every step is exact, or claims that are true or false.
    for shape in [(3, 4), (4, 4), (1, 1), (5,), (23, 2, 3)]:
        w = rng.normal(size=shape)
        agree(numeric_gradient, lambda a, w=w: float((w * a).sum()), np.zeros(shape), tol=1e-5)
    slopes, x = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    agree(numeric_gradient, lambda a: float((slopes * a).sum()), x, tol=0.05)  # is x left alone where it is not 0?

    def is_near(f, at, truth, bound):
        return lambda gradient: bool(np.abs(gradient(f, at.copy()) - truth).max() < bound)

    def claim(experiment, text):
        agree_on(numeric_gradient, experiment, what=f'The claim "{text}"')

    bowl = is_near(lambda a: float(5e8 * ((a - x) ** 2).sum()), x, 0.0, 1e-3)
    claim(bowl, "at the bottom of a steep bowl the gradient is 0")
    trough = is_near(lambda a: float(5e8 * (a.sum() - x.sum()) ** 2), x, 0.0, 1e-3)
    claim(trough, "at the bottom of a steep trough, which couples all entries, the gradient is 0")
    w = np.linspace(0.1, 0.9, 12).reshape(4, 3)
    high = is_near(lambda a: float(100.0 + (w * a).sum()), np.zeros((4, 3)), w, 3e-5)
    claim(high, "of 100 plus a straight line the gradient is right to four digits")
    waves = np.pi / 100 * np.arange(6).reshape(2, 3)
    curved = is_near(lambda a: float(np.sin(100 * a).sum() / 100), waves, np.cos(100 * waves), 1e-2)
    claim(curved, "of a wave a sixteenth long the gradient is right to two digits")

    def of_float32(gradient):
        at = np.full((2, 2), 256.0, dtype=np.float32)
        v = np.array([[0.3, 0.5], [0.7, 0.9]])
        found = gradient(lambda a: float((v * (a.astype(np.float64) - 256.0)).sum()), at)
        return str(found.dtype), bool(np.abs(found - v).max() < 0.1)

    agree_on(numeric_gradient, of_float32, what="(dtype, right to one digit?) at a float32 point with entries of 256")


def rnn_step_case(rng, N, D, H):
    x_t, h_prev, (W_ih, W_hh, b) = rng.normal(size=(N, D)), rng.normal(size=(N, H)), weights(rng, 1, D, H)
    return rng.normal(size=(N, H)), x_t, h_prev, rnn_step(x_t, h_prev, W_ih, W_hh, b), W_ih, W_hh


def test_rnn_step_backward(rnn_step_backward, rng):
    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (6, 5, 2)]:
        agree(rnn_step_backward, *rnn_step_case(rng, N, D, H))
    agree(rnn_step_backward, *single(rnn_step_case(rng, 3, 4, 2)))
    dh_t, x_t, h_prev, h_t, W_ih, W_hh = rnn_step_case(rng, 4, 3, 2)
    agree(rnn_step_backward, dh_t, 1e3 * x_t, h_prev, np.sign(h_t), W_ih, W_hh)  # flat: nothing gets through
    agree(rnn_step_backward, 1e4 * dh_t, x_t, h_prev, h_t, W_ih, W_hh)


def rnn_case(rng, T, N, D, H):
    x, h0, (W_ih, W_hh, b) = rng.normal(size=(T, N, D)), rng.normal(size=(N, H)), weights(rng, 1, D, H)
    hs, _ = rnn_forward(x, h0, W_ih, W_hh, b)
    return rng.normal(size=(T, N, H)), rng.normal(size=(N, H)), x, h0, hs, W_ih, W_hh


SEQUENCES = [(5, 3, 2, 4), (4, 4, 4, 4), (1, 1, 1, 1), (2, 6, 3, 5), (23, 2, 5, 3)]


def test_rnn_backward(rnn_backward, rng):
    for T, N, D, H in SEQUENCES:
        agree(rnn_backward, *rnn_case(rng, T, N, D, H))
    agree(rnn_backward, *single(rnn_case(rng, 3, 2, 4, 5)))
    dhs, dh_T, *rest = rnn_case(rng, 6, 2, 3, 4)
    agree(rnn_backward, np.zeros_like(dhs), dh_T, *rest)  # the loss looks at the final state alone
    agree(rnn_backward, dhs, np.zeros_like(dh_T), *rest)  # at the outputs alone
    agree(rnn_backward, np.where(np.arange(6)[:, None, None] == 2, dhs, 0.0), np.zeros_like(dh_T), *rest)


def lstm_step_case(rng, N, D, H, scale=1.0):
    x_t, (W_ih, W_hh, b) = scale * rng.normal(size=(N, D)), weights(rng, 4, D, H)
    _, _, cache = lstm_step(x_t, rng.normal(size=(N, H)), 1.5 * rng.normal(size=(N, H)), W_ih, W_hh, b)
    return rng.normal(size=(N, H)), rng.normal(size=(N, H)), cache, W_ih, W_hh


def test_lstm_step_backward(lstm_step_backward, rng):
    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (6, 5, 2)]:
        agree(lstm_step_backward, *lstm_step_case(rng, N, D, H))
    dh_t, dc_t, cache, W_ih, W_hh = lstm_step_case(rng, 3, 4, 2)
    agree(lstm_step_backward, *single((dh_t, dc_t)), tuple(single(cache)), *single((W_ih, W_hh)))
    agree(lstm_step_backward, dh_t, np.zeros_like(dc_t), cache, W_ih, W_hh)  # the last step of a sequence
    agree(lstm_step_backward, np.zeros_like(dh_t), dc_t, cache, W_ih, W_hh)  # no output is looked at
    agree(lstm_step_backward, *lstm_step_case(rng, 4, 3, 2, scale=1e3))  # gates wide open or shut


def lstm_case(rng, T, N, D, H):
    x, (W_ih, W_hh, b) = rng.normal(size=(T, N, D)), weights(rng, 4, D, H)
    *_, cache = lstm_forward(x, rng.normal(size=(N, H)), rng.normal(size=(N, H)), W_ih, W_hh, b)
    return rng.normal(size=(T, N, H)), rng.normal(size=(N, H)), rng.normal(size=(N, H)), cache, W_ih, W_hh


def test_lstm_backward(lstm_backward, rng):
    for T, N, D, H in SEQUENCES:
        agree(lstm_backward, *lstm_case(rng, T, N, D, H))
    dhs, dh_T, dc_T, cache, W_ih, W_hh = lstm_case(rng, 3, 2, 4, 5)
    float32 = [tuple(single(step)) for step in cache]
    agree(lstm_backward, *single((dhs, dh_T, dc_T)), float32, *single((W_ih, W_hh)))
    dhs, dh_T, dc_T, *rest = lstm_case(rng, 6, 2, 3, 4)
    none = np.zeros_like(dh_T)
    agree(lstm_backward, dhs, none, none, *rest)  # the loss looks at the outputs alone
    agree(lstm_backward, np.zeros_like(dhs), dh_T, none, *rest)  # at the final hidden state alone
    agree(lstm_backward, np.zeros_like(dhs), none, dc_T, *rest)  # at the final cell alone
    agree(lstm_backward, np.where(np.arange(6)[:, None, None] == 2, dhs, 0.0), none, none, *rest)


def truncated_case(rng, T, N, D, H):
    return rng.normal(size=(T, N, H)), rng.normal(size=(T, N, D)), rng.normal(size=(N, H)), *weights(rng, 1, D, H)


def test_truncated_bptt(truncated_bptt, rng):
    for (T, N, D, H), k in [((6, 3, 2, 4), 3), ((4, 4, 4, 4), 2), ((1, 1, 1, 1), 1), ((7, 2, 5, 3), 3)]:
        agree(truncated_bptt, *truncated_case(rng, T, N, D, H), k)
    long = truncated_case(rng, 23, 2, 3, 5)
    for k in (1, 5, 10, 22, 23, 40):  # every step alone; a shorter last piece; of one step; no cut at all
        agree(truncated_bptt, *long, k)
    agree(truncated_bptt, *single(truncated_case(rng, 5, 2, 4, 3)), 2)


def test_clip_by_global_norm(clip_by_global_norm, rng):
    f, smoothed = clip_by_global_norm, 2e-6  # the tolerance takes PyTorch's max_norm / (norm + 1e-6) at norms from 1 on
    for shapes in [[(8, 2), (8, 3), (8,)], [(4, 4)], [(1,)], [(2, 3, 4), (5,), (1, 1), (6, 2)], [(3,), (3,)]]:
        grads = [rng.normal(size=shape) for shape in shapes]
        norm = float(np.sqrt(sum((g**2).sum() for g in grads)))
        grads = [rng.uniform(3, 4) / norm * g for g in grads]
        agree(f, grads, 1.2, tol=smoothed)
        agree(f, grads, 12.0)  # small enough: left as they are
    agree(f, [rng.normal(size=(3, 2)), 100.0 * rng.normal(size=4)], 5.0, tol=smoothed)  # one large, one small
    each_small = [rng.uniform(1, 2, size=(3, 2)), rng.uniform(1, 2, size=4)]
    agree(f, each_small, 2.0, tol=smoothed)  # each entry is below the limit, the norm is not
    agree(f, [np.array([3.0, 4.0]), np.zeros((2, 2))], 5.0, tol=smoothed)  # exactly at the limit
    agree(f, [np.array([0.3, 0.4]), np.zeros((2, 2))], 0.1, tol=4e-6)  # a norm and a limit below 1
    agree(f, [np.zeros((3, 2)), np.zeros(4)], 1.0)  # nothing to scale, and nothing to divide by
    agree(f, single([10.0 * rng.normal(size=(3, 2)), rng.normal(size=4)]), 1.0, tol=1e-5)
    agree(f, single([rng.normal(size=(3, 2)), rng.normal(size=4)]), 100.0, tol=1e-5)
    for bad in (np.nan, np.inf):
        agree(f, [np.ones((3, 2)), np.array([1.0, bad])], 1.0)


def test_state_jacobian_norms(state_jacobian_norms, rng):
    for T, S in [(5, 3), (4, 4), (1, 1), (2, 6), (23, 3)]:
        agree(state_jacobian_norms, rng.normal(size=(T, S, S)) / np.sqrt(S))
    agree(state_jacobian_norms, 3.0 * rng.normal(size=(23, 4, 4)))  # explodes
    agree(state_jacobian_norms, np.stack([np.diag(rng.normal(size=4)) for _ in range(6)]))  # the order does not matter
    shear = np.array([[1.0, 5.0], [0.0, 1.0]])
    agree(state_jacobian_norms, np.stack([shear, shear.T, shear]))
    float32 = rng.normal(size=(6, 3, 3)).astype(np.float32)

    def norms_of_float32(norms):
        found = norms(float32)
        return str(found.dtype) in ("float32", "float64"), found.astype(np.float64)

    what = "(float32 or float64?, norms) for float32 Jacobians"
    agree_on(state_jacobian_norms, norms_of_float32, what=what, tol=1e-5)
