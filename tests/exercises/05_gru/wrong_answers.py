"""Chapter 5: classic mistakes. The docstring of each is what a learner reads who made it."""

import numpy as np

from autograde import wrong_answer
from lstm_ref.functions import sigmoid

# ── 5.1 gru_step ────────────────────────────────────────────────────────────────────────────────────────────────────


def _gates(x_t, h_prev, W_ih, W_hh, b):
    """r and z, and the parts of the candidate: the input's with its bias, and the recurrent weights."""
    i_r, i_z, i_n = np.split(x_t @ W_ih.T + b, 3, axis=1)
    W_hr, W_hz, W_hn = np.split(W_hh, 3)
    return sigmoid(i_r + h_prev @ W_hr.T), sigmoid(i_z + h_prev @ W_hz.T), i_n, W_hn


@wrong_answer("gru_step")
def has_z_the_other_way_round(x_t, h_prev, W_ih, W_hh, b):
    """Your update gate is the other way round: 1 - z keeps the old state and z lets the candidate in. Some papers write
    it so, and call it the same gate. Here, as in PyTorch, z = 1 keeps."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return (1 - z) * h_prev + z * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_after_the_product(x_t, h_prev, W_ih, W_hh, b):
    """The reset acts after the product: W_hn mixes all the units first, then r scales what came out. That is PyTorch's
    GRU, exercise 5.2. In the paper's, r scales the units that go into the product. With one unit both are the same."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + r * (h_prev @ W_hn.T))
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_the_input(x_t, h_prev, W_ih, W_hh, b):
    """The reset is on the wrong operand: it scales what comes from the input, and the old state enters the candidate in
    full."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(r * i_n + h_prev @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_input_and_state(x_t, h_prev, W_ih, W_hh, b):
    """The reset scales the candidate's whole pre-activation, the input's part too: with r = 0 it ignores the input.
    With r = 0 the candidate should be what a network makes of its first input."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(r * (i_n + h_prev @ W_hn.T))
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def never_resets(x_t, h_prev, W_ih, W_hh, b):
    """r is computed and never used: the candidate reads the old state in full, as if r were 1."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + h_prev @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_with_one_minus_r(x_t, h_prev, W_ih, W_hh, b):
    """The reset gate is the other way round: you scale the state by 1 - r. In spite of its name, r = 1 resets nothing;
    r = 0 does."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + ((1 - r) * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_the_state_that_is_kept(x_t, h_prev, W_ih, W_hh, b):
    """The state is reset for good: what z keeps is r ⊙ h_prev. The reset gate scales only what
    the candidate reads; the unit may keep what its candidate ignores."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return z * (r * h_prev) + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def swaps_the_two_gates(x_t, h_prev, W_ih, W_hh, b):
    """r and z are exchanged: the rows stand in the order r, z, n, and you read them as z, r, n."""
    z, r, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def squashes_the_candidate_with_sigmoid(x_t, h_prev, W_ih, W_hh, b):
    """The candidate goes through the sigmoid, so that it is never negative, and soon no state is. The candidate is a
    tanh: it holds values, not a share."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = sigmoid(i_n + (r * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def adds_the_candidate_in_full(x_t, h_prev, W_ih, W_hh, b):
    """The candidate comes in unscaled: z ⊙ h_prev + n. One gate does both jobs here: what it does not keep of the old
    state is what it takes of the new, so that a state stays between -1 and 1."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return z * h_prev + n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def leaves_out_the_biases(x_t, h_prev, W_ih, W_hh, b):
    """The bias b is never added: with x_t = 0 and h_prev = 0 all your gates are one half, whatever b is."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, 0 * b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_with_z(x_t, h_prev, W_ih, W_hh, b):
    """The candidate reads z ⊙ h_prev: z stands in r's place, and r does nothing. z says how much of the old state stays
    in h_t; r says how much of it the candidate reads."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (z * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def leaves_out_the_candidates_bias(x_t, h_prev, W_ih, W_hh, b):
    """The candidate has no bias: r and z are right, and b_n, the last third of b, is never added."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n - np.split(b, 3)[2] + (r * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def overwrites_h_prev_before_z(x_t, h_prev, W_ih, W_hh, b):
    """You call the reset state h_prev too, before z is computed: from then on the old state is lost, z is computed from
    what r left of it, and so is what z keeps. The reset state needs a name of its own; only the candidate reads it."""
    r = _gates(x_t, h_prev, W_ih, W_hh, b)[0]
    h_prev = r * h_prev
    _, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + h_prev @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def overwrites_h_prev_after_the_gates(x_t, h_prev, W_ih, W_hh, b):
    """Both gates are right, and then you call the reset state h_prev too: the mixture keeps z ⊙ r ⊙ h_prev, and the
    cache has lost the old state. Give r ⊙ h_prev a name of its own; only the candidate reads it."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    h_prev = r * h_prev
    n = np.tanh(i_n + h_prev @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def resets_after_the_product_with_z_turned(x_t, h_prev, W_ih, W_hh, b):
    """Two things differ, as in some papers and libraries: the reset acts after the product with W_hn, and z lets the
    candidate in. Here r scales h_prev before the product, and z = 1 keeps."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + r * (h_prev @ W_hn.T))
    return (1 - z) * h_prev + z * n, (x_t, h_prev, r, z, n)


@wrong_answer("gru_step")
def keeps_the_reset_state_in_the_cache(x_t, h_prev, W_ih, W_hh, b):
    """h_t is right. The cache holds r ⊙ h_prev where h_prev itself belongs: the backward pass needs h_prev, for z and
    for r, and cannot divide the reset out where r is 0."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, r * h_prev, r, z, n)


@wrong_answer("gru_step")
def keeps_z_before_r_in_the_cache(x_t, h_prev, W_ih, W_hh, b):
    """h_t is right. In the cache z stands before r; the order is x_t, h_prev, r, z, n, and `gru_backward` will take
    them in that order, without an error to stop it."""
    r, z, i_n, W_hn = _gates(x_t, h_prev, W_ih, W_hh, b)
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, z, r, n)


# ── 5.2 gru_step_torch ──────────────────────────────────────────────────────────────────────────────────────────────


def _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """r and z, and the two parts of the candidate with their biases."""
    i_r, i_z, i_n = np.split(x_t @ W_ih.T + b_ih, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_hh.T + b_hh, 3, axis=1)
    return sigmoid(i_r + h_r), sigmoid(i_z + h_z), i_n, h_n


def _mixed(z, h_prev, n):
    return z * h_prev + (1 - z) * n


@wrong_answer("gru_step_torch")
def resets_before_the_product(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """The reset acts before the product, on h_prev, and b_hn is outside of it: that is the paper's GRU, exercise 5.1.
    In PyTorch's, W_hn mixes the units first, and r scales what comes out."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    W_hn, b_hn = np.split(W_hh, 3)[2], np.split(b_hh, 3)[2]
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T + b_hn)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def leaves_b_hn_outside_the_reset(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """b_hn stands outside the reset. It belongs to the product with the state, and r scales that product with its bias.
    While b_hh is 0, the results are the same."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    b_hn = np.split(b_hh, 3)[2]
    n = np.tanh(i_n + r * (h_n - b_hn) + b_hn)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def sums_the_biases(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """The biases are summed first, as one may for the LSTM, and the sum stands outside the reset; the cache shows it,
    as its last entry has no bias. Here r scales b_hn and not b_in, so the two cannot be one."""
    i_n, h_r, h_z, h_n = np.split(x_t @ W_ih.T + b_ih + b_hh, 3, axis=1)[2], *np.split(h_prev @ W_hh.T, 3, axis=1)
    i_r, i_z, _ = np.split(x_t @ W_ih.T + b_ih + b_hh, 3, axis=1)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def takes_b_in_into_the_reset(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """b_in stands inside the reset. It belongs to the product with the input, which no gate scales."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    b_in = np.split(b_ih, 3)[2]
    n = np.tanh(i_n - b_in + r * (h_n + b_in))
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def resets_the_state_and_its_bias_first(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """The bias b_hn is scaled by r, as it should be, but the state is reset before the product: W_hn mixes units that r
    has scaled already. r comes last: first the product, then its bias, then r on both."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    W_hn, b_hn = np.split(W_hh, 3)[2], np.split(b_hh, 3)[2]
    n = np.tanh(i_n + (r * h_prev) @ W_hn.T + r * b_hn)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def lets_z_let_in(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """Your update gate is the other way round: z lets the candidate in and 1 - z keeps. PyTorch has it as this course
    does, z = 1 keeps."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    n = np.tanh(i_n + r * h_n)
    return _mixed(1 - z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def leaves_out_b_hh(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """b_hh is never added. Each of the two products has a bias of its own."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, 0 * b_hh)
    n = np.tanh(i_n + r * h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def leaves_out_b_ih(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """b_ih is never added. Each of the two products has a bias of its own."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, 0 * b_ih, b_hh)
    n = np.tanh(i_n + r * h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def exchanges_r_and_z(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """r and z are exchanged: PyTorch's rows stand in the order r, z, n, not z, r, n as in some other libraries."""
    z, r, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    n = np.tanh(i_n + r * h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def does_not_reset(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """r is computed and never used: the state's part enters the candidate in full, as if r were 1."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    n = np.tanh(i_n + h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n)


@wrong_answer("gru_step_torch")
def keeps_the_part_after_the_reset(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """h_t is right. The last entry of the cache is r times the state's part; the backward pass needs that part before
    the reset, since that is what r was multiplied with."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    n = np.tanh(i_n + r * h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, r * h_n)


@wrong_answer("gru_step_torch")
def keeps_the_part_without_its_bias(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    """h_t is right. The last entry of the cache lacks b_hn. The reset scales product and bias together, and the cache
    holds what it scales."""
    r, z, i_n, h_n = _parts(x_t, h_prev, W_ih, W_hh, b_ih, b_hh)
    n = np.tanh(i_n + r * h_n)
    return _mixed(z, h_prev, n), (x_t, h_prev, r, z, n, h_n - np.split(b_hh, 3)[2])


# ── 5.3 gru_backward ────────────────────────────────────────────────────────────────────────────────────────────────


def _terms(dh_t, step, W_hh):
    """Gradients of one step: at the pre-activations of r, z and n, and at the reset state r ⊙ h_prev."""
    _, h_prev, r, z, n = step
    da_z = dh_t * (h_prev - n) * z * (1 - z)
    da_n = dh_t * (1 - z) * (1 - n**2)
    d_reset = da_n @ np.split(W_hh, 3)[2]
    return d_reset * h_prev * r * (1 - r), da_z, da_n, d_reset


def _gradients(da, d_reset, dh_t, step, W_ih, W_hh):
    """dx_t, dh_prev, dW_ih, dW_hh, db of one step, given the gradients that meet in it."""
    x_t, h_prev, r, z, _ = step
    H = W_hh.shape[1]
    da = np.concatenate(da, axis=1)
    dW_hh = np.concatenate([da[:, : 2 * H].T @ h_prev, da[:, 2 * H :].T @ (r * h_prev)])
    dh_prev = dh_t * z + d_reset * r + da[:, : 2 * H] @ W_hh[: 2 * H]
    return da @ W_ih, dh_prev, da.T @ x_t, dW_hh, da.sum(axis=0)


def _step(dh_t, step, W_ih, W_hh):
    *da, d_reset = _terms(dh_t, step, W_hh)
    return _gradients(da, d_reset, dh_t, step, W_ih, W_hh)


def _walk(dhs, dh_T, cache, W_ih, W_hh, step_back=_step):
    """As `gru_backward`, with the step that it is given; gradients of each step in lists, first step first."""
    steps, dh_t = [], dh_T
    for t in reversed(range(len(dhs))):
        steps.insert(0, step_back(dhs[t] + dh_t, cache[t], W_ih, W_hh))
        dh_t = steps[0][1]
    return [list(column) for column in zip(*steps, strict=True)]


def _sums(dx, dh, dW_ih, dW_hh, db):
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("gru_backward")
def drops_the_direct_path(dhs, dh_T, cache, W_ih, W_hh):
    """The direct path to h_prev is missing: h_t = z ⊙ h_prev + …, so h_prev gets dh_t ⊙ z besides all that comes
    through the gates. It is the GRU's direct path, and with one step only dh0 shows that it is missing."""

    def back(dh_t, step, W_ih, W_hh):
        dx_t, dh_prev, *others = _step(dh_t, step, W_ih, W_hh)
        return dx_t, dh_prev - dh_t * step[3], *others

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def drops_the_reset_path(dhs, dh_T, cache, W_ih, W_hh):
    """The path through the candidate to h_prev is missing: n reads r ⊙ h_prev, so h_prev gets what arrives there, times
    r. You send that gradient to r alone; in a product both factors get a gradient."""

    def back(dh_t, step, W_ih, W_hh):
        *da, d_reset = _terms(dh_t, step, W_hh)
        return _gradients(da, 0 * d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def drops_the_gates_path(dhs, dh_T, cache, W_ih, W_hh):
    """The path through the gates to h_prev is missing: r and z read h_prev through W_hr and W_hz, and what arrives at
    their pre-activations goes back through these too."""

    def back(dh_t, step, W_ih, W_hh):
        dx_t, _, *others = _step(dh_t, step, W_ih, W_hh)
        d_reset = _terms(dh_t, step, W_hh)[3]
        return dx_t, dh_t * step[3] + d_reset * step[2], *others

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def gives_the_reset_gate_nothing(dhs, dh_T, cache, W_ih, W_hh):
    """The reset gate gets no gradient: the first H rows of your weight gradients are 0, and r would stay for ever where
    it began. It was multiplied with h_prev, and their product reaches the loss through n."""

    def back(dh_t, step, W_ih, W_hh):
        da_r, da_z, da_n, d_reset = _terms(dh_t, step, W_hh)
        return _gradients([0 * da_r, da_z, da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def forgets_that_z_takes_away(dhs, dh_T, cache, W_ih, W_hh):
    """The update gate's gradient is made with h_prev alone. z stands in the mixture twice: it keeps the old state and
    takes the candidate away, so its factor is the difference of the two."""

    def back(dh_t, step, W_ih, W_hh):
        _, h_prev, _, z, _ = step
        da_r, _, da_n, d_reset = _terms(dh_t, step, W_hh)
        return _gradients([da_r, dh_t * h_prev * z * (1 - z), da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def has_the_sign_of_z_wrong(dhs, dh_T, cache, W_ih, W_hh):
    """The update gate's gradient has the wrong sign: more z is more of h_prev and less of n. You subtract them the
    other way round, which is right where z lets the candidate in; here z = 1 keeps."""

    def back(dh_t, step, W_ih, W_hh):
        da_r, da_z, da_n, d_reset = _terms(dh_t, step, W_hh)
        return _gradients([da_r, -da_z, da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def exchanges_z_and_one_minus_z(dhs, dh_T, cache, W_ih, W_hh):
    """z and 1 - z are exchanged: you send dh_t ⊙ z to the candidate and dh_t ⊙ (1 - z) to the old state. Each gets the
    share with which it went into h_t."""

    def back(dh_t, step, W_ih, W_hh):
        x_t, h_prev, r, z, n = step
        return _step(dh_t, (x_t, h_prev, r, 1 - z, n), W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def weighs_the_candidate_with_h_prev(dhs, dh_T, cache, W_ih, W_hh):
    """The last third of dW_hh is made with h_prev. W_hn was multiplied with the reset state, r ⊙ h_prev; only the two
    gates read h_prev as it was."""

    def back(dh_t, step, W_ih, W_hh):
        dx_t, dh_prev, dW_ih, dW_hh, db = _step(dh_t, step, W_ih, W_hh)
        dW_r, dW_z, _ = np.split(dW_hh, 3)
        return dx_t, dh_prev, dW_ih, np.concatenate([dW_r, dW_z, _terms(dh_t, step, W_hh)[2].T @ step[1]]), db

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def goes_back_through_the_other_gru(dhs, dh_T, cache, W_ih, W_hh):
    """This is the backward pass of PyTorch's GRU, where the reset acts after the product. The cache is from the
    paper's: there r scales h_prev first, so in the backward pass it comes after W_hn, not before."""

    def back(dh_t, step, W_ih, W_hh):
        x_t, h_prev, r, z, n = step
        _, da_z, da_n, _ = _terms(dh_t, step, W_hh)
        da_r = da_n * (h_prev @ np.split(W_hh, 3)[2].T) * r * (1 - r)
        di, dh = np.concatenate([da_r, da_z, da_n], axis=1), np.concatenate([da_r, da_z, da_n * r], axis=1)
        return di @ W_ih, dh_t * z + dh @ W_hh, di.T @ x_t, dh.T @ h_prev, di.sum(axis=0)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def goes_forwards_through_W_hn(dhs, dh_T, cache, W_ih, W_hh):
    """What arrives at the candidate goes through W_hn as in the forward pass. In the backward pass a gradient in unit j
    flows to the units that j read. W_hn is square, so no error stops you."""

    def back(dh_t, step, W_ih, W_hh):
        _, h_prev, r, _, _ = step
        _, da_z, da_n, _ = _terms(dh_t, step, W_hh)
        d_reset = da_n @ np.split(W_hh, 3)[2].T
        return _gradients([d_reset * h_prev * r * (1 - r), da_z, da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def gives_the_candidate_the_slope_of_sigmoid(dhs, dh_T, cache, W_ih, W_hh):
    """The candidate has the sigmoid's slope, n (1 - n). It is a tanh, the only one of the three."""

    def back(dh_t, step, W_ih, W_hh):
        _, h_prev, r, z, n = step
        _, da_z, _, _ = _terms(dh_t, step, W_hh)
        da_n = dh_t * (1 - z) * n * (1 - n)
        d_reset = da_n @ np.split(W_hh, 3)[2]
        return _gradients([d_reset * h_prev * r * (1 - r), da_z, da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def leaves_out_the_slopes_of_the_gates(dhs, dh_T, cache, W_ih, W_hh):
    """The slopes of the two gates are missing: these are the gradients at r and z themselves. Between a gate and its
    rows of W stands a sigmoid."""

    def back(dh_t, step, W_ih, W_hh):
        _, h_prev, _, _, n = step
        _, _, da_n, d_reset = _terms(dh_t, step, W_hh)
        return _gradients([d_reset * h_prev, dh_t * (h_prev - n), da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def joins_the_gates_in_another_order(dhs, dh_T, cache, W_ih, W_hh):
    """The three gradients are joined in the order z, r, n. The rows of W_ih stand in the order r, z, n."""

    def back(dh_t, step, W_ih, W_hh):
        da_r, da_z, da_n, d_reset = _terms(dh_t, step, W_hh)
        return _gradients([da_z, da_r, da_n], d_reset, dh_t, step, W_ih, W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def carries_nothing(dhs, dh_T, cache, W_ih, W_hh):
    """Nothing is carried from step to step: each uses dhs[t] alone, and only the last dh_T besides. A state reaches the
    loss through its own output and through every state after it."""

    def back(dh_t, step, W_ih, W_hh):
        dx_t, dh_prev, *others = _step(dh_t, step, W_ih, W_hh)
        return dx_t, 0 * dh_prev, *others

    dx, dh, *of_weights = _walk(dhs, dh_T, cache, W_ih, W_hh, back)
    first = dhs[0] + (dh_T if len(dhs) == 1 else 0 * dh_T)
    return _sums(dx, [_step(first, cache[0], W_ih, W_hh)[1]], *of_weights)


@wrong_answer("gru_backward")
def forgets_the_final_states_gradient(dhs, dh_T, cache, W_ih, W_hh):
    """dh_T is not read: what is carried begins at zero. Whatever reads the final state, a decoder, say, sends its
    gradient there."""
    return _sums(*_walk(dhs, np.zeros_like(dh_T), cache, W_ih, W_hh))


@wrong_answer("gru_backward")
def overwrites_the_grus_weight_gradients(dhs, dh_T, cache, W_ih, W_hh):
    """The weight gradients are those of the first step alone: each step overwrites the others'. The weights are read at
    every step, so their gradients add."""
    dx, dh, dW_ih, dW_hh, db = _walk(dhs, dh_T, cache, W_ih, W_hh)
    return np.stack(dx), dh[0], dW_ih[0], dW_hh[0], db[0]


@wrong_answer("gru_backward")
def adds_into_dh_T(dhs, dh_T, cache, W_ih, W_hh):
    """`dh_t = dh_T` gives the caller's array a second name, and `dh_t += dhs[t]` then writes into it. Only the first
    turn of the loop does so, which makes it hard to see."""
    dh_T += dhs[-1]
    without_last = dhs.copy()
    without_last[-1] = 0
    return _sums(*_walk(without_last, dh_T, cache, W_ih, W_hh))


@wrong_answer("gru_backward")
def a_bias_gradient_for_each_sequence(dhs, dh_T, cache, W_ih, W_hh):
    """db has a row for each sequence: it is summed over time, and not over the batch. One bias serves every step and
    every sequence."""

    def back(dh_t, step, W_ih, W_hh):
        return *_step(dh_t, step, W_ih, W_hh)[:4], np.concatenate(_terms(dh_t, step, W_hh)[:3], axis=1)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


def _swapped(dh_t, step, W_ih, W_hh, da=None, dh_prev=None, dW_hh=None, db=None):
    """The right step back, with some of its values replaced; new `da` reach the weights and, unless given, dh_prev."""
    *right, d_reset = _terms(dh_t, step, W_hh)
    values = _gradients(right if da is None else da, d_reset, dh_t, step, W_ih, W_hh)
    others = (None, dh_prev, None, dW_hh, db)
    return tuple(value if other is None else other for value, other in zip(values, others, strict=True))


@wrong_answer("gru_backward")
def one_product_for_all_blocks(dhs, dh_T, cache, W_ih, W_hh):
    """dh_prev is made with one product for all three blocks, and r is forgotten. What goes through W_hn reaches
    r ⊙ h_prev, not h_prev: one factor is missing on the way."""

    def back(dh_t, step, W_ih, W_hh):
        da = np.concatenate(_terms(dh_t, step, W_hh)[:3], axis=1)
        return _swapped(dh_t, step, W_ih, W_hh, dh_prev=dh_t * step[3] + da @ W_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def one_product_for_all_blocks_both_times(dhs, dh_T, cache, W_ih, W_hh):
    """You treat all three blocks alike, in dh_prev and in dW_hh: one product with W_hh, one with h_prev. W_hn
    multiplies r ⊙ h_prev. So r is a factor behind W_hn in the backward pass, and in the last third of dW_hh."""

    def back(dh_t, step, W_ih, W_hh):
        da = np.concatenate(_terms(dh_t, step, W_hh)[:3], axis=1)
        return _swapped(dh_t, step, W_ih, W_hh, dh_prev=dh_t * step[3] + da @ W_hh, dW_hh=da.T @ step[1])

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


def _r_before_W_hn(dh_t, step, W_hh):
    """dh_prev with r on the wrong side of W_hn."""
    da_r, da_z, da_n, _ = _terms(dh_t, step, W_hh)
    return dh_t * step[3] + np.concatenate([da_r, da_z, da_n * step[2]], axis=1) @ W_hh


@wrong_answer("gru_backward")
def applies_r_before_W_hn(dhs, dh_T, cache, W_ih, W_hh):
    """You apply r before W_hnᵀ: that is the backward pass of the GRU in 5.2. Reverse the forward order: h_prev met r
    first and W_hn second, so its gradient meets W_hn first and r second. With one unit both are the same."""

    def back(dh_t, step, W_ih, W_hh):
        return _swapped(dh_t, step, W_ih, W_hh, dh_prev=_r_before_W_hn(dh_t, step, W_hh))

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def applies_r_before_W_hn_and_in_its_gradient(dhs, dh_T, cache, W_ih, W_hh):
    """The reset gate's own gradient is right. But dh_prev and the last third of dW_hh have r on the candidate's side of
    W_hn, as in the GRU of 5.2. In the paper's, r stands on the other side, beside h_prev, in both."""

    def back(dh_t, step, W_ih, W_hh):
        da_r, da_z, da_n, _ = _terms(dh_t, step, W_hh)
        dW_hh = np.concatenate([da_r, da_z, da_n * step[2]], axis=1).T @ step[1]
        return _swapped(dh_t, step, W_ih, W_hh, dh_prev=_r_before_W_hn(dh_t, step, W_hh), dW_hh=dW_hh)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def drops_the_path_through_r(dhs, dh_T, cache, W_ih, W_hh):
    """One path to h_prev is missing, the one through the reset gate: r reads h_prev by W_hr, and what arrives at its
    pre-activation goes back by W_hr too. The update gate's path you have."""

    def back(dh_t, step, W_ih, W_hh):
        dh_prev = _step(dh_t, step, W_ih, W_hh)[1] - _terms(dh_t, step, W_hh)[0] @ np.split(W_hh, 3)[0]
        return _swapped(dh_t, step, W_ih, W_hh, dh_prev=dh_prev)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def drops_the_path_through_z(dhs, dh_T, cache, W_ih, W_hh):
    """One path to h_prev is missing, the one through the update gate: z reads h_prev by W_hz, and what arrives at its
    pre-activation goes back by W_hz too. That z also scales h_prev directly is another path."""

    def back(dh_t, step, W_ih, W_hh):
        dh_prev = _step(dh_t, step, W_ih, W_hh)[1] - _terms(dh_t, step, W_hh)[1] @ np.split(W_hh, 3)[1]
        return _swapped(dh_t, step, W_ih, W_hh, dh_prev=dh_prev)

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def leaves_out_the_slope_of_r(dhs, dh_T, cache, W_ih, W_hh):
    """The reset gate's slope is missing: you have the gradient at r itself. Between r and its rows of W stands a
    sigmoid, and its slope is at most a quarter."""

    def back(dh_t, step, W_ih, W_hh):
        _, da_z, da_n, d_reset = _terms(dh_t, step, W_hh)
        return _swapped(dh_t, step, W_ih, W_hh, da=[d_reset * step[1], da_z, da_n])

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


@wrong_answer("gru_backward")
def leaves_out_the_slope_of_z(dhs, dh_T, cache, W_ih, W_hh):
    """The update gate's slope is missing: you have the gradient at z itself. Between z and its rows of W stands a
    sigmoid, and its slope is at most a quarter."""

    def back(dh_t, step, W_ih, W_hh):
        da_r, _, da_n, _ = _terms(dh_t, step, W_hh)
        return _swapped(dh_t, step, W_ih, W_hh, da=[da_r, dh_t * (step[1] - step[4]), da_n])

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


def _with_candidate_slope(slope):
    """A step back whose candidate has the slope that `slope` makes of n."""

    def back(dh_t, step, W_ih, W_hh):
        _, h_prev, r, z, n = step
        da_n = dh_t * (1 - z) * slope(n)
        d_reset = da_n @ np.split(W_hh, 3)[2]
        da = [d_reset * h_prev * r * (1 - r), _terms(dh_t, step, W_hh)[1], da_n]
        return _gradients(da, d_reset, dh_t, step, W_ih, W_hh)

    return back


@wrong_answer("gru_backward")
def forgets_the_square_in_the_slope(dhs, dh_T, cache, W_ih, W_hh):
    """The candidate's slope is 1 - n, without the square. At n = -1, where tanh is flat, yours is 2."""
    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, _with_candidate_slope(lambda n: 1 - n)))


@wrong_answer("gru_backward")
def takes_the_slope_of_tanh_at_n(dhs, dh_T, cache, W_ih, W_hh):
    """The candidate's slope is 1 - tanh(n)². n has been through tanh already; you apply it a second time."""
    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, _with_candidate_slope(lambda n: 1 - np.tanh(n) ** 2)))


@wrong_answer("gru_backward")
def leaves_out_the_slope_of_the_candidate(dhs, dh_T, cache, W_ih, W_hh):
    """The candidate's slope is missing: you have the gradient at n itself, and W_in and W_hn stand on the other side of
    a tanh. Where n is near 1 or -1, almost nothing gets through it."""
    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, _with_candidate_slope(np.ones_like)))


@wrong_answer("gru_backward")
def uses_each_steps_own_output_alone(dhs, dh_T, cache, W_ih, W_hh):
    """Your dh_t is dhs[t] and nothing else: what the later steps send back is computed and never added, nor is dh_T
    read. dhs leaves out what comes from later steps; the loop adds that."""

    def back(dh_t, step, W_ih, W_hh):
        dx_t, dh_prev, *others = _step(dh_t, step, W_ih, W_hh)
        return dx_t, 0 * dh_prev, *others

    dx, _, *of_weights = _walk(dhs, np.zeros_like(dh_T), cache, W_ih, W_hh, back)
    return _sums(dx, [_step(dhs[0], cache[0], W_ih, W_hh)[1]], *of_weights)


@wrong_answer("gru_backward")
def keeps_one_steps_dW_ih(dhs, dh_T, cache, W_ih, W_hh):
    """dW_ih is overwritten at every step, so that the first step's alone is left. Weight gradients add up over time;
    you kept one step's."""
    dx, dh, dW_ih, dW_hh, db = _walk(dhs, dh_T, cache, W_ih, W_hh)
    return np.stack(dx), dh[0], dW_ih[0], sum(dW_hh), sum(db)


@wrong_answer("gru_backward")
def keeps_one_steps_dW_hh(dhs, dh_T, cache, W_ih, W_hh):
    """dW_hh is overwritten at every step, so that the first step's alone is left, while dW_ih and db are sums. W_hh is
    read at every step too."""
    dx, dh, dW_ih, dW_hh, db = _walk(dhs, dh_T, cache, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), dW_hh[0], sum(db)


@wrong_answer("gru_backward")
def dx_in_reversed_order(dhs, dh_T, cache, W_ih, W_hh):
    """dx is in the order in which you made it, last step first. Row t belongs to x[t]: put it there, or turn the list
    round at the end."""
    dx, *others = _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh))
    return dx[::-1].copy(), *others


@wrong_answer("gru_backward")
def averages_the_bias_gradient(dhs, dh_T, cache, W_ih, W_hh):
    """db is averaged over the batch, and the other gradients are sums. Whoever wants a mean loss divides in the loss,
    and dhs brings the factor along."""

    def back(dh_t, step, W_ih, W_hh):
        return _swapped(dh_t, step, W_ih, W_hh, db=np.concatenate(_terms(dh_t, step, W_hh)[:3], axis=1).mean(axis=0))

    return _sums(*_walk(dhs, dh_T, cache, W_ih, W_hh, back))


# ── 5.4 count_parameters ────────────────────────────────────────────────────────────────────────────────────────────


def _one_layer(gates, width, H, biases):
    return gates * H * (width + H + biases)


def _count(gates, D, H, layers, directions, biases):
    """The right answer."""
    above = (layers - 1) * _one_layer(gates, directions * H, H, biases)
    return directions * (_one_layer(gates, D, H, biases) + above)


@wrong_answer("count_parameters")
def counts_one_bias(gates, D, H, layers, directions, biases):
    """You count one bias a gate, always. PyTorch keeps two, b_ih and b_hh, and `biases` says how many there are."""
    return _count(gates, D, H, layers, directions, 1)


@wrong_answer("count_parameters")
def counts_two_biases(gates, D, H, layers, directions, biases):
    """You count two biases a gate, always, as PyTorch has them. `biases` says how many there are, and may be 1."""
    return _count(gates, D, H, layers, directions, 2)


@wrong_answer("count_parameters")
def counts_no_bias(gates, D, H, layers, directions, biases):
    """The biases are left out: you count the entries of the matrices alone."""
    return _count(gates, D, H, layers, directions, 0)


@wrong_answer("count_parameters")
def forgets_the_layers(gates, D, H, layers, directions, biases):
    """You count one layer, however many there are."""
    return directions * _one_layer(gates, D, H, biases)


@wrong_answer("count_parameters")
def forgets_the_directions(gates, D, H, layers, directions, biases):
    """You count one direction, whether there are one or two: neither the second one's arrays, nor that the layer above
    then reads both."""
    return _count(gates, D, H, layers, 1, biases)


@wrong_answer("count_parameters")
def upper_layers_read_the_input(gates, D, H, layers, directions, biases):
    """Every layer of yours reads D numbers. Only the first reads the input; the others read what the layer below puts
    out."""
    return layers * directions * _one_layer(gates, D, H, biases)


@wrong_answer("count_parameters")
def upper_layers_read_one_direction(gates, D, H, layers, directions, biases):
    """Right in one direction. In two, your upper layers read H numbers; both directions of the layer below stand side
    by side in its output, and each direction above reads both."""
    return directions * (_one_layer(gates, D, H, biases) + (layers - 1) * _one_layer(gates, H, H, biases))


@wrong_answer("count_parameters")
def doubles_only_at_the_end(gates, D, H, layers, directions, biases):
    """The upper layers do read both directions, but you count the arrays of one: the second direction of every layer
    has W_ih, W_hh and biases of its own."""
    return _one_layer(gates, D, H, biases) + (layers - 1) * _one_layer(gates, directions * H, H, biases)


@wrong_answer("count_parameters")
def shares_the_bias_among_the_gates(gates, D, H, layers, directions, biases):
    """Each bias of yours has H entries. Every gate has its own: a bias has as many entries as W has rows, gates times
    H."""
    shared = gates * H * biases - H * biases
    return _count(gates, D, H, layers, directions, biases) - layers * directions * shared


@wrong_answer("count_parameters")
def forgets_the_recurrent_weights(gates, D, H, layers, directions, biases):
    """W_hh is missing: you count what a feed-forward layer has, W_ih and biases."""
    return _count(gates, D, H, layers, directions, biases) - layers * directions * gates * H * H


@wrong_answer("count_parameters")
def counts_four_gates(gates, D, H, layers, directions, biases):
    """You count four blocks of rows, as the LSTM has. `gates` says how many: the GRU has three and the RNN one."""
    return _count(4, D, H, layers, directions, biases)


# ── 5.5 match_hidden_size ───────────────────────────────────────────────────────────────────────────────────────────


def _fits(budget, gates, D, biases):
    """The answer as a real number: where the count meets the budget."""
    half = (D + biases) / 2
    return -half + np.sqrt(half**2 + budget / gates)


@wrong_answer("match_hidden_size")
def ignores_the_biases(budget, gates, D, biases):
    """The biases are not counted: your state is sometimes one unit too large, and the budget exceeded by a few
    numbers."""
    return int(_fits(budget, gates, D, 0) + 1e-9)


@wrong_answer("match_hidden_size")
def counts_one_bias_of_two(budget, gates, D, biases):
    """You count one bias a gate, always. `biases` may be 2, and then the budget can be exceeded."""
    return int(_fits(budget, gates, D, 1) + 1e-9)


@wrong_answer("match_hidden_size")
def rounds_to_the_nearest(budget, gates, D, biases):
    """You round to the nearest size, so that half of the time the budget is exceeded. It is a budget, not a target:
    round down."""
    return int(np.floor(_fits(budget, gates, D, biases) + 0.5))


@wrong_answer("match_hidden_size")
def rounds_up(budget, gates, D, biases):
    """You return the first size that no longer fits, one unit over the budget, unless the budget is met exactly."""
    return int(np.ceil(_fits(budget, gates, D, biases) - 1e-9))


@wrong_answer("match_hidden_size")
def returns_the_first_that_does_not_fit(budget, gates, D, biases):
    """Your result is always one too large, even where the budget is met exactly: it is the size at which the search
    stopped, and that one did not fit any more."""
    return int(_fits(budget, gates, D, biases) + 1e-9) + 1


@wrong_answer("match_hidden_size")
def refuses_an_exact_fit(budget, gates, D, biases):
    """Where the count equals the budget to the last parameter, your result is one too small. Exactly the budget is not
    more than the budget: it is ≤, not <."""
    return max(int(np.ceil(_fits(budget, gates, D, biases) - 1e-9)) - 1, 0)


@wrong_answer("match_hidden_size")
def finds_at_least_one_unit(budget, gates, D, biases):
    """Where not even one unit fits, you return 1. The budget must not be exceeded; then the answer is 0."""
    return max(int(_fits(budget, gates, D, biases) + 1e-9), 1)


@wrong_answer("match_hidden_size")
def ignores_the_input_weights(budget, gates, D, biases):
    """Only the recurrent weights are counted: the root of budget / gates. W_ih has gates × H × D entries, and for a
    wide input they are most of all."""
    return int(np.sqrt(budget / gates) + 1e-9)


@wrong_answer("match_hidden_size")
def assumes_an_lstm(budget, gates, D, biases):
    """You count four blocks of rows whatever `gates` is: right for the LSTM, and a GRU or an RNN gets less than the
    budget allows."""
    return int(_fits(budget, 4, D, biases) + 1e-9)


@wrong_answer("match_hidden_size")
def ignores_the_gates(budget, gates, D, biases):
    """You count one block of rows whatever `gates` is: right for the RNN, and a GRU or an LSTM of that size costs three
    or four times the budget."""
    return int(_fits(budget, 1, D, biases) + 1e-9)


@wrong_answer("match_hidden_size")
def returns_a_float(budget, gates, D, biases):
    """The number is right and is a float. A size is an int: np.zeros((3, 12.0)) raises a TypeError, and np.floor
    returns floats."""
    return float(int(_fits(budget, gates, D, biases) + 1e-9))


# ── 5.6 compare_models ──────────────────────────────────────────────────────────────────────────────────────────────


def _interval(mean, error, t_value):
    return float(mean), float(error), float(mean - t_value * error), float(mean + t_value * error)


@wrong_answer("compare_models")
def believes_one_seed(a, b, t_value):
    """Your mean is the difference of the first seed alone. Another seed gives another difference, perhaps of the other
    sign."""
    d = a - b
    return _interval(d[0], d.std(ddof=1) / np.sqrt(len(d)), t_value)


@wrong_answer("compare_models")
def takes_each_models_best_seed(a, b, t_value):
    """Your mean is the difference of the two best scores. The best of many draws says how lucky a model can be, and it
    grows with the number of draws; average over all seeds."""
    d = a - b
    return _interval(a.max() - b.max(), d.std(ddof=1) / np.sqrt(len(d)), t_value)


@wrong_answer("compare_models")
def takes_the_deviation_for_the_error(a, b, t_value):
    """This is the standard deviation of the differences: how far a single one scatters, which no number of seeds makes
    smaller. The mean of S of them scatters less; that is the standard error."""
    d = a - b
    return _interval(d.mean(), d.std(ddof=1), t_value)


@wrong_answer("compare_models")
def divides_by_the_number_of_seeds(a, b, t_value):
    """Your standard error is too small: the standard deviation divided by S. Variances of independent draws add, so
    that the variance of their mean falls like 1 / S, and its root more slowly."""
    d = a - b
    return _interval(d.mean(), d.std(ddof=1) / len(d), t_value)


@wrong_answer("compare_models")
def leaves_the_variance_unrooted(a, b, t_value):
    """Your standard error is a variance: the root is missing. It has the square of the scores' unit, and cannot be
    added to a mean."""
    d = a - b
    return _interval(d.mean(), d.var(ddof=1) / len(d), t_value)


@wrong_answer("compare_models")
def divides_by_all_seeds(a, b, t_value):
    """Your standard deviation divides by S, as np.std does unless told otherwise. The differences are measured from
    their own mean, which lies closer to them than the truth does; S - 1 makes up for that. With two seeds it is a
    factor of 1.4."""
    d = a - b
    return _interval(d.mean(), d.std() / np.sqrt(len(d)), t_value)


@wrong_answer("compare_models")
def ignores_the_pairs(a, b, t_value):
    """The mean is right and the error is that of two unrelated groups: the variances of a and of b, added. What a seed
    does to both models, an easy split, say, cancels in the difference; so take the differences first."""
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return _interval(a.mean() - b.mean(), error, t_value)


@wrong_answer("compare_models")
def subtracts_the_errors(a, b, t_value):
    """You take the errors of a and of b apart and subtract them. Neither errors nor variances subtract: the difference
    of two noisy numbers is noisier than either, unless they are noisy together, which only the pairs can tell."""
    errors = [scores.std(ddof=1) / np.sqrt(len(scores)) for scores in (a, b)]
    return _interval(a.mean() - b.mean(), abs(errors[0] - errors[1]), t_value)


@wrong_answer("compare_models")
def sorts_before_it_pairs(a, b, t_value):
    """You sort the scores first, and so pair the best of one model with the best of the other. A pair is two runs of
    the same seed, and the order of the arrays is all that says so."""
    d = np.sort(a) - np.sort(b)
    return _interval(d.mean(), d.std(ddof=1) / np.sqrt(len(d)), t_value)


@wrong_answer("compare_models")
def subtracts_a_from_b(a, b, t_value):
    """The sign is wrong: it is b - a. Where a is better by some points, you report that it is worse by as many."""
    d = b - a
    return _interval(d.mean(), d.std(ddof=1) / np.sqrt(len(d)), t_value)


@wrong_answer("compare_models")
def forgets_the_t_value(a, b, t_value):
    """Your interval is one standard error to each side. That holds the truth two times out of three; `t_value` says how
    many it takes for nineteen out of twenty."""
    d = a - b
    return *_interval(d.mean(), d.std(ddof=1) / np.sqrt(len(d)), t_value)[:2], *_interval(
        d.mean(), d.std(ddof=1) / np.sqrt(len(d)), 1.0
    )[2:]


@wrong_answer("compare_models")
def takes_1_96_whatever_it_is_told(a, b, t_value):
    """Your interval is 1.96 standard errors to each side, as for hundreds of seeds. With few of them the error itself
    is uncertain, and Student's t is larger: 2.776 for five, 12.706 for two."""
    d = a - b
    error = d.std(ddof=1) / np.sqrt(len(d))
    return *_interval(d.mean(), error, t_value)[:2], *_interval(d.mean(), error, 1.96)[2:]


@wrong_answer("compare_models")
def halves_the_interval(a, b, t_value):
    """Your interval is `t_value` standard errors wide in all. It is so many to *each* side of the mean."""
    d = a - b
    error = d.std(ddof=1) / np.sqrt(len(d))
    return *_interval(d.mean(), error, t_value)[:2], *_interval(d.mean(), error, t_value / 2)[2:]


@wrong_answer("compare_models")
def widens_by_the_deviation(a, b, t_value):
    """The standard error is right, and the interval is made with the standard deviation. That one says where the next
    seed may fall; the question was where the mean of all seeds lies."""
    d = a - b
    deviation = d.std(ddof=1)
    error = deviation / np.sqrt(len(d))
    return *_interval(d.mean(), error, t_value)[:2], *_interval(d.mean(), deviation, t_value)[2:]


@wrong_answer("compare_models")
def returns_the_deviation_beside_the_right_interval(a, b, t_value):
    """The interval is right, and so you know the standard error; but what you return in its place is the standard
    deviation of the differences. It does not shrink with more seeds."""
    d = a - b
    mean, _, *ends = _interval(d.mean(), d.std(ddof=1) / np.sqrt(len(d)), t_value)
    return mean, float(d.std(ddof=1)), *ends


@wrong_answer("compare_models")
def takes_the_median(a, b, t_value):
    """The centre is the median of the differences. It is a fair summary, but std / √S says how far a *mean* scatters,
    and the interval belongs to that."""
    d = a - b
    return _interval(np.median(d), d.std(ddof=1) / np.sqrt(len(d)), t_value)


@wrong_answer("compare_models")
def takes_absolute_differences(a, b, t_value):
    """You take the differences without their sign. Then every seed says that the models differ and none says which is
    better: chance alone gives a positive mean. Wins and losses must cancel."""
    d = np.abs(a - b)
    return _interval(d.mean(), d.std(ddof=1) / np.sqrt(len(d)), t_value)
