"""Chapter 5: what an answer to each exercise must do."""

import numpy as np

from autograde import agree, agree_on
from lstm_ref.gru import gru_forward
from lstm_ref.measure import count_parameters as count

SIZES = [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (6, 5, 2)]


def weights(rng, D, H, biases):
    """Weights of a size that leaves the gates bent but not flat."""
    W_ih, W_hh = rng.normal(size=(3 * H, D)) / np.sqrt(D), rng.normal(size=(3 * H, H)) / np.sqrt(H)
    return W_ih, W_hh, *(rng.normal(size=3 * H) for _ in range(biases))


def step_case(rng, N, D, H, biases):
    return rng.normal(size=(N, D)), rng.uniform(-1, 1, (N, H)), *weights(rng, D, H, biases)


def single(arrays):
    """The same numbers as float32."""
    return [a.astype(np.float32) for a in arrays]


def last_state(f, x, h_t, *others):
    """h_t after all steps; some wrong answers blow up on the way."""
    for x_t in x:
        h_t, _ = f(x_t, h_t, *others)
    return h_t


def try_a_step(f, rng, biases):
    for N, D, H in SIZES:
        agree(f, *step_case(rng, N, D, H, biases))
    agree(f, *single(step_case(rng, 3, 4, 2, biases)))
    x_t, h_prev, *others = step_case(rng, 4, 3, 2, biases)
    agree(f, rng.choice([-1e4, 1e4], size=(4, 3)), h_prev, *others)  # every gate shut or open
    agree(f, x_t, np.zeros_like(h_prev), *others)  # the first step of a sequence
    agree(f, np.zeros_like(x_t), h_prev, *others)  # nothing to read
    agree(f, x_t, 3 * h_prev, *others)  # a start that no GRU would have made itself
    x, (_, h0, *others) = rng.normal(size=(23, 2, 3)), step_case(rng, 2, 3, 4, biases)
    agree_on(f, lambda g: last_state(g, x, h0, *others), what="h_t after 23 steps", tol=1e-8)


def test_gru_step(gru_step, rng):
    try_a_step(gru_step, rng, 1)


def test_gru_step_torch(gru_step_torch, rng):
    try_a_step(gru_step_torch, rng, 2)
    x_t, h_prev, W_ih, W_hh, b_ih, b_hh = step_case(rng, 3, 2, 4, 2)
    agree(gru_step_torch, x_t, h_prev, W_ih, W_hh, b_ih, np.zeros_like(b_hh))  # one of the biases alone
    agree(gru_step_torch, x_t, h_prev, W_ih, W_hh, np.zeros_like(b_ih), b_hh)


def backward_case(rng, T, N, D, H, scale=1.0):
    x, h0, (W_ih, W_hh, b) = scale * rng.normal(size=(T, N, D)), rng.uniform(-1, 1, (N, H)), weights(rng, D, H, 1)
    *_, cache = gru_forward(x, h0, W_ih, W_hh, b)
    return rng.normal(size=(T, N, H)), rng.normal(size=(N, H)), cache, W_ih, W_hh


def test_gru_backward(gru_backward, rng):
    for T, N, D, H in [(5, 3, 2, 4), (4, 4, 4, 4), (1, 1, 1, 1), (2, 6, 3, 5), (23, 2, 5, 3), (1, 3, 4, 2)]:
        agree(gru_backward, *backward_case(rng, T, N, D, H))
    dhs, dh_T, cache, W_ih, W_hh = backward_case(rng, 3, 2, 4, 5)
    agree(gru_backward, *single((dhs, dh_T)), [tuple(single(step)) for step in cache], *single((W_ih, W_hh)))
    dhs, dh_T, *rest = backward_case(rng, 6, 2, 3, 4)
    none = np.zeros_like(dh_T)
    agree(gru_backward, dhs, none, *rest)  # the loss looks at the outputs alone
    agree(gru_backward, np.zeros_like(dhs), dh_T, *rest)  # at the final state alone
    agree(gru_backward, np.where(np.arange(6)[:, None, None] == 2, dhs, 0.0), none, *rest)
    agree(gru_backward, *backward_case(rng, 4, 3, 2, 5, scale=1e3))  # gates wide open or shut


def test_count_parameters(count_parameters, rng):
    cases = [(1, 3, 5, 1, 1, 1), (3, 2, 7, 1, 1, 2), (4, 4, 4, 1, 1, 1), (4, 1, 1, 1, 1, 2), (3, 6, 4, 2, 1, 1)]
    cases += [(4, 5, 3, 1, 2, 2), (3, 8, 5, 3, 2, 2), (1, 2, 9, 4, 2, 1), (4, 300, 512, 2, 1, 2), (3, 7, 2, 5, 1, 2)]
    drawn = [rng.choice([1, 3, 4]), *rng.integers(2, 50, 2), rng.integers(1, 6), *rng.integers(1, 3, 2)]
    for case in [*cases, [int(number) for number in drawn]]:
        agree(count_parameters, *case)


def test_match_hidden_size(match_hidden_size, rng):
    for gates, D, H, biases in [(4, 5, 9, 2), (3, 2, 12, 1), (1, 8, 3, 2), (3, 1, 1, 2), (4, 64, 7, 1), (3, 3, 40, 2)]:
        exactly, one_more = (count(gates, D, size, 1, 1, biases) for size in (H, H + 1))
        between = [exactly + (one_more - exactly) * tenths // 10 for tenths in (3, 7)]
        for budget in (exactly, exactly + 1, *between, one_more - 1):  # to the last parameter, and not one beyond it
            agree(match_hidden_size, budget, gates, D, biases)
    for budget in (0, 3, int(rng.integers(100, 3000)), int(rng.integers(3000, 60_000))):  # 3: nothing fits
        gates, D, biases = int(rng.choice([1, 3, 4])), int(rng.integers(2, 40)), int(rng.integers(1, 3))
        agree(match_hidden_size, budget, gates, D, biases)
    agree(match_hidden_size, 250_000, 4, 100, 2)


def test_compare_models(compare_models, rng):
    for seeds, t_value in [(5, 2.776), (4, 3.182), (2, 12.706), (10, 2.262), (23, 2.074)]:
        luck = 3.0 * rng.normal(size=seeds)  # what a seed does to both models
        agree(compare_models, luck + rng.normal(size=seeds), luck + rng.normal(size=seeds), t_value)
    b = rng.normal(size=6)
    # The same difference for each seed leaves no doubt; a formula that subtracts squares finds 1e-8 in place of 0.
    agree(compare_models, b + 0.25, b, 2.571, tol=1e-6)
    agree(compare_models, b, b.copy(), 2.571, tol=1e-6)
    agree(compare_models, rng.normal(size=7), 100.0 + 10.0 * rng.normal(size=7), 2.447)
    agree(compare_models, rng.uniform(1e-4, 2e-4, size=5), rng.uniform(1e-4, 2e-4, size=5), 2.776)
