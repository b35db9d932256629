"""Chapter 2: classic mistakes. The docstring of each is what a learner reads who made it."""

import numpy as np

from autograde import wrong_answer
from lstm_ref.functions import sigmoid
from lstm_ref.lstm import cell_update, hidden_output, split_gates

# ── 2.1 sigmoid ─────────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("sigmoid")
def overflows(z):
    """Right near 0, NaN for large z: the exponential of 800 is infinite, and infinity divided by infinity is not a
    number. Give no exponential a positive argument."""
    e = np.exp(np.asarray(z, dtype=np.result_type(z, np.float32)))
    return e / (1 + e)


@wrong_answer("sigmoid")
def overflows_on_the_way(z):
    """The values are right, but an exponential overflowed on the way: 1 / ∞ happens to be the 0 that was wanted.
    NumPy's warning then hides among warnings that matter. (Choosing with np.where afterwards does not help, since
    np.where computes both branches for every z.)"""
    return 1 / (1 + np.exp(-z))


@wrong_answer("sigmoid")
def clips(z):
    """Beyond some bound your sigmoid is constant: z is clipped before the exponential. That avoids the overflow and
    changes values. A gate beyond the bound can get no closer to 0 or 1, and its gradient is 0."""
    z = np.clip(z, -10.0, 10.0)
    return 1 / (1 + np.exp(-z))


@wrong_answer("sigmoid")
def keeps_integers(z):
    """Integers went in and integers came out, so every value was cut to 0 or 1: your result has the dtype of z. The
    result must be a float."""
    z = np.asarray(z)
    out = np.empty_like(z)
    out[...] = np.where(z >= 0, 1.0, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))
    return out


@wrong_answer("sigmoid")
def widens_float32(z):
    """The values are right, but float32 went in and float64 came out. np.zeros and np.empty make float64 unless they
    get a dtype, and the rest of the network then computes in float64, at about half the speed."""
    e = np.exp(-np.abs(np.asarray(z, dtype=np.float64)))
    return np.where(z >= 0, 1.0, e) / (1 + e)


@wrong_answer("sigmoid")
def has_the_sign_wrong(z):
    """Yours falls where it should rise: for large z it is 0. The exponent has the wrong sign."""
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, e, 1.0) / (1 + e)


@wrong_answer("sigmoid")
def forgets_the_negative_side(z):
    """Right for z ≥ 0; for negative z you return σ(|z|), which is above one half. Since σ(-z) = 1 - σ(z), the two signs
    need different numerators."""
    return 1 / (1 + np.exp(-np.abs(z)))


@wrong_answer("sigmoid")
def tanh_for_sigmoid(z):
    """This is tanh: it runs from -1 to 1 and is 0 at 0. A gate is a share from 0 to 1, and one half at 0."""
    return np.tanh(z)


@wrong_answer("sigmoid")
def hard_sigmoid(z):
    """This is the "hard" sigmoid, made of three straight lines, which some libraries used for speed. It reaches 0 and 1
    exactly, and there its gradient is 0."""
    return np.clip(
        np.asarray(z) * np.result_type(z, np.float32).type(0.2) + np.result_type(z, np.float32).type(0.5), 0, 1
    )


@wrong_answer("sigmoid")
def shifts_by_the_maximum(z):
    """You subtract the largest value from all, as in the softmax. There only differences count; here each number stands
    for itself, so the shift changes every value and makes one gate depend on another."""
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
    """The two blocks in the middle are exchanged: you return i, g, f, o, the order of TensorFlow 1. Weights that are
    stored in one order and read in another raise no error and give wrong gates."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return z_i, z_g, z_f, z_o


@wrong_answer("split_gates")
def order_f_i_g_o(z):
    """The first two blocks are exchanged: yours begins with the forget gate. In the weights the input gate is first."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return z_f, z_i, z_g, z_o


@wrong_answer("split_gates")
def splits_the_batch(z):
    """You cut the batch into four, not the gates: each of your blocks has all 4H columns of a quarter of the sequences.
    Sequences are rows, axis 0."""
    return tuple(np.split(z, 4, axis=0))


@wrong_answer("split_gates")
def takes_every_fourth_column(z):
    """You take every fourth column, as if the four numbers of one unit stood side by side. They stand in blocks: all H
    numbers of i, then all H of f, and so on."""
    return z[:, 0::4], z[:, 1::4], z[:, 2::4], z[:, 3::4]


@wrong_answer("split_gates")
def blocks_of_four(z):
    """Your blocks are 4 columns wide. There are four *blocks*; each is a quarter of the columns of z wide."""
    return z[:, :4], z[:, 4:8], z[:, 8:12], z[:, 12:16]


@wrong_answer("split_gates")
def blocks_as_wide_as_the_batch(z):
    """Your blocks are N columns wide: the number of rows was taken for H. H is a quarter of the number of columns."""
    H = len(z)
    return z[:, :H], z[:, H : 2 * H], z[:, 2 * H : 3 * H], z[:, 3 * H :]


@wrong_answer("split_gates")
def reshapes_across_the_batch(z):
    """The shapes are right and the numbers are not: reshape(4, N, H) goes through the numbers row by row, so your first
    block holds all gates of the first sequences. A reshape does not exchange axes."""
    return tuple(z.reshape(4, len(z), -1))


@wrong_answer("split_gates")
def returns_one_array(z):
    """The blocks are right but come as one array of shape (4, N, H). The statement asks for four arrays in a tuple."""
    return np.stack(np.split(z, 4, axis=1))


@wrong_answer("split_gates")
def squashes_too(z):
    """You return gates, not pre-activations: sigmoid and tanh are applied already, and the caller will apply them
    again."""
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


# ── 2.3 cell_update ─────────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("cell_update")
def swaps_i_and_f(c_prev, i, f, g):
    """The input and the forget gate are swapped: with f = 1 and i = 0 your cell loses its content and takes in the
    candidate."""
    return i * c_prev + f * g


@wrong_answer("cell_update")
def forget_gate_on_the_candidate(c_prev, i, f, g):
    """The forget gate multiplies the candidate too. It belongs to the old cell state only: to replace the content, f
    must be 0, and with your formula nothing new comes in then."""
    return f * (c_prev + i * g)


@wrong_answer("cell_update")
def forget_gate_for_input_gate(c_prev, i, f, g):
    """The input gate is not used: f multiplies both terms, so a cell that keeps everything must also take in
    everything."""
    return f * c_prev + f * g


@wrong_answer("cell_update")
def never_reads_the_old_cell(c_prev, i, f, g):
    """This is i · f · g + g. It does not contain c_prev, so nothing of the old cell state is kept (see "Tests of the
    formulas")."""
    return i * f * g + g


@wrong_answer("cell_update")
def sigmoid_on_the_candidate(c_prev, i, f, g):
    """The candidate goes through a sigmoid in your formula. It arrives after its tanh, and after a sigmoid it is
    never negative: such a cell can add and never subtract."""
    return f * c_prev + i * sigmoid(g)


@wrong_answer("cell_update")
def tanh_on_the_candidate(c_prev, i, f, g):
    """The candidate goes through tanh a second time. It arrives after its tanh, between -1 and 1."""
    return f * c_prev + i * np.tanh(g)


@wrong_answer("cell_update")
def multiplies_where_it_adds(c_prev, i, f, g):
    """You multiply old and new content where you should add them. One factor of 0 then clears the cell, and a product
    of many factors vanishes."""
    return f * c_prev * i * g


@wrong_answer("cell_update")
def has_no_forget_gate(c_prev, i, f, g):
    """The forget gate is not used: this is the cell of 1997, which adds and never forgets (see "LSTM variants")."""
    return c_prev + i * g


@wrong_answer("cell_update")
def has_no_input_gate(c_prev, i, f, g):
    """The input gate is not used: the whole candidate is added at every step."""
    return f * c_prev + g


@wrong_answer("cell_update")
def couples_the_gates(c_prev, i, f, g):
    """The input gate is not used: you take in exactly what was forgotten. That is the coupled gate, a variant; in this
    exercise the two gates are independent."""
    return f * c_prev + (1 - f) * g


@wrong_answer("cell_update")
def reads_f_as_how_much_to_forget(c_prev, i, f, g):
    """You read f as the share that is *forgotten*. In spite of its name it is the share that is kept: f = 1 keeps
    everything."""
    return (1 - f) * c_prev + i * g


@wrong_answer("cell_update")
def squashes_the_cell(c_prev, i, f, g):
    """The new cell state goes through a tanh. Then a state shrinks at every step, as in a plain RNN. Only the hidden
    state contains a tanh of the cell state."""
    return np.tanh(f * c_prev + i * g)


@wrong_answer("cell_update")
def writes_into_the_old_cell(c_prev, i, f, g):
    """The new cell state is written over the old one. The numbers are right, but the caller still needs c_prev: the
    backward pass of Chapter 3 reads it."""
    c_prev *= f
    c_prev += i * g
    return c_prev


# ── 2.4 hidden_output ───────────────────────────────────────────────────────────────────────────────────────────────


@wrong_answer("hidden_output")
def leaves_out_tanh(o, c_t):
    """The tanh is missing. The cell state is a sum and may be large; the hidden state must stay between -1 and 1."""
    return o * c_t


@wrong_answer("hidden_output")
def tanh_of_the_product(o, c_t):
    """You compute tanh(o · c). A large cell state then passes through an output gate that is nearly closed: c = 100 and
    o = 0.05 give 0.9999. The gate must multiply the tanh."""
    return np.tanh(o * c_t)


@wrong_answer("hidden_output")
def sigmoid_for_tanh(o, c_t):
    """The cell state goes through a sigmoid instead of a tanh: its sign is lost, and an empty cell gives one half."""
    return o * sigmoid(c_t)


@wrong_answer("hidden_output")
def squashes_the_gate(o, c_t):
    """The gate goes through a second sigmoid. It arrives as a gate from 0 to 1; after a second sigmoid it stays between
    0.5 and 0.73, neither closed nor open."""
    return sigmoid(o) * np.tanh(c_t)


@wrong_answer("hidden_output")
def tanh_of_the_gate(o, c_t):
    """The tanh is around the gate instead of the cell state. It is the cell state that may be large."""
    return np.tanh(o) * c_t


@wrong_answer("hidden_output")
def leaves_out_the_gate(o, c_t):
    """The output gate is not used: h_t is tanh(c_t) at every step."""
    return np.tanh(c_t)


@wrong_answer("hidden_output")
def adds_the_gate(o, c_t):
    """The gate is added. It must multiply: o = 0 must give 0, and yours gives tanh(c_t)."""
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
    """The bias b is never added. Its second block, the forget bias, decides how much a cell keeps before training."""
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
    """Half of the bias is missing, as when PyTorch's weights are loaded with only one of b_ih and b_hh. b is their sum;
    add all of it."""
    z = _z(x_t, h_prev, W_ih, W_hh, b / b.dtype.type(2))
    return _finish(x_t, h_prev, c_prev, *_activate(*split_gates(z)))


@wrong_answer("lstm_step")
def swaps_input_and_forget_gate(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The input and the forget gate are swapped: the old content is multiplied by i and the candidate by f. The order
    of the blocks is i, f, g, o."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, *_activate(z_f, z_i, z_g, z_o))


@wrong_answer("lstm_step")
def swaps_candidate_and_output_gate(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The candidate and the output gate are swapped: you read the blocks in the order i, f, o, g. It is i, f, g, o."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, *_activate(z_i, z_f, z_o, z_g))


@wrong_answer("lstm_step")
def squashes_the_last_block(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The tanh is on the fourth block and the sigmoid on the third: g is computed like a gate and o like a candidate.
    The third block is the candidate."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, sigmoid(z_i), sigmoid(z_f), sigmoid(z_g), np.tanh(z_o))


@wrong_answer("lstm_step")
def sigmoid_for_all_four(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The candidate goes through a sigmoid like the gates. Then it is never negative, and your cell can add and never
    subtract. Only three of the four blocks are gates."""
    i, f, g, o = (sigmoid(z) for z in split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    return _finish(x_t, h_prev, c_prev, i, f, g, o)


@wrong_answer("lstm_step")
def leaves_the_candidate_bare(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The candidate goes through no nonlinearity. Its tanh bounds what one step can add; without it, one large input
    dominates the cell state."""
    z_i, z_f, g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    return _finish(x_t, h_prev, c_prev, sigmoid(z_i), sigmoid(z_f), g, sigmoid(z_o))


@wrong_answer("lstm_step")
def updates_the_hidden_state(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The gates update h_prev where they should update c_prev. The hidden state is only the part of the cell state that
    the output gate passes on, so nothing is kept unchanged."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    c_t = cell_update(h_prev, i, f, g)
    return hidden_output(o, c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def gates_read_the_cell(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The second product reads c_prev. In the standard LSTM the gates read the hidden state only; gates that read the
    cell state are peepholes, another cell."""
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
    """c_t is right, but h_t is made from c_prev, so it is one step late. Update the cell state first and use the new
    one."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    c_t = cell_update(c_prev, i, f, g)
    return hidden_output(o, c_prev), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step")
def shows_the_cell_without_tanh(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """c_t is right, but h_t is o · c_t: the tanh is missing. The cell state may be large; the hidden state must stay
    between -1 and 1."""
    _, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return cache[6] * c_t, c_t, cache


@wrong_answer("lstm_step")
def shows_tanh_of_the_product(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """c_t is right, but h_t is tanh(o · c_t): a large cell state passes through an output gate that is nearly closed.
    Apply tanh first and multiply by the gate."""
    _, c_t, cache = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return np.tanh(cache[6] * c_t), c_t, cache


@wrong_answer("lstm_step")
def adds_without_forgetting(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """The forget gate is computed and not used: c_t = c_prev + i · g is the cell of 1997, which never forgets."""
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
    """Both states are right, but only they come back. The third result is the cache, a tuple of the eight arrays that
    the docstring lists: the backward pass of Chapter 3 is computed from them."""
    h_t, c_t, _ = _finish(x_t, h_prev, c_prev, *_activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b))))
    return h_t, c_t


@wrong_answer("lstm_step")
def keeps_the_cell_in_the_cache(x_t, h_prev, c_prev, W_ih, W_hh, b):
    """Both states are right, but the last array of your cache is c_t where it should be tanh(c_t). The backward pass
    needs the tanh twice, so it is kept."""
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
    """The bit is stored and lost one step later: your forget gate is saturated at the wrong end. f is the share that is
    *kept*, so it must be near 1 while the cell holds."""
    return _latch([0, 40, -20], [0, 40, -20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def forget_gate_leaks():
    """The bit is there one step later and lost after a hundred: your forget gate is too far from 1. After 100 steps the
    share f to the power 100 is left; compute it for your f."""
    return _latch([0, 40, -20], [0, -5, 3], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def gates_half_saturated():
    """Your gates are on the right sides and too far from 0 and 1. With biases of ±5, only σ(5) to the power 100, which
    is 0.51, is left of the bit, and about as much has come in from bits that passed by. Choose larger weights."""
    return _latch([0, 10, -5], [0, -10, 5], [5, 0, 0], [0, 0, 5])


@wrong_answer("latch_weights")
def input_gate_leaks():
    """The bit is kept, but bits that pass by get in: your input gate is not near enough to 0 while the cell holds, and
    a hundred small additions add up."""
    return _latch([0, 23, -3], [0, -40, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def input_gate_always_open():
    """Every bit gets in, written or not: your input gate does not depend on write."""
    return _latch([0, 0, 20], [0, -40, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def always_takes_the_newest_bit():
    """Your cell shows the bit that it read last, written or not: i is near 1 and f near 0 all the time. Both must
    depend on write."""
    return _latch([0, 0, 20], [0, 0, -20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def never_forgets():
    """The first bit is held, but a later write cannot replace it: your forget gate is never near 0, so new bits are
    added to the old. On write, the old content must be cleared."""
    return _latch([0, 40, -20], [0, 0, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def never_writes():
    """Nothing is ever stored: your input gate is near 0 on write, too. Its weight for write must outweigh its bias."""
    return _latch([0, 10, -20], [0, -40, 20], [20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def candidate_reads_the_command():
    """What is stored is the same for both bits: your candidate reads the command, write, instead of the bit."""
    return _latch([0, 40, -20], [0, -40, 20], [0, 20, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def stores_the_opposite():
    """Your cell stores the opposite bit: the candidate's weight has the wrong sign."""
    return _latch([0, 40, -20], [0, -40, 20], [-20, 0, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def shows_on_write_only():
    """h_t shows the bit right after the write and no longer, though the cell still holds it: your output gate is near 0
    when write is 0."""
    return _latch([0, 40, -20], [0, -40, 20], [20, 0, 0], [0, 40, -20])


@wrong_answer("latch_weights")
def never_shows():
    """h_t is near 0 even right after the write, though the cell holds the bit: your output gate is near 0."""
    return _latch([0, 40, -20], [0, -40, 20], [20, 0, 0], [0, 0, -20])


@wrong_answer("latch_weights")
def order_i_f_o_g_in_the_rows():
    """The weights would be right if the rows stood in the order i, f, o, g. They stand in the order i, f, g, o: the
    candidate's row is the third."""
    return _latch([0, 40, -20], [0, -40, 20], [0, 0, 20], [20, 0, 0])


@wrong_answer("latch_weights")
def columns_the_other_way_round():
    """The columns of W_ih are exchanged: the input is (bit, write), so the first column belongs to the bit and the
    second to the command."""
    return _latch([40, 0, -20], [-40, 0, 20], [0, 20, 0], [0, 0, 20])


@wrong_answer("latch_weights")
def writes_integers():
    """The weights have the right values, but they are integers: np.array([20, 0]) has dtype int64. They must be
    float64; write one number with a decimal point."""
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
    """The forget bias is on the third block of b, the candidate's, so that every cell state grows from the first step
    on. The order is i, f, g, o."""
    return *_draw(D, H, rng), np.roll(_bias(H, forget_bias), H)


@wrong_answer("init_lstm")
def bias_on_the_output_gate(D, H, forget_bias, rng):
    """The forget bias is on the last block of b, the output gate's. The order is i, f, g, o."""
    return *_draw(D, H, rng), np.roll(_bias(H, forget_bias), 2 * H)


@wrong_answer("init_lstm")
def bias_on_everything(D, H, forget_bias, rng):
    """All of b is the forget bias. Only the forget gate's block has it; the others start at 0."""
    return *_draw(D, H, rng), np.full(4 * H, float(forget_bias))


@wrong_answer("init_lstm")
def bias_counted_twice(D, H, forget_bias, rng):
    """The forget gate starts at twice the requested bias, as when b_ih and b_hh are both set. The gate sees their sum,
    and here b is that sum."""
    return *_draw(D, H, rng), _bias(H, 2 * forget_bias)


@wrong_answer("init_lstm")
def bias_of_one_always(D, H, forget_bias, rng):
    """The forget bias is 1 whatever the caller requests. It is an argument."""
    return *_draw(D, H, rng), _bias(H, 1.0)


@wrong_answer("init_lstm")
def no_bias(D, H, forget_bias, rng):
    """b is 0 everywhere, so about half of the cell state is lost at each step. The forget gate's block must be
    forget_bias."""
    return *_draw(D, H, rng), np.zeros(4 * H)


@wrong_answer("init_lstm")
def recurrent_weights_not_orthogonal(D, H, forget_bias, rng):
    """The blocks of W_hh are random but not orthogonal: a block times its transpose should be the identity. Yours
    lengthens some vectors and shortens others."""
    W_ih, _ = _draw(D, H, rng)
    return W_ih, rng.normal(size=(4 * H, H)) / np.sqrt(H), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def one_factor_for_all_gates(D, H, forget_bias, rng):
    """W_hh as a whole has orthogonal columns, but its four blocks are not orthogonal: each shortens vectors, to half
    their length on average. Each gate needs an orthogonal matrix of its own, made from a square one."""
    W_ih, _ = _draw(D, H, rng)
    Q, _ = np.linalg.qr(rng.normal(size=(4 * H, H)))
    return W_ih, Q * 1.0, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def one_block_four_times(D, H, forget_bias, rng):
    """The four gates have the same block in W_hh, so all of them read the hidden state in the same way. Draw one for
    each."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih, np.tile(W_hh[:H], (4, 1)), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def identity_blocks(D, H, forget_bias, rng):
    """Each block of W_hh is the identity. That is orthogonal but not random: every gate of unit j reads unit j only,
    and all gates read alike."""
    return _draw(D, H, rng)[0], np.tile(np.eye(H), (4, 1)), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_not_scaled(D, H, forget_bias, rng):
    """The input weights have variance 1. A sum of D such products has variance D, so the gates of a wide input are
    saturated before training starts. The variance must be 1 / D."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih * np.sqrt(D), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_scaled_twice(D, H, forget_bias, rng):
    """The input weights are too small: 1 / D must be their variance, and it is their standard deviation. A normal
    number times s has variance s²."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih / np.sqrt(D), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_scaled_by_H(D, H, forget_bias, rng):
    """The input weights are scaled by the size of the state. W_ih x_t sums D products, so divide by the root of D."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih * np.sqrt(D / H), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def input_weights_uniform(D, H, forget_bias, rng):
    """The variance of the input weights is right, but they are drawn from a uniform distribution. The statement asks
    for a normal one."""
    W_hh = _draw(D, H, rng)[1]
    return rng.uniform(-1, 1, (4 * H, D)) * np.sqrt(3 / D), W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def as_pytorch_draws_them(D, H, forget_bias, rng):
    """These are PyTorch's defaults: everything uniform within ±1 / √H, and W_hh not orthogonal. Here each block of W_hh
    must be orthogonal, and W_ih normal with variance 1 / D."""
    near = 1 / np.sqrt(H)
    W_ih, W_hh = rng.uniform(-near, near, (4 * H, D)), rng.uniform(-near, near, (4 * H, H))
    return W_ih, W_hh, _bias(H, forget_bias)


@wrong_answer("init_lstm")
def ignores_the_generator(D, H, forget_bias, rng):
    """The weights are of the right kind, but they do not come from the generator that you received: the same seed then
    gives different weights each time, and nobody can repeat the result."""
    return *_draw(D, H, np.random.default_rng()), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def seeds_a_generator_of_its_own(D, H, forget_bias, rng):
    """You make a generator of your own with a fixed seed, so every call draws the same weights: five "different" seeds
    would be one experiment, repeated five times."""
    return *_draw(D, H, np.random.default_rng(0)), _bias(H, forget_bias)


@wrong_answer("init_lstm")
def gates_as_columns(D, H, forget_bias, rng):
    """The weights are transposed: (D, 4H) and (H, 4H), as some libraries store them. The course stores (4H, D) and (4H,
    H)."""
    W_ih, W_hh = _draw(D, H, rng)
    return W_ih.T.copy(), W_hh.T.copy(), _bias(H, forget_bias)


# ── 2.8 lstm_step_peephole ──────────────────────────────────────────────────────────────────────────────────────────


def _show(x_t, h_prev, c_prev, c_t, i, f, g, o):
    return o * np.tanh(c_t), c_t, (x_t, h_prev, c_prev, c_t, i, f, g, o, np.tanh(c_t))


@wrong_answer("lstm_step_peephole")
def output_gate_peeps_at_the_old_cell(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your output gate reads c_prev. i and f read the old cell state because the new one does not exist yet; o
    multiplies the *new* cell state and reads that."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_prev))


@wrong_answer("lstm_step_peephole")
def peeps_at_all_cells(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Each of your gates reads a sum over all cells: the peephole is used as in a matrix product. It is a vector,
    one number a unit, and each unit reads its own cell only."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f = sigmoid(z_i + (c_prev @ p_i)[:, None]), sigmoid(z_f + (c_prev @ p_f)[:, None])
    g = np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + (c_t @ p_o)[:, None]))


@wrong_answer("lstm_step_peephole")
def peeps_through_a_full_matrix(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your peepholes are full matrices made from the vector: every gate reads every cell. A peephole multiplies
    entry by entry, so a gate reads its own unit's cell only."""
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
    """The peepholes are added after the sigmoid, so your gates leave the range from 0 to 1. Add them to the
    pre-activations."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i) + p_i * c_prev, sigmoid(z_f) + p_f * c_prev, np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o) + p_o * c_t)


@wrong_answer("lstm_step_peephole")
def has_no_peephole_on_the_output_gate(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your output gate has no peephole: c_t is right, h_t is not. All three gates read the cell state, o the new
    one."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o))


@wrong_answer("lstm_step_peephole")
def has_no_peepholes(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """This is the standard LSTM: no gate reads the cell state, and p_i, p_f, p_o are never used."""
    i, f, g, o = _activate(*split_gates(_z(x_t, h_prev, W_ih, W_hh, b)))
    return _show(x_t, h_prev, c_prev, f * c_prev + i * g, i, f, g, o)


@wrong_answer("lstm_step_peephole")
def peeps_at_the_hidden_state(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your peepholes read h_prev, which the gates read already, through W_hh. A peephole reads the cell state, which
    is there even while the output gate is near 0."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * h_prev), sigmoid(z_f + p_f * h_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * h_prev))


@wrong_answer("lstm_step_peephole")
def peeps_at_the_squashed_cell(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Your gates read tanh of the cell state. A peephole reads the cell state itself, however large it is; a unit
    that counts needs that."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f = sigmoid(z_i + p_i * np.tanh(c_prev)), sigmoid(z_f + p_f * np.tanh(c_prev))
    g = np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * np.tanh(c_t)))


@wrong_answer("lstm_step_peephole")
def leaves_out_the_bias_beside_the_peepholes(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """The bias b is never added. The peepholes are added to what the standard step has; they replace nothing."""
    z_i, z_f, z_g, z_o = split_gates(x_t @ W_ih.T + h_prev @ W_hh.T)
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    return _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_t))


@wrong_answer("lstm_step_peephole")
def returns_the_cache_of_the_plain_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """Both states are right, but the cache is that of the standard step. Here it has a ninth array, c_t, between
    c_prev and i: the gradient of p_o needs the cell state itself."""
    z_i, z_f, z_g, z_o = split_gates(_z(x_t, h_prev, W_ih, W_hh, b))
    i, f, g = sigmoid(z_i + p_i * c_prev), sigmoid(z_f + p_f * c_prev), np.tanh(z_g)
    c_t = f * c_prev + i * g
    h_t, _, cache = _show(x_t, h_prev, c_prev, c_t, i, f, g, sigmoid(z_o + p_o * c_t))
    return h_t, c_t, (*cache[:3], *cache[4:])
