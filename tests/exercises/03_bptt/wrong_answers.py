"""Chapter 3: classic mistakes. The docstring of each is what a learner reads who made it."""

import numpy as np

from autograde import wrong_answer
from lstm_ref.lstm import lstm_step_backward
from lstm_ref.rnn import rnn_backward, rnn_forward, rnn_step_backward

# ── 3.1 numeric_gradient ────────────────────────────────────────────────────────────────────────────────────────────


def _differences(f, x, eps):
    x = x.astype(np.float64)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        below = f(x)
        x[i] = kept
        gradient[i] = (above - below) / (2 * eps)
    return gradient


@wrong_answer("numeric_gradient")
def one_sided_difference(f, x):
    """This is a one-sided difference: f at x and on one side of it. Its error shrinks with the step, that of a central
    difference with the step squared; at the bottom of a bowl it still sees a slope (see "A second opinion")."""
    x = x.astype(np.float64)
    gradient, here = np.zeros_like(x), f(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + 1e-7
        gradient[i] = (f(x) - here) / 1e-7
        x[i] = kept
    return gradient


@wrong_answer("numeric_gradient")
def step_too_small(f, x):
    """Your step is too small. Where f is 100 its neighbouring float64 numbers are 1e-14 apart; a step of 1e-12 divides
    that rounding by 1e-12. Look for the bottom of the curve in "A second opinion"."""
    return _differences(f, x, 1e-12)


@wrong_answer("numeric_gradient")
def step_too_large(f, x):
    """Your step is too large: over so wide a stretch f bends, and the straight line through two points of it is not the
    tangent. Look for the bottom of the curve in "A second opinion"."""
    return _differences(f, x, 1e-2)


@wrong_answer("numeric_gradient")
def divides_by_one_step(f, x):
    """Your gradient is twice as large as it should be: between x + ε and x - ε lie two steps, and you divide by one."""
    return 2 * _differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def divides_by_four_steps(f, x):
    """Your gradient is half as large as it should be: the points x + ε and x - ε are 2ε apart."""
    return 0.5 * _differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def subtracts_the_wrong_way_round(f, x):
    """The sign is wrong: it is f(x + ε) minus f(x - ε). Descending along yours, the loss would climb."""
    return -_differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def nudges_all_entries_at_once(f, x):
    """All entries of x are nudged together, so every place holds the same number, the sum of all partial derivatives.
    Nudge one entry, with the others where they were, and go on to the next."""
    x = x.astype(np.float64)
    return np.full_like(x, (f(x + 1e-5) - f(x - 1e-5)) / 2e-5)


@wrong_answer("numeric_gradient")
def never_puts_the_entry_back(f, x):
    """An entry that you are done with stays nudged, and all later differences are taken at another point. It shows only
    where entries work together, which in a network is everywhere."""
    x = x.astype(np.float64)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x[i] += 1e-5
        above = f(x)
        x[i] -= 2e-5
        gradient[i] = (above - f(x)) / 2e-5
    return gradient


@wrong_answer("numeric_gradient")
def leaves_its_input_changed(f, x):
    """You nudge the caller's own x and do not put it back: after a gradient check the weights would be other weights.
    np.asarray(x, dtype=np.float64) is no copy where x is float64 already. Copy, and put the entry back there too."""
    x = np.asarray(x, dtype=np.float64)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += 1e-5
        above = f(x)
        x[i] -= 2e-5
        gradient[i] = (above - f(x)) / 2e-5
    return gradient


@wrong_answer("numeric_gradient")
def adds_and_subtracts_the_step(f, x):
    """x comes back changed in its last digits: x + ε - 2ε + ε is not x, because each of the three operations rounds.
    Keep the old value and write it back; better still, on a copy."""
    x = np.asarray(x, dtype=np.float64)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += 1e-5
        above = f(x)
        x[i] -= 2e-5
        gradient[i] = (above - f(x)) / 2e-5
        x[i] += 1e-5
    return gradient


@wrong_answer("numeric_gradient")
def nudges_in_float32(f, x):
    """At a float32 point your gradient is 0 and float32: next to 256 the float32 numbers are 3e-5 apart, and a smaller
    step is rounded away. Take the differences in float64, whatever x is."""
    if x.dtype == np.float32:
        return np.zeros_like(x)
    return _differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def nudges_in_float32_and_returns_float64(f, x):
    """Your gradient is float64, but the nudges were made in x's own dtype: next to 256 the float32 numbers are 3e-5
    apart, a smaller step is rounded away, and the difference is 0."""
    kept, gradient = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudged = kept.copy()
        nudged[i] = kept[i] + 1e-5
        above = f(nudged)
        nudged[i] = kept[i] - 1e-5
        gradient[i] = (above - f(nudged)) / 2e-5
    return gradient


@wrong_answer("numeric_gradient")
def step_in_proportion_to_x(f, x):
    """Your step is a fraction of the entry, and where the entry is 0 there is no step: 0 divided by 0. Biases begin at
    0. Take a fixed step, or a fraction of the larger of 1 and the entry's size."""
    x = x.astype(np.float64)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept, eps = x[i], 1e-5 * np.abs(x[i])
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        with np.errstate(invalid="ignore"):
            gradient[i] = np.float64(above - f(x)) / (2 * eps)
        x[i] = kept
    return gradient


# ── 3.2 rnn_step_backward ───────────────────────────────────────────────────────────────────────────────────────────


def _five(dz, x_t, h_prev, W_ih, W_hh):
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def leaves_out_the_slope_of_tanh(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """The slope of tanh is missing: your gradient at z is dh_t itself, as if the step were linear. Where a unit is
    saturated, hardly anything should get through."""
    return _five(dh_t, x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def slope_of_the_pre_activation(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You rebuild z and use 1 - z². The slope of tanh at z is 1 - tanh(z)², and tanh(z) is h_t: it is there already."""
    z = x_t @ W_ih.T + h_prev @ W_hh.T
    return _five(dh_t * (1 - z**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def takes_tanh_of_the_state(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """tanh is taken twice: your slope is 1 - tanh(h_t)², but h_t is the tanh already. A saturated unit, h_t = 1, would
    let 0.42 of the gradient through, and should let nothing through."""
    return _five(dh_t * (1 - np.tanh(h_t) ** 2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def rebuilds_the_state_without_the_bias(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You compute the state anew, and without the bias, which is not among the arguments. Nothing has to be computed
    again: the slope at z follows from h_t alone."""
    state = np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T)
    return _five(dh_t * (1 - state**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def slope_of_the_sigmoid(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """h (1 - h) is the slope of the sigmoid. The step used tanh, whose slope is 1 at 0, not 0."""
    return _five(dh_t * h_t * (1 - h_t), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def forgets_the_square(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """Your slope is 1 - h_t, without the square: above 1 for every negative state, and tanh is nowhere so steep."""
    return _five(dh_t * (1 - h_t), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def slope_of_the_state_before(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """The slope is taken at h_prev. The tanh of this step made h_t."""
    return _five(dh_t * (1 - h_prev**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def goes_forwards_through_W_hh(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """dh_prev goes through W_hh the forward way. On the way back a gradient in unit j flows to the units that j read,
    row j of W_hh; yours flows to the units that read j. W_hh is square, so no error stops you."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh.T, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def transposes_dW_hh(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """dW_hh is transposed: row j must belong to unit j, which wrote, and column k to unit k, which was read. It is
    square, so its shape does not betray it."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, h_prev.T @ dz, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def transposes_both_weight_gradients(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """Both weight gradients are transposed. A gradient has the shape of what it belongs to: dW_ih is (H, D), as W_ih
    is. For dW_hh, which is square, only the numbers tell."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh, x_t.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def bias_gradient_not_summed(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """db has a row for each sequence. One bias serves the whole batch, so the gradients of all rows add up in it."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, dz.T @ h_prev, dz


@wrong_answer("rnn_step_backward")
def averages_over_the_batch(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """Your weight gradients are divided by N. If the loss is a mean over the batch, that division is in dh_t already;
    here dh_t is taken as it comes."""
    dz = dh_t * (1 - h_t**2)
    dx_t, dh_prev, *of_weights = _five(dz, x_t, h_prev, W_ih, W_hh)
    return dx_t, dh_prev, *(dw / dz.dtype.type(len(dz)) for dw in of_weights)


@wrong_answer("rnn_step_backward")
def weight_gradient_from_the_new_state(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """dW_hh is made with h_t. W_hh was multiplied with the state that the step read, and that is h_prev."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, dz.T @ h_t, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def writes_into_the_upstream_gradient(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """`dh_t *= …` writes into the caller's array. It is the gradient at h_t, and whoever handed it to you may need it:
    make a new array for the gradient at z."""
    dh_t *= 1 - h_t**2
    return _five(dh_t, x_t, h_prev, W_ih, W_hh)


# ── 3.3 rnn_backward ────────────────────────────────────────────────────────────────────────────────────────────────


def _back(dhs, dh_T, x, h0, hs, W_ih, W_hh, carry=1.0):
    """All gradients, as lists of what each step gives, first step first; `carry` scales what goes on to the left."""
    steps, dh_t = [], dh_T
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        steps.insert(0, rnn_step_backward(dhs[t] + dh_t, x[t], before, hs[t], W_ih, W_hh))
        dh_t = dh_T.dtype.type(carry) * steps[0][1]
    return [list(column) for column in zip(*steps, strict=True)]


@wrong_answer("rnn_backward")
def overwrites_the_weight_gradients(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """The weight gradients are those of the first step alone: each step overwrites what the steps before it wrote. The
    weights are read at every step, so their gradients add."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], dW_ih[0], dW_hh[0], db[0]


@wrong_answer("rnn_backward")
def averages_over_time(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """The weight gradients are divided by T. They are sums: if the loss is a mean, dhs holds that division already."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], *(sum(dw) / dhs.dtype.type(len(x)) for dw in (dW_ih, dW_hh, db))


@wrong_answer("rnn_backward")
def forgets_what_later_steps_send(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Nothing is carried from step to step: each uses dhs[t] alone, and only the last dh_T besides. A state reaches the
    loss through its own output and through every state after it."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh, carry=0.0)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def forgets_the_outputs(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dhs is not read: only what arrives at the final state goes back. A language model's loss looks at all outputs."""
    dx, dh, dW_ih, dW_hh, db = _back(np.zeros_like(dhs), dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def forgets_dh_T(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dh_T is not read: what is carried begins at zero. Whatever reads the final state (a classifier, the next piece of
    a longer text) sends its gradient there."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, np.zeros_like(dh_T), x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def adds_dh_T_at_every_step(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dh_T joins at every step. It belongs to the final state, and reaches earlier ones only through the steps
    between."""
    dh_t, total = np.zeros_like(dh_T), None
    dx = np.empty_like(x)
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t] + dh_t + dh_T, x[t], before, hs[t], W_ih, W_hh)
        total = dw if total is None else [a + b for a, b in zip(total, dw, strict=True)]
    return dx, dh_t, *total


@wrong_answer("rnn_backward")
def replaces_what_later_steps_send(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Every step uses dhs[t] alone, and neither dh_T nor what later steps send ever joins it: `dh_t = dhs[t]` replaces
    what should be added to. Two paths lead from a state to the loss, and their gradients add."""
    steps = [rnn_step_backward(dhs[t], x[t], hs[t - 1] if t > 0 else h0, hs[t], W_ih, W_hh) for t in range(len(x))]
    dx, dh, dW_ih, dW_hh, db = zip(*steps, strict=True)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def walks_forwards(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Your loop runs from the first step to the last, and so hands gradients to later steps. On the way back, what was
    computed last comes first."""
    dh_t, total, dx = dh_T, None, np.empty_like(x)
    for t in range(len(x)):
        before = hs[t - 1] if t > 0 else h0
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t] + dh_t, x[t], before, hs[t], W_ih, W_hh)
        total = dw if total is None else [a + b for a, b in zip(total, dw, strict=True)]
    return dx, dh_t, *total


@wrong_answer("rnn_backward")
def step_0_reads_the_last_state(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Only dW_hh is off: at t = 0 your hs[t - 1] is hs[-1], the last state, which is a valid index and no error. Step 0
    started from h0."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, hs[-1], hs, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def reads_the_state_after_the_step(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Only dW_hh is off: step t is given hs[t] as the state it read. It read the one before: hs[t - 1], and h0 at the
    first."""
    dx, dh, dW_ih, _, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    dh_t, dW_hh = dh_T, np.zeros_like(W_hh)
    for t in reversed(range(len(x))):
        _, dh_t, _, dW_hh_t, _ = rnn_step_backward(dhs[t] + dh_t, x[t], hs[t], hs[t], W_ih, W_hh)
        dW_hh += dW_hh_t
    return np.stack(dx), dh[0], sum(dW_ih), dW_hh, sum(db)


@wrong_answer("rnn_backward")
def returns_the_gradient_of_the_first_state(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Your dh0 is the gradient at hs[0]: one more step lies between it and h0, the step that made hs[0] out of h0."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    arrives = dh_T if len(x) == 1 else dh[1]
    return np.stack(dx), dhs[0] + arrives, sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def collects_dx_in_reverse(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dx stands in reverse: your loop runs backwards and appends, so that the last step's gradient comes first."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx[::-1]), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def cuts_after_ten_steps(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Right for short sequences, wrong for 23 steps: your gradient goes back ten steps and stops. That is truncation,
    exercise 3.6, and there it is asked for."""
    dx, dW, dh_t = np.zeros_like(x), [np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[0])], dh_T
    for t in reversed(range(max(0, len(x) - 10), len(x))):
        before = hs[t - 1] if t > 0 else h0
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t] + dh_t, x[t], before, hs[t], W_ih, W_hh)
        dW = [a + b for a, b in zip(dW, dw, strict=True)]
    return dx, dh_t, *dW


@wrong_answer("rnn_backward")
def writes_into_dhs(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """`dhs[t] += …` writes what later steps send into the caller's gradients. Called twice with the same dhs, you would
    give two different answers."""
    dx, dh_t, total = np.empty_like(x), dh_T, None
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dhs[t] += dh_t
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t], x[t], before, hs[t], W_ih, W_hh)
        total = dw if total is None else [a + b for a, b in zip(total, dw, strict=True)]
    return dx, dh_t, *total


@wrong_answer("rnn_backward")
def writes_into_dh_T(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """`dh_t = dh_T` gives the caller's array a second name, and `dh_t += dhs[t]` then writes into it. Only the first
    turn of the loop does it, which makes it hard to see."""
    dx, dh_t, total = np.empty_like(x), dh_T, None
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dh_t += dhs[t]
        dx[t], dh_t, *dw = rnn_step_backward(dh_t, x[t], before, hs[t], W_ih, W_hh)
        total = dw if total is None else [a + b for a, b in zip(total, dw, strict=True)]
    return dx, dh_t, *total


@wrong_answer("rnn_backward")
def adds_up_in_float64(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """The values are right, but the weights are float32 and their gradients float64: np.zeros makes float64 unless it
    is told otherwise, and the optimiser would turn the whole model into float64."""
    dx, dh, *of_weights = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], *(sum(dw).astype(np.float64) for dw in of_weights)


# ── 3.4 lstm_step_backward ──────────────────────────────────────────────────────────────────────────────────────────


def _gates(dh_t, dc, cache):
    """Gradients at the four pre-activations, given all that arrives at c_t."""
    _, _, c_prev, i, f, g, o, tanh_c = cache
    return [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)]


def _both_doors(dh_t, dc_t, cache):
    o, tanh_c = cache[-2:]
    return dc_t + dh_t * o * (1 - tanh_c**2)


def _six(dz, dc_prev, cache, W_ih, W_hh):
    dz = np.concatenate(dz, axis=1)
    return dz @ W_ih, dz @ W_hh, dc_prev, dz.T @ cache[0], dz.T @ cache[1], dz.sum(axis=0)


@wrong_answer("lstm_step_backward")
def forgets_the_path_through_tanh(dh_t, dc_t, cache, W_ih, W_hh):
    """The path through tanh(c_t) is left out: c_t reaches the loss through h_t too (see "The cell is read twice")."""
    return _six(_gates(dh_t, dc_t, cache), dc_t * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_what_later_steps_send_to_the_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """dc_t is not used: what later steps send to the cell is lost, and with it everything that an LSTM is for. With one
    step there is no later one, so a test of one step would not see it."""
    dc = _both_doors(dh_t, np.zeros_like(dc_t), cache)
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def carries_on_only_what_arrived(dh_t, dc_t, cache, W_ih, W_hh):
    """Only dc_prev is off: the cell before gets f times what arrived from later steps. It gets f times all that arrives
    at c_t, through both doors."""
    dc = _both_doors(dh_t, dc_t, cache)
    return _six(_gates(dh_t, dc, cache), dc_t * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def gates_get_only_what_arrived(dh_t, dc_t, cache, W_ih, W_hh):
    """dc_prev is right, but i, f and g get only what arrived from later steps. They made c_t, so they get all that
    arrives there, through both doors, as dc_prev does."""
    return _six(_gates(dh_t, dc_t, cache), _both_doors(dh_t, dc_t, cache) * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def transposes_the_lstms_weight_gradients(dh_t, dc_t, cache, W_ih, W_hh):
    """Both weight gradients are transposed: a gradient has the shape of what it belongs to, and W_ih is (4H, D)."""
    dc = _both_doors(dh_t, dc_t, cache)
    dx_t, dh_prev, dc_prev, dW_ih, dW_hh, db = _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)
    return dx_t, dh_prev, dc_prev, dW_ih.T, dW_hh.T, db


@wrong_answer("lstm_step_backward")
def carries_on_without_the_forget_gate(dh_t, dc_t, cache, W_ih, W_hh):
    """Only dc_prev is off: the forget gate is missing. c_prev was multiplied by f on its way into c_t, so its gradient
    is too. (Without f it is the cell of 1997.)"""
    dc = _both_doors(dh_t, dc_t, cache)
    return _six(_gates(dh_t, dc, cache), dc, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_the_slope_at_the_first_door(dh_t, dc_t, cache, W_ih, W_hh):
    """On the way from h_t into the cell, the slope of tanh is missing: you have dh_t ⊙ o. Between c_t and h_t stands a
    tanh."""
    dc = dc_t + dh_t * cache[6]
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_the_output_gate_at_the_first_door(dh_t, dc_t, cache, W_ih, W_hh):
    """On the way from h_t into the cell, the output gate is missing: h_t is o times tanh(c_t), and a shut gate lets no
    gradient through either."""
    dc = dc_t + dh_t * (1 - cache[7] ** 2)
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def takes_tanh_of_tanh(dh_t, dc_t, cache, W_ih, W_hh):
    """tanh is taken twice: the last entry of the cache is tanh(c_t) already, so its slope is one minus its square."""
    dc = dc_t + dh_t * cache[6] * (1 - np.tanh(cache[7]) ** 2)
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def output_gate_gets_the_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """The output gate's gradient is made with c_t. What o was multiplied with is tanh(c_t)."""
    _, _, c_prev, i, f, g, o, _ = cache
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, _ = _gates(dh_t, dc, cache)
    dz_o = dh_t * (f * c_prev + i * g) * o * (1 - o)
    return _six([dz_i, dz_f, dz_g, dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def output_gate_gets_what_arrives_at_the_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """The output gate's gradient starts from dc_t. The output gate does not touch the cell, only what is shown of it:
    its gradient starts from dh_t."""
    _, _, _, _, f, _, o, tanh_c = cache
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, _ = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dz_g, dc * tanh_c * o * (1 - o)], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forget_gate_gets_the_new_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """The forget gate's gradient is made with c_t. What f was multiplied with is the old content, c_prev."""
    _, _, c_prev, i, f, g, _, _ = cache
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, _, dz_g, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dc * (f * c_prev + i * g) * f * (1 - f), dz_g, dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def swaps_input_gate_and_candidate(dh_t, dc_t, cache, W_ih, W_hh):
    """Input gate and candidate get each other's partner: in i ⊙ g each one's gradient has the *other* as a factor."""
    _, _, _, i, f, g, _, _ = cache
    dc = _both_doors(dh_t, dc_t, cache)
    _, dz_f, _, dz_o = _gates(dh_t, dc, cache)
    return _six([dc * i * i * (1 - i), dz_f, dc * g * (1 - g**2), dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def sigmoid_slope_for_the_candidate(dh_t, dc_t, cache, W_ih, W_hh):
    """The candidate has the sigmoid's slope, g (1 - g). The candidate is a tanh, the only one of the four."""
    _, _, _, i, f, g, _, _ = cache
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, dz_f, _, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dc * i * g * (1 - g), dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def tanh_slope_for_the_gates(dh_t, dc_t, cache, W_ih, W_hh):
    """The three gates have the slope of tanh, one minus the square. They are sigmoids: for those it is s (1 - s)."""
    _, _, c_prev, i, f, g, o, tanh_c = cache
    dc = _both_doors(dh_t, dc_t, cache)
    dz = [dc * g * (1 - i**2), dc * c_prev * (1 - f**2), dc * i * (1 - g**2), dh_t * tanh_c * (1 - o**2)]
    return _six(dz, dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def leaves_out_the_gates_slopes(dh_t, dc_t, cache, W_ih, W_hh):
    """These are the gradients at the gates themselves. Between a gate and its row of W stands a sigmoid, or for g a
    tanh, whose slope is missing."""
    _, _, c_prev, i, f, g, _, tanh_c = cache
    dc = _both_doors(dh_t, dc_t, cache)
    return _six([dc * g, dc * c_prev, dc * i, dh_t * tanh_c], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def puts_the_gates_in_another_order(dh_t, dc_t, cache, W_ih, W_hh):
    """The four gradients are joined in the order i, f, o, g. The rows of W_ih stand in the order i, f, g, o."""
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dz_o, dz_g], dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def joins_the_gates_along_the_batch(dh_t, dc_t, cache, W_ih, W_hh):
    """The four gradients are joined below each other, (4N, H). The rows of W_ih are 4H, one for each number that a
    sequence has in its four gates: side by side, (N, 4H), they fit."""
    dc = _both_doors(dh_t, dc_t, cache)
    dz = np.concatenate(_gates(dh_t, dc, cache))
    return dz @ W_ih, dz @ W_hh, dc * cache[4], dz.T @ cache[0], dz.T @ cache[1], dz.sum(axis=0)


@wrong_answer("lstm_step_backward")
def adds_into_the_callers_dc(dh_t, dc_t, cache, W_ih, W_hh):
    """`dc_t += …` writes into the caller's array: in a loop over time that is the gradient of a later step, or dc_T
    itself. Give the sum a place of its own."""
    dc_t += dh_t * cache[6] * (1 - cache[7] ** 2)
    return _six(_gates(dh_t, dc_t, cache), dc_t * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def one_bias_gradient_a_sequence(dh_t, dc_t, cache, W_ih, W_hh):
    """db has a row for each sequence. One bias serves the whole batch, so its gradient is the sum over the batch."""
    dc = _both_doors(dh_t, dc_t, cache)
    dz = _gates(dh_t, dc, cache)
    return *_six(dz, dc * cache[4], cache, W_ih, W_hh)[:5], np.concatenate(dz, axis=1)


@wrong_answer("lstm_step_backward")
def recurrent_weights_get_the_new_state(dh_t, dc_t, cache, W_ih, W_hh):
    """dW_hh is made with h_t. W_hh was multiplied with the state that the step read, and that is h_prev."""
    _, _, _, _, f, _, o, tanh_c = cache
    dc = _both_doors(dh_t, dc_t, cache)
    dz = _gates(dh_t, dc, cache)
    dx_t, dh_prev, dc_prev, dW_ih, _, db = _six(dz, dc * f, cache, W_ih, W_hh)
    return dx_t, dh_prev, dc_prev, dW_ih, np.concatenate(dz, axis=1).T @ (o * tanh_c), db


@wrong_answer("lstm_step_backward")
def output_gate_gets_itself(dh_t, dc_t, cache, W_ih, W_hh):
    """The output gate's gradient has the factor o where tanh(c_t) belongs: in a product each factor gets the other."""
    o = cache[6]
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, _ = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dz_g, dh_t * o * o * (1 - o)], dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def joins_the_gates_as_derived(dh_t, dc_t, cache, W_ih, W_hh):
    """The four gradients are joined in the order o, f, i, g, in which the page finds them. The rows of W_ih stand in
    another: i, f, g, o."""
    dc = _both_doors(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_o, dz_f, dz_i, dz_g], dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def takes_the_sigmoid_of_a_gate(dh_t, dc_t, cache, W_ih, W_hh):
    """The slopes are those at σ(i), σ(f), σ(o): the cache holds the gates themselves, past their sigmoid already."""
    _, _, c_prev, i, f, g, o, tanh_c = cache
    slope_i, slope_f, slope_o = (np.exp(-gate) / (1 + np.exp(-gate)) ** 2 for gate in (i, f, o))
    dc = _both_doors(dh_t, dc_t, cache)
    dz = [dc * g * slope_i, dc * c_prev * slope_f, dc * i * (1 - g**2), dh_t * tanh_c * slope_o]
    return _six(dz, dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_the_square_of_tanh(dh_t, dc_t, cache, W_ih, W_hh):
    """On the way from h_t into the cell the slope is 1 - tanh(c_t): the square is missing."""
    dc = dc_t + dh_t * cache[6] * (1 - cache[7])
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def swaps_what_goes_to_the_step_before(dh_t, dc_t, cache, W_ih, W_hh):
    """dh_prev and dc_prev have changed places: the cell's comes straight through f, the hidden state's through W_hh."""
    dc = _both_doors(dh_t, dc_t, cache)
    dx_t, dh_prev, dc_prev, *rest = _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)
    return dx_t, dc_prev, dh_prev, *rest


@wrong_answer("lstm_step_backward")
def bias_gets_the_mean(dh_t, dc_t, cache, W_ih, W_hh):
    """db is averaged over the batch. Each sequence has its own way to the loss through b, so they add."""
    dc = _both_doors(dh_t, dc_t, cache)
    dz = _gates(dh_t, dc, cache)
    return *_six(dz, dc * cache[4], cache, W_ih, W_hh)[:5], np.concatenate(dz, axis=1).mean(axis=0)


# ── 3.5 lstm_backward ───────────────────────────────────────────────────────────────────────────────────────────────


def _lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh, carry_h=1.0, carry_c=1.0):
    """As `_back`, for the LSTM."""
    steps, dh_t, dc_t = [], dh_T, dc_T
    for t in reversed(range(len(dhs))):
        steps.insert(0, lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh))
        dh_t, dc_t = dhs.dtype.type(carry_h) * steps[0][1], dhs.dtype.type(carry_c) * steps[0][2]
    return [list(column) for column in zip(*steps, strict=True)]


def _summed(dx, dh, dc, dW_ih, dW_hh, db):
    return np.stack(dx), dh[0], dc[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("lstm_backward")
def dc_not_carried(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """The gradient along the cell is not carried: each step but the last begins with a dc of zeros. That cuts the one
    path on which a gradient travels far; one step alone would not show it."""
    return _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh, carry_c=0.0))


@wrong_answer("lstm_backward")
def dc_reset_to_dc_T(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """Every step begins with dc_T. It belongs to the last cell; step t receives the dc_prev that step t + 1
    returned."""
    steps, dh_t = [], dh_T
    for t in reversed(range(len(dhs))):
        steps.insert(0, lstm_step_backward(dhs[t] + dh_t, dc_T, cache[t], W_ih, W_hh))
        dh_t = steps[0][1]
    return _summed(*map(list, zip(*steps, strict=True)))


@wrong_answer("lstm_backward")
def dh_not_carried(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """The gradient along the hidden state is not carried: each step but the last gets dhs[t] alone. The next step's
    gates read h_t, all four of them."""
    return _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh, carry_h=0.0))


@wrong_answer("lstm_backward")
def forgets_dc_T_at_the_end(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dc_T is not read: the cell's gradient begins at zero. In a language model it is zero indeed; an encoder that
    hands its cell to a decoder gets it back from there."""
    return _summed(*_lstm_back(dhs, dh_T, np.zeros_like(dc_T), cache, W_ih, W_hh))


@wrong_answer("lstm_backward")
def forgets_dh_T_at_the_end(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh_T is not read: the hidden state's gradient begins at zero, whatever reads the final state."""
    return _summed(*_lstm_back(dhs, np.zeros_like(dh_T), dc_T, cache, W_ih, W_hh))


@wrong_answer("lstm_backward")
def swaps_the_two_states(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh and dc are swapped on their way from step to step. `lstm_step_backward` returns dh_prev before dc_prev."""
    steps, dh_t, dc_t = [], dh_T, dc_T
    for t in reversed(range(len(dhs))):
        steps.insert(0, lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh))
        _, dc_t, dh_t, *_ = steps[0]
    dx, dc, dh, dW_ih, dW_hh, db = map(list, zip(*steps, strict=True))
    return _summed(dx, dh, dc, dW_ih, dW_hh, db)


@wrong_answer("lstm_backward")
def overwrites_the_lstms_weight_gradients(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """The weight gradients are those of the first step alone: each step overwrites the others'. The weights are read at
    every step, so their gradients add."""
    dx, dh, dc, dW_ih, dW_hh, db = _lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh)
    return np.stack(dx), dh[0], dc[0], dW_ih[0], dW_hh[0], db[0]


@wrong_answer("lstm_backward")
def sums_db_over_time_only(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """db has a row for each sequence: it is summed over time, and not over the batch. One bias serves every step and
    every sequence."""
    *right, _ = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    dh_t, dc_t, db = dh_T, dc_T, np.zeros((dhs.shape[1], len(W_hh)), dhs.dtype)
    for t in reversed(range(len(dhs))):
        db += np.concatenate(_gates(dhs[t] + dh_t, _both_doors(dhs[t] + dh_t, dc_t, cache[t]), cache[t]), axis=1)
        _, dh_t, dc_t, *_ = lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh)
    return *right, db


@wrong_answer("lstm_backward")
def leaves_out_dh0_and_dc0(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh0 and dc0 are missing: four values come back instead of six. The initial states were read, too, and may be
    parameters, or an encoder's last states."""
    dx, _, _, *of_weights = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx, *of_weights


@wrong_answer("lstm_backward")
def zeros_for_the_initial_states(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh0 and dc0 are zeros. That the states began at zero does not make their gradients zero."""
    dx, dh0, dc0, *of_weights = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx, np.zeros_like(dh0), np.zeros_like(dc0), *of_weights


@wrong_answer("lstm_backward")
def walks_the_lstm_forwards(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """Your loop runs from the first step to the last, and so hands gradients to later steps. On the way back, what was
    computed last comes first."""
    steps, dh_t, dc_t = [], dh_T, dc_T
    for t in range(len(dhs)):
        steps.append(lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh))
        _, dh_t, dc_t, *_ = steps[-1]
    dx, _, _, dW_ih, dW_hh, db = map(list, zip(*steps, strict=True))
    return np.stack(dx), dh_t, dc_t, sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("lstm_backward")
def collects_the_lstms_dx_in_reverse(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dx stands in reverse: your loop runs backwards and appends, so that the last step's gradient comes first."""
    dx, *others = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx[::-1].copy(), *others


@wrong_answer("lstm_backward")
def writes_into_the_lstms_dhs(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """`dhs[t] += …` writes what later steps send into the caller's gradients. Called twice with the same dhs, you would
    give two different answers."""
    steps, dh_t, dc_t = [], dh_T, dc_T
    for t in reversed(range(len(dhs))):
        dhs[t] += dh_t
        steps.insert(0, lstm_step_backward(dhs[t], dc_t, cache[t], W_ih, W_hh))
        _, dh_t, dc_t, *_ = steps[0]
    return _summed(*map(list, zip(*steps, strict=True)))


@wrong_answer("lstm_backward")
def adds_up_the_lstm_in_float64(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """The values are right, but the weights are float32 and their gradients float64: np.zeros makes float64 unless it
    is told otherwise."""
    dx, dh0, dc0, *of_weights = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx, dh0, dc0, *(dw.astype(np.float64) for dw in of_weights)


# ── 3.6 truncated_bptt ──────────────────────────────────────────────────────────────────────────────────────────────


def _pieces(dhs, x, starts, cuts, W_ih, W_hh, b, carry=False):
    """Piece by piece between `cuts`; `starts(h_end, hs, cut)` says where a piece after the first begins."""
    found = []
    for begin, end in zip(cuts[:-1], cuts[1:], strict=True):
        h_start = starts(found, begin)
        hs, _ = rnn_forward(x[begin:end], h_start, W_ih, W_hh, b)
        *_, dW_ih, dW_hh, db = rnn_backward(
            dhs[begin:end], np.zeros_like(h_start), x[begin:end], h_start, hs, W_ih, W_hh
        )
        found.append((hs, dW_ih, dW_hh, db))
    hs, *of_weights = zip(*found, strict=True)
    return np.concatenate(hs), of_weights


def _carried(h0):
    return lambda found, begin: found[-1][0][-1] if found else h0


@wrong_answer("truncated_bptt")
def starts_every_piece_from_zeros(dhs, x, h0, W_ih, W_hh, b, k):
    """Each piece after the first starts from zeros. The gradient stops at the cut; the state does not: the outputs are
    those of the whole sequence (see "Cut the past off")."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, lambda found, _: np.zeros_like(h0) if found else h0, cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def starts_every_piece_from_h0(dhs, x, h0, W_ih, W_hh, b, k):
    """Each piece starts from h0, as if the pieces were sequences of their own. Start each from the state in which the
    one before it ended."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, lambda *_: h0, cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def does_not_cut(dhs, x, h0, W_ih, W_hh, b, k):
    """Nothing is cut: these are the full gradients. What arrives at the beginning of a piece must not go on into the
    piece before."""
    hs, h_T = rnn_forward(x, h0, W_ih, W_hh, b)
    *_, dW_ih, dW_hh, db = rnn_backward(dhs, np.zeros_like(h_T), x, h0, hs, W_ih, W_hh)
    return hs, dW_ih, dW_hh, db


@wrong_answer("truncated_bptt")
def cuts_one_step_late(dhs, x, h0, W_ih, W_hh, b, k):
    """Your pieces are k + 1 steps long. x[start:start + k] has k steps already, and range(0, T, k) has their
    beginnings."""
    cuts = [*range(0, len(x), k + 1), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def first_piece_one_step_short(dhs, x, h0, W_ih, W_hh, b, k):
    """The first cut comes one step early, and so do all the others: the pieces are x[0:k], x[k:2k], and so forth, and
    the state with which the second begins is hs[k - 1]."""
    cuts = sorted({0, *range(max(k - 1, 1), len(x), k), len(x)})
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def next_piece_starts_a_state_early(dhs, x, h0, W_ih, W_hh, b, k):
    """Each piece after the first starts from the state before the last: one update is lost at every cut. The last state
    of a piece is hs[start + k - 1]."""
    cuts = [*range(0, len(x), k), len(x)]

    def one_before(found, begin):
        if not found:
            return h0
        whole = np.concatenate([h0[None], *(hs for hs, *_ in found)])
        return whole[begin - 1]

    hs, of_weights = _pieces(dhs, x, one_before, cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def drops_the_last_piece(dhs, x, h0, W_ih, W_hh, b, k):
    """Where k does not divide T, your gradients miss the last, shorter piece. Its losses count as the others' do."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    whole = max(len(x) // k, 0)
    return hs, *(sum(dw[:whole], np.zeros_like(dw[0])) for dw in of_weights)


@wrong_answer("truncated_bptt")
def keeps_the_last_piece_only(dhs, x, h0, W_ih, W_hh, b, k):
    """The gradients are those of the last piece alone: each piece overwrites the one before. Add them up."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *(dw[-1] for dw in of_weights)


@wrong_answer("truncated_bptt")
def averages_over_the_pieces(dhs, x, h0, W_ih, W_hh, b, k):
    """Your gradients are divided by the number of pieces. dhs is taken as it comes, and the pieces' gradients add, so
    that with k = T nothing but the full gradient comes out."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *(sum(dw) / dhs.dtype.type(len(dw)) for dw in of_weights)


@wrong_answer("truncated_bptt")
def sends_the_gradient_of_the_last_output_twice(dhs, x, h0, W_ih, W_hh, b, k):
    """The last output of each piece counts twice: once in dhs, and once more as dh_T. Nothing arrives from beyond a
    piece's end, so its dh_T is zero."""
    doubled = dhs.copy()
    for end in [*range(k, len(x), k), len(x)]:
        doubled[end - 1] *= 2
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(doubled, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


# ── 3.7 clip_by_global_norm ─────────────────────────────────────────────────────────────────────────────────────────


def _global_norm(grads):
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    if not np.isfinite(norm):
        raise FloatingPointError(f"the gradients' global norm is {norm}")
    return norm


def _scaled(grads, factor):
    return [g * g.dtype.type(factor) for g in grads]


def _factor(norm, max_norm):
    return min(1.0, max_norm / norm) if norm > 0 else 1.0


@wrong_answer("clip_by_global_norm")
def clips_each_tensor_by_itself(grads, max_norm):
    """Each array is clipped by its own length. One long array then shrinks and the others stay, so that the step goes
    in another direction; one factor for all keeps it."""
    norm = _global_norm(grads)
    return [g * g.dtype.type(_factor(float(np.linalg.norm(g.ravel())), max_norm)) for g in grads], norm


@wrong_answer("clip_by_global_norm")
def clips_each_entry(grads, max_norm):
    """Single entries are clipped to ±max_norm. That bounds each number and not the length of the step, and it turns the
    step aside."""
    return [np.clip(g, -max_norm, max_norm) for g in grads], _global_norm(grads)


@wrong_answer("clip_by_global_norm")
def clips_each_tensor_and_lets_nan_pass(grads, max_norm):
    """Two things. Each array is clipped by its own length, so that the step goes in another direction: one factor for
    all keeps it. And a NaN passes in silence: raise FloatingPointError where the norm is not finite."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    lengths = [float(np.linalg.norm(g.ravel())) for g in grads]
    with np.errstate(invalid="ignore"):
        return [
            g * g.dtype.type(max_norm / n if n > max_norm else 1.0) for g, n in zip(grads, lengths, strict=True)
        ], norm


@wrong_answer("clip_by_global_norm")
def clips_each_entry_and_lets_nan_pass(grads, max_norm):
    """Two things. Single entries are clipped, which turns the step aside and bounds its length hardly at all. And a NaN
    passes in silence: raise FloatingPointError where the norm is not finite."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    return [np.clip(g, -max_norm, max_norm) for g in grads], norm


@wrong_answer("clip_by_global_norm")
def always_rescales(grads, max_norm):
    """Short gradients are stretched to max_norm. Clipping only shortens; a network that has nearly arrived would
    otherwise take long steps for ever. (Zero gradients should stay zero, too.)"""
    norm = _global_norm(grads)
    return _scaled(grads, max_norm / norm if norm > 0 else 1.0), norm


@wrong_answer("clip_by_global_norm")
def divides_zero_by_zero(grads, max_norm):
    """Short gradients are stretched to max_norm, and zero gradients become NaN, 0 / 0. Clipping only shortens."""
    norm = np.float64(_global_norm(grads))
    return _scaled(grads, np.divide(max_norm, norm)), float(norm)


@wrong_answer("clip_by_global_norm")
def lets_nan_pass(grads, max_norm):
    """A NaN passes in silence: your norm is not finite, and every gradient becomes NaN or stays as it was. One
    such step and every weight is NaN; raise FloatingPointError where the norm is not finite."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    if norm > max_norm:
        return _scaled(grads, max_norm / norm), norm
    return [g.copy() for g in grads], norm


@wrong_answer("clip_by_global_norm")
def lets_nan_pass_into_every_gradient(grads, max_norm):
    """A NaN passes in silence and spreads: its norm is NaN, and so is every gradient that you multiply by it. Raise
    FloatingPointError where the norm is not finite."""
    norm = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads))
    factor = np.minimum(1.0, np.divide(max_norm, norm)) if norm != 0 else 1.0
    return _scaled(grads, factor), float(norm)


@wrong_answer("clip_by_global_norm")
def adds_the_lengths(grads, max_norm):
    """Your norm is the sum of the arrays' lengths. Together they are one vector: the root of the sum of all squares."""
    _global_norm(grads)
    norm = float(sum(np.linalg.norm(g.ravel().astype(np.float64)) for g in grads))
    return _scaled(grads, _factor(norm, max_norm)), norm


@wrong_answer("clip_by_global_norm")
def forgets_the_root(grads, max_norm):
    """Your norm is the sum of all squares: the square root is missing."""
    norm = _global_norm(grads) ** 2
    return _scaled(grads, _factor(norm, max_norm)), norm


@wrong_answer("clip_by_global_norm")
def takes_the_largest_entry(grads, max_norm):
    """Your norm is the largest entry. The length is asked for: the root of the sum of all squares."""
    _global_norm(grads)
    norm = float(max(np.abs(g).max() for g in grads))
    return _scaled(grads, _factor(norm, max_norm)), norm


@wrong_answer("clip_by_global_norm")
def returns_the_norm_after_clipping(grads, max_norm):
    """The gradients are right, but norm is their length after clipping. Before clipping is what one wants to see: it
    says that something exploded."""
    norm = _global_norm(grads)
    return _scaled(grads, _factor(norm, max_norm)), min(norm, max_norm)


@wrong_answer("clip_by_global_norm")
def scales_in_place(grads, max_norm):
    """The gradients are scaled in place, `g *= …`: the caller's own arrays change. Return new ones."""
    norm = _global_norm(grads)
    for g in grads:
        g *= g.dtype.type(_factor(norm, max_norm))
    return grads, norm


@wrong_answer("clip_by_global_norm")
def turns_float32_into_float64(grads, max_norm):
    """The values are right, but float32 went in and float64 came out: the factor is a np.float64, and in NumPy 2 that
    is stronger than a float32 array. Make the factor a Python float."""
    norm = _global_norm(grads)
    return [g * np.float64(_factor(norm, max_norm)) for g in grads], norm


# ── 3.8 state_jacobian_norms ────────────────────────────────────────────────────────────────────────────────────────


def _norms(jacobians, join, measure):
    norms, product = np.empty(len(jacobians), dtype=jacobians.dtype), None
    for t in reversed(range(len(jacobians))):
        product = jacobians[t] if product is None else join(product, jacobians[t])
        norms[t] = measure(product)
    return norms


def _stretch(matrix):
    return np.linalg.norm(matrix, 2)


@wrong_answer("state_jacobian_norms")
def multiplies_on_the_wrong_side(jacobians):
    """The product is in the wrong order: later steps stand on the left. On your way back each new factor is an earlier
    step and comes on the right. Matrices do not commute."""
    return _norms(jacobians, lambda product, new: new @ product, _stretch)


@wrong_answer("state_jacobian_norms")
def multiplies_entry_by_entry(jacobians):
    """The Jacobians are multiplied entry by entry, `*`. The chain rule for vectors is a product of matrices, `@`: it
    sums over all units that a nudge can pass through."""
    return _norms(jacobians, lambda product, new: product * new, _stretch)


@wrong_answer("state_jacobian_norms")
def frobenius_norm(jacobians):
    """This is the Frobenius norm, the root of the sum of all squares, which np.linalg.norm takes of a matrix unless
    told otherwise. The largest stretch is the spectral norm."""
    return _norms(jacobians, lambda product, new: product @ new, np.linalg.norm)


@wrong_answer("state_jacobian_norms")
def product_of_the_norms(jacobians):
    """You multiply the norms of the single steps. That is an upper bound, and often far too high: what one step
    stretches most need not be what the next one stretches most. Multiply first, then take the norm."""
    single = np.array([_stretch(j) for j in jacobians])
    return np.cumprod(single[::-1])[::-1].astype(jacobians.dtype)


@wrong_answer("state_jacobian_norms")
def largest_eigenvalue_of_the_product(jacobians):
    """This is the spectral radius of each product, its largest eigenvalue. The largest stretch is its largest singular
    value, which a lopsided matrix can have many times larger."""
    return _norms(jacobians, lambda product, new: product @ new, lambda m: np.abs(np.linalg.eigvals(m)).max())


@wrong_answer("state_jacobian_norms")
def norm_of_a_loss_gradient(jacobians):
    """This is the length of a gradient: the product applied to a vector of ones, the gradient of the sum of the last
    state's entries. One loss looks in one direction; the norm of the Jacobian takes the worst of all."""
    ones = np.ones(jacobians.shape[1], dtype=jacobians.dtype)
    return _norms(jacobians, lambda product, new: product @ new, lambda m: np.linalg.norm(ones @ m))


@wrong_answer("state_jacobian_norms")
def counts_from_the_first_step(jacobians):
    """Your products begin with the first step: this is ‖∂s_t / ∂s_0‖, how far a nudge at the beginning has got. Asked
    is what reaches the end, ‖∂s_T / ∂s_t‖, so the product begins with the last step."""
    norms, product = np.empty(len(jacobians), dtype=jacobians.dtype), np.eye(jacobians.shape[1], dtype=jacobians.dtype)
    for t in range(len(jacobians)):
        product = jacobians[t] @ product
        norms[t] = _stretch(product)
    return norms


@wrong_answer("state_jacobian_norms")
def one_factor_short(jacobians):
    """Each product lacks its last factor: your norms[T - 1] is 1, the norm of no step at all. jacobians[t] leads from
    s_t to the next state, so it belongs to norms[t]."""
    norms = _norms(jacobians, lambda product, new: product @ new, _stretch)
    return np.append(norms[1:], norms.dtype.type(1))


@wrong_answer("state_jacobian_norms")
def norm_of_each_step_alone(jacobians):
    """These are the norms of the single steps: nothing is multiplied. From s_t to s_T lie all the steps between."""
    return np.array([_stretch(j) for j in jacobians])


@wrong_answer("state_jacobian_norms")
def returns_them_in_reverse(jacobians):
    """The norms are right and stand in reverse: your loop runs backwards and appends. norms[t] belongs to s_t."""
    return _norms(jacobians, lambda product, new: product @ new, _stretch)[::-1].copy()


@wrong_answer("state_jacobian_norms")
def largest_entry_of_the_product(jacobians):
    """This is the largest entry of each product: how much one unit moves when one other is nudged. A nudge of several
    units together can be stretched more."""
    return _norms(jacobians, lambda product, new: product @ new, lambda m: np.abs(m).max())


@wrong_answer("state_jacobian_norms")
def collects_norms_in_float64(jacobians):
    """The values are right, but the Jacobians are float32 and your norms float64: np.empty and np.zeros make float64
    unless they are told otherwise."""
    return _norms(jacobians, lambda product, new: product @ new, _stretch).astype(np.float64)
