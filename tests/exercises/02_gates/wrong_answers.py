"""Chapter 2: classic mistakes. The docstring of each is what a learner reads who made it."""

import numpy as np

from autograde import wrong_answer
from lstm_ref.functions import sigmoid
from lstm_ref.lstm import cell_update, hidden_output, split_gates

# ── 2.1 sigmoid ─────────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("sigmoid")
def overflows(z):
    """Right near 0, NaN for large z: the exponential of 800 is infinite, and infinite by infinite is NaN. Arrange it so
    that no exponential gets a positive argument."""
    e = np.exp(np.asarray(z, dtype=np.result_type(z, np.float32)))
    return e / (1 + e)


@wrong_answer("sigmoid")
def overflows_on_the_way(z):
    """The values are right, by luck: an exponential became infinite, and 1 / ∞ is the 0 that was wanted. Whoever reads
    NumPy's warnings cannot tell this one from one that matters. (Choosing with np.where afterwards does not help: it
    computes both branches for every z.)"""
    return 1 / (1 + np.exp(-z))


@wrong_answer("sigmoid")
def clips(z):
    """Beyond some bound your sigmoid stands still: z is clipped before the exponential. That cures the overflow and
    changes values: gates beyond the bound can never become more certain, and no gradient tells them to."""
    z = np.clip(z, -10.0, 10.0)
    return 1 / (1 + np.exp(-z))


@wrong_answer("sigmoid")
def keeps_integers(z):
    """Integers went in and integers came out, so that every value was cut to 0 or 1: your result has the dtype of z,
    and for integers that has no room for anything in between."""
    z = np.asarray(z)
    out = np.empty_like(z)
    out[...] = np.where(z >= 0, 1.0, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))
    return out


@wrong_answer("sigmoid")
def widens_float32(z):
    """The values are right, but float32 went in and float64 came out: np.zeros and np.empty make float64 unless they
    are told otherwise, and from here on the whole network computes at half the speed."""
    e = np.exp(-np.abs(np.asarray(z, dtype=np.float64)))
    return np.where(z >= 0, 1.0, e) / (1 + e)


@wrong_answer("sigmoid")
def has_the_sign_wrong(z):
    """Yours falls where it should rise: for large z it is 0. The exponent has the other sign."""
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, e, 1.0) / (1 + e)


@wrong_answer("sigmoid")
def forgets_the_negative_side(z):
    """Right for z ≥ 0; for negative z you return σ(|z|), always above one half. The absolute value cured the overflow,
    but σ(-z) = 1 - σ(z), so the two sides need different numerators."""
    return 1 / (1 + np.exp(-np.abs(z)))


@wrong_answer("sigmoid")
def tanh_for_sigmoid(z):
    """This is tanh: it runs from -1 to 1 and is 0 at 0. A gate is a share, from 0 to 1, and is one half at 0."""
    return np.tanh(z)


@wrong_answer("sigmoid")
def hard_sigmoid(z):
    """This is the "hard" sigmoid, three straight lines: an approximation that some libraries used for speed. Its gates
    really shut, and where they do, the gradient is exactly 0."""
    return np.clip(
        np.asarray(z) * np.result_type(z, np.float32).type(0.2) + np.result_type(z, np.float32).type(0.5), 0, 1
    )


@wrong_answer("sigmoid")
def shifts_by_the_maximum(z):
    """You take the greatest value away from all, as in the softmax. There only differences count; here each number
    stands for itself, so that the shift changes every value (and one gate depends on another)."""
    e = np.exp(z - np.max(z))
    return e / (1 + e)


# ── 2.2 split_gates ─────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("split_gates")
def order_i_f_o_g(z):
    """The last two blocks are exchanged: you return i, f, o, g, the order in which papers write the equations. The
    course and PyTorch store i, f, g, o: candidate third, output gate last."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return z_i, z_f, z_o, z_g


@wrong_answer("split_gates")
def order_i_g_f_o(z):
    """The two blocks in the middle are exchanged: you return i, g, f, o, the order of TensorFlow's old cells. Weights
    stored in one order and read in another give a network that runs and means nothing."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return z_i, z_g, z_f, z_o


@wrong_answer("split_gates")
def order_f_i_g_o(z):
    """The first two blocks are exchanged: the forget gate comes first in yours, as in many drawings. In the weights
    the input gate does."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return z_f, z_i, z_g, z_o


@wrong_answer("split_gates")
def splits_the_batch(z):
    """You cut the batch into four, not the gates: each of your pieces has all 4H columns of a quarter of the
    sequences. Sequences are rows, axis 0."""
    return tuple(np.split(z, 4, axis=0))


@wrong_answer("split_gates")
def takes_every_fourth_column(z):
    """You take every fourth column, as if the four numbers of one unit stood side by side. They stand in blocks: all H
    numbers of i, then all H of f, and so on."""
    return z[:, 0::4], z[:, 1::4], z[:, 2::4], z[:, 3::4]


@wrong_answer("split_gates")
def blocks_of_four(z):
    """Your pieces are 4 columns wide. There are four *pieces*; how wide each is, the size of z tells."""
    return z[:, :4], z[:, 4:8], z[:, 8:12], z[:, 12:16]


@wrong_answer("split_gates")
def blocks_as_wide_as_the_batch(z):
    """Your pieces are N columns wide: the number of rows was taken for H. H is a quarter of the number of columns."""
    H = len(z)
    return z[:, :H], z[:, H : 2 * H], z[:, 2 * H : 3 * H], z[:, 3 * H :]


@wrong_answer("split_gates")
def reshapes_across_the_batch(z):
    """The shapes are right and the numbers are not: reshape(4, N, H) runs through the numbers row by row, so that your
    first piece holds all the gates of the first sequences. A reshape does not swap axes."""
    return tuple(z.reshape(4, len(z), -1))


@wrong_answer("split_gates")
def returns_one_array(z):
    """The pieces are right but come as one array of shape (4, N, H). Four arrays were promised, in a tuple, so that
    the caller can rely on getting exactly four."""
    return np.stack(np.split(z, 4, axis=1))


@wrong_answer("split_gates")
def squashes_too(z):
    """You return gates, not pre-activations: sigmoid and tanh are applied already. The caller will apply them again."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


# ── 2.3 cell_update ─────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("cell_update")
def swaps_i_and_f(c_prev, i, f, g):
    """The input and the forget gate are swapped: with f = 1 and i = 0 your cell throws away what it has, and takes in
    what it should not see."""
    return i * c_prev + f * g


@wrong_answer("cell_update")
def forget_gate_on_the_candidate(c_prev, i, f, g):
    """The forget gate multiplies the candidate too. It looks back only: to replace the cell's content you need f = 0,
    and with yours nothing new can come in then."""
    return f * (c_prev + i * g)


@wrong_answer("cell_update")
def forget_gate_for_input_gate(c_prev, i, f, g):
    """The input gate is not used: f stands before both terms, so that a cell that keeps everything must also take in
    everything."""
    return f * c_prev + f * g


@wrong_answer("cell_update")
def as_popular_articles_write_it(c_prev, i, f, g):
    """This is i · f · g + g, as some articles print it. It never reads c_prev: a cell without a past is no memory (see
    "Five sentences that popular articles get wrong")."""
    return i * f * g + g


@wrong_answer("cell_update")
def sigmoid_on_the_candidate(c_prev, i, f, g):
    """The candidate goes through a sigmoid in your formula. It has been through its tanh already, and after a sigmoid
    it is never negative: such a cell can only be filled."""
    return f * c_prev + i * sigmoid(g)


@wrong_answer("cell_update")
def tanh_on_the_candidate(c_prev, i, f, g):
    """The candidate goes through tanh once more. It has been through it already: g arrives between -1 and 1."""
    return f * c_prev + i * np.tanh(g)


@wrong_answer("cell_update")
def multiplies_where_it_adds(c_prev, i, f, g):
    """You multiply old and new where they should be added. A product of many factors is what the cell was invented to
    avoid: one 0 and everything is gone."""
    return f * c_prev * i * g


@wrong_answer("cell_update")
def has_no_forget_gate(c_prev, i, f, g):
    """The forget gate is not used: this is the cell of 1997. It can add up, and it cannot let go (see "Three cells in
    five years")."""
    return c_prev + i * g


@wrong_answer("cell_update")
def has_no_input_gate(c_prev, i, f, g):
    """The input gate is not used: whatever the candidate says goes in at full strength, at every step."""
    return f * c_prev + g


@wrong_answer("cell_update")
def couples_the_gates(c_prev, i, f, g):
    """The input gate is not used: you take in exactly what was forgotten. That is a variant with a name, the coupled
    gate; this exercise has two gates that are free of each other."""
    return f * c_prev + (1 - f) * g


@wrong_answer("cell_update")
def reads_f_as_how_much_to_forget(c_prev, i, f, g):
    """You read f as the share that is *forgotten*. In spite of its name it is the share that is kept: f = 1 keeps
    everything."""
    return (1 - f) * c_prev + i * g


@wrong_answer("cell_update")
def squashes_the_cell(c_prev, i, f, g):
    """The new cell goes through a tanh. That is the tanh of Chapter 1, which wears the state down at each step; the
    cell itself passes through none, only what is shown of it does."""
    return np.tanh(f * c_prev + i * g)


@wrong_answer("cell_update")
def writes_into_the_old_cell(c_prev, i, f, g):
    """The new cell is written over the old one. The numbers are right, but the old cell was the caller's, and the way
    back in Chapter 3 reads it: it must still be there."""
    c_prev *= f
    c_prev += i * g
    return c_prev


# ── 2.4 hidden_output ───────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("hidden_output")
def leaves_out_tanh(o, c_t):
    """The tanh is missing. The cell is a sum and may be large; what it shows to the other units, and to the next
    layer, must stay between -1 and 1."""
    return o * c_t


@wrong_answer("hidden_output")
def tanh_of_the_product(o, c_t):
    """You squash the product, tanh(o · c). Then a large cell is shown whole by a gate that is nearly shut: at c = 100
    and o = 0.05 yours shows 0.9999. The gate must come last to have the last word."""
    return np.tanh(o * c_t)


@wrong_answer("hidden_output")
def sigmoid_for_tanh(o, c_t):
    """The cell goes through a sigmoid instead of a tanh: its sign is lost, and an empty cell shows one half."""
    return o * sigmoid(c_t)


@wrong_answer("hidden_output")
def squashes_the_gate(o, c_t):
    """The gate goes through a sigmoid once more. It arrives as a gate, from 0 to 1, and after a second sigmoid it can
    be neither shut nor open: it stays between 0.5 and 0.73."""
    return sigmoid(o) * np.tanh(c_t)


@wrong_answer("hidden_output")
def tanh_of_the_gate(o, c_t):
    """The tanh is around the gate, not around the cell. It is the cell that may be large."""
    return np.tanh(o) * c_t


@wrong_answer("hidden_output")
def leaves_out_the_gate(o, c_t):
    """The output gate is not used: the cell is shown all the time, whether it is of use or not."""
    return np.tanh(c_t)


@wrong_answer("hidden_output")
def adds_the_gate(o, c_t):
    """The gate is added. A gate multiplies: at o = 0 nothing may be shown, and yours shows the whole cell."""
    return o + np.tanh(c_t)


# ── 2.5 lstm_step ───────────────────────────────────────────────────────────────────────────────────────────────────


def _z(x_t, h_prev, W_ih, W_hh, b):
    return x_t @ W_ih.T + h_prev @ W_hh.T + b


def _activate(z_i, z_f, z_g, z_o):
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _finish(x_t, h_prev, c_prev, i, f, g, o):
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def leaves_out_the_bias(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The bias b is never added. Among other things, it holds the forget gate open when training starts."""
    z = x_t @ W_ih.T + h_prev @ W_hh.T
    return _finish(x_t, h_prev, c_prev, *_activate(*split_gates(z)))


@wrong_answer("lstm_step")
def adds_the_bias_twice(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The bias is added twice, once with each product. PyTorch keeps two biases, b_ih and b_hh; here b is their sum
    already, so it counts once."""
    z = (x_t @ W_ih.T + b) + (h_prev @ W_hh.T + b)
    return _finish(x_t, h_prev, c_prev, *_activate(*split_gates(z)))


@wrong_answer("lstm_step")
def takes_one_of_two_biases(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Half of the bias is missing, as when PyTorch's weights are loaded with one of b_ih and b_hh only. b is their
    sum, and all of it counts."""
    z = _z(x_t, h_prev, W_ih, W_hh, b / b.dtype.type(2))
    return _finish(x_t, h_prev, c_prev, *_activate(*split_gates(z)))


@wrong_answer("lstm_step")
def swaps_input_and_forget_gate(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The input and the forget gate are swapped: what should be kept is overwritten, and what should be written is
    not. Order of the blocks: i, f, g, o."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, *_activate(z_f, z_i, z_g, z_o))


@wrong_answer("lstm_step")
def swaps_candidate_and_output_gate(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The candidate and the output gate are swapped: you read the blocks in the order i, f, o, g. It is i, f, g, o."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, *_activate(z_i, z_f, z_o, z_g))


@wrong_answer("lstm_step")
def squashes_the_last_block(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The tanh is on the fourth block and the sigmoid on the third: g is squashed like a gate and o like a candidate.
    The third block is the candidate."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, sigmoid(z_i), sigmoid(z_f), sigmoid(z_g), np.tanh(z_o))


@wrong_answer("lstm_step")
def sigmoid_for_all_four(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The candidate goes through a sigmoid like the gates. Then it is never negative, and your cell can only be
    filled; three of the four are gates, the fourth says *what* to write."""
    i, f, g, o = (sigmoid(z) for z in split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    return _finish(x_t, h_prev, c_prev, i, f, g, o)


@wrong_answer("lstm_step")
def leaves_the_candidate_bare(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The candidate goes through no nonlinearity at all. Its tanh bounds what one step can write; without it a single
    large input swamps the cell."""
    z_i, z_f, g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, sigmoid(z_i), sigmoid(z_f), g, sigmoid(z_o))


@wrong_answer("lstm_step")
def updates_the_hidden_state(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The gates update h_prev where they should update c_prev: the hidden state is taken for the memory. It is only
    what was shown of it, and each step would wear it down."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    c_t = cell_update(h_prev, i, f, g)
    return hidden_output(o, c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def gates_read_the_cell(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The second product reads c_prev. In the plain LSTM the gates see the hidden state only; to let them see the cell
    is another cell, the one with peepholes."""
    return _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, c_prev, W_ih, W_hh, b))))


@wrong_answer("lstm_step")
def swaps_the_two_states(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """h_prev and c_prev are swapped throughout: the gates read the cell and update the hidden state. In PyTorch's
    tuple (h, c), too, the hidden state comes first."""
    i, f, g, o = _activate(*split_gates(_z(x_t, c_prev, W_ih, W_hh, b)))
    c_t = cell_update(h_prev, i, f, g)
    return hidden_output(o, c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def shows_the_old_cell(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """c_t is right, but h_t is made from c_prev: what you show is one step late. First the cell is updated, then it is
    shown."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    c_t = cell_update(c_prev, i, f, g)
    return hidden_output(o, c_prev), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def shows_the_cell_without_tanh(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """c_t is right, but h_t is o · c_t: the tanh is missing. The cell may be large; what it shows must not be."""
    _, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return cache[6] * c_t, c_t, cache


@wrong_answer("lstm_step")
def shows_tanh_of_the_product(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """c_t is right, but h_t is tanh(o · c_t): a large cell is shown almost whole by a gate that is almost shut. Squash
    first, gate last."""
    _, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return np.tanh(cache[6] * c_t), c_t, cache


@wrong_answer("lstm_step")
def adds_without_forgetting(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The forget gate is computed and not used: c_t = c_prev + i · g, the cell of 1997, which cannot let go."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    c_t = c_prev + i * g
    return hidden_output(o, c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def returns_the_cell_first(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Everything is right but the order of the two states: h_t comes first, as it does in PyTorch."""
    h_t, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return c_t, h_t, cache


@wrong_answer("lstm_step")
def returns_no_cache(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Both states are right, but only they come back. Third comes the cache, a tuple of the eight arrays that the
    docstring lists: in Chapter 3 the way back is computed from them."""
    h_t, c_t, _ = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return h_t, c_t


@wrong_answer("lstm_step")
def keeps_the_cell_in_the_cache(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Both states are right, but the last thing in your cache is c_t where it should be tanh(c_t). The way back needs
    the tanh twice, so it is kept rather than computed again."""
    h_t, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return h_t, c_t, (*cache[:7], c_t)


@wrong_answer("lstm_step")
def keeps_preactivations_in_the_cache(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Both states are right, but your cache holds the four pre-activations where it should hold the gates and the
    candidate themselves, after sigmoid and tanh."""
    z = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    h_t, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*z))
    return h_t, c_t, (*cache[:3], *z, cache[7])


@wrong_answer("lstm_step")
def keeps_the_new_states_in_the_cache(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Both states are right, but your cache holds h_t and c_t where it should hold h_prev and c_prev: the gradients
    need what the step *read*."""
    h_t, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return h_t, c_t, (x_t, h_t, c_t, *cache[3:])


# ── 2.6 latch_weights ───────────────────────────────────────────────────────────────────────────────────────────────


def _latch(i, f, g, o, W_hh=0.0):
    """Rows (bit, write, bias) of the four gates."""
    rows = np.array([i, f, g, o], dtype=float)
    return rows[:, :2], np.full((4, 1), W_hh), rows[:, 2]


@wrong_answer("latch_weights")
def forget_gate_the_wrong_way():
    """The bit is stored and gone one step later: your forget gate is saturated the wrong way. f is the share that is
    *kept*, so it must be near 1 while the cell holds."""
    return _latch([0, 40, -20], [0, 40, -20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def forget_gate_leaks():
    """The bit is there one step later and gone after a hundred: your forget gate leaks. What is left is the gate to the
    power of 100: work that out for your f."""
    return _latch([0, 40, -20], [0, -5, 3], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def input_gate_leaks():
    """The bit is kept, but bits that merely go by get in: your input gate is not quite shut while the cell holds, and
    a hundred small sips add up."""
    return _latch([0, 23, -3], [0, -40, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def input_gate_always_open():
    """Every bit gets in, written or not: nothing in your input gate depends on write."""
    return _latch([0, 0, 20], [0, -40, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def always_takes_the_newest_bit():
    """Your cell says the bit that it read last, written or not: i is open and f shut all the time. Both must depend on
    write."""
    return _latch([0, 0, 20], [0, 0, -20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def never_forgets():
    """The first bit is held, but a later write cannot replace it: your forget gate never shuts, so that new bits are
    added to the old. On write, the old content must go."""
    return _latch([0, 40, -20], [0, 0, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def never_writes():
    """Nothing is ever stored: your input gate stays shut on write, too. Its weight for write must overcome its bias."""
    return _latch([0, 10, -20], [0, -40, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def candidate_reads_the_command():
    """What is stored is the same for both bits: your candidate reads the command, write, and not the bit."""
    return _latch([0, 40, -20], [0, -40, 20], [0, 20, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def stores_the_opposite():
    """Your cell stores the opposite bit: the candidate's weight has the wrong sign."""
    return _latch([0, 40, -20], [0, -40, 20], [-20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def shows_on_write_only():
    """Right after the write the bit is shown, and then no more, though the cell still holds it: your output gate shuts
    as soon as write is over."""
    return _latch([0, 40, -20], [0, -40, 20], [20, 0, 0], [0, 40, -20])


@wrong_answer("latch_weights")
def never_shows():
    """Nothing is seen of the bit, not even right after the write, though the cell holds it: your output gate is shut,
    so that h_t is 0."""
    return _latch([0, 40, -20], [0, -40, 20], [20, 0, 0], [0, 0, -20])


@wrong_answer("latch_weights")
def order_i_f_o_g_in_the_rows():
    """It would be right if the rows stood in the order i, f, o, g. They stand in the order i, f, g, o: the candidate's
    row is the third."""
    return _latch([0, 40, -20], [0, -40, 20], [0, 0, 20], [20, 0, 0])


@wrong_answer("latch_weights")
def columns_the_other_way_round():
    """The columns of W_ih are exchanged: the input is (bit, write), so the first column belongs to the bit and the
    second to the command."""
    return _latch([40, 0, -20], [-40, 0, 20], [0, 20, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def writes_integers():
    """The weights would do, but they are integers: np.array([20, 0]) has dtype int64. Weights are float64; one decimal
    point is enough."""
    return (
        np.array([[0, 40], [0, -40], [20, 0], [0, 0]]),
        np.zeros((4, 1), dtype=int),
        np.array([-20, 20, 0, 20]),
    )


# ── 2.7 init_lstm ───────────────────────────────────────────────────────────────────────────────────────────────────


def _draw(D, H, rng):
    W_ih = rng.normal(size=(4 * H, D)) / np.sqrt(D)
    return W_ih, np.concatenate([np.linalg.qr(rng.normal(size=(H, H)))[0] for _ in range(4)])


def _bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[H : 2 * H] = forget_bias
    return b


@wrong_answer("init_lstm")
def bias_on_the_input_gate(D, H, forget_bias, rng):
    """The forget bias is on the first H numbers of b. Those belong to the input gate: the order is i, f, g, o."""
    return *_draw(D, H, rng), np.roll(_bias(H, forget_bias), -H)


@wrong_answer("init_lstm")
def bias_on_the_candidate(D, H, forget_bias, rng):
    """The forget bias is on the third block of b, the candidate's: every cell would be filled from the first step on.
    The order is i, f, g, o."""
    return *_draw(D, H, rng), np.roll(_bias(H, forget_bias), H)


@wrong_answer("init_lstm")
def bias_on_the_output_gate(D, H, forget_bias, rng):
    """The forget bias is on the last block of b, the output gate's. The order is i, f, g, o."""
    return *_draw(D, H, rng), np.roll(_bias(H, forget_bias), 2 * H)


@wrong_answer("init_lstm")
def bias_on_everything(D, H, forget_bias, rng):
    """All of b is the forget bias. Only the forget gate is to start open; the others start at 0, half open."""
    return *_draw(D, H, rng), np.full(4 * H, float(forget_bias))


@wrong_answer("init_lstm")
def bias_counted_twice(D, H, forget_bias, rng):
    """The forget gate starts at twice the bias that was asked for: the well-known slip of setting b_ih and b_hh both.
    Their sum is what the gate sees, and here b is that sum."""
    return *_draw(D, H, rng), _bias(H, 2 * forget_bias)


@wrong_answer("init_lstm")
def bias_of_one_always(D, H, forget_bias, rng):
    """The forget bias is 1 whatever the caller asks for. It is an argument."""
    return *_draw(D, H, rng), _bias(H, 1.0)


@wrong_answer("init_lstm")
def no_bias(D, H, forget_bias, rng):
    """b is 0 everywhere, so that half of every cell is gone after the first step. The forget gate's block is to be
    forget_bias."""
    return *_draw(D, H, rng), np.zeros(4 * H)


@wrong_answer("init_lstm")
def recurrent_weights_not_orthogonal(D, H, forget_bias, rng):
    """The blocks of W_hh are random but not orthogonal: multiplied by its transpose, a block should give the identity.
    Yours stretches some directions of the state and crushes others."""
    W_ih, _ = _draw(D, H, rng)
    return W_ih, rng.normal(size=(4 * H, H)) / np.sqrt(H), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def one_factor_for_all_gates(D, H, forget_bias, rng):
    """W_hh as a whole has orthogonal columns, but its four blocks are not orthogonal: each shrinks the state, to half
    its length on average. Every gate needs a factor of its own, made from a square matrix."""
    W_ih, _ = _draw(D, H, rng)
    Q, _ = np.linalg.qr(rng.normal(size=(4 * H, H)))
    return W_ih, Q * 1.0, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def one_block_four_times(D, H, forget_bias, rng):
    """The four gates have one and the same block in W_hh, so they begin by reading the state in the same way. Draw one
    for each."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih, np.tile(W_hh[:H], (4, 1)), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def identity_blocks(D, H, forget_bias, rng):
    """Each block of W_hh is the identity. That is orthogonal, but not drawn: every gate of unit j would look at unit j
    only, and all gates alike."""
    return _draw(D, H, rng)[0], np.tile(np.eye(H), (4, 1)), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_not_scaled(D, H, forget_bias, rng):
    """The input weights have variance 1. A sum of D of them has variance D, so that the gates of a wide input are
    saturated before training has begun. The variance is to be 1 / D."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih * np.sqrt(D), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_scaled_twice(D, H, forget_bias, rng):
    """The input weights are too small: 1 / D is to be their variance, and it is their standard deviation. A normal
    number times s has variance s²."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih / np.sqrt(D), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_scaled_by_H(D, H, forget_bias, rng):
    """The input weights are scaled by the size of the state. What is summed in W_ih x_t are D products, so D is what
    counts."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih * np.sqrt(D / H), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_uniform(D, H, forget_bias, rng):
    """The variance of the input weights is right, but they are drawn from a uniform distribution. The statement says
    normal."""
    W_hh = _draw(D, H, rng)[1]
    return rng.uniform(-1, 1, (4 * H, D)) * np.sqrt(3 / D), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def as_pytorch_draws_them(D, H, forget_bias, rng):
    """These are PyTorch's defaults: everything uniform within ±1 / √H, W_hh not orthogonal. Here W_hh is orthogonal
    block by block, and W_ih normal with variance 1 / D."""
    near = 1 / np.sqrt(H)
    W_ih, W_hh = rng.uniform(-near, near, (4 * H, D)), rng.uniform(-near, near, (4 * H, H))
    return W_ih, W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def ignores_the_generator(D, H, forget_bias, rng):
    """The weights are of the right kind, but their chance is not that of the generator you were given: the same seed
    starts another training each time, and nobody can repeat your result."""
    return *_draw(D, H, np.random.default_rng()), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def seeds_a_generator_of_its_own(D, H, forget_bias, rng):
    """You make a generator of your own with a fixed seed, so every call draws the same weights: five "different" seeds
    would be one experiment done five times, and two layers twins."""
    return *_draw(D, H, np.random.default_rng(0)), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def gates_as_columns(D, H, forget_bias, rng):
    """The weights lie on their side: (D, 4H) and (H, 4H), as some libraries keep them. The course has a row for each
    number that is written: (4H, D) and (4H, H)."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih.T.copy(), W_hh.T.copy(), _bias(H, forget_bias)


# ── 2.8 lstm_step_peephole ──────────────────────────────────────────────────────────────────────────────────────────


def _show(x_t, h_prev, c_prev, c_t, i, f, g, o):
    return o * np.tanh(c_t), c_t, (x_t, h_prev, c_prev, c_t, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step_peephole")
def output_gate_peeps_at_the_old_cell(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your output gate looks at c_prev. i and f have no choice, since there is no new cell yet; o decides what of the
    *new* cell is shown, and looks at that."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_prev))


@wrong_answer("lstm_step_peephole")
def peeps_at_all_cells(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Each of your gates sees a sum over all cells: the peephole is used as in a matrix product. It is a vector, one
    number a unit, and each unit sees its own cell only."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f = sigmoid(z_i + (c_prev @ p_i)[:, None]), sigmoid(z_f + (c_prev @ p_f)[:, None])
    g = np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + (c_t @ p_o)[:, None]))


@wrong_answer("lstm_step_peephole")
def peeps_through_a_full_matrix(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your peepholes are full matrices, made from the vector: every gate sees every cell. Only a unit's own cell is
    behind its peephole, which is a product entry by entry."""
    ones = np.ones_like(p_i)
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f = sigmoid(z_i + c_prev @ np.outer(ones, p_i)), sigmoid(z_f + c_prev @ np.outer(ones, p_f))
    g = np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + c_t @ np.outer(ones, p_o)))


@wrong_answer("lstm_step_peephole")
def swaps_two_peepholes(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """The peepholes of the input and the forget gate are swapped: p_i belongs to i and p_f to f."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_f * c_prev), sigmoid(z_f + p_i * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_t))


@wrong_answer("lstm_step_peephole")
def peeps_after_the_sigmoid(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """The peepholes are added after the sigmoid, so that your gates leave the range from 0 to 1. What a gate sees goes
    into its sum, before it decides."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i) + p_i * c_prev, sigmoid(z_f) + p_f * c_prev, np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o) + p_o * c_t)


@wrong_answer("lstm_step_peephole")
def has_no_peephole_on_the_output_gate(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """The output gate has no peephole in yours: c_t is right, h_t is not. Three gates look at the cell, o last of
    all."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o))


@wrong_answer("lstm_step_peephole")
def has_no_peepholes(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """This is the plain LSTM: no gate looks at the cell, and p_i, p_f, p_o are never used."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    return _show(x_t, h_prev, c_prev, f * c_prev + i * g, i, f, g, o)


@wrong_answer("lstm_step_peephole")
def peeps_at_the_hidden_state(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your peepholes look at h_prev. That the gates see already, through W_hh; the point of a peephole is to see the
    cell even while the output gate is shut."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * h_prev), sigmoid(z_f + p_f * h_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * h_prev))


@wrong_answer("lstm_step_peephole")
def peeps_at_the_squashed_cell(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your gates look at tanh of the cell. A peephole sees the cell itself, however large: that is how it can count."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f = sigmoid(z_i + p_i * np.tanh(c_prev)), sigmoid(z_f + p_f * np.tanh(c_prev))
    g = np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * np.tanh(c_t)))


@wrong_answer("lstm_step_peephole")
def leaves_out_the_bias_beside_the_peepholes(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """The bias b is never added. The peepholes come on top of what the plain step has; they replace nothing."""
    z_i, z_f, z_g, z_o = split_gates(x_t @ W_ih.T + h_prev @ W_hh.T)
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_t))


@wrong_answer("lstm_step_peephole")
def returns_the_cache_of_the_plain_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Both states are right, but the cache is that of the plain step. Here a ninth array is in it, c_t, between c_prev
    and i: the gradient of p_o needs the cell itself."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    h_t, _, cache = _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_t))
    return h_t, c_t, (*cache[:3], *cache[4:])
