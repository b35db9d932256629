"""RNN, LSTM and GRU with layers, directions, dropout and variable lengths, and with all gradients.

What `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU` compute, in one page: `layers[l][k]` holds the weights of
layer l, direction k (0 forwards, 1 backwards), as the step of its kind takes them: (W_ih, W_hh, b) for "rnn" and
"lstm", (W_ih, W_hh, b_ih, b_hh) for "gru". K is the number of directions; states stand in PyTorch's order, layer by
layer and forwards before backwards, so row l * K + k belongs to layers[l][k].
"""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from lstm_ref.gru import gru_step_torch
from lstm_ref.gru_backward import gru_step_backward_torch
from lstm_ref.lstm import lstm_step, lstm_step_backward
from lstm_ref.rnn import rnn_step, rnn_step_backward
from lstm_ref.shapes import checked


def _rnn(x_t, states, weights):
    h_t = rnn_step(x_t, *states, *weights)
    return (h_t,), (x_t, *states, h_t)


def _rnn_back(dstates, cache, weights):
    dx_t, dh_prev, *dweights = rnn_step_backward(*dstates, *cache, *weights[:2])
    return dx_t, (dh_prev,), dweights


def _lstm(x_t, states, weights):
    *states, cache = lstm_step(x_t, *states, *weights)
    return states, cache


def _lstm_back(dstates, cache, weights):
    dx_t, dh_prev, dc_prev, *dweights = lstm_step_backward(*dstates, cache, *weights[:2])
    return dx_t, (dh_prev, dc_prev), dweights


def _gru(x_t, states, weights):
    h_t, cache = gru_step_torch(x_t, *states, *weights)
    return (h_t,), cache


def _gru_back(dstates, cache, weights):
    dx_t, dh_prev, *dweights = gru_step_backward_torch(*dstates, cache, *weights[:2])
    return dx_t, (dh_prev,), dweights


STEPS = {"rnn": (_rnn, _rnn_back), "lstm": (_lstm, _lstm_back), "gru": (_gru, _gru_back)}


@checked
def network_forward(
    kind: str,
    x: Float[ndarray, "T N D"],
    states: tuple[Float[ndarray, "LK N H"], ...],
    layers: list,
    lengths: Int[ndarray, " N"] | None = None,
    dropout: float = 0.0,
    rng: np.random.Generator | None = None,
) -> tuple[Float[ndarray, "T N KH"], tuple, list]:
    """Run a whole recurrent network over padded sequences.

    kind : str            "rnn", "lstm" or "gru"
    x : (T, N, D)         the sequences, time first, padded at the end
    states : tuple        (h0,) or, for "lstm", (h0, c0), each (LK, N, H) with LK = L * K
    layers : list         L lists of K tuples of weights
    lengths : (N,)        steps of each sequence, from 0 to T; None where all have T
    dropout : float       chance that a value passed from one layer to the next is set to 0, in training
    rng : Generator       NumPy's generator in training; None in evaluation, where nothing is dropped
    Returns hs (T, N, KH), states_n (tuple), cache (list): outputs, 0 at padding; the states after each sequence's
    last step; and what `network_backward` needs

    Raises ValueError for another kind, where states and weights do not fit, and for a length beyond T.
    """
    T, N, _ = x.shape
    L, K = len(layers), len(layers[0])
    lengths = np.full(N, T) if lengths is None else lengths
    _refuse_what_does_not_fit(kind, x, states, layers, lengths)
    ends = [np.empty_like(state) for state in states]
    hs, cache = x, []
    for layer, directions in enumerate(layers):
        outputs, kept = [], []
        for k, weights in enumerate(directions):
            row = layer * K + k
            order = _order(T, lengths, is_backwards=k == 1)
            out, end, cache_k = _run(kind, hs[order], [s[row] for s in states], weights, lengths)
            outputs.append(out[order])
            for all_ends, one in zip(ends, end, strict=True):
                all_ends[row] = one
            kept.append((order, cache_k))
        hs = np.concatenate(outputs, axis=2)
        mask = None
        if rng is not None and dropout > 0 and layer < L - 1:
            mask = (rng.random(hs.shape) >= dropout) / hs.dtype.type(1 - dropout)
            hs = hs * mask.astype(hs.dtype)
        cache.append((kept, mask))
    return hs, tuple(ends), [kind, layers, lengths, cache]


@checked
def network_backward(
    dhs: Float[ndarray, "T N KH"], dstates: tuple[Float[ndarray, "LK N H"], ...], cache: list
) -> tuple[Float[ndarray, "T N D"], tuple, list]:
    """Gradients of the loss with respect to everything that `network_forward` read.

    dhs : (T, N, KH)      gradient of the loss with respect to each output; not read at padding
    dstates : tuple       gradients with respect to the final states, in the order of states
    cache : list          what `network_forward` kept
    Returns dx (T, N, D), dstates0 (tuple), dlayers (list): shaped as x, states and layers
    """
    kind, layers, lengths, caches = cache
    K, H = len(layers[0]), layers[0][0][1].shape[1]
    starts = [np.empty_like(d) for d in dstates]
    dlayers = []
    for layer in reversed(range(len(layers))):
        kept, mask = caches[layer]
        if mask is not None:
            dhs = dhs * mask.astype(dhs.dtype)
        dx, dweights = 0.0, []
        for k, (order, cache_k) in enumerate(kept):
            row, part = layer * K + k, dhs[:, :, k * H : (k + 1) * H]
            dx_k, start, dw = _run_back(
                kind, part[order], [d[row] for d in dstates], cache_k, layers[layer][k], lengths
            )
            dx = dx + dx_k[order]
            dweights.append(tuple(dw))
            for all_starts, one in zip(starts, start, strict=True):
                all_starts[row] = one
        dhs = dx
        dlayers.insert(0, dweights)
    return dhs, tuple(starts), dlayers


def _refuse_what_does_not_fit(kind, x, states, layers, lengths):
    if kind not in STEPS:
        raise ValueError(f"kind is {kind!r}; expected one of {', '.join(STEPS)}")
    (T, N, D), L, K = x.shape, len(layers), len(layers[0])
    if N and not 0 <= lengths.min() <= lengths.max() <= T:
        raise ValueError(f"lengths are {lengths}; expected {N} numbers from 0 to {T}")
    if len(states) != (2 if kind == "lstm" else 1):
        raise ValueError(f"there are {len(states)} states; expected {'h0 and c0' if kind == 'lstm' else 'h0 only'}")
    H, gates = states[0].shape[2], {"rnn": 1, "lstm": 4, "gru": 3}[kind]
    if states[0].shape[0] != L * K:
        raise ValueError(f"a state has shape {states[0].shape}; expected ({L * K}, {N}, H)")
    for layer, directions in enumerate(layers):
        rows, width = gates * H, D if layer == 0 else K * H
        expected = [(rows, width), (rows, H), (rows,), (rows,)][: 4 if kind == "gru" else 3]
        for k, weights in enumerate(directions):
            if (found := [w.shape for w in weights]) != expected:
                raise ValueError(f"layers[{layer}][{k}] has weights of shapes {found}; expected {expected}")


def _order(T, lengths, is_backwards):
    """Where each step reads: an index for arrays (T, N, …) that is its own inverse; padding stays in place."""
    t = np.arange(T)[:, None]
    if is_backwards:
        t = np.where(t < lengths, lengths - 1 - t, t)
    return np.broadcast_to(t, (T, len(lengths))), np.arange(len(lengths))


def _run(kind, x, states, weights, lengths):
    step, _ = STEPS[kind]
    hs = np.zeros((*x.shape[:2], states[0].shape[1]), dtype=x.dtype)
    cache = []
    for t in range(len(x)):
        is_real = (t < lengths)[:, None]
        new, kept = step(x[t], states, weights)
        states = [np.where(is_real, n, s) for n, s in zip(new, states, strict=True)]
        hs[t] = np.where(is_real, new[0], 0)
        cache.append(kept)
    return hs, states, cache


def _run_back(kind, dhs, dstates, cache, weights, lengths):
    _, step_back = STEPS[kind]
    dx = np.zeros((*dhs.shape[:2], weights[0].shape[1]), dtype=dhs.dtype)
    totals = [np.zeros_like(w) for w in weights]
    for t in reversed(range(len(dhs))):
        is_real = (t < lengths)[:, None]
        dh, *dc = dstates
        # A sequence that has ended sends nothing through this step: its states' gradients wait unchanged.
        sent = [np.where(is_real, d, 0) for d in (dhs[t] + dh, *dc)]
        dx[t], dprev, of_step = step_back(sent, cache[t], weights)
        dstates = [np.where(is_real, p, d) for p, d in zip(dprev, dstates, strict=True)]
        for total, dw in zip(totals, of_step, strict=True):
            total += dw
    return dx, dstates, totals
