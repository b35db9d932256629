"""Chapter 4: classic mistakes. The docstring of each is what a learner reads who made it."""

import numpy as np

from autograde import wrong_answer
from lstm_ref.functions import sigmoid
from lstm_ref.lstm import lstm_forward, lstm_step
from lstm_ref.lstm_layers import lstm_forward_lengths

# ── 4.1 lstm_forward ────────────────────────────────────────────────────────────────────────────────────────────────


def _run(x, h0, c0, W_ih, W_hh, b):
    """States before each step and after the last, and the caches: T + 1, T + 1 and T of them."""
    hs, cs, cache = [h0], [c0], []
    for x_t in x:
        h_t, c_t, cache_t = lstm_step(x_t, hs[-1], cs[-1], W_ih, W_hh, b)
        hs.append(h_t)
        cs.append(c_t)
        cache.append(cache_t)
    return hs, cs, cache


@wrong_answer("lstm_forward")
def reads_the_batch_first(x, h0, c0, W_ih, W_hh, b):
    """Your loop runs over the second axis of x, as if x were (N, T, D). Here time comes first, (T, N, D): one step's
    input is x[t], of shape (N, D). Where T = N nothing stops you, and the sequences read each other."""
    h_t, c_t, hs, cache = h0, c0, [], []
    for t in range(x.shape[1]):
        h_t, c_t, cache_t = lstm_step(x[:, t], h_t, c_t, W_ih, W_hh, b)
        hs.append(h_t)
        cache.append(cache_t)
    return np.stack(hs, axis=1), h_t, c_t, cache


@wrong_answer("lstm_forward")
def reads_the_batch_first_and_stacks_time_first(x, h0, c0, W_ih, W_hh, b):
    """Your loop runs over the second axis of x, as if x were (N, T, D), while hs is stacked time first, as it should
    be. Time comes first in x too: one step's input is x[t], of shape (N, D)."""
    h_t, c_t, hs, cache = h0, c0, [], []
    for t in range(x.shape[1]):
        h_t, c_t, cache_t = lstm_step(x[:, t], h_t, c_t, W_ih, W_hh, b)
        hs.append(h_t)
        cache.append(cache_t)
    return np.stack(hs), h_t, c_t, cache


@wrong_answer("lstm_forward")
def stacks_states_on_the_second_axis(x, h0, c0, W_ih, W_hh, b):
    """Your hs is (N, T, H): the states are right, and stacked on the wrong axis. Time comes first, going in and coming
    out."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[1:], axis=1), hs[-1], cs[-1], cache


@wrong_answer("lstm_forward")
def starts_each_step_from_h0_and_c0(x, h0, c0, W_ih, W_hh, b):
    """Every step starts from h0 and c0: nothing is handed on, and your network has no memory. hs[0] is right, hs[1]
    already is not."""
    steps = [lstm_step(x_t, h0, c0, W_ih, W_hh, b) for x_t in x]
    return np.stack([step[0] for step in steps]), *steps[-1][:2], [step[2] for step in steps]


@wrong_answer("lstm_forward")
def hands_on_h_and_not_c(x, h0, c0, W_ih, W_hh, b):
    """The hidden state is handed on and the cell is not: every step starts from c0. The cell is the memory; an LSTM
    whose cell begins anew at each step is an RNN with extra arithmetic."""
    h_t, hs, cache = h0, [], []
    for x_t in x:
        h_t, c_t, cache_t = lstm_step(x_t, h_t, c0, W_ih, W_hh, b)
        hs.append(h_t)
        cache.append(cache_t)
    return np.stack(hs), h_t, c_t, cache


@wrong_answer("lstm_forward")
def hands_on_c_and_not_h(x, h0, c0, W_ih, W_hh, b):
    """The cell is handed on and the hidden state is not: every step's gates read h0. Two things go from step to
    step."""
    c_t, hs, cache = c0, [], []
    for x_t in x:
        h_t, c_t, cache_t = lstm_step(x_t, h0, c_t, W_ih, W_hh, b)
        hs.append(h_t)
        cache.append(cache_t)
    return np.stack(hs), h_t, c_t, cache


@wrong_answer("lstm_forward")
def starts_from_zero_states(x, h0, c0, W_ih, W_hh, b):
    """The first step starts from zeros, and h0 and c0 are never read. Zeros are the usual choice, but the caller makes
    it: a text in pieces continues with the states in which the last piece ended."""
    hs, cs, cache = _run(x, np.zeros_like(h0), np.zeros_like(c0), W_ih, W_hh, b)
    return np.stack(hs[1:]), hs[-1], cs[-1], cache


@wrong_answer("lstm_forward")
def starts_from_a_zero_cell(x, h0, c0, W_ih, W_hh, b):
    """The first step's cell is zeros, and c0 is never read. Both states come from the caller."""
    hs, cs, cache = _run(x, h0, np.zeros_like(c0), W_ih, W_hh, b)
    return np.stack(hs[1:]), hs[-1], cs[-1], cache


@wrong_answer("lstm_forward")
def final_states_before_the_last_step(x, h0, c0, W_ih, W_hh, b):
    """h_T and c_T are those before the last step. hs is right, so compare: h_T must be hs[-1]."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[1:]), hs[-2], cs[-2], cache


@wrong_answer("lstm_forward")
def final_states_of_the_first_step(x, h0, c0, W_ih, W_hh, b):
    """h_T and c_T are those of the first step: hs[0] where it should be the last, hs[-1]."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[1:]), hs[1], cs[1], cache


@wrong_answer("lstm_forward")
def returns_the_cell_first(x, h0, c0, W_ih, W_hh, b):
    """h_T and c_T come back in the wrong order: your second value is the cell. Both have the same shape, so no error
    shows it."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[1:]), cs[-1], hs[-1], cache


@wrong_answer("lstm_forward")
def collects_the_cells(x, h0, c0, W_ih, W_hh, b):
    """Your hs holds the cells. What a layer shows to the rest of the network is h_t, at most 1 in size; the cell stays
    inside."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(cs[1:]), hs[-1], cs[-1], cache


@wrong_answer("lstm_forward")
def swaps_the_states_from_step_to_step(x, h0, c0, W_ih, W_hh, b):
    """Between two steps h and c change places: the gates read the cell, and the cell is built on the hidden state. The
    step takes h_prev first, then c_prev, and returns them in the same order."""
    h_t, c_t, hs, cache = h0, c0, [], []
    for x_t in x:
        h_t, c_t, cache_t = lstm_step(x_t, c_t, h_t, W_ih, W_hh, b)
        hs.append(h_t)
        cache.append(cache_t)
    return np.stack(hs), h_t, c_t, cache


@wrong_answer("lstm_forward")
def outputs_one_step_late(x, h0, c0, W_ih, W_hh, b):
    """hs is one step late: hs[0] is h0, and the last state is missing. Keep the state after the step, not before it."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[:-1]), hs[-1], cs[-1], cache


@wrong_answer("lstm_forward")
def outputs_h0_too(x, h0, c0, W_ih, W_hh, b):
    """hs has T + 1 entries, h0 in front. hs holds what the T steps made."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs), hs[-1], cs[-1], cache


@wrong_answer("lstm_forward")
def keeps_the_last_cache_only(x, h0, c0, W_ih, W_hh, b):
    """Every entry of cache is the one of the last step. The backward pass goes through all steps, and step t needs the
    cache of step t."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[1:]), hs[-1], cs[-1], [cache[-1]] * len(x)


@wrong_answer("lstm_forward")
def caches_in_reverse(x, h0, c0, W_ih, W_hh, b):
    """The caches are there, in the wrong order: cache[t] must belong to step t. The backward pass
    reverses them itself."""
    hs, cs, cache = _run(x, h0, c0, W_ih, W_hh, b)
    return np.stack(hs[1:]), hs[-1], cs[-1], cache[::-1]


@wrong_answer("lstm_forward")
def writes_into_h0(x, h0, c0, W_ih, W_hh, b):
    """`h0[...] = …` writes the new states into the caller's arrays: their next sequence would begin where yours ended.
    Copy them first, or give the new states names of their own."""
    hs, cs, cache = _run(x, h0.copy(), c0.copy(), W_ih, W_hh, b)
    h0[...], c0[...] = hs[-1], cs[-1]
    return np.stack(hs[1:]), hs[-1], cs[-1], cache


# ── 4.2 lstm_forward_lengths ────────────────────────────────────────────────────────────────────────────────────────


def _masked(x, lengths, h0, c0, W_ih, W_hh, b):
    """Right answers, and the states after every step of all: hs (T, N, H), all_h and all_c (T + 1, N, H), is_real."""
    h, c, all_h, all_c = h0, c0, [h0], [c0]
    for t in range(len(x)):
        h_t, c_t, _ = lstm_step(x[t], h, c, W_ih, W_hh, b)
        is_real = (t < lengths)[:, None]
        h, c = np.where(is_real, h_t, h), np.where(is_real, c_t, c)
        all_h.append(h)
        all_c.append(c)
    is_real = (np.arange(len(x))[:, None] < lengths)[:, :, None]
    return np.where(is_real, np.stack(all_h[1:]), 0), np.stack(all_h), np.stack(all_c), is_real


def _unmasked(x, h0, c0, W_ih, W_hh, b):
    """The states of a run that knows of no lengths: before the first step and after each."""
    h, c, all_h, all_c = h0, c0, [h0], [c0]
    for x_t in x:
        h, c, _ = lstm_step(x_t, h, c, W_ih, W_hh, b)
        all_h.append(h)
        all_c.append(c)
    return np.stack(all_h), np.stack(all_c)


@wrong_answer("lstm_forward_lengths")
def ignores_the_lengths(x, lengths, h0, c0, W_ih, W_hh, b):
    """lengths is never read: padding is processed like anything else. All sequences "end" at T, and the states have
    read zeros, or whatever stands there, long after the end."""
    all_h, all_c = _unmasked(x, h0, c0, W_ih, W_hh, b)
    return all_h[1:], all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def hides_padding_in_the_outputs_only(x, lengths, h0, c0, W_ih, W_hh, b):
    """hs is right, but the steps went on through the padding, and h_n and c_n are what came out at T. Padding leaks
    into the state; it is the state that a classifier or a decoder reads."""
    all_h, all_c = _unmasked(x, h0, c0, W_ih, W_hh, b)
    is_real = (np.arange(len(x))[:, None] < lengths)[:, :, None]
    return np.where(is_real, all_h[1:], 0), all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def takes_h_n_from_the_last_output(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n is hs[-1], and c_n is right. At T only the longest sequences are still real: for the others hs[-1] is
    padding, which is 0."""
    hs, _, all_c, _ = _masked(x, lengths, h0, c0, W_ih, W_hh, b)
    return hs, hs[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def cell_leaks(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n is held at the end of each sequence and c_n is not: it went on through the padding. Two states must stop."""
    hs, all_h, _, _ = _masked(x, lengths, h0, c0, W_ih, W_hh, b)
    h, c = h0, c0
    for t in range(len(x)):
        h_t, c, _ = lstm_step(x[t], h, c, W_ih, W_hh, b)
        h = np.where((t < lengths)[:, None], h_t, h)
    return hs, all_h[-1], c


@wrong_answer("lstm_forward_lengths")
def cell_of_the_last_step_of_all(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n is read at each sequence's own last step and c_n at step T, for all. What holds for one state holds for the
    other."""
    all_h, all_c = _unmasked(x, h0, c0, W_ih, W_hh, b)
    hs, held, _, _ = _masked(x, lengths, h0, c0, W_ih, W_hh, b)
    return hs, held[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def clears_the_states_at_padding(x, lengths, h0, c0, W_ih, W_hh, b):
    """Where a sequence has ended you set its states to 0. They are to stay as its last step left them: h_n and c_n are
    the summary of that sequence."""
    hs, h, c = [], h0, c0
    for t in range(len(x)):
        h, c, _ = lstm_step(x[t], h, c, W_ih, W_hh, b)
        is_real = (t < lengths)[:, None]
        h, c = np.where(is_real, h, 0), np.where(is_real, c, 0)
        hs.append(h)
    return np.stack(hs), h, c


@wrong_answer("lstm_forward_lengths")
def clears_the_input_at_padding(x, lengths, h0, c0, W_ih, W_hh, b):
    """You set the input to 0 at padding. That does not stop the steps: with an input of 0 the gates still act, by
    their biases and by h, and the states drift on."""
    is_real = (np.arange(len(x))[:, None] < lengths)[:, :, None]
    all_h, all_c = _unmasked(np.where(is_real, x, 0), h0, c0, W_ih, W_hh, b)
    return np.where(is_real, all_h[1:], 0), all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def clears_the_input_and_nothing_else(x, lengths, h0, c0, W_ih, W_hh, b):
    """All that you do about padding is to set x to 0 there. Zeros are an input like any other: the step still runs, hs
    goes on at padding, and h_n and c_n are what T steps made of each sequence."""
    is_real = (np.arange(len(x))[:, None] < lengths)[:, :, None]
    all_h, all_c = _unmasked(np.where(is_real, x, 0), h0, c0, W_ih, W_hh, b)
    return all_h[1:], all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def shows_the_held_state_at_padding(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n and c_n are right; at padding hs repeats the last real state, and should be 0. Whoever adds up or averages
    hs over time would count it again and again."""
    _, all_h, all_c, _ = _masked(x, lengths, h0, c0, W_ih, W_hh, b)
    return all_h[1:], all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def one_step_too_many(x, lengths, h0, c0, W_ih, W_hh, b):
    """Each sequence gets one step too many: the last one reads padding. Steps are counted from 0, so that a sequence of
    3 has the steps 0, 1, 2: real is t < lengths, not t <= lengths."""
    hs, all_h, all_c, _ = _masked(x, lengths + 1, h0, c0, W_ih, W_hh, b)
    return hs, all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def one_step_too_few(x, lengths, h0, c0, W_ih, W_hh, b):
    """Each sequence loses its last step: the step lengths - 1 is real."""
    hs, all_h, all_c, _ = _masked(x, lengths - 1, h0, c0, W_ih, W_hh, b)
    return hs, all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def last_index_of_an_empty_sequence(x, lengths, h0, c0, W_ih, W_hh, b):
    """Wrong only where a length is 0: states[lengths - 1] is then states[-1], the last entry, since -1 counts from the
    end. A sequence without steps leaves h0 and c0 as they were."""
    hs, _, _, _ = _masked(x, lengths, h0, c0, W_ih, W_hh, b)
    all_h, all_c = _unmasked(x, h0, c0, W_ih, W_hh, b)
    n = np.arange(len(lengths))
    return hs, all_h[1:][lengths - 1, n], all_c[1:][lengths - 1, n]


@wrong_answer("lstm_forward_lengths")
def cuts_all_at_the_shortest(x, lengths, h0, c0, W_ih, W_hh, b):
    """All sequences stop where the shortest ends. Each has a length of its own: the loop runs to the end, and at each
    step some rows still move and others do not."""
    hs, all_h, all_c, _ = _masked(x, np.full_like(lengths, lengths.min()), h0, c0, W_ih, W_hh, b)
    return hs, all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def cuts_all_at_the_longest(x, lengths, h0, c0, W_ih, W_hh, b):
    """All sequences run on until the longest ends. That is right for the longest; the others read padding."""
    hs, all_h, all_c, _ = _masked(x, np.full_like(lengths, lengths.max()), h0, c0, W_ih, W_hh, b)
    return hs, all_h[-1], all_c[-1]


@wrong_answer("lstm_forward_lengths")
def takes_padding_to_stand_in_front(x, lengths, h0, c0, W_ih, W_hh, b):
    """You take the last `lengths` steps for the real ones. Padding stands behind a sequence: real is what comes
    first."""
    h, c, hs = h0, c0, []
    for t in range(len(x)):
        h_t, c_t, _ = lstm_step(x[t], h, c, W_ih, W_hh, b)
        is_real = (t >= len(x) - lengths)[:, None]
        h, c = np.where(is_real, h_t, h), np.where(is_real, c_t, c)
        hs.append(np.where(is_real, h, 0))
    return np.stack(hs), h, c


@wrong_answer("lstm_forward_lengths")
def writes_the_held_states_into_h0(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n and c_n are the caller's own arrays under other names: `h_n = h0` copies nothing, and `h_n[is_real] = …` then
    writes into h0. Begin with h0.copy()."""
    hs, all_h, all_c, _ = _masked(x, lengths, h0.copy(), c0.copy(), W_ih, W_hh, b)
    h0[...], c0[...] = all_h[-1], all_c[-1]
    return hs, h0, c0


# ── 4.3 bidirectional ───────────────────────────────────────────────────────────────────────────────────────────────


def _reverse(x, lengths):
    """Each sequence from its own last step to its first; padding stays where it is."""
    t = np.arange(len(x))[:, None]
    return x[np.where(t < lengths, lengths - 1 - t, t), np.arange(x.shape[1])]


def _two(x, lengths, h0, c0, W_ih, W_hh, b, second=1, turned=_reverse):
    """Both directions' hs, h_n, c_n; the backward one with the weights of `second`, its hs not turned back."""
    one = lstm_forward_lengths(x, lengths, h0[0], c0[0], W_ih[0], W_hh[0], b[0])
    other = lstm_forward_lengths(turned(x, lengths), lengths, h0[1], c0[1], W_ih[second], W_hh[second], b[second])
    return one, other


def _beside(hs_f, hs_b, h_f, h_b, c_f, c_b):
    return np.concatenate([hs_f, hs_b], axis=2), np.stack([h_f, h_b]), np.stack([c_f, c_b])


@wrong_answer("bidirectional")
def never_turns_the_outputs_back(x, lengths, h0, c0, W_ih, W_hh, b):
    """The backward outputs are not turned back: your hs[0] puts the forward state at the first step beside the
    backward state at the last. hs[t] must hold two states that have both read x[t]."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    return _beside(hs_f, hs_b, h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def reverses_padding_too(x, lengths, h0, c0, W_ih, W_hh, b):
    """x[::-1] turns the padding round with the rest, so that the backward direction reads padding first, and of a short
    sequence nothing else. Each sequence is turned round within its own length."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(
        x, lengths, h0, c0, W_ih, W_hh, b, turned=lambda x, lengths: x[::-1].copy()
    )
    return _beside(hs_f, hs_b[::-1], h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def reverses_padding_and_turns_back_within_lengths(x, lengths, h0, c0, W_ih, W_hh, b):
    """Going in, x[::-1] turns the padding round with the rest; coming out, you turn back within each length. The
    backward direction has read padding first, and of a short sequence nothing else: turn round within the length both
    times."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(
        x, lengths, h0, c0, W_ih, W_hh, b, turned=lambda x, lengths: x[::-1].copy()
    )
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, h_b, c_f, c_b)


def _plain(x, h0, c0, W_ih, W_hh, b):
    """Both directions' hs, h_n, c_n by a layer that knows of no lengths; the backward hs not turned back."""
    return [lstm_forward([x, x[::-1]][k], h0[k], c0[k], W_ih[k], W_hh[k], b[k])[:3] for k in (0, 1)]


@wrong_answer("bidirectional")
def never_reads_the_lengths(x, lengths, h0, c0, W_ih, W_hh, b):
    """hs is not 0 at padding: `lengths` is not used. Both directions read all T steps, and the backward one reads the
    padding first. Right only where every sequence is T steps long."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _plain(x, h0, c0, W_ih, W_hh, b)
    return _beside(hs_f, hs_b[::-1], h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def never_reads_the_lengths_nor_turns_back(x, lengths, h0, c0, W_ih, W_hh, b):
    """Two things are missing: the backward outputs are not turned back, so that even without padding your hs[0] holds
    the backward state at the last step; and `lengths` is not used, so that padding is read as input."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _plain(x, h0, c0, W_ih, W_hh, b)
    return _beside(hs_f, hs_b, h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def reverses_padding_and_never_turns_back(x, lengths, h0, c0, W_ih, W_hh, b):
    """x[::-1] puts the padding in front, where the backward direction reads it, and what comes out is not turned back:
    even without padding your hs[0] holds the backward state at the last step. Into the layer and out of it, each
    sequence is turned round within its own length."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(
        x, lengths, h0, c0, W_ih, W_hh, b, turned=lambda x, lengths: x[::-1].copy()
    )
    return _beside(hs_f, hs_b, h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def runs_backwards_through_padding(x, lengths, h0, c0, W_ih, W_hh, b):
    """The backward direction begins at T and walks through the padding before it meets the sequence; afterwards you
    clear hs at padding, but the states have read it. Begin at each sequence's own last step."""
    (hs_f, h_f, c_f), _ = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    hs_b, h_b, c_b, _ = lstm_forward(x[::-1], h0[1], c0[1], W_ih[1], W_hh[1], b[1])
    is_real = (np.arange(len(x))[:, None] < lengths)[:, :, None]
    return _beside(hs_f, np.where(is_real, hs_b[::-1], 0), h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def both_directions_read_forwards(x, lengths, h0, c0, W_ih, W_hh, b):
    """Both directions read from left to right. Two sets of weights do not make two directions."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b, turned=lambda x, lengths: x)
    return _beside(hs_f, hs_b, h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def directions_share_weights(x, lengths, h0, c0, W_ih, W_hh, b):
    """Both directions run with the weights of the first. Each direction has its own: W_ih[1], W_hh[1] and b[1] belong
    to the backward one."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b, second=0)
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def directions_share_the_first_states(x, lengths, h0, c0, W_ih, W_hh, b):
    """Both directions start from h0[0] and c0[0]. The backward one has states of its own, h0[1] and c0[1]."""
    h0, c0 = h0[[0, 0]], c0[[0, 0]]
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def backwards_goes_on_from_the_forward_end(x, lengths, h0, c0, W_ih, W_hh, b):
    """The backward direction starts from the states in which the forward one ended. They know nothing of each other:
    it starts from h0[1] and c0[1]."""
    hs_f, h_f, c_f = lstm_forward_lengths(x, lengths, h0[0], c0[0], W_ih[0], W_hh[0], b[0])
    hs_b, h_b, c_b = lstm_forward_lengths(_reverse(x, lengths), lengths, h_f, c_f, W_ih[1], W_hh[1], b[1])
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def backward_state_where_it_began(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n[1] is the backward output at each sequence's last step. That is where this direction begins: it has read one
    input by then. It ends at step 0."""
    (hs_f, h_f, c_f), (hs_b, _, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    started = np.where((lengths > 0)[:, None], hs_b[0], h0[1])
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, started, c_f, c_b)


@wrong_answer("bidirectional")
def backward_state_from_the_last_output(x, lengths, h0, c0, W_ih, W_hh, b):
    """hs is right. h_n[1] is the last entry of the backward outputs, which for a sequence shorter than T is padding, 0:
    the backward final state is what its own run returns, not an entry of hs."""
    (hs_f, h_f, c_f), (hs_b, _, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, hs_b[-1], c_f, c_b)


@wrong_answer("bidirectional")
def backward_state_from_the_end_of_hs(x, lengths, h0, c0, W_ih, W_hh, b):
    """hs is right. h_n[1] is the backward half of hs[-1]: turned back, that is where this direction began, or padding.
    Its final state has read the whole sequence; its own run returns it."""
    (hs_f, h_f, c_f), (hs_b, _, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    hs_b = _reverse(hs_b, lengths)
    return _beside(hs_f, hs_b, h_f, hs_b[-1], c_f, c_b)


@wrong_answer("bidirectional")
def both_states_from_the_end_of_hs(x, lengths, h0, c0, W_ih, W_hh, b):
    """hs is right. h_n holds the two halves of hs[-1]. The forward one is padding for every sequence shorter than T,
    and the backward one is where that direction began. Each run returns its own final state."""
    (hs_f, _, c_f), (hs_b, _, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    hs_b = _reverse(hs_b, lengths)
    return _beside(hs_f, hs_b, hs_f[-1], hs_b[-1], c_f, c_b)


@wrong_answer("bidirectional")
def backward_state_from_the_start_of_hs(x, lengths, h0, c0, W_ih, W_hh, b):
    """Wrong only where a length is 0: h_n[1] is the backward half of hs[0], and of a sequence without steps that is
    padding. It keeps h0[1], as the backward run tells you in its own final state."""
    (hs_f, h_f, c_f), (hs_b, _, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, hs_b[0], c_f, c_b)


@wrong_answer("bidirectional")
def joins_the_final_states_features(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n and c_n are (N, 2H): you joined the directions as in hs. There they stand side by side; h_n keeps the
    directions on an axis of its own, (2, N, H), as h0 does."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    hs = np.concatenate([hs_f, _reverse(hs_b, lengths)], axis=2)
    return hs, np.concatenate([h_f, h_b], axis=1), np.concatenate([c_f, c_b], axis=1)


@wrong_answer("bidirectional")
def joins_the_final_states_along_the_batch(x, lengths, h0, c0, W_ih, W_hh, b):
    """h_n and c_n are (2N, H), one direction's sequences below the other's. Joining makes an axis longer; the
    directions need a new one, in front: (2, N, H)."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    hs = np.concatenate([hs_f, _reverse(hs_b, lengths)], axis=2)
    return hs, np.concatenate([h_f, h_b]), np.concatenate([c_f, c_b])


@wrong_answer("bidirectional")
def puts_the_directions_second(x, lengths, h0, c0, W_ih, W_hh, b):
    """In h_n and c_n the directions are the second axis, (N, 2, H). They come first, as in h0 and c0, so that h_n[0] is
    all of the forward states."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    hs = np.concatenate([hs_f, _reverse(hs_b, lengths)], axis=2)
    return hs, np.stack([h_f, h_b], axis=1), np.stack([c_f, c_b], axis=1)


@wrong_answer("bidirectional")
def backwards_first(x, lengths, h0, c0, W_ih, W_hh, b):
    """In hs the backward state stands before the forward one. The order is forwards, backwards, everywhere."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    return _beside(_reverse(hs_b, lengths), hs_f, h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def adds_the_directions(x, lengths, h0, c0, W_ih, W_hh, b):
    """You add the two directions, which makes hs (T, N, H). They stand side by side, 2H numbers a step, so that the
    next layer can tell them apart."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    return hs_f + _reverse(hs_b, lengths), np.stack([h_f, h_b]), np.stack([c_f, c_b])


@wrong_answer("bidirectional")
def joins_along_the_batch(x, lengths, h0, c0, W_ih, W_hh, b):
    """The two directions are joined along the wrong axis: hs must be (T, N, 2H), features beside features."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(x, lengths, h0, c0, W_ih, W_hh, b)
    both = np.concatenate([hs_f, _reverse(hs_b, lengths)], axis=1)
    return both, np.stack([h_f, h_b]), np.stack([c_f, c_b])


@wrong_answer("bidirectional")
def backwards_reads_the_forward_outputs(x, lengths, h0, c0, W_ih, W_hh, b):
    """The backward direction reads the outputs of the forward one. That is a second layer; here both read x."""
    hs_f, h_f, c_f = lstm_forward_lengths(x, lengths, h0[0], c0[0], W_ih[0], W_hh[0], b[0])
    hs_b, h_b, c_b = lstm_forward_lengths(_reverse(hs_f, lengths), lengths, h0[1], c0[1], W_ih[1], W_hh[1], b[1])
    return _beside(hs_f, _reverse(hs_b, lengths), h_f, h_b, c_f, c_b)


@wrong_answer("bidirectional")
def turns_the_batch_round(x, lengths, h0, c0, W_ih, W_hh, b):
    """You turn the batch round, x[:, ::-1], not time: each backward direction reads another sequence of the batch, from
    left to right."""
    (hs_f, h_f, c_f), (hs_b, h_b, c_b) = _two(
        x, lengths, h0, c0, W_ih, W_hh, b, turned=lambda x, lengths: x[:, ::-1].copy()
    )
    return _beside(hs_f, hs_b[:, ::-1], h_f, h_b, c_f, c_b)


# ── 4.4 stack_layers ────────────────────────────────────────────────────────────────────────────────────────────────


def _layers(x, h0, c0, layers):
    """Every layer's hs, h_T and c_T, in three lists."""
    outputs, h_T, c_T = [], [], []
    for layer, weights in enumerate(layers):
        hs, h, c, _ = lstm_forward(outputs[-1] if layer else x, h0[layer], c0[layer], *weights)
        outputs.append(hs)
        h_T.append(h)
        c_T.append(c)
    return outputs, h_T, c_T


@wrong_answer("stack_layers")
def every_layer_reads_x(x, h0, c0, layers):
    """Every layer reads x, so that you have layers side by side and return the last of them. The second layer reads
    the hidden states of the first."""
    ends = [lstm_forward(x, h0[k], c0[k], *weights)[:3] for k, weights in enumerate(layers)]
    return ends[-1][0], np.stack([end[1] for end in ends]), np.stack([end[2] for end in ends])


@wrong_answer("stack_layers")
def all_layers_start_from_the_first_states(x, h0, c0, layers):
    """All layers start from h0[0] and c0[0]. Every layer has a memory of its own: h0[l], c0[l]."""
    first = np.zeros(len(layers), dtype=int)
    outputs, h_T, c_T = _layers(x, h0[first], c0[first], layers)
    return outputs[-1], np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def states_in_reverse_order(x, h0, c0, layers):
    """The layers take their first states from the wrong end: the bottom layer gets h0[-1]. The bottom layer is layer 0
    everywhere."""
    outputs, h_T, c_T = _layers(x, h0[::-1], c0[::-1], layers)
    return outputs[-1], np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def final_states_in_reverse_order(x, h0, c0, layers):
    """hs is right, and h_T and c_T have the top layer first. The bottom layer is layer 0 everywhere."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers)
    return outputs[-1], np.stack(h_T[::-1]), np.stack(c_T[::-1])


@wrong_answer("stack_layers")
def a_layer_goes_on_from_the_one_below(x, h0, c0, layers):
    """Each layer starts from the states in which the one below ended. Layers are handed outputs, not states: layer l
    starts from h0[l] and c0[l]."""
    hs, h, c, h_T, c_T = x, h0[0], c0[0], [], []
    for weights in layers:
        hs, h, c, _ = lstm_forward(hs, h, c, *weights)
        h_T.append(h)
        c_T.append(c)
    return hs, np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def swaps_h0_and_c0(x, h0, c0, layers):
    """h0 and c0 change places on their way into the layers. No shape betrays it; a cell may be larger than 1, a hidden
    state may not."""
    outputs, h_T, c_T = _layers(x, c0, h0, layers)
    return outputs[-1], np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def swaps_h_T_and_c_T(x, h0, c0, layers):
    """h_T and c_T come back in the wrong order. No shape betrays it; a cell may be larger than 1, a hidden state may
    not."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers)
    return outputs[-1], np.stack(c_T), np.stack(h_T)


@wrong_answer("stack_layers")
def top_layer_states_only(x, h0, c0, layers):
    """You return the states of the top layer only. To go on with a text in pieces, every layer must know where it
    stopped: (L, N, H)."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers)
    return outputs[-1], h_T[-1], c_T[-1]


@wrong_answer("stack_layers")
def top_layer_states_for_all(x, h0, c0, layers):
    """All rows of h_T and c_T are the top layer's. Keep each layer's final states before the next layer takes over
    their names."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers)
    return outputs[-1], np.stack(h_T[-1:] * len(layers)), np.stack(c_T[-1:] * len(layers))


@wrong_answer("stack_layers")
def returns_the_bottom_outputs(x, h0, c0, layers):
    """hs holds the outputs of the bottom layer. The layer's output is that of the top one."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers)
    return outputs[0], np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def returns_all_layers_side_by_side(x, h0, c0, layers):
    """hs has the outputs of all layers side by side. What counts is the top layer's; those below have been read by
    it."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers)
    return np.concatenate(outputs, axis=2), np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def reads_the_final_state_at_every_step(x, h0, c0, layers):
    """A layer reads the final state of the one below, the same at every step. It should read all T outputs, one a
    step."""
    hs, h_T, c_T = x, [], []
    for k, weights in enumerate(layers):
        hs, h, c, _ = lstm_forward(hs if k == 0 else np.stack([hs[-1]] * len(x)), h0[k], c0[k], *weights)
        h_T.append(h)
        c_T.append(c)
    return hs, np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def one_set_of_weights_for_all(x, h0, c0, layers):
    """All layers run with the weights of the first. Each has its own; where D = H nothing stops you."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers[:1] * len(layers))
    return outputs[-1], np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def layers_in_reverse_order(x, h0, c0, layers):
    """The layers run from the last to the first. x goes into layers[0]."""
    outputs, h_T, c_T = _layers(x, h0, c0, layers[::-1])
    return outputs[-1], np.stack(h_T), np.stack(c_T)


@wrong_answer("stack_layers")
def writes_the_final_states_into_h0(x, h0, c0, layers):
    """The final states are written into the caller's h0 and c0. Make arrays of your own for them."""
    outputs, h_T, c_T = _layers(x, h0.copy(), c0.copy(), layers)
    h0[...], c0[...] = np.stack(h_T), np.stack(c_T)
    return outputs[-1], h0, c0


# ── 4.5 dropout_between_layers ──────────────────────────────────────────────────────────────────────────────────────


def _drop(hs, rate, same_mask, rng):
    return hs * (rng.random(hs.shape[1:] if same_mask else hs.shape) >= rate) / hs.dtype.type(1 - rate)


def _dropped(x, h0, c0, layers, rng, drop, where=lambda layer, L: layer < L - 1):
    """Stacked layers with `drop` on the outputs of those layers that `where` names."""
    hs, h_T, c_T = x, [], []
    for layer, weights in enumerate(layers):
        hs, h, c, _ = lstm_forward(hs, h0[layer], c0[layer], *weights)
        h_T.append(h)
        c_T.append(c)
        if where(layer, len(layers)):
            hs = drop(hs)
    return hs, np.stack(h_T), np.stack(c_T)


@wrong_answer("dropout_between_layers")
def drops_after_the_last_layer_too(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """Dropout acts after the last layer too. "Between layers" is after every layer but the last; what follows the top
    layer may have dropout of its own."""
    drop = lambda hs: _drop(hs, rate, same_mask, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training)


@wrong_answer("dropout_between_layers")
def drops_after_the_last_layer_only(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """Dropout acts after the last layer and nowhere else. It belongs after every layer but that one."""
    drop = lambda hs: _drop(hs, rate, same_mask, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer == L - 1)


@wrong_answer("dropout_between_layers")
def drops_the_input(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """x is dropped before the first layer, too. Whether to drop inputs is another decision, with another rate as a
    rule; between layers means on what a layer passes to the next."""
    if is_training and len(layers) > 1:
        x = _drop(x, rate, same_mask, rng)
    drop = lambda hs: _drop(hs, rate, same_mask, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def drops_after_the_first_layer_only(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """Only the first layer's outputs are dropped. With three layers there are two places between them."""
    drop = lambda hs: _drop(hs, rate, same_mask, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer == 0 and L > 1)


@wrong_answer("dropout_between_layers")
def active_in_evaluation(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """is_training is not read: values are dropped in evaluation too, so that the same sentence gets another answer each
    time you ask."""
    return _dropped(x, h0, c0, layers, rng, lambda hs: _drop(hs, rate, same_mask, rng))


@wrong_answer("dropout_between_layers")
def active_in_evaluation_only(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """Dropout is on in evaluation and off in training: the condition is the wrong way round."""
    drop = lambda hs: _drop(hs, rate, same_mask, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: not is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def draws_in_evaluation(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """In evaluation nothing is dropped, and yet a mask is drawn: the generator moves on. Whoever evaluates between two
    epochs would then train on with other draws."""
    drop = lambda hs: _drop(hs, rate, same_mask, rng)  # noqa: E731
    for _ in layers[1:] if not is_training else ():
        rng.random((x.shape[1], h0.shape[2]) if same_mask else (*x.shape[:2], h0.shape[2]))
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def not_rescaled(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """Kept values are not divided by 1 - rate. With a rate of one half the next layer then gets, on average, half of
    what it will get in evaluation, where nothing is dropped."""
    drop = lambda hs: hs * (rng.random(hs.shape[1:] if same_mask else hs.shape) >= rate)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def rescaled_in_evaluation(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """You scale in evaluation, by 1 - rate, and not in training. The first papers did; here kept values are divided by
    1 - rate in training, and evaluation is left alone."""

    def drop(hs):
        if not is_training:
            return hs * hs.dtype.type(1 - rate)
        return hs * (rng.random(hs.shape[1:] if same_mask else hs.shape) >= rate)

    return _dropped(x, h0, c0, layers, rng, drop)


@wrong_answer("dropout_between_layers")
def scaled_the_wrong_way(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """Kept values are multiplied by 1 - rate, and should be divided by it: what is left must make up for what is
    gone."""

    def drop(hs):
        return hs * (rng.random(hs.shape[1:] if same_mask else hs.shape) >= rate) * hs.dtype.type(1 - rate)

    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def drops_what_should_be_kept(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """You keep a value where the draw is below rate, so that rate is the chance of being kept. It is the chance of
    being dropped."""

    def drop(hs):
        return hs * (rng.random(hs.shape[1:] if same_mask else hs.shape) < rate) / hs.dtype.type(1 - rate)

    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def a_new_mask_each_step_always(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """same_mask is not read: every step gets a draw of its own, where one was asked for that serves all steps."""
    drop = lambda hs: _drop(hs, rate, False, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def the_same_mask_always(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """same_mask is not read: one draw serves all steps, where a draw for each step was asked for."""
    drop = lambda hs: _drop(hs, rate, True, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def masks_the_other_way_round(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """same_mask is read the wrong way round: True is one draw for all steps, False a draw for each."""
    drop = lambda hs: _drop(hs, rate, not same_mask, rng)  # noqa: E731
    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def one_mask_for_the_batch(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """With same_mask, all sequences of the batch lose the same units: your draw has shape (H,). Each sequence gets its
    own, (N, H)."""

    def drop(hs):
        shape = hs.shape[2:] if same_mask else hs.shape
        return hs * (rng.random(shape) >= rate) / hs.dtype.type(1 - rate)

    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def one_mask_for_all_layers(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """One mask is drawn and used between all layers. Draw a mask for each place; with one for all,
    the same units are 0 in every layer."""
    is_kept = None

    def drop(hs):
        nonlocal is_kept
        if is_kept is None:
            is_kept = rng.random(hs.shape[1:] if same_mask else hs.shape) >= rate
        return hs * is_kept / hs.dtype.type(1 - rate)

    return _dropped(x, h0, c0, layers, rng, drop, lambda layer, L: is_training and layer < L - 1)


@wrong_answer("dropout_between_layers")
def drops_the_final_states(x, h0, c0, layers, rate, same_mask, is_training, rng):
    """The final hidden states have been dropped too: h_T[l] must be what the layer ended with, before dropout. Dropout
    acts between layers, not between steps."""
    hs, h_T, c_T = x, [], []
    for layer, weights in enumerate(layers):
        hs, h, c, _ = lstm_forward(hs, h0[layer], c0[layer], *weights)
        if is_training and layer < len(layers) - 1:
            hs = _drop(hs, rate, same_mask, rng)
            h = hs[-1]
        h_T.append(h)
        c_T.append(c)
    return hs, np.stack(h_T), np.stack(c_T)


# ── 4.6 adam_step ───────────────────────────────────────────────────────────────────────────────────────────────────


def _means(dw, m, v, beta1, beta2):
    return beta1 * m + (1 - beta1) * dw, beta2 * v + (1 - beta2) * dw**2


@wrong_answer("adam_step")
def no_bias_correction(w, dw, m, v, t, lr, beta1, beta2, eps):
    """The bias correction is missing. Both means start at 0 and are far too small in the first steps, v more so than m:
    at t = 1 your step is several times as long as it should be."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@wrong_answer("adam_step")
def corrects_m_only(w, dw, m, v, t, lr, beta1, beta2, eps):
    """m is corrected and v is not. Both start at 0, and v is kept longer, so that it needs the correction longer."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), m, v


@wrong_answer("adam_step")
def corrects_v_only(w, dw, m, v, t, lr, beta1, beta2, eps):
    """v is corrected and m is not: the first steps are too short."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def corrects_the_root_of_v_too_far(w, dw, m, v, t, lr, beta1, beta2, eps):
    """v is corrected after the root: you divide √v by 1 - β₂ᵗ. The correction belongs to v; of it the root is taken."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v) / (1 - beta2**t) + eps), m, v


@wrong_answer("adam_step")
def epsilon_inside_the_root(w, dw, m, v, t, lr, beta1, beta2, eps):
    """eps stands inside the root. √(v + eps) is at least √eps, 1e-4 for an eps of 1e-8: every weight with a small
    gradient would hardly move."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@wrong_answer("adam_step")
def epsilon_before_the_correction(w, dw, m, v, t, lr, beta1, beta2, eps):
    """eps is added to the root of v before the correction, and so gets corrected itself. It makes the rule one line
    shorter and is found in older code; the paper adds eps to the root of the corrected v."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), m, v


@wrong_answer("adam_step")
def no_epsilon(w, dw, m, v, t, lr, beta1, beta2, eps):
    """eps is never added. A weight that has had no gradient yet, the row of a word that has not occurred, say, has
    v = 0, and 0 / 0 is NaN."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), m, v


@wrong_answer("adam_step")
def counts_from_0(w, dw, m, v, t, lr, beta1, beta2, eps):
    """Your t is one too small: t comes in as 1 at the first step. With β⁰ = 1 the correction of that step divides by
    0."""
    m, v = _means(dw, m, v, beta1, beta2)
    one, two = np.float64(1 - beta1 ** (t - 1)), np.float64(1 - beta2 ** (t - 1))
    return (w - lr * (m / one) / (np.sqrt(v / two) + eps)).astype(w.dtype), m, v


@wrong_answer("adam_step")
def counts_from_2(w, dw, m, v, t, lr, beta1, beta2, eps):
    """Your t is one too large: t comes in as 1 at the first step, so it is β to the t, not to the t + 1."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), m, v


@wrong_answer("adam_step")
def multiplies_beta_by_t(w, dw, m, v, t, lr, beta1, beta2, eps):
    """The correction has β · t where it should have β to the power of t. At t = 1 they are the same."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1 * t) / (np.sqrt(v / (1 - beta2 * t)) + eps), m, v


@wrong_answer("adam_step")
def keeps_the_corrected_means(w, dw, m, v, t, lr, beta1, beta2, eps):
    """w is right, but you return the corrected means as m and v. The correction is for this step only. Corrected
    again at every step, m grows at first and returns later, v grows until it overflows, and the steps shrink to 0."""
    m, v = _means(dw, m, v, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@wrong_answer("adam_step")
def steps_with_the_old_means(w, dw, m, v, t, lr, beta1, beta2, eps):
    """The step uses m and v as they came in, before this gradient joined them. At t = 1 those are zeros, and nothing
    moves."""
    new_m, new_v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), new_m, new_v


@wrong_answer("adam_step")
def swaps_the_betas(w, dw, m, v, t, lr, beta1, beta2, eps):
    """β₁ and β₂ have changed places: beta1 belongs to m, beta2 to v."""
    m, v = _means(dw, m, v, beta2, beta1)
    return w - lr * m / (1 - beta2**t) / (np.sqrt(v / (1 - beta1**t)) + eps), m, v


@wrong_answer("adam_step")
def keeps_the_wrong_share(w, dw, m, v, t, lr, beta1, beta2, eps):
    """β is how much of the old mean is kept, and you give it to the new gradient: with 0.9 the "mean" is nearly the
    last gradient."""
    m, v = _means(dw, m, v, 1 - beta1, 1 - beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def forgets_the_root(w, dw, m, v, t, lr, beta1, beta2, eps):
    """The root is missing: m / v has the unit of one over a gradient, and steps grow as gradients shrink. m / √v has no
    unit."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), m, v


@wrong_answer("adam_step")
def forgets_the_square_of_the_gradient(w, dw, m, v, t, lr, beta1, beta2, eps):
    """v is a mean of dw, not of dw²: it can be negative, and has no root then."""
    m, v = beta1 * m + (1 - beta1) * dw, beta2 * v + (1 - beta2) * dw
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def one_v_for_all_weights(w, dw, m, v, t, lr, beta1, beta2, eps):
    """Your v takes the mean of dw² over the whole array, one number for all. Each weight has its own: that is what
    Adam is for."""
    m, v = beta1 * m + (1 - beta1) * dw, beta2 * v + (1 - beta2) * np.mean(dw**2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def climbs(w, dw, m, v, t, lr, beta1, beta2, eps):
    """The sign is wrong: you climb. The gradient points uphill; the step goes against it."""
    m, v = _means(dw, m, v, beta1, beta2)
    return w + lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def returns_the_step_alone(w, dw, m, v, t, lr, beta1, beta2, eps):
    """You return the step, not the weight after it: w itself is missing."""
    m, v = _means(dw, m, v, beta1, beta2)
    return -lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def writes_into_m_and_v(w, dw, m, v, t, lr, beta1, beta2, eps):
    """`m *= …` and `v += …` write into the caller's arrays. Give the new means values of their own; who calls you
    decides what to keep."""
    m[...], v[...] = _means(dw, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong_answer("adam_step")
def writes_into_w(w, dw, m, v, t, lr, beta1, beta2, eps):
    """`w -= …` writes into the caller's weights. Return a new array: w - …"""
    m, v = _means(dw, m, v, beta1, beta2)
    w -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w, m, v


# ── 4.7 adding_problem ──────────────────────────────────────────────────────────────────────────────────────────────


def _pairs(T, N, rng, first=None, half=None):
    """Two different steps for each sequence, (N, 2): one below `first`, the other below `half`."""
    half = T // 2 if half is None else half
    first = min(10, T // 2) if first is None else first
    pairs = [(rng.integers(first), rng.integers(half - 1)) for _ in range(N)]
    return np.array([(a, b + (b >= a)) for a, b in pairs])


def _marked(T, N, rng, pairs, low=-1.0, end=-1.0, clears_first=True):
    """x, and the sum of each sequence's marked numbers."""
    x, n = np.zeros((T, N, 2)), np.arange(N)
    x[:, :, 0] = rng.uniform(low, 1, size=(T, N))
    x[0, :, 1] = x[-1, :, 1] = end
    if clears_first:
        x[0, (pairs == 0).any(axis=1), 0] = 0
    for steps in pairs.T:
        x[steps, n, 1] = 1
    return x, x[pairs[:, 0], n, 0] + x[pairs[:, 1], n, 0]


@wrong_answer("adding_problem")
def markers_may_coincide(T, N, rng):
    """The two marked steps may be one and the same: some of your sequences carry a single marker. Draw the second from
    the steps that are not marked yet."""
    pairs = np.stack([rng.integers(min(10, T // 2), size=N), rng.integers(T // 2, size=N)], axis=1)
    x, total = _marked(T, N, rng, pairs)
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def marks_the_second_half_too(T, N, rng):
    """The second marker may stand anywhere. It belongs to the first half: from then on the network must hold on to both
    numbers, for T / 2 steps at least. That is the task."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng, half=T - 1))
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def marks_the_last_step_too(T, N, rng):
    """The second marker is drawn from all T steps, and where it falls on the last one it takes the place of the -1 that
    says: answer now. It belongs to the first half; the steps after that are there to be remembered over."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng, half=T))
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def marks_the_first_half_twice(T, N, rng):
    """Both markers are drawn from the whole first half. One of them is among the first ten steps, however long the
    sequence is."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng, first=T // 2))
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def both_markers_among_the_first_ten(T, N, rng):
    """Both markers are among the first ten steps. The second may be any other step of the first half."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng, half=min(10, T // 2)))
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def never_marks_the_first_step(T, N, rng):
    """The first step is never marked. It may be: it then keeps the marker 1, and its number is 0."""
    pairs = _pairs(T - 2, N, rng, first=min(9, (T - 2) // 2)) + 1 if T > 5 else np.ones((N, 2), dtype=int)
    x, total = _marked(T, N, rng, pairs)
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def keeps_the_number_of_a_marked_first_step(T, N, rng):
    """A marked first step keeps its number. In the paper that number is 0: the first step's marker should say that a
    sequence begins, and where it says something else the step adds nothing."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng), clears_first=False)
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def clears_the_first_number_always(T, N, rng):
    """The first number is always 0. It is 0 only where the first step is marked; elsewhere it is a number as any
    other."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    x[0, :, 0] = 0
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def ends_overwrite_the_marker(T, N, rng):
    """The first step's marker is always -1: you write the two ends after the marks, and so wipe out a mark at step 0.
    Those sequences have one marker and the sum of two numbers."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    x[0, :, 1] = -1
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def ends_not_marked(T, N, rng):
    """The first and the last step carry 0. They carry -1, so that the network can see where a sequence begins and ends:
    it has to answer at the last step, and nothing else tells it which one that is."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng), end=0.0)
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def first_step_not_marked_as_an_end(T, N, rng):
    """The last step carries -1 and the first does not. Both ends do (but a marked first step carries 1)."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    x[0, x[0, :, 1] == -1, 1] = 0
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def numbers_from_0_to_1(T, N, rng):
    """Your numbers run from 0 to 1. They run from -1 to 1, so that the best guess without reading anything is 0.5."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng), low=0.0)
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def normal_numbers(T, N, rng):
    """Your numbers are normally distributed. They are spread evenly from -1 to 1, so that y stays between 0 and 1."""
    x, _ = _marked(T, N, rng, _pairs(T, N, rng))
    x[:, :, 0] = np.where(x[:, :, 0] == 0, 0, rng.normal(size=(T, N)))
    return x, 0.5 + (x[:, :, 0] * (x[:, :, 1] == 1)).sum(axis=0) / 4


@wrong_answer("adding_problem")
def target_is_the_sum(T, N, rng):
    """y is the sum itself, from -2 to 2. It is brought to 0 to 1: 0.5 and a quarter of the sum. The criterion, an error
    below 0.04, is meant for that scale."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, total


@wrong_answer("adding_problem")
def target_without_the_half(T, N, rng):
    """y is a quarter of the sum, and the 0.5 is missing: your targets run from -0.5 to 0.5."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, total / 4


@wrong_answer("adding_problem")
def target_without_the_quarter(T, N, rng):
    """y is 0.5 and the whole sum, from -1.5 to 2.5. A quarter of the sum brings it to 0 to 1."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + total


@wrong_answer("adding_problem")
def target_from_the_mean(T, N, rng):
    """y is 0.5 and half of the sum: the marked numbers' mean. It is a quarter of the sum, which keeps y from 0 to 1."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + total / 2


@wrong_answer("adding_problem")
def target_from_all_numbers(T, N, rng):
    """y is made from all numbers of a sequence. Only the two marked ones count; to ignore the others is the task."""
    x, _ = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + x[:, :, 0].sum(axis=0) / 4


@wrong_answer("adding_problem")
def target_before_the_first_number_is_cleared(T, N, rng):
    """y is right except where the first step is marked: there you added its number before you set it to 0. The target
    must follow from the x that you return; the network sees no other."""
    pairs = _pairs(T, N, rng)
    x, total = _marked(T, N, rng, pairs, clears_first=False)
    x[0, (pairs == 0).any(axis=1), 0] = 0
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def target_subtracts_the_ends(T, N, rng):
    """You multiply the numbers by the markers, and those of the two ends are -1: their numbers are subtracted. Only the
    steps marked 1 count."""
    x, _ = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + (x[:, :, 0] * x[:, :, 1]).sum(axis=0) / 4


@wrong_answer("adding_problem")
def target_adds_the_ends(T, N, rng):
    """The numbers of the two ends are in your sum: you count every step whose marker is not 0, and theirs is -1. Only
    the steps marked 1 count."""
    x, _ = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + (x[:, :, 0] * np.abs(x[:, :, 1])).sum(axis=0) / 4


@wrong_answer("adding_problem")
def a_target_for_every_step(T, N, rng):
    """y has an entry for every step. The network is asked once, at the end: one target a sequence. A loss on every step
    would ask for the sum before both numbers have been seen."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, np.tile(0.5 + total / 4, (T, 1))


@wrong_answer("adding_problem")
def batch_comes_first(T, N, rng):
    """x is (N, T, 2). Time comes first, (T, N, 2), as everywhere in this course."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x.transpose(1, 0, 2), 0.5 + total / 4


@wrong_answer("adding_problem")
def marker_before_the_number(T, N, rng):
    """The two columns have changed places: the number comes first, then its marker."""
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x[:, :, ::-1].copy(), 0.5 + total / 4


@wrong_answer("adding_problem")
def the_same_marks_for_all(T, N, rng):
    """All sequences of a batch are marked at the same two steps: draw for each. A network could learn two places by
    heart and would never have to read a marker."""
    x, total = _marked(T, N, rng, np.repeat(_pairs(T, 1, rng), N, axis=0))
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def ignores_the_generator(T, N, rng):
    """You draw from another generator than the one you are given, so that the same seed gives other sequences each
    time, and nobody can repeat your run."""
    rng = np.random.default_rng()
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + total / 4


@wrong_answer("adding_problem")
def starts_the_generator_anew(T, N, rng):
    """Every call gives the same batch: you make a generator with a fixed seed inside. A network would learn these few
    sequences by heart. Draw from the rng that comes in; it goes on from call to call."""
    rng = np.random.default_rng(0)
    x, total = _marked(T, N, rng, _pairs(T, N, rng))
    return x, 0.5 + total / 4


# ── 4.7b adding_correct ──────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("adding_correct")
def mean_over_all_steps(outputs, y):
    """The error is averaged over all steps. Only the last output is an answer; before that the network may say what it
    likes."""
    return np.abs(outputs - y).mean(axis=0) < 0.04


@wrong_answer("adding_correct")
def right_at_every_step(outputs, y):
    """You ask for the right answer at every step. Nobody can say the sum before both numbers have come: only the last
    output counts."""
    return (np.abs(outputs - y) < 0.04).all(axis=0)


@wrong_answer("adding_correct")
def right_at_some_step(outputs, y):
    """It is enough for you if some step is right. Only the last output counts; among a hundred outputs one is often
    near."""
    return (np.abs(outputs - y) < 0.04).any(axis=0)


@wrong_answer("adding_correct")
def judges_every_step(outputs, y):
    """You judge every output, (T, N). One verdict a sequence: the last output's."""
    return np.abs(outputs - y) < 0.04


@wrong_answer("adding_correct")
def judges_the_first_output(outputs, y):
    """You judge the first output. The answer comes at the end."""
    return np.abs(outputs[0] - y) < 0.04


@wrong_answer("adding_correct")
def squares_the_error(outputs, y):
    """You hold the squared error against 0.04: that lets errors of up to 0.2 pass. The criterion is on the error
    itself."""
    return (outputs[-1] - y) ** 2 < 0.04


@wrong_answer("adding_correct")
def forgets_the_sign(outputs, y):
    """The absolute value is missing: an answer that is far too small passes, since its error is negative."""
    return outputs[-1] - y < 0.04


@wrong_answer("adding_correct")
def error_relative_to_the_target(outputs, y):
    """You divide the error by the target. The criterion is the error as it is, 0.04 whatever the target; for a target
    near 0 yours could hardly be met."""
    return np.abs(outputs[-1] - y) < 0.04 * np.abs(y)


@wrong_answer("adding_correct")
def one_verdict_for_the_batch(outputs, y):
    """You give one verdict for the whole batch. The paper counts sequences, so each gets its own."""
    return np.abs(outputs[-1] - y).mean() < 0.04


@wrong_answer("adding_correct")
def counts_the_wrong_ones(outputs, y):
    """True stands for the wrong answers: the comparison is the wrong way round."""
    return np.abs(outputs[-1] - y) >= 0.04


@wrong_answer("adding_correct")
def uses_another_threshold(outputs, y):
    """Your threshold is 0.1 or thereabouts. In the paper an answer is right if it is off by less than 0.04."""
    return np.abs(outputs[-1] - y) < 0.1


@wrong_answer("adding_correct")
def returns_the_errors(outputs, y):
    """You return the errors, not whether they are small enough: True or False is asked for, one a sequence."""
    return np.abs(outputs[-1] - y)


@wrong_answer("adding_correct")
def answers_with_0_and_1(outputs, y):
    """Your verdicts are right, but as the numbers 0 and 1. A comparison gives truth values already: leave them as they
    are. `~correct` and `outputs[:, correct]` do something else with numbers."""
    return (np.abs(outputs[-1] - y) < 0.04).astype(int)


@wrong_answer("adding_correct")
def answers_with_a_list(outputs, y):
    """Your verdicts are right, but in a list. Arrays are compared as a whole, and give an array of as many truth
    values; no loop over the sequences is needed."""
    return [abs(output - target) < 0.04 for output, target in zip(outputs[-1], y, strict=True)]


@wrong_answer("adding_correct")
def answers_with_a_list_of_plain_bools(outputs, y):
    """Your verdicts are right, but in a list of Python's own True and False. One array of them can be averaged, counted
    and used as an index, and the comparison of two arrays is one."""
    return (np.abs(outputs[-1] - y) < 0.04).tolist()


@wrong_answer("adding_correct")
def answers_with_floats(outputs, y):
    """Your verdicts are right, but as the floats 0.0 and 1.0. Their mean is the same; truth values are what a
    comparison gives, and what can pick out the sequences that went wrong."""
    return (np.abs(outputs[-1] - y) < 0.04).astype(float)


# ── 4.8 lstm_forward_fused ──────────────────────────────────────────────────────────────────────────────────────────


def _loop(products, h0, c0, W_hh, squash=None):
    """hs, h_T, c_T from the input's products with the bias, (T, N, 4H), one step after the other."""
    h, c, hs = h0, c0, []
    for z_t in products:
        z_i, z_f, z_g, z_o = np.split(z_t + h @ W_hh.T, 4, axis=1)
        if squash is None:
            i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
        else:
            i, f, g, o = squash(z_i, z_f, z_g, z_o)
        c = f * c + i * g
        h = o * np.tanh(c)
        hs.append(h)
    return np.stack(hs), h, c


@wrong_answer("lstm_forward_fused")
def forgets_the_bias(x, h0, c0, W_ih, W_hh, b):
    """The bias was lost on the way out of the loop: the input's product of all steps is there, b is not."""
    return _loop(x @ W_ih.T, h0, c0, W_hh)


@wrong_answer("lstm_forward_fused")
def adds_the_bias_twice(x, h0, c0, W_ih, W_hh, b):
    """The bias is added twice, once with the input's product outside the loop, once inside."""
    return _loop(x @ W_ih.T + 2 * b, h0, c0, W_hh)


@wrong_answer("lstm_forward_fused")
def mixes_time_and_batch(x, h0, c0, W_ih, W_hh, b):
    """Your reshape mixes time and batch: rows that went in as (T, N) come out as (N, T). Reshape moves nothing in
    memory, it only counts differently: (T * N, …) goes back to (T, N, …)."""
    T, N, D = x.shape
    z = (x.reshape(T * N, D) @ W_ih.T + b).reshape(N, T, len(b)).transpose(1, 0, 2)
    return _loop(z, h0, c0, W_hh)


@wrong_answer("lstm_forward_fused")
def the_first_product_for_all_steps(x, h0, c0, W_ih, W_hh, b):
    """Every step reads the input's product of the first step. The product has one row for each step, and step t
    reads row t."""
    z = x @ W_ih.T + b
    return _loop(np.stack([z[0]] * len(x)), h0, c0, W_hh)


@wrong_answer("lstm_forward_fused")
def takes_the_recurrent_product_out(x, h0, c0, W_ih, W_hh, b):
    """The recurrent product has left the loop too: every step reads h0 @ W_hh.T. It needs the state of the step before;
    it is the one product that must stay."""
    return _loop(x @ W_ih.T + b + h0 @ W_hh.T, h0, c0, np.zeros_like(W_hh))


@wrong_answer("lstm_forward_fused")
def one_sigmoid_for_all_four(x, h0, c0, W_ih, W_hh, b):
    """One sigmoid for all 4H, the candidate with them. g goes through tanh. A sigmoid is never
    negative, so no step could subtract anything from the cell; only the forget gate could make it smaller."""
    return _loop(x @ W_ih.T + b, h0, c0, W_hh, lambda i, f, g, o: map(sigmoid, (i, f, g, o)))


@wrong_answer("lstm_forward_fused")
def gates_from_a_tanh_of_z(x, h0, c0, W_ih, W_hh, b):
    """Your gates are ½ + ½ tanh(z). The sigmoid is ½ + ½ tanh(z / 2): the half inside is missing, and all gates are too
    steep."""
    squash = lambda i, f, g, o: (0.5 + 0.5 * np.tanh(i), 0.5 + 0.5 * np.tanh(f), np.tanh(g), 0.5 + 0.5 * np.tanh(o))  # noqa: E731
    return _loop(x @ W_ih.T + b, h0, c0, W_hh, squash)


@wrong_answer("lstm_forward_fused")
def halves_the_candidate_too(x, h0, c0, W_ih, W_hh, b):
    """The candidate's pre-activation is halved with the gates'. ½ + ½ tanh(z / 2) makes a sigmoid; g is a tanh as it
    stands, of the whole z."""
    squash = lambda i, f, g, o: (sigmoid(i), sigmoid(f), np.tanh(0.5 * g), sigmoid(o))  # noqa: E731
    return _loop(x @ W_ih.T + b, h0, c0, W_hh, squash)


@wrong_answer("lstm_forward_fused")
def halves_the_input_product_only(x, h0, c0, W_ih, W_hh, b):
    """The half of ½ + ½ tanh(z / 2) has reached the input's product and not the recurrent one. z is their sum: both are
    halved, or neither before they are added."""
    half = np.full(len(b), 0.5, dtype=b.dtype)
    half[len(b) // 2 : len(b) * 3 // 4] = 1
    squash = lambda i, f, g, o: (0.5 + 0.5 * np.tanh(i), 0.5 + 0.5 * np.tanh(f), np.tanh(g), 0.5 + 0.5 * np.tanh(o))  # noqa: E731
    return _loop((x @ W_ih.T + b) * half, h0, c0, W_hh, squash)


@wrong_answer("lstm_forward_fused")
def all_rows_are_one_buffer(x, h0, c0, W_ih, W_hh, b):
    """All rows of hs are the last state: you kept one buffer T times and filled it anew at every step. Keeping an array
    copies nothing; let each step write into its own row of hs."""
    hs, h, c = _loop(x @ W_ih.T + b, h0, c0, W_hh)
    return np.stack([h] * len(hs)), h, c


@wrong_answer("lstm_forward_fused")
def squashes_the_cell_in_place(x, h0, c0, W_ih, W_hh, b):
    """tanh(c) is written into c itself, out=c: from then on the cell holds the squashed value, and forgets what it had
    above 1. It needs a buffer of its own."""
    h, c, hs = h0, c0, []
    for z_t in x @ W_ih.T + b:
        z_i, z_f, z_g, z_o = np.split(z_t + h @ W_hh.T, 4, axis=1)
        c = np.tanh(sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_g))
        h = sigmoid(z_o) * c
        hs.append(h)
    return np.stack(hs), h, c


@wrong_answer("lstm_forward_fused")
def works_in_the_callers_cell(x, h0, c0, W_ih, W_hh, b):
    """Your buffer for the cell is the caller's c0 itself: `c = c0` copies nothing, and `c *= f` writes into it. The
    next call would start from the cell in which this one ended."""
    hs, h, c = _loop(x @ W_ih.T + b, h0, c0.copy(), W_hh)
    c0[...] = c
    return hs, h, c0


@wrong_answer("lstm_forward_fused")
def works_in_both_of_the_callers_states(x, h0, c0, W_ih, W_hh, b):
    """Your buffers for the states are the caller's h0 and c0: the next call would start where this one ended. Working
    in place is the point, but in arrays of your own."""
    hs, h, c = _loop(x @ W_ih.T + b, h0.copy(), c0.copy(), W_hh)
    h0[...], c0[...] = h, c
    return hs, h0, c0


@wrong_answer("lstm_forward_fused")
def halves_the_callers_weights(x, h0, c0, W_ih, W_hh, b):
    """The halves of ½ + ½ tanh(z / 2) are written into the caller's W_hh. The answers are right, once: the next call
    halves them again. Scale a copy."""
    hs, h, c = _loop(x @ W_ih.T + b, h0, c0, W_hh.copy())
    half = np.full(len(b), 0.5, dtype=b.dtype)
    half[len(b) // 2 : len(b) * 3 // 4] = 1
    W_hh *= half[:, None]
    return hs, h, c


@wrong_answer("lstm_forward_fused")
def starts_from_fresh_buffers(x, h0, c0, W_ih, W_hh, b):
    """Your buffers begin as zeros, and h0 and c0 never get into them: the first step reads the wrong states."""
    return _loop(x @ W_ih.T + b, np.zeros_like(h0), np.zeros_like(c0), W_hh)


@wrong_answer("lstm_forward_fused")
def the_cell_starts_from_a_fresh_buffer(x, h0, c0, W_ih, W_hh, b):
    """Your buffer for the cell begins as zeros, and c0 never gets into it."""
    return _loop(x @ W_ih.T + b, h0, np.zeros_like(c0), W_hh)


@wrong_answer("lstm_forward_fused")
def returns_the_cache_as_well(x, h0, c0, W_ih, W_hh, b):
    """You return four values. This one runs forward only: hs, h_T and c_T, no cache."""
    return *_loop(x @ W_ih.T + b, h0, c0, W_hh), []
