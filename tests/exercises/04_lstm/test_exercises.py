"""Chapter 4: what an answer to each exercise must do."""

import numpy as np

from autograde import agree, agree_module, agree_on, as_tensors, start_of

SEQUENCES = [(5, 3, 2, 4), (4, 4, 4, 4), (1, 1, 1, 1), (2, 6, 3, 5), (23, 2, 5, 3), (4, 1, 2, 3)]


def single(arrays):
    """The same numbers as float32; integers stay."""
    return [a.astype(np.float32) if a.dtype.kind == "f" else a for a in arrays]


def weights(rng, D, H):
    """Weights of a size that leaves the gates bent but not flat."""
    W_ih, W_hh = rng.normal(size=(4 * H, D)) / np.sqrt(D), rng.normal(size=(4 * H, H)) / np.sqrt(H)
    return W_ih, W_hh, rng.normal(size=4 * H)


def states(rng, *shape):
    """h0 and c0: a cell may be larger than 1, a hidden state may not."""
    return rng.uniform(-1, 1, shape), 1.5 * rng.normal(size=shape)


def sequence(rng, T, N, D, H):
    return rng.normal(size=(T, N, D)), *states(rng, N, H), *weights(rng, D, H)


def test_lstm_forward(lstm_forward, rng):
    for T, N, D, H in SEQUENCES:
        agree(lstm_forward, *sequence(rng, T, N, D, H))
    agree(lstm_forward, *single(sequence(rng, 3, 2, 4, 5)))
    _, *others = sequence(rng, 3, 2, 4, 5)
    agree(lstm_forward, rng.choice([-1e4, 1e4], size=(3, 2, 4)), *others)  # every gate shut or open


def padded(rng, lengths, T, D, H):
    """Sequences whose padding is loud: whoever reads it, hears it."""
    lengths = np.array(lengths)
    x, *others = sequence(rng, T, len(lengths), D, H)
    is_padding = np.arange(T)[:, None] >= lengths
    return np.where(is_padding[:, :, None], 100 * x, x), lengths, *others


LENGTHS = [
    ((3, 5, 1), 5, 2, 4),
    ((4, 4, 4, 4), 4, 4, 4),  # no padding at all
    ((2, 1, 4, 3), 4, 4, 4),
    ((1,), 1, 1, 1),
    ((2, 0, 1, 2, 2, 1), 2, 3, 5),  # one has no step: it keeps h0 and c0
    ((7, 23), 23, 5, 3),
    ((3, 4), 6, 2, 3),  # even the longest is shorter than T
]


def test_lstm_forward_lengths(lstm_forward_lengths, rng):
    for lengths, T, D, H in LENGTHS:
        agree(lstm_forward_lengths, *padded(rng, lengths, T, D, H))
    agree(lstm_forward_lengths, *padded(rng, (0, 0), 3, 2, 4))
    agree(lstm_forward_lengths, *single(padded(rng, (1, 3), 3, 4, 5)))
    x, *others = padded(rng, (3, 1, 2), 3, 4, 5)
    agree(lstm_forward_lengths, np.sign(x) * 1e4, *others)


def both_ways(rng, lengths, T, D, H):
    x, lengths, *_ = padded(rng, lengths, T, D, H)
    forwards, backwards = weights(rng, D, H), weights(rng, D, H)
    pairs = [np.stack(pair) for pair in zip(forwards, backwards, strict=True)]
    return x, lengths, *states(rng, 2, len(lengths), H), *pairs


def test_bidirectional(bidirectional, rng):
    for lengths, T, D, H in LENGTHS:
        agree(bidirectional, *both_ways(rng, lengths, T, D, H))
    agree(bidirectional, *single(both_ways(rng, (1, 3), 3, 4, 5)))
    x, *others = both_ways(rng, (3, 1, 2), 3, 4, 5)
    agree(bidirectional, np.sign(x) * 1e4, *others)


def stack(rng, T, N, D, H, L):
    layers = [weights(rng, D if layer == 0 else H, H) for layer in range(L)]
    return rng.normal(size=(T, N, D)), *states(rng, L, N, H), layers


STACKS = [(5, 3, 2, 4, 2), (4, 4, 4, 4, 4), (1, 1, 1, 1, 1), (2, 6, 3, 5, 3), (23, 2, 3, 3, 2), (3, 2, 4, 3, 1)]


def as_single(x, h0, c0, layers, *others):
    return *single((x, h0, c0)), [tuple(single(layer)) for layer in layers], *others


def test_stack_layers(stack_layers, rng):
    for T, N, D, H, L in STACKS:
        agree(stack_layers, *stack(rng, T, N, D, H, L))
    agree(stack_layers, *as_single(*stack(rng, 3, 2, 4, 5, 2)))
    x, *others = stack(rng, 3, 2, 4, 4, 2)
    agree(stack_layers, np.sign(x) * 1e4, *others)


def test_dropout_between_layers(dropout_between_layers, rng):
    f = dropout_between_layers

    def generator():
        return np.random.default_rng(rng.integers(2**31))

    for T, N, D, H, L in STACKS:
        for same_mask in (False, True):
            agree(f, *stack(rng, T, N, D, H, L), 0.4, same_mask, True, generator())
        agree(f, *stack(rng, T, N, D, H, L), 0.4, False, False, generator())
    for rate in (0.0, 0.1, 0.9):
        agree(f, *stack(rng, 5, 3, 4, 4, 3), rate, rate == 0.1, True, generator())
    agree(f, *as_single(*stack(rng, 3, 2, 4, 5, 2), 0.4, False, True, generator()))

    given = stack(rng, 3, 2, 4, 5, 3)
    seed = int(rng.integers(2**31))

    def next_draw(is_training):
        def experiment(dropout):
            g = np.random.default_rng(seed)
            dropout(*given, 0.4, True, is_training, g)
            return float(g.random())

        return experiment

    agree_on(f, next_draw(False), what="the generator's next number after an evaluation, in which nothing is drawn,")


def test_adam_step(adam_step, rng):
    def case(shape, t, eps=1e-8, scale=1.0):
        w, dw, m = rng.normal(size=shape), scale * rng.normal(size=shape), 0.1 * scale * rng.normal(size=shape)
        return w, dw, m, scale**2 * rng.uniform(0.01, 0.1, shape), t, 0.05, 0.8, 0.95, eps

    for shape in [(3, 5), (4, 4), (1, 1), (7,), (2, 3, 4)]:
        for t in (1, 2, 30):
            agree(adam_step, *case(shape, t, eps=0.01))
    agree(adam_step, *case((3, 2), 100_000))  # nothing is left to correct
    agree(adam_step, *case((3, 2), 2, scale=1e4))
    agree(adam_step, *case((3, 2), 3, scale=1e-7))  # so small that eps counts
    w, dw, m, v, *numbers = case((3, 4), 1)
    agree(adam_step, w, dw, np.zeros_like(m), np.zeros_like(v), *numbers)  # the first step of all
    agree(adam_step, w, np.zeros_like(dw), np.zeros_like(m), np.zeros_like(v), *numbers)  # eps keeps it from 0 / 0
    w, dw, m, v, *numbers = case((3, 4), 2)
    agree(adam_step, *single((w, dw, m, v)), *numbers)

    slopes = rng.normal(size=(23, 3, 2))

    def descend(adam):
        w, m, v = np.ones((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
        for t, slope in enumerate(slopes, 1):
            w, m, v = adam(w, slope + w, m, v, t, 0.05, 0.9, 0.999, 1e-8)
        return w

    agree_on(adam_step, descend, what="w after 23 steps from m = v = 0", tol=1e-8)


def test_adding_problem(adding_problem, rng):
    # How a function uses the generator is its own affair: what must hold of every batch is compared, not the batch.
    seed = int(rng.integers(2**31))

    def drawn(f, T, N):
        return f(T, N, np.random.default_rng(seed))

    for T, N in [(6, 3), (4, 4), (4, 1), (23, 2), (100, 5)]:
        agree_on(
            adding_problem,
            lambda f, T=T, N=N: [f"{np.shape(a)} {np.asarray(a).dtype}" for a in drawn(f, T, N)],
            what=f"the shapes and dtypes of x, y for T = {T}, N = {N}",
        )

    batches = {}  # one for each function and length: many questions are asked of it

    def ask(question, text, T=40):
        def experiment(f):
            if (f, T) not in batches:
                N = {40: 400, 12: 300}.get(T, 100)  # the shorter, the less there is to be rare
                batches[f, T] = [np.asarray(a) for a in drawn(f, T, N)]
            x, y = batches[f, T]
            return question(x[:, :, 0], x[:, :, 1], y)

        agree_on(adding_problem, experiment, what=f'The claim "{text}" for T = {T}')

    def marked(markers):
        """Every sequence's marked steps; 0 and 0 where there are not two."""
        ones = markers == 1
        first, last = ones.argmax(axis=0), len(ones) - 1 - ones[::-1].argmax(axis=0)
        return np.where(ones.sum(axis=0) == 2, [first, last], 0).T

    def total(numbers, markers):
        return (numbers * (markers == 1)).sum(axis=0)

    def now_and_then(event):
        """Some sequences and not all: neither is true where all of a batch are marked alike."""
        return bool(event.any() and not event.all())

    for T in (4, 5, 12, 40):
        half = T // 2
        ask(lambda n, m, y: bool(((m == 1).sum(axis=0) == 2).all()), "two different steps carry the marker 1", T)
        # Where the marks stand comes before what the ends carry: a mark on the last step is no mistake about the ends.
        ask(lambda n, m, y, h=half: bool((marked(m)[:, 1] < h).all()), "no marked step is in the second half", T)
        if half > 2:
            ask(lambda n, m, y: bool(len(np.unique(m, axis=1).T) > 9), "the marks differ from sequence to sequence", T)
        ask(lambda n, m, y: bool((m[-1] == -1).all()), "the last step carries the marker -1", T)
        ask(lambda n, m, y: bool(np.isin(m[0], (-1, 1)).all()), "the first step carries -1 or 1", T)
        ask(lambda n, m, y: bool(np.isin(m[1:-1], (0, 1)).all()), "all other markers are 0 or 1", T)
        ask(lambda n, m, y: bool((n[0][m[0] == 1] == 0).all()), "a marked first step has the number 0", T)
        if half == 2:  # both of its steps are marked, always
            ask(lambda n, m, y: bool((m[0] == 1).all()), "the first step is marked", T)
            ask(lambda n, m, y: bool((m[1] == 1).all()), "the second step is marked", T)
            continue
        ask(lambda n, m, y: now_and_then(m[0] == 1), "now and then the first step is marked", T)
        ask(lambda n, m, y, h=half: now_and_then(m[h - 1] == 1), "the first half's last step may be marked", T)
        if T < 20:  # later the first mark, and with it one of the two, is among the first ten steps
            both = lambda n, m, y, h=half: now_and_then((marked(m) == (h - 2, h - 1)).all(axis=1))  # noqa: E731
            ask(both, "the first half's last two steps may be marked", T)
    ask(lambda n, m, y: now_and_then(marked(m)[:, 0] == 9), "the tenth step may be the first that is marked")
    ask(lambda n, m, y: bool((n[0][m[0] != 1] != 0).all()), "an unmarked first step has a number as any other")
    ask(lambda n, m, y: len(np.unique(n[0][m[0] != 1])) != 1, "unmarked first steps differ in their numbers")
    ask(lambda n, m, y: len(np.unique(n[-1])) != 1, "last steps differ in their numbers")
    ask(lambda n, m, y: bool((n[1:] != n[:-1]).all()), "numbers differ from step to step")
    ask(lambda n, m, y: bool((marked(m)[:, 0] < 10).all()), "one marked step is among the first ten")
    ask(lambda n, m, y: bool((m[:10] == 1).any(axis=1).all()), "each of the first ten steps is marked now and then")
    ask(
        lambda n, m, y: bool(0.3 < (marked(m)[:, 1] < 10).mean() < 0.65),
        "of ten sequences about five have both marks among the first ten steps",
    )
    ask(lambda n, m, y: bool(n.min() < -0.9 and n.max() > 0.9), "numbers come near -1 and near 1")
    ask(lambda n, m, y: bool(np.abs(n).max() <= 1), "no number is beyond -1 or 1")
    ask(lambda n, m, y: bool(abs(n.mean()) < 0.05 and 0.3 < (n**2).mean() < 0.36), "numbers are spread evenly")

    for right, text in [
        (lambda s: 0.5 + s / 4, "y is 0.5 and a quarter of the marked numbers' sum"),
        (lambda s: s, "y is the marked numbers' sum"),
        (lambda s: s / 4, "y is a quarter of the marked numbers' sum"),
        (lambda s: 0.5 + s, "y is 0.5 and the marked numbers' sum"),
        (lambda s: 0.5 + s / 2, "y is 0.5 and the marked numbers' mean"),
    ]:
        ask(lambda n, m, y, right=right: bool(np.allclose(y, right(total(n, m)), atol=1e-9)), text)

    def is_target(y, total):
        return bool(np.allclose(y, 0.5 + total / 4, atol=1e-9))

    def is_target_elsewhere(n, m, y):
        elsewhere = m[0] != 1
        return is_target(y[..., elsewhere], total(n, m)[elsewhere])

    ask(is_target_elsewhere, "y is right wherever the first step is not marked")
    ask(lambda n, m, y: is_target(y, n.sum(axis=0)), "y is 0.5 and a quarter of the sum of all numbers")
    ask(lambda n, m, y: is_target(y, (n * m).sum(axis=0)), "y is 0.5 and a quarter of the sum of number times marker")
    ask(lambda n, m, y: is_target(y, (n * abs(m)).sum(axis=0)), "y counts every step whose marker is not 0")

    def again(f):
        return all(bool(np.array_equal(a, b)) for a, b in zip(drawn(f, 40, 9), drawn(f, 40, 9), strict=True))

    def goes_on(f):
        generator = np.random.default_rng(seed)
        return bool(np.array_equal(f(40, 9, generator)[0], f(40, 9, generator)[0]))

    agree_on(adding_problem, again, what="whether a generator in the same state gives the same batch")
    agree_on(adding_problem, goes_on, what="whether the same generator gives the same batch twice in a row")


def test_adding_correct(adding_correct, rng):
    for T, N in [(5, 3), (4, 4), (1, 1), (2, 6), (23, 40)]:
        y = rng.random(N)
        off = np.array([0.0, 0.039, -0.039, 0.041, -0.041, 0.15, -0.15, 0.5])[rng.integers(8, size=(T, N))]
        agree(adding_correct, y + off, y)
    for error in (0.0, 0.03, -0.03, 0.05, -0.05, 0.1, -0.1, 1.0, -1.0):
        y = np.array([0.1, 0.5, 0.9])
        outputs = np.stack([y, y + 1.0, y - error, y + error])
        agree(adding_correct, outputs, y)
        agree(adding_correct, outputs[::-1].copy(), y)
    y = rng.random(5)
    slip = np.stack([y + 0.06, y, y, y])  # off once, and right on the average
    agree(adding_correct, slip, y)
    agree(adding_correct, slip[::-1].copy(), y)
    y = rng.random(5).astype(np.float32)
    agree(adding_correct, np.stack([y, y + np.float32(0.03)]), y)


def test_lstm_forward_fused(lstm_forward_fused, rng):
    for T, N, D, H in SEQUENCES:
        agree(lstm_forward_fused, *sequence(rng, T, N, D, H))
    agree(lstm_forward_fused, *sequence(rng, 60, 1, 32, 16))
    agree(lstm_forward_fused, *single(sequence(rng, 3, 2, 4, 5)))
    _, *others = sequence(rng, 3, 2, 4, 5)
    agree(lstm_forward_fused, rng.choice([-1e4, 1e4], size=(3, 2, 4)), *others)
    first, second = sequence(rng, 6, 2, 3, 4), sequence(rng, 6, 2, 3, 4)

    def in_turn(f):
        return [np.concatenate([a.ravel() for a in f(*map(np.copy, given))]) for given in (first, second, first)]

    agree_on(lstm_forward_fused, in_turn, what="three calls in a row on sequences of one size")


NAMES = ("W_ih", "W_hh", "b")


def test_LSTMCell(LSTMCell, rng):
    def step(N, D, H, loud=False, **options):
        x_t = rng.choice([-1e4, 1e4], size=(N, D)) if loud else rng.normal(size=(N, D))
        return as_tensors(x_t, *states(rng, N, H), **options)

    def parameters(D, H, dtype="float64"):
        return dict(zip(NAMES, as_tensors(*weights(rng, D, H), dtype=dtype, requires_grad=False), strict=True))

    for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1), (2, 6, 3), (5, 1, 2)]:
        agree_module(LSTMCell, (D, H), step(N, D, H), state=parameters(D, H))
    agree_module(LSTMCell, (2, 5), step(3, 2, 5, requires_grad=False), state=parameters(2, 5))
    agree_module(LSTMCell, (2, 5), step(3, 2, 5), state=parameters(2, 5), training=False)
    agree_module(LSTMCell, (4, 3), step(2, 4, 3, loud=True), state=parameters(4, 3))
    single = parameters(2, 5, "float32")
    agree_module(LSTMCell, (2, 5), step(3, 2, 5, dtype="float32"), state=single, dtype="float32")
    first, second = step(3, 2, 5, requires_grad=False), step(3, 2, 5, requires_grad=False)
    agree_module(LSTMCell, (2, 5), first, second, first, state=parameters(2, 5))

    def ask(question, text, D, H):
        def experiment(f):
            return {name: question(values, H**-0.5) for name, values in start_of(f, D, H).items()}

        agree_on(LSTMCell, experiment, what=f'The claim "{text}" for D = {D} and H = {H}')

    for D, H in [(3, 5), (40, 64)]:
        ask(lambda a, bound: bool(abs(a).max() <= bound + 1e-6), "it begins between -1/√H and 1/√H", D, H)
        ask(lambda a, bound: len(np.unique(a)) > 9, "its numbers differ", D, H)
    ask(lambda a, bound: bool(abs(np.mean(abs(a)) * 2 / bound - 1) < 0.2), "its numbers are spread evenly", 40, 64)
    ask(lambda a, bound: bool(abs(np.mean(a < 0) - 0.5) < 0.15), "about half of its numbers are negative", 40, 64)


def test_LSTMFunction(LSTMFunction, rng):
    for T, N, D, H in SEQUENCES:
        agree(LSTMFunction, *as_tensors(*sequence(rng, T, N, D, H)))
    x, h0, c0, *others = sequence(rng, 4, 3, 2, 5)
    agree(LSTMFunction, *as_tensors(x, h0, c0, requires_grad=False), *as_tensors(*others))  # what one trains
    agree(LSTMFunction, *as_tensors(x, h0, c0, *others, requires_grad=False))
    agree(LSTMFunction, *as_tensors(*sequence(rng, 3, 2, 4, 5), dtype="float32"))
    agree(LSTMFunction, *as_tensors(rng.choice([-1e4, 1e4], size=x.shape), h0, c0, *others))
