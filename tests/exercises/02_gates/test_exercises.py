"""Chapter 2: what an answer to each exercise must do."""

import numpy as np

from autograde import agree, agree_on, no_overflow


def test_sigmoid(sigmoid, rng):
    # Exact values between -4 and 4 only. Farther out, how far a mistake is off depends on its style (where does a clip
    # clip?), so that there the questions are coarse.
    for shape in [(3, 5), (4, 4), (1, 1), (7,), (2, 3, 4)]:
        agree(sigmoid, rng.uniform(-4, 4, shape))
    agree(sigmoid, np.zeros((2, 3)))
    agree(sigmoid, rng.uniform(-4, 4, (3, 2)).astype(np.float32))
    agree(sigmoid, np.array([[-3, -2, -1], [0, 1, 3]]))
    extreme = np.array([[-1000.0, 1000.0], [800.0, -750.0]])

    def rounded(f, z):
        with np.errstate(all="ignore"):  # wrong answers overflow here
            return np.round(f(z), 1)

    agree_on(sigmoid, lambda f: rounded(f, extreme), what="sigmoid of ±1000, rounded to one digit")
    agree_on(sigmoid, lambda f: rounded(f, extreme / 10), what="sigmoid of ±100, rounded to one digit")
    no_overflow(sigmoid, extreme)
    rising = np.arange(-30.0, 17.0, 2.0)  # above 17, 1 - sigmoid is too small for anyone to see it fall
    agree_on(
        sigmoid,
        lambda f: bool((np.diff(f(rising)) > 0).all()),
        what="whether sigmoid rises all the way from -30 to 16",
    )


def test_split_gates(split_gates, rng):
    for N, H in [(3, 5), (4, 4), (1, 1), (2, 7), (8, 2), (23, 3)]:
        agree(split_gates, rng.normal(size=(N, 4 * H)))
    agree(split_gates, rng.choice([-1e4, 1e4], size=(4, 12)))
    agree(split_gates, rng.normal(size=(3, 8)).astype(np.float32))


def gates(rng, N, H):
    """c_prev, i, f, g: a cell that may be large, gates from 0 to 1, a candidate from -1 to 1."""
    return 2 * rng.normal(size=(N, H)), rng.random((N, H)), rng.random((N, H)), rng.uniform(-1, 1, (N, H))


def test_cell_update(cell_update, rng):
    for N, H in [(3, 5), (4, 4), (1, 1), (2, 7), (6, 2)]:
        agree(cell_update, *gates(rng, N, H))
    agree(cell_update, *(a.astype(np.float32) for a in gates(rng, 3, 2)))
    zero, one = np.zeros((2, 3)), np.ones((2, 3))
    c_prev, _, _, g = gates(rng, 2, 3)
    for i, f in [(zero, one), (one, zero), (one, one), (zero, zero)]:  # keep, replace, add, clear
        agree(cell_update, c_prev, i, f, g)
    agree(cell_update, rng.choice([-1e4, 1e4], size=(4, 3)), *gates(rng, 4, 3)[1:])


def test_hidden_output(hidden_output, rng):
    for N, H in [(3, 5), (4, 4), (1, 1), (2, 7), (6, 2)]:
        agree(hidden_output, rng.random((N, H)), 2 * rng.normal(size=(N, H)))
    agree(hidden_output, rng.random((3, 2)).astype(np.float32), rng.normal(size=(3, 2)).astype(np.float32))
    agree(hidden_output, np.ones((2, 3)), rng.normal(size=(2, 3)))
    agree(hidden_output, rng.random((4, 3)), rng.choice([-1e4, 1e4], size=(4, 3)))


def lstm_arguments(rng, N, D, H):
    """x_t, h_prev, c_prev, W_ih, W_hh, b: gates that are bent but not flat, and a cell that h_prev is not a part of."""
    return (
        rng.normal(size=(N, D)),
        rng.uniform(-1, 1, (N, H)),
        2 * rng.normal(size=(N, H)),
        rng.normal(size=(4 * H, D)) / np.sqrt(D),
        rng.normal(size=(4 * H, H)) / np.sqrt(H),
        rng.normal(size=4 * H),
    )


def test_lstm_step(lstm_step, rng):
    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (6, 5, 2), (23, 3, 4)]:
        agree(lstm_step, *lstm_arguments(rng, N, D, H))
    agree(lstm_step, *(a.astype(np.float32) for a in lstm_arguments(rng, 3, 4, 2)))
    _, *others = lstm_arguments(rng, 4, 3, 2)
    agree(lstm_step, rng.choice([-1e4, 1e4], size=(4, 3)), *others)  # every gate shut or open

    weights = lstm_arguments(rng, 2, 3, 4)[3:]
    x = rng.normal(size=(23, 2, 3))
    agree_on(lstm_step, lambda f: last_states(f, x, weights), what="h_t and c_t after 23 steps", tol=1e-8)


def last_states(f, x, weights):
    """h_t and c_t of two sequences and four units after all steps, from zeros."""
    h_t, c_t = np.zeros((2, 4)), np.zeros((2, 4))
    with np.errstate(all="ignore"):  # some wrong answers blow up
        for x_t in x:
            h_t, c_t, _ = f(x_t, h_t, c_t, *weights)
    return np.stack([h_t, c_t])


def form(arrays):
    """Shape and dtype of each, in words; of what is no array, its type."""
    return [f"{a.shape} {a.dtype}" if isinstance(a, np.ndarray) else type(a).__name__ for a in arrays]


def latch(weights, bits, write):
    """What a cell with these weights shows and what it holds, h_t and c_t, each (T, N).

    bits, write : (T, N)   the two numbers that the cell reads at each step
    """
    # Written out here once more: the weights are judged by the formulas, not by somebody's step.
    W_ih, W_hh, b = (np.asarray(w, dtype=float) for w in weights)
    h, c, states = np.zeros((bits.shape[1], 1)), np.zeros((bits.shape[1], 1)), []
    for x_t in np.stack([bits, write], axis=2):
        z = np.clip(x_t @ W_ih.T + h @ W_hh.T + b, -500, 500)
        i, f, g, o = z.T[:, :, None]
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append((h[:, 0], c[:, 0]))
    return np.swapaxes(states, 0, 1)


def sign(a, least):
    """-1 or 1, or 0 where `a` is less than `least` away from 0."""
    return np.where(np.abs(a) >= least, np.sign(a), 0).astype(int)


def test_latch_weights(latch_weights, rng):
    # Any weights that hold the bit are right, so the states of the cell are compared and never the weights themselves.
    # Since a mistake comes in all strengths, the questions are coarse: at few steps, and answered -1, 0 or 1.
    small_h, small_c = "(0 where |h_t| is below 0.5)", "(0 where |c_t| is below 0.25)"
    agree_on(latch_weights, lambda f: form(f()), what="the shapes and dtypes of W_ih, W_hh, b")
    bits = np.array([[1.0, -1.0, 1.0, -1.0]])  # four sequences; what goes by while they hold it differs
    against, along = np.repeat(-bits, 100, axis=0), np.repeat(bits, 100, axis=0)
    in_turn = np.where(np.arange(100)[:, None] % 2, -bits, bits)
    nothing, store, hold = np.zeros((5, 4)), np.ones((1, 4)), np.zeros((100, 4))

    def said(inputs, writes, step, least=0.5):
        return lambda f: sign(latch(f(), np.concatenate(inputs), np.concatenate(writes))[0][step], least)

    def held(inputs, writes, step):
        return lambda f: sign(latch(f(), np.concatenate(inputs), np.concatenate(writes))[1][step], 0.25)

    agree_on(latch_weights, said([bits], [store], 0), what=f"the sign of h_t right after a write {small_h}")
    agree_on(latch_weights, held([bits], [store], 0), what=f"the sign of c_t right after a write {small_c}")
    agree_on(
        latch_weights, held([bits, along], [store, hold], 1), what=f"the sign of c_t one step after a write {small_c}"
    )
    for passing, name in [(along, "the same bit"), (against, "the opposite bit"), (in_turn, "both in turn")]:
        for step, least in [(1, 0.25), (100, 0.5)]:  # 0.25: what leaks is still there after one step
            after = said([bits, passing], [store, hold], step, least)
            agree_on(
                latch_weights,
                lambda f, after=after: after(f) == bits[0],
                what=f"whether h_t has the bit's sign and is at least {least} from 0, {step} steps after the write "
                f"({name} passing by)",
            )
    before = said([against[:5], bits], [nothing, store], 5)
    agree_on(
        latch_weights,
        before,
        what=f"the sign of h_t after the first write, when other bits had passed by before it {small_h}",
    )
    again = said([bits, -bits], [store, store], 1)
    agree_on(latch_weights, again, what=f"the sign of h_t when the opposite bit is written over the first {small_h}")
    thrice = said([bits, bits, bits, -bits], [store, store, store, store], 3)
    agree_on(
        latch_weights,
        thrice,
        what=f"the sign of h_t when the opposite bit is written after three writes of one {small_h}",
    )


def blocks(W_hh):
    return np.split(np.asarray(W_hh), 4)


def test_init_lstm(init_lstm, rng):
    # How a function uses the generator is its own affair: what must hold of the weights is compared, not the weights.
    seed = int(rng.integers(2**31))

    def drawn(f, D, H, forget_bias):
        return f(D, H, forget_bias, np.random.default_rng(seed))

    def far_from_orthogonal(f, D, H):
        return bool(max(np.abs(Q @ Q.T - np.eye(H)).max() for Q in blocks(drawn(f, D, H, 1.0)[1])) > 1e-9)

    for D, H in [(3, 5), (4, 4), (1, 1), (2, 7), (6, 2)]:
        agree_on(
            init_lstm, lambda f, D=D, H=H: form(drawn(f, D, H, 1.0)), what="the shapes and dtypes of W_ih, W_hh, b"
        )
        for forget_bias in (1.0, 0.0, -2.5):
            b = lambda f, D=D, H=H, bias=forget_bias: drawn(f, D, H, bias)[2]  # noqa: E731
            agree_on(init_lstm, b, what=f"b for H = {H} and a forget bias of {forget_bias}")
        tilted = lambda f, D=D, H=H: far_from_orthogonal(f, D, H)  # noqa: E731
        agree_on(init_lstm, tilted, what="whether a gate's block of W_hh is far from orthogonal")

    def columns_orthogonal(f):
        W_hh = drawn(f, 3, 5, 1.0)[1]
        return bool(np.abs(W_hh.T @ W_hh * (1 - np.eye(5))).max() < 1e-9)

    agree_on(init_lstm, columns_orthogonal, what="whether the columns of W_hh, all gates together, are orthogonal")

    def different(f):
        i, f_, g, o = blocks(drawn(f, 3, 5, 1.0)[1])
        return bool(min(np.abs(a - b).max() for a, b in [(i, f_), (f_, g), (g, o), (i, o), (i, g), (f_, o)]) > 1e-6)

    agree_on(init_lstm, different, what="whether the four blocks of W_hh differ from each other")

    # 24,000 draws: their standard deviation is known to half a per cent, the fourth moment to a few.
    def spread(f):
        return np.std(drawn(f, 40, 150, 1.0)[0]) * np.sqrt(40)

    def tails(f):
        W_ih = drawn(f, 40, 150, 1.0)[0]
        return bool(np.mean(W_ih**4) > 2.4 * np.mean(W_ih**2) ** 2)  # 3 for a normal distribution, 1.8 for a uniform

    agree_on(init_lstm, spread, tol=0.03, what="the standard deviation of W_ih, in units of 1/sqrt(D)")
    agree_on(init_lstm, lambda f: np.mean(drawn(f, 40, 150, 1.0)[0]), tol=0.01, what="the mean of W_ih")
    agree_on(init_lstm, tails, what="whether W_ih has the tails of a normal distribution")

    def draws_again(f):
        return all(bool(np.array_equal(a, b)) for a, b in zip(drawn(f, 3, 5, 1.0), drawn(f, 3, 5, 1.0), strict=True))

    def draws_on(f):
        generator = np.random.default_rng(seed)
        first, second = f(3, 5, 1.0, generator), f(3, 5, 1.0, generator)
        return [bool(np.array_equal(a, b)) for a, b in zip(first[:2], second[:2], strict=True)]

    agree_on(init_lstm, draws_again, what="whether a generator in the same state gives the same weights")
    agree_on(init_lstm, draws_on, what="whether the same generator gives the same W_ih, W_hh twice in a row")


def test_lstm_step_peephole(lstm_step_peephole, rng):
    def arguments(N, D, H):
        return (*lstm_arguments(rng, N, D, H), *rng.normal(size=(3, H)))

    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 7, 3), (6, 5, 2), (1, 3, 4)]:
        agree(lstm_step_peephole, *arguments(N, D, H))
    agree(lstm_step_peephole, *(a.astype(np.float32) for a in arguments(3, 4, 2)))
    _, *others = arguments(4, 3, 2)
    agree(lstm_step_peephole, rng.choice([-1e4, 1e4], size=(4, 3)), *others)

    weights = arguments(2, 3, 4)[3:]
    x = rng.normal(size=(23, 2, 3))
    agree_on(lstm_step_peephole, lambda f: last_states(f, x, weights), what="h_t and c_t after 23 steps", tol=1e-8)
