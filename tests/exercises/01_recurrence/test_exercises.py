"""Chapter 1: what an answer to each exercise must do."""

import numpy as np

from autograde import agree, agree_on


def rnn_arguments(rng, N, D, H):
    """Weights of a size that leaves tanh bent but not flat; no two arguments of the same numbers."""
    return (
        rng.normal(size=(N, H)),
        rng.normal(size=(H, D)) / np.sqrt(D),
        rng.normal(size=(H, H)) / np.sqrt(H),
        rng.normal(size=H),
    )


def test_rnn_step(rnn_step, rng):
    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (6, 5, 2)]:
        agree(rnn_step, rng.normal(size=(N, D)), *rnn_arguments(rng, N, D, H))
    float32 = [a.astype(np.float32) for a in (rng.normal(size=(3, 4)), *rnn_arguments(rng, 3, 4, 2))]
    agree(rnn_step, *float32)
    extreme = rng.choice([-1e4, 1e4], size=(4, 3))
    agree(rnn_step, extreme, *rnn_arguments(rng, 4, 3, 2))


def test_rnn_forward(rnn_forward, rng):
    for T, N, D, H in [(5, 3, 2, 4), (4, 4, 4, 4), (1, 1, 1, 1), (2, 6, 3, 5), (23, 2, 5, 3)]:
        agree(rnn_forward, rng.normal(size=(T, N, D)), *rnn_arguments(rng, N, D, H))
    float32 = [a.astype(np.float32) for a in (rng.normal(size=(3, 2, 4)), *rnn_arguments(rng, 2, 4, 5))]
    agree(rnn_forward, *float32)
    extreme = rng.choice([-1e4, 1e4], size=(3, 2, 4))
    agree(rnn_forward, extreme, *rnn_arguments(rng, 2, 4, 5))


def test_embed(embed, rng):
    for T, N, V, D in [(5, 3, 7, 2), (4, 4, 4, 4), (1, 1, 1, 1), (2, 6, 3, 8), (23, 2, 9, 5)]:
        agree(embed, rng.integers(0, V, (T, N)), rng.normal(size=(V, D)))
    agree(embed, np.array([[0, 6], [6, 0], [3, 3]]), 1e4 * rng.normal(size=(7, 4)))  # both ends of the table
    agree(embed, rng.integers(0, 6, (3, 2)), rng.normal(size=(6, 4)).astype(np.float32))


def test_embed_backward(embed_backward, rng):
    for T, N, V, D in [(5, 3, 7, 2), (4, 4, 4, 4), (1, 1, 1, 1), (2, 6, 3, 8), (23, 2, 9, 5)]:
        agree(embed_backward, rng.normal(size=(T, N, D)), rng.integers(0, V, (T, N)), V)
    agree(embed_backward, rng.normal(size=(3, 4, 2)), np.full((3, 4), 1), 6)  # one token everywhere; rows never read
    within_steps = np.array([[0, 0, 0], [1, 1, 1], [2, 2, 2], [3, 3, 3]])
    agree(embed_backward, rng.normal(size=(4, 3, 2)), within_steps, 4)  # repeated in the batch, not in time
    agree(embed_backward, rng.normal(size=(3, 4, 2)), within_steps.T, 4)  # repeated in time, not in the batch
    agree(embed_backward, rng.choice([-1e4, 1e4], size=(3, 2, 4)), rng.integers(0, 2, (3, 2)), 5)
    agree(embed_backward, rng.normal(size=(3, 2, 4)).astype(np.float32), rng.integers(0, 2, (3, 2)), 5)


def lengths_as_mask(lengths, T):
    return np.arange(T)[:, None] < np.asarray(lengths)


def test_masked_cross_entropy(masked_cross_entropy, rng):
    f = masked_cross_entropy
    for T, N, V in [(5, 3, 7), (4, 4, 4), (1, 1, 1), (2, 6, 3), (23, 2, 5)]:
        mask = lengths_as_mask(rng.integers(1, T + 1, N), T)
        agree(f, rng.normal(size=(T, N, V)), rng.integers(0, V, (T, N)), mask)
    scores, targets = rng.normal(size=(4, 3, 5)), rng.integers(0, 5, (4, 3))
    agree(f, scores, targets, lengths_as_mask([4, 0, 1], 4))  # one sequence is all padding; uneven lengths
    agree(f, scores, np.zeros((4, 3), dtype=np.int64), lengths_as_mask([4, 2, 3], 4))  # token 0 is a token
    agree(f, scores, targets, np.zeros((4, 3), dtype=bool))
    agree(f, scores, targets, rng.permuted(np.arange(12) < 7).reshape(4, 3))  # padding anywhere
    # Extremes, without padding: 0 · inf is NaN, and whether a mistake meets that is a matter of style.
    everywhere = np.ones((4, 3), dtype=bool)
    agree(f, rng.choice([-1e4, 1e4], size=(4, 3, 5)), targets, everywhere)
    agree(f, scores - 1e4, targets, everywhere)
    apart = np.full((4, 3, 5), 400.0)
    apart[..., 0] = -400.0  # no exponential overflows, but the right token's probability rounds to 0
    agree(f, apart, np.zeros((4, 3), dtype=np.int64), everywhere)
    moved = np.zeros((4, 3, 1))
    moved[0, 0] = moved[2, 1] = -1e4  # one maximum cannot serve the batch, nor a sentence, nor a step
    moved[0, 1] = moved[2, 0] = 1e4
    agree(f, scores + moved, targets, everywhere)
    agree(f, scores.astype(np.float32), targets, lengths_as_mask([4, 2, 3], 4), tol=1e-5)


def test_perplexity(perplexity, rng):
    for T, N in [(5, 3), (4, 4), (1, 1), (2, 7), (23, 2)]:
        agree(perplexity, rng.gamma(2.0, size=(T, N)), lengths_as_mask(rng.integers(1, T + 1, N), T))
    agree(perplexity, rng.gamma(2.0, size=(6, 3)), lengths_as_mask([6, 1, 3], 6))  # uneven, so a mean of means shows
    agree(perplexity, rng.gamma(2.0, size=(6, 3)), lengths_as_mask([6, 0, 3], 6))
    agree(perplexity, rng.gamma(2.0, size=(4, 3)), np.zeros((4, 3), dtype=bool))
    agree(perplexity, np.where(rng.random((4, 3)) < 0.5, 0.0, 1e3) * [1.0, 0.5, 0.1], lengths_as_mask([4, 2, 3], 4))
    agree(perplexity, rng.gamma(2.0, size=(4, 3)).astype(np.float32), lengths_as_mask([4, 2, 3], 4), tol=1e-5)


def peaks(rng, N, V, low, high):
    """Scores with one token a row so far above the others that it has all the probability."""
    return np.where(np.arange(V) == rng.integers(0, V, (N, 1)), high, low)


def frequencies(f, rows, temperature, times=300):
    """How often f draws each token for each of the rows, which it gets many times over in one call."""
    drawn = f(np.repeat(rows, times, axis=0), temperature, np.random.default_rng(11))
    drawn = np.reshape(drawn, (len(rows), times, 1))  # compared, not counted: a token of 10**12 must not cost its room
    return (drawn == np.arange(rows.shape[1])).mean(axis=1)


def test_sample(sample, rng):
    # Draws can be compared one by one only where chance has no say, and not in most wrong answers either: how a
    # function uses the generator is its own affair.
    for N, V in [(3, 5), (4, 4), (1, 1), (2, 7), (23, 3)]:
        agree(sample, peaks(rng, N, V, 0.0, 1e4), 1.0, rng)
    agree(sample, peaks(rng, 5, 4, -1e4, 1e4), 2.0, rng)
    agree(sample, peaks(rng, 4, 3, 0.0, 1e4).astype(np.float32), 0.5, rng)
    # One maximum cannot serve all rows; and token 0 is what NaN often ends in, so most rows want another.
    agree(sample, np.array([[0.0, 1e4], [-2e4, -1e4], [1e4, 0.0], [-2e4, -1e4], [-1e4, -2e4]]), 1.0, rng)

    # Elsewhere frequencies can. A frequency of 300 draws scatters by at most 0.029, so that a right answer is off by
    # more than the tolerance less than once in a million, and each wrong one is off by far more in one of the four.
    warm, cold = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 3.0]]), np.array([[1.2, 0.0, 0.0], [0.0, 1.2, 0.0]])
    below = np.array([[-1e4, -2e4], [-2e4, -1e4]])
    one_of_21 = np.where(np.arange(21) == np.array([[0], [20]]), 4.0, 0.0)  # 0.73 of e⁴ and twenty ones, 0.44 of 2⁴
    agree_on(sample, lambda f: frequencies(f, warm, 4.0), tol=0.13, what="the share of each token at temperature 4")
    agree_on(sample, lambda f: frequencies(f, cold, 0.1), tol=0.13, what="the share of each token at temperature 0.1")
    agree_on(sample, lambda f: frequencies(f, below, 1.0), tol=0.13, what="the share of each token for scores below 0")
    agree_on(
        sample, lambda f: frequencies(f, one_of_21, 1.0), tol=0.13, what="the share of each token at temperature 1"
    )

    logits = np.ones((40, 3))

    def draws_again(f):
        return bool((f(logits, 1.0, np.random.default_rng(5)) == f(logits, 1.0, np.random.default_rng(5))).all())

    def draws_on(f):
        generator = np.random.default_rng(5)
        return bool((f(logits, 1.0, generator) == f(logits, 1.0, generator)).all())

    agree_on(sample, draws_again, what="whether a generator in the same state gives the same draws")
    agree_on(sample, draws_on, what="whether the same generator gives the same draws twice in a row")
