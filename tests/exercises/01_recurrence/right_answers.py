"""Chapter 1: right answers in other styles than the reference's. Each must get full marks."""

import math

import numpy as np

from lstm_ref.rnn import rnn_step

# ── 1.1 rnn_step ────────────────────────────────────────────────────────────────────────────────────────────────────


def rnn_step__einsum(x_t, h_prev, W_ih, W_hh, b):
    return np.tanh(np.einsum("nd,hd->nh", x_t, W_ih) + np.einsum("nk,hk->nh", h_prev, W_hh) + b)


def rnn_step__one_product(x_t, h_prev, W_ih, W_hh, b):
    read = np.concatenate([x_t, h_prev, np.ones((len(x_t), 1), x_t.dtype)], axis=1)
    return np.tanh(read @ np.concatenate([W_ih, W_hh, b[:, None]], axis=1).T)


def rnn_step__sequence_by_sequence(x_t, h_prev, W_ih, W_hh, b):
    h_t = np.empty_like(h_prev)
    for n in range(len(x_t)):
        h_t[n] = np.tanh(b + W_hh @ h_prev[n] + W_ih @ x_t[n])
    return h_t


def rnn_step__unit_by_unit(x_t, h_prev, W_ih, W_hh, b):
    return np.stack([np.tanh(x_t @ W_ih[j] + h_prev @ W_hh[j] + b[j]) for j in range(len(b))], axis=1)


def rnn_step__transposed(x_t, h_prev, W_ih, W_hh, b):
    return np.tanh((W_ih @ x_t.T + W_hh @ h_prev.T + b[:, None]).T)


# ── 1.2 rnn_forward ─────────────────────────────────────────────────────────────────────────────────────────────────


def rnn_forward__collects_a_list(x, h0, W_ih, W_hh, b):
    states = [h0]
    for x_t in x:
        states.append(rnn_step(x_t, states[-1], W_ih, W_hh, b))
    return np.stack(states[1:]), states[-1]


def rnn_forward__all_input_products_at_once(x, h0, W_ih, W_hh, b):
    hs = x @ W_ih.T + b
    h_t = h0
    for t in range(len(hs)):
        h_t = hs[t] = np.tanh(hs[t] + h_t @ W_hh.T)
    return hs, h_t.copy()


def rnn_forward__recursive(x, h0, W_ih, W_hh, b):
    h_1 = rnn_step(x[0], h0, W_ih, W_hh, b)
    if len(x) == 1:
        return h_1[None], h_1
    hs, h_T = rnn_forward__recursive(x[1:], h_1, W_ih, W_hh, b)
    return np.concatenate([h_1[None], hs]), h_T


def rnn_forward__sequence_by_sequence(x, h0, W_ih, W_hh, b):
    T, N, _ = x.shape
    hs = np.zeros((T + 1, N, len(b)), dtype=h0.dtype)
    hs[0] = h0
    for n in range(N):
        for t in range(T):
            hs[t + 1, n] = np.tanh(W_ih @ x[t, n] + W_hh @ hs[t, n] + b)
    return hs[1:], hs[-1]


# ── 1.3 embed ───────────────────────────────────────────────────────────────────────────────────────────────────────


def embed__take(tokens, W_e):
    return np.take(W_e, tokens, axis=0)


def embed__one_hot_product(tokens, W_e):
    return (tokens[:, :, None] == np.arange(len(W_e))).astype(W_e.dtype) @ W_e


def embed__loops(tokens, W_e):
    x = np.empty((*tokens.shape, W_e.shape[1]), dtype=W_e.dtype)
    for t, row in enumerate(tokens):
        for n, token in enumerate(row):
            x[t, n] = W_e[token]
    return x


def embed__flat_and_reshaped(tokens, W_e):
    T, N = tokens.shape
    return np.array([W_e[token] for token in tokens.ravel()]).reshape(T, N, -1)


# ── 1.4 embed_backward ──────────────────────────────────────────────────────────────────────────────────────────────


def embed_backward__loops(dx, tokens, V):
    dW_e = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    for t in range(tokens.shape[0]):
        for n in range(tokens.shape[1]):
            dW_e[tokens[t, n]] += dx[t, n]
    return dW_e


def embed_backward__one_hot_einsum(dx, tokens, V):
    one_hot = np.eye(V, dtype=dx.dtype)[tokens]
    return np.einsum("tnv,tnd->vd", one_hot, dx)


def embed_backward__token_by_token(dx, tokens, V):
    return np.stack([dx[tokens == v].sum(axis=0) for v in range(V)])


def embed_backward__bincount(dx, tokens, V):
    columns = [np.bincount(tokens.ravel(), weights=column.ravel(), minlength=V) for column in np.moveaxis(dx, 2, 0)]
    return np.stack(columns, axis=1).astype(dx.dtype)


# ── 1.5 masked_cross_entropy ────────────────────────────────────────────────────────────────────────────────────────


def masked_cross_entropy__logaddexp(logits, targets, mask):
    nll = np.logaddexp.reduce(logits, axis=2) - np.take_along_axis(logits, targets[:, :, None], axis=2)[:, :, 0]
    return float(nll[mask].mean()) if mask.any() else 0.0


def masked_cross_entropy__loops(logits, targets, mask):
    total, count = 0.0, 0
    for t in range(mask.shape[0]):
        for n in range(mask.shape[1]):
            if mask[t, n]:
                scores = [float(score) for score in logits[t, n]]
                largest = max(scores)
                total += largest + math.log(sum(math.exp(s - largest) for s in scores)) - scores[targets[t, n]]
                count += 1
    return total / count if count else 0.0


def masked_cross_entropy__everywhere_then_masked(logits, targets, mask):
    T, N, V = logits.shape
    z = logits - np.max(logits, axis=-1, keepdims=True)
    log_Z = np.log(np.sum(np.exp(z), axis=-1))
    chosen = np.where(targets[:, :, None] == np.arange(V), z, 0.0).sum(axis=-1)
    return np.sum((log_Z - chosen) * mask) / max(1, np.count_nonzero(mask))


def masked_cross_entropy__differences_to_the_target(logits, targets, mask):
    losses = []
    for scores, target in zip(logits[mask], targets[mask], strict=True):
        apart = scores - scores[target]
        top = apart.max()
        losses.append(top + np.log(np.exp(apart - top).sum()))
    return np.mean(losses) if losses else 0.0


# ── 1.6 perplexity ──────────────────────────────────────────────────────────────────────────────────────────────────


def perplexity__loops(nll, mask):
    total, count = 0.0, 0
    for cost, is_real in zip(nll.ravel(), mask.ravel(), strict=True):
        if is_real:
            total += float(cost)
            count += 1
    return math.exp(total / count) if count else 1.0


def perplexity__weighted_average(nll, mask):
    return np.exp(np.average(nll, weights=mask)) if mask.any() else 1.0


def perplexity__where(nll, mask):
    return np.exp(np.where(mask, nll, 0.0).sum() / np.maximum(mask.sum(), 1))


def perplexity__geometric_mean(nll, mask):
    if not mask.any():
        return 1.0
    return float(np.prod(np.exp(nll[mask] / mask.sum())))


# ── 1.7 sample ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sample__running_sums(logits, temperature, rng):
    p = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    ends = np.cumsum(p, axis=1)
    u = rng.random((len(logits), 1)) * ends[:, -1:]
    return np.minimum((ends <= u).sum(axis=1), logits.shape[1] - 1)


def sample__gumbel(logits, temperature, rng):
    return np.argmax(logits / temperature + rng.gumbel(size=logits.shape), axis=1)


def sample__multinomial(logits, temperature, rng):
    scores = logits.astype(np.float64) / temperature
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return np.array([np.flatnonzero(rng.multinomial(1, row))[0] for row in p])


def sample__searchsorted(logits, temperature, rng):
    tokens = np.zeros(len(logits), dtype=int)
    for n, row in enumerate(logits):
        scores = row / temperature
        ends = np.exp(scores - np.max(scores)).astype(np.float64).cumsum()
        tokens[n] = np.searchsorted(ends / ends[-1], rng.uniform(), side="right")
    return tokens


def sample__race(logits, temperature, rng):
    """Exponential waiting times with rates p: the first to arrive is drawn with probability p."""
    scores = logits / temperature
    log_p = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    return (np.log(rng.exponential(size=logits.shape)) - log_p).argmin(axis=1)
