"""Chapter 1: classic mistakes. The docstring of each is what a learner reads who made it."""

import numpy as np

from autograde import wrong_answer
from lstm_ref.rnn import rnn_step

# ── 1.1 rnn_step ────────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("rnn_step")
def leaves_out_the_bias(x_t, h_prev, W_ih, W_hh, b):
    """The bias b is never added: with x_t = 0 and h_prev = 0 your h_t is 0, whatever b is."""
    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T)


@wrong_answer("rnn_step")
def multiplies_by_W_hh_the_wrong_way_up(x_t, h_prev, W_ih, W_hh, b):
    """Row j of W_hh holds the weights that unit j reads with; your product uses column j. W_hh is square, so no
    error shows it (see "The recurrent layer")."""
    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh + b)


@wrong_answer("rnn_step")
def multiplies_by_W_ih_the_wrong_way_up(x_t, h_prev, W_ih, W_hh, b):
    """W_ih has shape (H, D): a row for each unit. Your product needs a row for each input, so it stops with an
    error unless H = D, and where H = D its values are wrong."""
    return np.tanh(x_t @ W_ih + h_prev @ W_hh.T + b)


@wrong_answer("rnn_step")
def multiplies_by_both_the_wrong_way_up(x_t, h_prev, W_ih, W_hh, b):
    """Both weight matrices have a row for each unit, and both of your products read them by columns. Write the
    shapes under each product: (N, D) with (H, D), and (N, H) with (H, H)."""
    return np.tanh(x_t @ W_ih + h_prev @ W_hh + b)


@wrong_answer("rnn_step")
def sigmoid_for_tanh(x_t, h_prev, W_ih, W_hh, b):
    """Your states lie between 0 and 1, those of the formula between -1 and 1: this is the logistic sigmoid, which
    the gates of Chapter 2 use, not the tanh."""
    return 1 / (1 + np.exp(-(x_t @ W_ih.T + h_prev @ W_hh.T + b)))


@wrong_answer("rnn_step")
def swaps_the_two_products(x_t, h_prev, W_ih, W_hh, b):
    """The two products are swapped: x_t meets W_hh and h_prev meets W_ih. The names say which is which: ih leads
    from input to hidden, hh from hidden to hidden."""
    return np.tanh(x_t @ W_hh.T + h_prev @ W_ih.T + b)


@wrong_answer("rnn_step")
def adds_the_bias_after_tanh(x_t, h_prev, W_ih, W_hh, b):
    """The bias is added after the tanh. It belongs inside, where it shifts the input at which a unit changes its
    sign; outside, it gives states beyond 1 and -1."""
    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T) + b


@wrong_answer("rnn_step")
def leaves_out_tanh(x_t, h_prev, W_ih, W_hh, b):
    """The tanh is missing. Without it every step is linear, a hundred steps are one matrix product, and states can
    grow without bound."""
    return x_t @ W_ih.T + h_prev @ W_hh.T + b


# ── 1.2 rnn_forward ─────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("rnn_forward")
def starts_every_step_from_h0(x, h0, W_ih, W_hh, b):
    """Every step starts from h0, so no state is passed on: hs[0] is right, hs[1] is not. Which state must step t
    start from?"""
    hs = np.stack([rnn_step(x_t, h0, W_ih, W_hh, b) for x_t in x])
    return hs, hs[-1]


@wrong_answer("rnn_forward")
def starts_from_zeros(x, h0, W_ih, W_hh, b):
    """The first step starts from zeros and h0 is never read. Zeros are a common choice of h0, but
    the caller makes it."""
    h_t, hs = np.zeros_like(h0), []
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
        hs.append(h_t)
    return np.stack(hs), h_t


@wrong_answer("rnn_forward")
def keeps_the_state_before_each_step(x, h0, W_ih, W_hh, b):
    """hs is one step late: your hs[0] is h0, and the last state is missing from it. hs[t] is the state after step
    t; look at the order of keeping and stepping in your loop."""
    h_t, hs = h0, []
    for x_t in x:
        hs.append(h_t)
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
    return np.stack(hs), h_t


@wrong_answer("rnn_forward")
def keeps_h0_too(x, h0, W_ih, W_hh, b):
    """hs has T + 1 entries, because h0 stands at its front. h0 is the state before the first step; hs holds the
    states after the T steps."""
    hs = [h0]
    for x_t in x:
        hs.append(rnn_step(x_t, hs[-1], W_ih, W_hh, b))
    return np.stack(hs), hs[-1]


@wrong_answer("rnn_forward")
def one_step_short(x, h0, W_ih, W_hh, b):
    """The last input is never read: your loop ends one step early. For T inputs there are T steps and T states."""
    h_t, hs = h0, np.zeros((len(x), *h0.shape), dtype=h0.dtype)
    for t in range(len(x) - 1):
        h_t = rnn_step(x[t], h_t, W_ih, W_hh, b)
        hs[t] = h_t
    return hs, h_t


@wrong_answer("rnn_forward")
def one_output_short(x, h0, W_ih, W_hh, b):
    """hs has T - 1 entries: your loop ends one step early and never reads the last input. Count the steps for T = 1."""
    hs = []
    for x_t in x[:-1]:
        hs.append(rnn_step(x_t, hs[-1] if hs else h0, W_ih, W_hh, b))
    return np.stack(hs), hs[-1]


@wrong_answer("rnn_forward")
def swaps_time_and_batch(x, h0, W_ih, W_hh, b):
    """Your loop runs over the sequences of the batch instead of the steps: x is (T, N, D), time first, so one
    step's input has shape (N, D). Where T = N this raises no error, and sequences read each other."""
    h_t, hs = h0, []
    for n in range(x.shape[1]):
        h_t = rnn_step(x[:, n], h_t, W_ih, W_hh, b)
        hs.append(h_t)
    return np.stack(hs, axis=1), h_t


@wrong_answer("rnn_forward")
def stacks_time_second(x, h0, W_ih, W_hh, b):
    """The states are right but hs is (N, T, H): time stands second. The course keeps it first, in the output as in
    the input."""
    h_t, hs = h0, []
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
        hs.append(h_t)
    return np.stack(hs, axis=1), h_t


@wrong_answer("rnn_forward")
def keeps_the_last_state_only(x, h0, W_ih, W_hh, b):
    """Every hs[t] is the last state. Either hs is filled after the loop, or it holds the same array T times,
    which each step overwrites."""
    h_t = h0
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
    return np.stack([h_t] * len(x)), h_t


@wrong_answer("rnn_forward")
def returns_the_last_state_alone(x, h0, W_ih, W_hh, b):
    """You return the last state only. The caller needs two results: all states, (T, N, H), from which a language
    model predicts at every step, and the last one."""
    h_t = h0
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
    return h_t


@wrong_answer("rnn_forward")
def collects_float32_in_float64(x, h0, W_ih, W_hh, b):
    """The values are right, but float32 went in and hs is float64: np.zeros and np.empty make float64 unless they
    get a dtype, and from here on the model would compute in float64."""
    h_t, hs = h0, np.empty((len(x), *h0.shape))
    for t in range(len(x)):
        h_t = rnn_step(x[t], h_t, W_ih, W_hh, b)
        hs[t] = h_t
    return hs, h_t


# ── 1.3 embed ───────────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("embed")
def copies_rows_in_vocabulary_order(tokens, W_e):
    """The rows come in the order of the table, row 0 first, whatever the tokens are. A token's number says which
    row to take; its position in the sentence does not."""
    return W_e[np.arange(tokens.size) % len(W_e)].reshape(*tokens.shape, -1)


@wrong_answer("embed")
def one_hot_over_the_wrong_axis(tokens, W_e):
    """Your one-hot array has the vocabulary on its first axis, and a reshape moved the numbers to other tokens. A
    reshape keeps the order of the numbers; it does not swap axes. (And the one-hot is not needed.)"""
    one_hot = np.arange(len(W_e))[:, None] == tokens.ravel()
    return one_hot.reshape(*tokens.shape, len(W_e)).astype(W_e.dtype) @ W_e


@wrong_answer("embed")
def takes_columns(tokens, W_e):
    """You take columns of the table. W_e is (V, D): a token's vector is a row, with D numbers; a column has one
    number of each token."""
    return W_e.T[tokens]


@wrong_answer("embed")
def swaps_time_and_batch_of_tokens(tokens, W_e):
    """Time and batch are swapped: tokens are (T, N), so the result is (T, N, D), the vector of tokens[t, n] at [t,
    n]. Where T = N the shape does not show it."""
    return W_e[tokens.T]


@wrong_answer("embed")
def counts_tokens_from_one(tokens, W_e):
    """Every vector is that of the token before: you count from 1. Tokens run from 0 to V - 1, and row 0 belongs to
    token 0; yours got the last row, since -1 is a valid index."""
    return W_e[tokens - 1]


@wrong_answer("embed")
def loses_the_batch_axis(tokens, W_e):
    """The vectors are right but stand in one long list, (T · N, D). Keep both axes of tokens: nothing has to be
    flattened."""
    return W_e[tokens.ravel()]


@wrong_answer("embed")
def multiplies_float32_in_float64(tokens, W_e):
    """The values are right, but the table is float32 and your vectors are float64: a one-hot array made with np.eye or
    np.zeros brought its own dtype. A look-up by row number multiplies nothing, so no dtype can change."""
    return np.eye(len(W_e))[tokens] @ W_e


# ── 1.4 embed_backward ──────────────────────────────────────────────────────────────────────────────────────────────


def _scatter(dx, tokens, V):
    dW_e = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    np.add.at(dW_e, tokens, dx)
    return dW_e


@wrong_answer("embed_backward")
def overwrites_repeated_tokens(dx, tokens, V):
    """A token that occurs more than once gets the gradient of one occurrence only. With repeated indices, `+=`
    reads, adds and writes back once for each row, not once for each index (see "Embeddings")."""
    dW_e = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    dW_e[tokens] += dx
    return dW_e


@wrong_answer("embed_backward")
def overwrites_repeated_tokens_in_float64(dx, tokens, V):
    """A token that occurs more than once gets the gradient of one occurrence only: with repeated indices, `+=` reads,
    adds and writes back once for each row (see "Embeddings"). And your table is float64 even where
    dx is float32, because np.zeros got no dtype."""
    dW_e = np.zeros((V, dx.shape[2]))
    dW_e[tokens] += dx
    return dW_e


@wrong_answer("embed_backward")
def overwrites_tokens_repeated_in_the_batch(dx, tokens, V):
    """Repetitions in time are added, but where two sentences have a token at the same step, one gradient is lost:
    your loop runs over t, and inside it `+=` still meets repeated indices."""
    dW_e = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    for t in range(len(tokens)):
        dW_e[tokens[t]] += dx[t]
    return dW_e


@wrong_answer("embed_backward")
def overwrites_tokens_repeated_in_time(dx, tokens, V):
    """Repetitions in the batch are added, but where one sentence has a token twice, one gradient is lost: your
    loop runs over n, and inside it `+=` still meets repeated indices."""
    dW_e = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    for n in range(tokens.shape[1]):
        dW_e[tokens[:, n]] += dx[:, n]
    return dW_e


@wrong_answer("embed_backward")
def averages_over_occurrences(dx, tokens, V):
    """Each row is divided by how often its token occurs. The gradient is a sum: if a row is read ten times, a change
    of it changes the loss through ten positions."""
    counts = np.bincount(tokens.ravel(), minlength=V)
    return _scatter(dx, tokens, V) / np.maximum(counts, 1)[:, None].astype(dx.dtype)


@wrong_answer("embed_backward")
def divides_by_the_batch(dx, tokens, V):
    """Your gradient is divided by N. If the loss is a mean, dx contains that division already; add its entries
    unchanged."""
    return _scatter(dx, tokens, V) / dx.dtype.type(tokens.shape[1])


@wrong_answer("embed_backward")
def pairs_gradients_with_other_tokens(dx, tokens, V):
    """Gradients land on the rows of other tokens: tokens and dx were flattened in different orders. tokens[t, n]
    belongs to dx[t, n]; look at the transposes and reshapes."""
    return _scatter(dx.reshape(-1, 1, dx.shape[2]), tokens.T.reshape(-1, 1), V)


@wrong_answer("embed_backward")
def stops_at_the_last_token_seen(dx, tokens, V):
    """The table ends at the greatest token that occurs in this batch. It has V rows always; tokens that do not
    occur have a gradient of zero."""
    return _scatter(dx, tokens, tokens.max() + 1)


@wrong_answer("embed_backward")
def adds_float32_in_float64(dx, tokens, V):
    """The values are right, but dx was float32 and your table is float64: np.zeros makes float64 unless it gets a
    dtype, and the optimiser would turn the whole model into float64."""
    return _scatter(dx, tokens, V).astype(np.float64)


# ── 1.5 masked_cross_entropy ────────────────────────────────────────────────────────────────────────────────────────


def _log_softmax(logits, axis=-1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _losses(log_p, targets):
    return -np.take_along_axis(log_p, targets[..., None], axis=2)[..., 0]


def _mean(nll, mask):
    return float(nll[mask].mean()) if mask.any() else 0.0


@wrong_answer("masked_cross_entropy")
def divides_by_padding_too(logits, targets, mask):
    """Padding adds nothing to your sum, but it is counted in the divisor: you divide by T · N. The more padding a
    batch has, the better your loss looks."""
    return float((_losses(_log_softmax(logits), targets) * mask).mean())


@wrong_answer("masked_cross_entropy")
def ignores_the_mask(logits, targets, mask):
    """The mask is not used: your mean runs over padding as well, as if the targets there meant something."""
    return float(_losses(_log_softmax(logits), targets).mean())


@wrong_answer("masked_cross_entropy")
def takes_token_0_for_padding(logits, targets, mask):
    """You leave out the positions whose target is 0. In the course's vocabulary 0 happens to be padding; what
    counts here is the mask, and any token may stand at a real position."""
    return _mean(_losses(_log_softmax(logits), targets), mask & (targets != 0))


@wrong_answer("masked_cross_entropy")
def sums_instead_of_averaging(logits, targets, mask):
    """This is the sum over all real positions. The mean is asked for: a sum grows with the batch, and its gradient
    with it."""
    return float(_losses(_log_softmax(logits), targets)[mask].sum())


@wrong_answer("masked_cross_entropy")
def averages_sentence_by_sentence(logits, targets, mask):
    """You average within each sequence, and then over the sequences that have any real position. A short sentence's
    characters then weigh more than a long one's. Take one mean over all real positions together."""
    nll = _losses(_log_softmax(logits), targets)
    means = [nll[mask[:, n], n].mean() for n in range(nll.shape[1]) if mask[:, n].any()]
    return float(np.mean(means)) if means else 0.0


@wrong_answer("masked_cross_entropy")
def overflows_in_the_softmax(logits, targets, mask):
    """Right for small scores, NaN for large ones: np.exp(1000) is infinite, and infinite divided by infinite is
    NaN. Which number may be subtracted from all scores of a position without changing a probability?"""
    e = np.exp(logits)
    return _mean(_losses(np.log(e / e.sum(axis=2, keepdims=True)), targets), mask)


@wrong_answer("masked_cross_entropy")
def overflows_in_the_log_sum(logits, targets, mask):
    """Right for small scores, infinite for large ones: you use the logarithm of the sum, but the exponentials inside
    it overflow, or all of them round to 0. Shift the scores of each position so that its largest is 0 first."""
    return _mean(_losses(logits - np.log(np.exp(logits).sum(axis=2, keepdims=True)), targets), mask)


@wrong_answer("masked_cross_entropy")
def takes_the_greatest_score_of_the_batch(logits, targets, mask):
    """The largest score of the whole batch is subtracted, not that of each position. Where all scores of a position
    lie far below it, their exponentials round to 0, and the logarithm of the sum is infinite."""
    z = logits - logits.max()
    return _mean(_losses(z - np.log(np.exp(z).sum(axis=2, keepdims=True)), targets), mask)


@wrong_answer("masked_cross_entropy")
def takes_the_log_of_a_rounded_probability(logits, targets, mask):
    """The softmax no longer overflows, but where the right token is very unlikely its probability rounds to 0 and
    the logarithm is infinite. Do not compute the probability: take the logarithm of the fraction on paper
    first."""
    e = np.exp(logits - logits.max(axis=2, keepdims=True))
    return _mean(_losses(np.log(e / e.sum(axis=2, keepdims=True)), targets), mask)


@wrong_answer("masked_cross_entropy")
def adds_a_small_number_in_the_log(logits, targets, mask):
    """A small number inside the logarithm keeps it finite and makes it wrong: no loss of yours can exceed some 28
    nats, so a model that is certain and wrong gets too small a loss and no gradient. Use logarithms throughout
    instead."""
    e = np.exp(logits - logits.max(axis=2, keepdims=True))
    return _mean(_losses(np.log(e / e.sum(axis=2, keepdims=True) + 1e-12), targets), mask)


@wrong_answer("masked_cross_entropy")
def softmax_over_time(logits, targets, mask):
    """Your softmax runs over axis 0, time. The probabilities of one position must add to 1 over the vocabulary,
    the last axis."""
    return _mean(_losses(_log_softmax(logits, axis=0), targets), mask)


@wrong_answer("masked_cross_entropy")
def softmax_over_the_batch(logits, targets, mask):
    """Your softmax runs over axis 1, the batch, so the loss of one sentence depends on the others. The probabilities
    of one position must add to 1 over the vocabulary."""
    return _mean(_losses(_log_softmax(logits, axis=1), targets), mask)


@wrong_answer("masked_cross_entropy")
def divides_by_nothing(logits, targets, mask):
    """Right wherever there is something to average, NaN where the whole batch is padding: that divides 0 by 0, and
    one NaN in a loss makes every weight NaN after the next update."""
    nll = _losses(_log_softmax(logits), targets)
    return float(np.sum(nll * mask) / np.float64(mask.sum()))


@wrong_answer("masked_cross_entropy")
def has_the_wrong_sign(logits, targets, mask):
    """This is the mean log-likelihood: negative, and greater is better. A loss is its negative, so that smaller is
    better."""
    return -_mean(_losses(_log_softmax(logits), targets), mask)


# ── 1.6 perplexity ──────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("perplexity")
def exponential_of_the_sum(nll, mask):
    """This is exp of the sum, the number of equally likely texts, which grows with the length. Perplexity is a number
    for one token, so a mean comes before the exponential."""
    return float(np.exp(nll[mask].sum()))


@wrong_answer("perplexity")
def two_to_the_power_of_nats(nll, mask):
    """You raise 2 to a power that is in nats. The base belongs to the unit: 2 to bits, e to nats. A fair die would
    get 3.46 sides."""
    return float(2.0 ** (nll[mask].sum() / max(mask.sum(), 1)))


@wrong_answer("perplexity")
def counts_padding_as_free(nll, mask):
    """Padding costs nothing in your sum, but it is counted in the divisor: every padded position makes the model
    look better."""
    return float(np.exp((nll * mask).mean()))


@wrong_answer("perplexity")
def divides_by_the_steps(nll, mask):
    """You divide by T, the number of steps, and not by the number of real tokens. For a batch of N sequences the mean
    is then up to N times too large."""
    return float(np.exp((nll * mask).sum() / len(nll)))


@wrong_answer("perplexity")
def averages_padding_too(nll, mask):
    """The mask is not used: the values at padding are averaged as if they were text."""
    return float(np.exp(nll.mean()))


@wrong_answer("perplexity")
def averages_after_the_exponential(nll, mask):
    """The mean is taken after the exponential, token by token: a single unlikely token then decides the result.
    First the mean, then one exponential."""
    return float(np.exp(nll[mask]).mean()) if mask.any() else 1.0


@wrong_answer("perplexity")
def averages_perplexities_of_sentences(nll, mask):
    """You compute a perplexity for each sentence and average those. Take one mean over all real tokens of the batch
    and one exponential of it."""
    each = [np.exp(nll[mask[:, n], n].mean()) for n in range(nll.shape[1]) if mask[:, n].any()]
    return float(np.mean(each)) if each else 1.0


@wrong_answer("perplexity")
def averages_means_of_sentences(nll, mask):
    """You average within each sentence, then over sentences: the tokens of short sentences weigh more than those of
    long ones. Take one mean over all real tokens of the batch."""
    means = [nll[mask[:, n], n].mean() for n in range(nll.shape[1]) if mask[:, n].any()]
    return float(np.exp(np.mean(means))) if means else 1.0


@wrong_answer("perplexity")
def stays_in_nats(nll, mask):
    """This is the loss in nats, before the exponential: a fair die would get 1.79, not 6."""
    return float(nll[mask].sum() / max(mask.sum(), 1))


@wrong_answer("perplexity")
def divides_zero_by_zero(nll, mask):
    """Right wherever there is a token, NaN where the whole batch is padding. Without a token the
    perplexity is 1."""
    return float(np.exp(np.sum(nll * mask) / np.float64(mask.sum())))


# ── 1.7 sample ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _draw(p, rng):
    return np.array([rng.choice(len(row), p=row) for row in p], dtype=np.int64)


@wrong_answer("sample")
def multiplies_by_the_temperature(logits, temperature, rng):
    """The temperature acts the wrong way round: you multiply by it, so that a high temperature sharpens the
    distribution and a low one flattens it."""
    return _draw(_softmax(logits * temperature), rng)


@wrong_answer("sample")
def ignores_the_temperature(logits, temperature, rng):
    """The temperature changes nothing: you draw as if it were always 1. Either it is not used, or it divides
    values that are normalised afterwards, which removes it again."""
    return _draw(_softmax(logits), rng)


@wrong_answer("sample")
def takes_the_likeliest(logits, temperature, rng):
    """You always take the most probable token. A draw takes two equally probable tokens equally often, and the
    temperature changes the frequencies."""
    return logits.argmax(axis=1)


@wrong_answer("sample")
def does_not_normalise(logits, temperature, rng):
    """The scores are exponentiated but not divided by their sum, so their running sums do not end at 1,
    and the first tokens are drawn too often."""
    e = np.exp(logits / temperature - (logits / temperature).max(axis=1, keepdims=True))
    return (e.cumsum(axis=1) > rng.random((len(e), 1))).argmax(axis=1)


@wrong_answer("sample")
def draws_from_scores(logits, temperature, rng):
    """You draw in proportion to the scores themselves, divided by their sum. Scores are logarithms, and may be
    negative: the exponential comes first, then the division by the sum."""
    scores = logits / temperature
    return _draw(scores / scores.sum(axis=1, keepdims=True), rng)


@wrong_answer("sample")
def overflows(logits, temperature, rng):
    """Right for small scores; for large ones the exponentials overflow, the probabilities are NaN, and you return
    token 0 without an error. Subtract the largest score of each row first."""
    e = np.exp(logits / temperature)
    p = e / e.sum(axis=1, keepdims=True)
    return (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)


@wrong_answer("sample")
def overflows_before_choice(logits, temperature, rng):
    """The exponentials of large scores overflow: infinite divided by infinite is NaN, and rng.choice refuses
    probabilities that are NaN. Subtract the largest score of each row first."""
    e = np.exp(logits / temperature)
    return _draw(e / e.sum(axis=1, keepdims=True), rng)


@wrong_answer("sample")
def takes_the_greatest_score_of_the_batch_away(logits, temperature, rng):
    """The largest score of the whole batch is subtracted, not that of each row. In a row that lies far below it, all
    exponentials round to 0, the probabilities are 0 divided by 0, and you return token 0 without an error."""
    e = np.exp((logits - logits.max()) / temperature)
    p = e / e.sum(axis=1, keepdims=True)
    return (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)


@wrong_answer("sample")
def ignores_the_generator(logits, temperature, rng):
    """The frequencies are right, but the draws do not come from the generator you were given: the same seed gives
    other draws each time, so the text cannot be repeated."""
    return _draw(_softmax(logits / temperature), np.random.default_rng())


@wrong_answer("sample")
def seeds_a_generator_of_its_own(logits, temperature, rng):
    """You make a generator of your own with a fixed seed, so every call draws the same numbers: a text generated
    token by token would repeat itself. Draw from the generator that you were given; each draw advances it."""
    return _draw(_softmax(logits / temperature), np.random.default_rng(0))


@wrong_answer("sample")
def one_draw_for_all_rows(logits, temperature, rng):
    """One random number decides all rows, so that equal rows always get equal tokens. Each row needs a draw of its
    own."""
    p = _softmax(logits / temperature)
    return (p.cumsum(axis=1) > rng.random()).argmax(axis=1)


@wrong_answer("sample")
def draws_all_from_the_first_row(logits, temperature, rng):
    """All tokens are drawn from the distribution of the first row. Each row of logits is a distribution of its
    own."""
    p = _softmax(logits / temperature)
    return rng.choice(p.shape[1], size=len(p), p=p[0])
