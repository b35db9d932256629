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
    """This is a one-sided difference: f at x and at one side of x. Its error is proportional to the step, that of a
    central difference to the step squared. At a minimum it gives a slope that is not 0 (see "Gradient checking")."""
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
    """Your step is too small. Near 100, neighbouring float64 numbers are 1e-14 apart; a step of 1e-12 divides that
    rounding error by 1e-12. The table of best steps is in "Gradient checking"."""
    return _differences(f, x, 1e-12)


@wrong_answer("numeric_gradient")
def step_too_large(f, x):
    """Your step is too large: f curves between the two points, so the line through them is not the tangent. The table
    of best steps is in "Gradient checking"."""
    return _differences(f, x, 1e-2)


@wrong_answer("numeric_gradient")
def divides_by_one_step(f, x):
    """Your gradient is twice as large as it should be: x + ε and x - ε are two steps apart, and you divide by one."""
    return 2 * _differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def divides_by_four_steps(f, x):
    """Your gradient is half as large as it should be: the points x + ε and x - ε are 2ε apart."""
    return 0.5 * _differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def subtracts_the_wrong_way_round(f, x):
    """The sign is wrong: the difference is f(x + ε) minus f(x - ε). A step against your gradient would raise the
    loss."""
    return -_differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def nudges_all_entries_at_once(f, x):
    """You change all entries of x together, so every entry of your gradient is the same number, the sum of all partial
    derivatives. Change one entry at a time and leave the others as they were."""
    x = x.astype(np.float64)
    return np.full_like(x, (f(x + 1e-5) - f(x - 1e-5)) / 2e-5)


@wrong_answer("numeric_gradient")
def never_puts_the_entry_back(f, x):
    """Each entry stays changed afterwards, so all later differences are taken at another point. The mistake shows where
    the effect of one entry depends on the others, as in a network."""
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
    """You change the caller's own x and do not restore it, so a gradient check would change the weights. np.asarray(x,
    dtype=np.float64) makes no copy if x is float64 already. Make a copy, and restore each entry in it."""
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
    """The caller's x has changed in its last digits: x + ε - 2ε + ε is not x, because each of the three operations
    rounds. Keep the old value and write it back, in a copy of x."""
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
    """At a float32 point your gradient is 0 and float32: near 256, float32 numbers are 3e-5 apart, so a smaller step is
    rounded away. Compute the differences in float64 for every dtype of x."""
    if x.dtype == np.float32:
        return np.zeros_like(x)
    return _differences(f, x, 1e-5)


@wrong_answer("numeric_gradient")
def nudges_in_float32_and_returns_float64(f, x):
    """Your gradient is float64, but you add the step in x's own dtype: near 256, float32 numbers are 3e-5 apart, so a
    smaller step is rounded away and the difference is 0."""
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
    """Your step is a fraction of the entry. If the entry is 0, as biases are at first, the step is 0 and you divide 0
    by 0. Take a fixed step, or a fraction of the larger of 1 and the entry's size."""
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
    """The slope of tanh is missing: your gradient at z is dh_t itself, as if the step were linear. A saturated unit
    should pass almost no gradient."""
    return _five(dh_t, x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def slope_of_the_pre_activation(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You compute z again and use 1 - z². The slope of tanh at z is 1 - tanh(z)², and tanh(z) is the argument h_t."""
    z = x_t @ W_ih.T + h_prev @ W_hh.T
    return _five(dh_t * (1 - z**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def takes_tanh_of_the_state(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You take tanh twice: your slope is 1 - tanh(h_t)², but h_t is the tanh already. A saturated unit, h_t = 1, would
    pass 0.42 of the gradient and should pass none."""
    return _five(dh_t * (1 - np.tanh(h_t) ** 2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def rebuilds_the_state_without_the_bias(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You compute the state again, without the bias, which is not among the arguments. The slope at z follows from h_t
    alone."""
    state = np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T)
    return _five(dh_t * (1 - state**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def slope_of_the_sigmoid(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """h (1 - h) is the slope of the sigmoid. The step used tanh, whose slope is 1 at 0, not 0."""
    return _five(dh_t * h_t * (1 - h_t), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def divides_by_the_slope(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You divide by the slope of tanh. The chain rule multiplies by it: a saturated unit passes almost no gradient, and
    yours would pass a huge one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _five(dh_t / (1 - h_t**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def forgets_the_square(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """Your slope is 1 - h_t, without the square: above 1 for every negative state, but the slope of tanh is never above
    1."""
    return _five(dh_t * (1 - h_t), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def slope_of_the_state_before(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You compute the slope from h_prev. The tanh of this step produced h_t, so the slope is 1 - h_t²."""
    return _five(dh_t * (1 - h_prev**2), x_t, h_prev, W_ih, W_hh)


@wrong_answer("rnn_step_backward")
def goes_forwards_through_W_hh(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """dh_prev is multiplied by W_hh as in the forward pass. In the backward pass, the gradient of unit j goes to the
    units that j reads, with the weights in row j of W_hh. W_hh is square, so its shape does not show the mistake."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh.T, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def transposes_dW_hh(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """dW_hh is transposed: row j belongs to entry j of h_t, column k to entry k of h_prev. dW_hh is square, so its
    shape does not show the mistake."""
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
    """db has a row for each sequence. All sequences share one bias, so its gradient is the sum over all rows."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, dz.T @ h_prev, dz


@wrong_answer("rnn_step_backward")
def averages_over_the_batch(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You divide the weight gradients by N. If the loss is a mean over the batch, dh_t contains that division
    already."""
    dz = dh_t * (1 - h_t**2)
    dx_t, dh_prev, *of_weights = _five(dz, x_t, h_prev, W_ih, W_hh)
    return dx_t, dh_prev, *(dw / dz.dtype.type(len(dz)) for dw in of_weights)


@wrong_answer("rnn_step_backward")
def weight_gradient_from_the_new_state(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """You compute dW_hh with h_t. The step multiplied W_hh by the state that it read, which is h_prev."""
    dz = dh_t * (1 - h_t**2)
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, dz.T @ h_t, dz.sum(axis=0)


@wrong_answer("rnn_step_backward")
def writes_into_the_upstream_gradient(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    """`dh_t *= …` changes the caller's array, which the caller may still need. Make a new array for the gradient at
    z."""
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
    """No gradient passes from step to step: each step uses dhs[t] alone, and the last one dh_T too. A state reaches the
    loss through its own output and through all later states."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh, carry=0.0)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def forgets_the_outputs(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dhs is not used: only the gradient of the final state goes back. A language model's loss reads all outputs."""
    dx, dh, dW_ih, dW_hh, db = _back(np.zeros_like(dhs), dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def forgets_dh_T(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dh_T is not used: the gradient from later steps starts at zero. Whatever reads the final state, such as a
    classifier, sends its gradient there."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, np.zeros_like(dh_T), x, h0, hs, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def adds_dh_T_at_every_step(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """You add dh_T at every step. It is the gradient of the final state and reaches earlier states only through the
    steps between."""
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
    the gradient to which dhs[t] should be added. Two paths lead from a state to the loss, and their gradients add
    up."""
    steps = [rnn_step_backward(dhs[t], x[t], hs[t - 1] if t > 0 else h0, hs[t], W_ih, W_hh) for t in range(len(x))]
    dx, dh, dW_ih, dW_hh, db = zip(*steps, strict=True)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def walks_forwards(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Your loop runs from the first step to the last, so gradients go to later steps. The backward pass starts at the
    last step."""
    dh_t, total, dx = dh_T, None, np.empty_like(x)
    for t in range(len(x)):
        before = hs[t - 1] if t > 0 else h0
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t] + dh_t, x[t], before, hs[t], W_ih, W_hh)
        total = dw if total is None else [a + b for a, b in zip(total, dw, strict=True)]
    return dx, dh_t, *total


@wrong_answer("rnn_backward")
def step_0_reads_the_last_state(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Only dW_hh is wrong: at t = 0 your hs[t - 1] is hs[-1], the last state, which is a valid index. Step 0 read
    h0."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, hs[-1], hs, W_ih, W_hh)
    return np.stack(dx), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def reads_the_state_after_the_step(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Only dW_hh is wrong: you pass hs[t] as the state that step t read. It read the state before, hs[t - 1], and h0 at
    the first step."""
    dx, dh, dW_ih, _, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    dh_t, dW_hh = dh_T, np.zeros_like(W_hh)
    for t in reversed(range(len(x))):
        _, dh_t, _, dW_hh_t, _ = rnn_step_backward(dhs[t] + dh_t, x[t], hs[t], hs[t], W_ih, W_hh)
        dW_hh += dW_hh_t
    return np.stack(dx), dh[0], sum(dW_ih), dW_hh, sum(db)


@wrong_answer("rnn_backward")
def returns_the_gradient_of_the_first_state(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Your dh0 is the gradient at hs[0]. One more step lies between h0 and hs[0]: go back through it too."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    arrives = dh_T if len(x) == 1 else dh[1]
    return np.stack(dx), dhs[0] + arrives, sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def collects_dx_in_reverse(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """dx is in reverse order: your loop runs backwards and appends, so the last step's gradient comes first."""
    dx, dh, dW_ih, dW_hh, db = _back(dhs, dh_T, x, h0, hs, W_ih, W_hh)
    return np.stack(dx[::-1]), dh[0], sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("rnn_backward")
def cuts_after_ten_steps(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """Your result is right for short sequences and wrong for 23 steps: your gradient goes back ten steps and stops.
    That is truncation, which exercise 3.6 asks for."""
    dx, dW, dh_t = np.zeros_like(x), [np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[0])], dh_T
    for t in reversed(range(max(0, len(x) - 10), len(x))):
        before = hs[t - 1] if t > 0 else h0
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t] + dh_t, x[t], before, hs[t], W_ih, W_hh)
        dW = [a + b for a, b in zip(dW, dw, strict=True)]
    return dx, dh_t, *dW


@wrong_answer("rnn_backward")
def writes_into_dhs(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """`dhs[t] += …` changes the caller's gradients. Two calls with the same dhs would give two different results."""
    dx, dh_t, total = np.empty_like(x), dh_T, None
    for t in reversed(range(len(x))):
        before = hs[t - 1] if t > 0 else h0
        dhs[t] += dh_t
        dx[t], dh_t, *dw = rnn_step_backward(dhs[t], x[t], before, hs[t], W_ih, W_hh)
        total = dw if total is None else [a + b for a, b in zip(total, dw, strict=True)]
    return dx, dh_t, *total


@wrong_answer("rnn_backward")
def writes_into_dh_T(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    """`dh_t = dh_T` gives the caller's array a second name, and `dh_t += dhs[t]` then changes it, in the first round of
    the loop."""
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


def _both_paths(dh_t, dc_t, cache):
    o, tanh_c = cache[-2:]
    return dc_t + dh_t * o * (1 - tanh_c**2)


def _six(dz, dc_prev, cache, W_ih, W_hh):
    dz = np.concatenate(dz, axis=1)
    return dz @ W_ih, dz @ W_hh, dc_prev, dz.T @ cache[0], dz.T @ cache[1], dz.sum(axis=0)


@wrong_answer("lstm_step_backward")
def forgets_the_path_through_tanh(dh_t, dc_t, cache, W_ih, W_hh):
    """The path through tanh(c_t) is left out: c_t reaches the loss through h_t too (see "The cell state")."""
    return _six(_gates(dh_t, dc_t, cache), dc_t * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_what_later_steps_send_to_the_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """dc_t is not used: the gradient that the next step sends to the cell state is lost. A sequence of one step has no
    next step, so a test of one step cannot detect this mistake."""
    dc = _both_paths(dh_t, np.zeros_like(dc_t), cache)
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def carries_on_only_what_arrived(dh_t, dc_t, cache, W_ih, W_hh):
    """Only dc_prev is wrong: you multiply f by the gradient from the next step alone. It is f times the whole gradient
    at c_t, which includes the path through h_t."""
    dc = _both_paths(dh_t, dc_t, cache)
    return _six(_gates(dh_t, dc, cache), dc_t * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def gates_get_only_what_arrived(dh_t, dc_t, cache, W_ih, W_hh):
    """dc_prev is right, but for i, f and g you use the gradient from the next step alone. They enter c_t, so they too
    get the whole gradient at c_t, which includes the path through h_t."""
    return _six(_gates(dh_t, dc_t, cache), _both_paths(dh_t, dc_t, cache) * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def transposes_the_lstms_weight_gradients(dh_t, dc_t, cache, W_ih, W_hh):
    """Both weight gradients are transposed: a gradient has the shape of what it belongs to, and W_ih is (4H, D)."""
    dc = _both_paths(dh_t, dc_t, cache)
    dx_t, dh_prev, dc_prev, dW_ih, dW_hh, db = _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)
    return dx_t, dh_prev, dc_prev, dW_ih.T, dW_hh.T, db


@wrong_answer("lstm_step_backward")
def carries_on_without_the_forget_gate(dh_t, dc_t, cache, W_ih, W_hh):
    """Only dc_prev is wrong: the forget gate is missing. c_prev enters c_t multiplied by f, so its gradient is
    multiplied by f too. (The LSTM of 1997 had no forget gate.)"""
    dc = _both_paths(dh_t, dc_t, cache)
    return _six(_gates(dh_t, dc, cache), dc, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_the_slope_on_the_path_through_h_t(dh_t, dc_t, cache, W_ih, W_hh):
    """On the path from h_t to c_t, the slope of tanh is missing: you have dh_t ⊙ o, but h_t is o ⊙ tanh(c_t)."""
    dc = dc_t + dh_t * cache[6]
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_the_output_gate_on_the_path_through_h_t(dh_t, dc_t, cache, W_ih, W_hh):
    """On the path from h_t to c_t, the output gate is missing: h_t is o ⊙ tanh(c_t), so the gradient is multiplied by o
    too."""
    dc = dc_t + dh_t * (1 - cache[7] ** 2)
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def takes_tanh_of_tanh(dh_t, dc_t, cache, W_ih, W_hh):
    """You take tanh twice: the last entry of the cache is tanh(c_t) already, so the slope is one minus its square."""
    dc = dc_t + dh_t * cache[6] * (1 - np.tanh(cache[7]) ** 2)
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def output_gate_gets_the_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """You compute the output gate's gradient with c_t. The other factor of o is tanh(c_t)."""
    _, _, c_prev, i, f, g, o, _ = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, _ = _gates(dh_t, dc, cache)
    dz_o = dh_t * (f * c_prev + i * g) * o * (1 - o)
    return _six([dz_i, dz_f, dz_g, dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def output_gate_gets_what_arrives_at_the_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """The output gate's gradient starts from the gradient at c_t. The output gate is a factor of h_t, so its gradient
    starts from dh_t."""
    _, _, _, _, f, _, o, tanh_c = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, _ = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dz_g, dc * tanh_c * o * (1 - o)], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forget_gate_gets_the_new_cell(dh_t, dc_t, cache, W_ih, W_hh):
    """You compute the forget gate's gradient with c_t. The other factor of f is c_prev."""
    _, _, c_prev, i, f, g, _, _ = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, _, dz_g, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dc * (f * c_prev + i * g) * f * (1 - f), dz_g, dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def swaps_input_gate_and_candidate(dh_t, dc_t, cache, W_ih, W_hh):
    """Input gate and candidate are swapped: in the product i ⊙ g, the gradient of each contains the *other* factor."""
    _, _, _, i, f, g, _, _ = cache
    dc = _both_paths(dh_t, dc_t, cache)
    _, dz_f, _, dz_o = _gates(dh_t, dc, cache)
    return _six([dc * i * i * (1 - i), dz_f, dc * g * (1 - g**2), dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def sigmoid_slope_for_the_candidate(dh_t, dc_t, cache, W_ih, W_hh):
    """You use the sigmoid's slope, g (1 - g), for the candidate. The candidate is a tanh, with the slope 1 - g²."""
    _, _, _, i, f, g, _, _ = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, _, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dc * i * g * (1 - g), dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def takes_tanh_of_the_candidate(dh_t, dc_t, cache, W_ih, W_hh):
    """For the candidate you take tanh twice: g in the cache is the value after tanh, so the slope is 1 - g²."""
    _, _, _, i, f, g, _, _ = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, _, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dc * i * (1 - np.tanh(g) ** 2), dz_o], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def gates_instead_of_their_slopes(dh_t, dc_t, cache, W_ih, W_hh):
    """For the three gates you multiply by the gate itself, s, instead of the sigmoid's slope, s (1 - s)."""
    _, _, c_prev, i, f, g, o, tanh_c = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz = [dc * g * i, dc * c_prev * f, dc * i * (1 - g**2), dh_t * tanh_c * o]
    return _six(dz, dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def tanh_slope_for_the_gates(dh_t, dc_t, cache, W_ih, W_hh):
    """You use the slope of tanh, one minus the square, for the three gates. They are sigmoids, with the slope s (1 -
    s)."""
    _, _, c_prev, i, f, g, o, tanh_c = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz = [dc * g * (1 - i**2), dc * c_prev * (1 - f**2), dc * i * (1 - g**2), dh_t * tanh_c * (1 - o**2)]
    return _six(dz, dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def leaves_out_the_gates_slopes(dh_t, dc_t, cache, W_ih, W_hh):
    """These are the gradients at the gates. The slopes are missing: a sigmoid, or for g a tanh, lies between each gate
    and its pre-activation."""
    _, _, c_prev, i, f, g, _, tanh_c = cache
    dc = _both_paths(dh_t, dc_t, cache)
    return _six([dc * g, dc * c_prev, dc * i, dh_t * tanh_c], dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def puts_the_gates_in_another_order(dh_t, dc_t, cache, W_ih, W_hh):
    """The four gradients are joined in the order i, f, o, g. The rows of W_ih stand in the order i, f, g, o."""
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dz_o, dz_g], dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def joins_the_gates_along_the_batch(dh_t, dc_t, cache, W_ih, W_hh):
    """The four gradients are joined along the batch, (4N, H). W_ih has 4H rows, so join them along axis 1, as (N,
    4H)."""
    dc = _both_paths(dh_t, dc_t, cache)
    dz = np.concatenate(_gates(dh_t, dc, cache))
    return dz @ W_ih, dz @ W_hh, dc * cache[4], dz.T @ cache[0], dz.T @ cache[1], dz.sum(axis=0)


@wrong_answer("lstm_step_backward")
def adds_into_the_callers_dc(dh_t, dc_t, cache, W_ih, W_hh):
    """`dc_t += …` changes the caller's array, which the caller still needs. Assign the sum to a new array: `dc_t = dc_t
    + …`."""
    dc_t += dh_t * cache[6] * (1 - cache[7] ** 2)
    return _six(_gates(dh_t, dc_t, cache), dc_t * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def one_bias_gradient_a_sequence(dh_t, dc_t, cache, W_ih, W_hh):
    """db has a row for each sequence. All sequences share one bias, so its gradient is the sum over the batch."""
    dc = _both_paths(dh_t, dc_t, cache)
    dz = _gates(dh_t, dc, cache)
    return *_six(dz, dc * cache[4], cache, W_ih, W_hh)[:5], np.concatenate(dz, axis=1)


@wrong_answer("lstm_step_backward")
def recurrent_weights_get_the_new_state(dh_t, dc_t, cache, W_ih, W_hh):
    """You compute dW_hh with h_t. The step multiplied W_hh by the state that it read, which is h_prev."""
    _, _, _, _, f, _, o, tanh_c = cache
    dc = _both_paths(dh_t, dc_t, cache)
    dz = _gates(dh_t, dc, cache)
    dx_t, dh_prev, dc_prev, dW_ih, _, db = _six(dz, dc * f, cache, W_ih, W_hh)
    return dx_t, dh_prev, dc_prev, dW_ih, np.concatenate(dz, axis=1).T @ (o * tanh_c), db


@wrong_answer("lstm_step_backward")
def output_gate_gets_itself(dh_t, dc_t, cache, W_ih, W_hh):
    """The output gate's gradient has the factor o instead of tanh(c_t): in a product, each gradient contains the other
    factor."""
    o = cache[6]
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, _ = _gates(dh_t, dc, cache)
    return _six([dz_i, dz_f, dz_g, dh_t * o * o * (1 - o)], dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def joins_the_gates_as_derived(dh_t, dc_t, cache, W_ih, W_hh):
    """The four gradients are joined in the order o, f, i, g, in which the page derives them. The rows of W_ih have the
    order i, f, g, o."""
    dc = _both_paths(dh_t, dc_t, cache)
    dz_i, dz_f, dz_g, dz_o = _gates(dh_t, dc, cache)
    return _six([dz_o, dz_f, dz_i, dz_g], dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def takes_the_sigmoid_of_a_gate(dh_t, dc_t, cache, W_ih, W_hh):
    """You take the sigmoid twice: your slopes are those at σ(i), σ(f), σ(o), but the cache holds the gates after their
    sigmoid."""
    _, _, c_prev, i, f, g, o, tanh_c = cache
    slope_i, slope_f, slope_o = (np.exp(-gate) / (1 + np.exp(-gate)) ** 2 for gate in (i, f, o))
    dc = _both_paths(dh_t, dc_t, cache)
    dz = [dc * g * slope_i, dc * c_prev * slope_f, dc * i * (1 - g**2), dh_t * tanh_c * slope_o]
    return _six(dz, dc * f, cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def forgets_the_square_of_tanh(dh_t, dc_t, cache, W_ih, W_hh):
    """On the path from h_t to c_t, your slope is 1 - tanh(c_t): the square is missing."""
    dc = dc_t + dh_t * cache[6] * (1 - cache[7])
    return _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)


@wrong_answer("lstm_step_backward")
def swaps_what_goes_to_the_step_before(dh_t, dc_t, cache, W_ih, W_hh):
    """dh_prev and dc_prev are swapped: the cell state's gradient comes through f, the hidden state's through W_hh."""
    dc = _both_paths(dh_t, dc_t, cache)
    dx_t, dh_prev, dc_prev, *rest = _six(_gates(dh_t, dc, cache), dc * cache[4], cache, W_ih, W_hh)
    return dx_t, dc_prev, dh_prev, *rest


@wrong_answer("lstm_step_backward")
def bias_gets_the_mean(dh_t, dc_t, cache, W_ih, W_hh):
    """db is a mean over the batch. Each sequence is a path from b to the loss, so its gradient is a sum."""
    dc = _both_paths(dh_t, dc_t, cache)
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
    """The cell state's gradient does not pass from step to step: each step but the last gets zeros for dc_t. Pass it
    the dc_prev that the next step returned. A test of one step cannot detect this mistake."""
    return _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh, carry_c=0.0))


@wrong_answer("lstm_backward")
def dc_reset_to_dc_T(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """You pass dc_T to every step. It is the gradient of the last cell state; step t gets the dc_prev that step t + 1
    returned."""
    steps, dh_t = [], dh_T
    for t in reversed(range(len(dhs))):
        steps.insert(0, lstm_step_backward(dhs[t] + dh_t, dc_T, cache[t], W_ih, W_hh))
        dh_t = steps[0][1]
    return _summed(*map(list, zip(*steps, strict=True)))


@wrong_answer("lstm_backward")
def both_final_gradients_at_every_step(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """You pass dh_T and dc_T to every step. They are the gradients of the final states; step t gets the dh_prev and
    dc_prev that step t + 1 returned, and dhs[t] added to the first."""
    steps = [lstm_step_backward(dhs[t] + dh_T, dc_T, cache[t], W_ih, W_hh) for t in range(len(dhs))]
    return _summed(*map(list, zip(*steps, strict=True)))


@wrong_answer("lstm_backward")
def dh_not_carried(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """The hidden state's gradient does not pass from step to step: each step but the last gets dhs[t] alone. The next
    step's gates and candidate read h_t, so add its dh_prev."""
    return _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh, carry_h=0.0))


@wrong_answer("lstm_backward")
def forgets_dc_T_at_the_end(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dc_T is not used: the cell state's gradient starts at zero. In a language model dc_T is zero; an encoder gets it
    from the decoder."""
    return _summed(*_lstm_back(dhs, dh_T, np.zeros_like(dc_T), cache, W_ih, W_hh))


@wrong_answer("lstm_backward")
def forgets_dh_T_at_the_end(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh_T is not used: the hidden state's gradient starts at zero. Whatever reads the final hidden state sends its
    gradient there."""
    return _summed(*_lstm_back(dhs, np.zeros_like(dh_T), dc_T, cache, W_ih, W_hh))


@wrong_answer("lstm_backward")
def swaps_the_two_states(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh and dc are swapped between the steps. `lstm_step_backward` returns dh_prev before dc_prev."""
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
    """db has a row for each sequence: you sum it over time, but not over the batch. All steps and all sequences share
    one bias."""
    *right, _ = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    dh_t, dc_t, db = dh_T, dc_T, np.zeros((dhs.shape[1], len(W_hh)), dhs.dtype)
    for t in reversed(range(len(dhs))):
        db += np.concatenate(_gates(dhs[t] + dh_t, _both_paths(dhs[t] + dh_t, dc_t, cache[t]), cache[t]), axis=1)
        _, dh_t, dc_t, *_ = lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh)
    return *right, db


@wrong_answer("lstm_backward")
def leaves_out_dh0_and_dc0(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dh0 and dc0 are missing: you return four values instead of six. The first step reads the initial states, so they
    have gradients too."""
    dx, _, _, *of_weights = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx, *of_weights


@wrong_answer("lstm_backward")
def zeros_for_the_initial_states(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """Your dh0 and dc0 are zeros. Return what the first step sends back, even if the initial states themselves are
    zero."""
    dx, dh0, dc0, *of_weights = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx, np.zeros_like(dh0), np.zeros_like(dc0), *of_weights


@wrong_answer("lstm_backward")
def walks_the_lstm_forwards(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """Your loop runs from the first step to the last, so gradients go to later steps. The backward pass starts at the
    last step."""
    steps, dh_t, dc_t = [], dh_T, dc_T
    for t in range(len(dhs)):
        steps.append(lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh))
        _, dh_t, dc_t, *_ = steps[-1]
    dx, _, _, dW_ih, dW_hh, db = map(list, zip(*steps, strict=True))
    return np.stack(dx), dh_t, dc_t, sum(dW_ih), sum(dW_hh), sum(db)


@wrong_answer("lstm_backward")
def collects_the_lstms_dx_in_reverse(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """dx is in reverse order: your loop runs backwards and appends, so the last step's gradient comes first."""
    dx, *others = _summed(*_lstm_back(dhs, dh_T, dc_T, cache, W_ih, W_hh))
    return dx[::-1].copy(), *others


@wrong_answer("lstm_backward")
def writes_into_the_lstms_dhs(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    """`dhs[t] += …` changes the caller's gradients. Two calls with the same dhs would give two different results."""
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
    """Piece by piece between `cuts`; `starts(found, cut)` says where a piece after the first begins."""
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
    """Each piece after the first starts from zeros. The gradient stops at the cut, but the state passes it: the outputs
    are those of the whole sequence (see "Truncated BPTT")."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, lambda found, _: np.zeros_like(h0) if found else h0, cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def starts_every_piece_from_h0(dhs, x, h0, W_ih, W_hh, b, k):
    """Each piece starts from h0, as if the pieces were independent sequences. Start each from the last state of the
    piece before."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, lambda *_: h0, cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def does_not_cut(dhs, x, h0, W_ih, W_hh, b, k):
    """These are the full gradients. The gradient that arrives at the start of a piece must not enter the piece
    before."""
    hs, h_T = rnn_forward(x, h0, W_ih, W_hh, b)
    *_, dW_ih, dW_hh, db = rnn_backward(dhs, np.zeros_like(h_T), x, h0, hs, W_ih, W_hh)
    return hs, dW_ih, dW_hh, db


@wrong_answer("truncated_bptt")
def cuts_one_step_late(dhs, x, h0, W_ih, W_hh, b, k):
    """Your pieces are k + 1 steps long. x[start:start + k] has k steps, and range(0, T, k) has the first step of each
    piece."""
    cuts = [*range(0, len(x), k + 1), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *map(sum, of_weights)


@wrong_answer("truncated_bptt")
def first_piece_one_step_short(dhs, x, h0, W_ih, W_hh, b, k):
    """Every cut comes one step early: the pieces are x[0:k], x[k:2k] and so on, and the second starts from hs[k -
    1]."""
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
    """If k does not divide T, your gradients miss the last, shorter piece. Its losses count too."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    whole = max(len(x) // k, 0)
    return hs, *(sum(dw[:whole], np.zeros_like(dw[0])) for dw in of_weights)


@wrong_answer("truncated_bptt")
def keeps_the_last_piece_only(dhs, x, h0, W_ih, W_hh, b, k):
    """The gradients are those of the last piece alone: each piece overwrites those of the piece before. Add them up."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *(dw[-1] for dw in of_weights)


@wrong_answer("truncated_bptt")
def averages_over_the_pieces(dhs, x, h0, W_ih, W_hh, b, k):
    """You divide the gradients by the number of pieces. The gradients of the pieces add up. If the loss is a mean, dhs
    contains that division already."""
    cuts = [*range(0, len(x), k), len(x)]
    hs, of_weights = _pieces(dhs, x, _carried(h0), cuts, W_ih, W_hh, b)
    return hs, *(sum(dw) / dhs.dtype.type(len(dw)) for dw in of_weights)


@wrong_answer("truncated_bptt")
def sends_the_gradient_of_the_last_output_twice(dhs, x, h0, W_ih, W_hh, b, k):
    """The last output of each piece counts twice: once in dhs, and again as dh_T. No gradient arrives from after a
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
    """You clip each array by its own norm. That shrinks the large arrays and not the others, which changes the
    direction of the step; one factor for all arrays keeps it."""
    norm = _global_norm(grads)
    return [g * g.dtype.type(_factor(float(np.linalg.norm(g.ravel())), max_norm)) for g in grads], norm


@wrong_answer("clip_by_global_norm")
def clips_each_entry(grads, max_norm):
    """You clip each entry to ±max_norm. That limits each number, not the global norm, and it changes the direction of
    the step."""
    return [np.clip(g, -max_norm, max_norm) for g in grads], _global_norm(grads)


@wrong_answer("clip_by_global_norm")
def clips_each_tensor_and_lets_nan_pass(grads, max_norm):
    """There are two mistakes. You clip each array by its own norm, which changes the direction of the step: one factor
    for all arrays keeps it. And you ignore NaN: raise FloatingPointError if the norm is not finite."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    lengths = [float(np.linalg.norm(g.ravel())) for g in grads]
    with np.errstate(invalid="ignore"):
        return [
            g * g.dtype.type(max_norm / n if n > max_norm else 1.0) for g, n in zip(grads, lengths, strict=True)
        ], norm


@wrong_answer("clip_by_global_norm")
def clips_each_entry_and_lets_nan_pass(grads, max_norm):
    """There are two mistakes. You clip each entry, which changes the direction of the step and does not limit the
    global norm. And you ignore NaN: raise FloatingPointError if the norm is not finite."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    return [np.clip(g, -max_norm, max_norm) for g in grads], norm


@wrong_answer("clip_by_global_norm")
def always_rescales(grads, max_norm):
    """You scale small gradients up to max_norm. Clipping only scales down; otherwise the steps would never become
    small. (Zero gradients stay zero.)"""
    norm = _global_norm(grads)
    return _scaled(grads, max_norm / norm if norm > 0 else 1.0), norm


@wrong_answer("clip_by_global_norm")
def divides_zero_by_zero(grads, max_norm):
    """You scale small gradients up to max_norm, and zero gradients become NaN, 0 / 0. Clipping only scales down."""
    norm = np.float64(_global_norm(grads))
    return _scaled(grads, np.divide(max_norm, norm)), float(norm)


@wrong_answer("clip_by_global_norm")
def lets_nan_pass(grads, max_norm):
    """You ignore NaN: your norm is not finite, and the gradients become NaN or stay as they were. An update would
    spread the NaN into the weights; raise FloatingPointError if the norm is not finite."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads)))
    if norm > max_norm:
        return _scaled(grads, max_norm / norm), norm
    return [g.copy() for g in grads], norm


@wrong_answer("clip_by_global_norm")
def lets_nan_pass_into_every_gradient(grads, max_norm):
    """You ignore NaN, and it spreads: the norm is NaN, and so is every gradient that you multiply by it. Raise
    FloatingPointError if the norm is not finite."""
    norm = np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads))
    factor = np.minimum(1.0, np.divide(max_norm, norm)) if norm != 0 else 1.0
    return _scaled(grads, factor), float(norm)


@wrong_answer("clip_by_global_norm")
def adds_the_lengths(grads, max_norm):
    """Your norm is the sum of the arrays' norms. The global norm is the root of the sum of all squares."""
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
    """Your norm is the largest entry. The global norm is the root of the sum of all squares."""
    _global_norm(grads)
    norm = float(max(np.abs(g).max() for g in grads))
    return _scaled(grads, _factor(norm, max_norm)), norm


@wrong_answer("clip_by_global_norm")
def returns_the_norm_after_clipping(grads, max_norm):
    """The gradients are right, but norm is the one after clipping. Return the norm before clipping: it shows whether
    the gradient exploded."""
    norm = _global_norm(grads)
    return _scaled(grads, _factor(norm, max_norm)), min(norm, max_norm)


@wrong_answer("clip_by_global_norm")
def scales_in_place(grads, max_norm):
    """You scale the gradients in place, `g *= …`, which changes the caller's arrays. Return new arrays."""
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
    """The product is in the wrong order: later steps stand on the left. Going backwards, each new factor belongs to an
    earlier step and stands on the right. Matrices do not commute."""
    return _norms(jacobians, lambda product, new: new @ product, _stretch)


@wrong_answer("state_jacobian_norms")
def multiplies_entry_by_entry(jacobians):
    """You multiply the Jacobians entry by entry, `*`. The chain rule for vectors is a product of matrices, `@`, which
    sums over all units between."""
    return _norms(jacobians, lambda product, new: product * new, _stretch)


@wrong_answer("state_jacobian_norms")
def frobenius_norm(jacobians):
    """This is the Frobenius norm, the root of the sum of all squares, which is the default of np.linalg.norm for a
    matrix. The spectral norm is the largest singular value."""
    return _norms(jacobians, lambda product, new: product @ new, np.linalg.norm)


@wrong_answer("state_jacobian_norms")
def product_of_the_norms(jacobians):
    """You multiply the norms of the single steps. That is an upper bound, often far too high, because the steps stretch
    different directions most. Multiply the matrices first, then take the norm."""
    single = np.array([_stretch(j) for j in jacobians])
    return np.cumprod(single[::-1])[::-1].astype(jacobians.dtype)


@wrong_answer("state_jacobian_norms")
def largest_eigenvalue_of_the_product(jacobians):
    """This is the spectral radius of each product, its largest absolute eigenvalue. The spectral norm is the largest
    singular value, which can be many times larger."""
    return _norms(jacobians, lambda product, new: product @ new, lambda m: np.abs(np.linalg.eigvals(m)).max())


@wrong_answer("state_jacobian_norms")
def norm_of_a_loss_gradient(jacobians):
    """This is the norm of one gradient: a vector of ones times the product, for the sum of the last state's entries as
    the loss. The spectral norm is the largest over all directions."""
    ones = np.ones(jacobians.shape[1], dtype=jacobians.dtype)
    return _norms(jacobians, lambda product, new: product @ new, lambda m: np.linalg.norm(ones @ m))


@wrong_answer("state_jacobian_norms")
def counts_from_the_first_step(jacobians):
    """Your products start with the first step, which gives ‖∂s_t / ∂s_0‖. For ‖∂s_T / ∂s_t‖, start with the last
    step."""
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
    """These are the norms of the single steps, not of their products. ∂s_T / ∂s_t is the product of all steps from t to
    the last."""
    return np.array([_stretch(j) for j in jacobians])


@wrong_answer("state_jacobian_norms")
def returns_them_in_reverse(jacobians):
    """The norms are right but in reverse order: your loop runs backwards and appends. norms[t] belongs to s_t."""
    return _norms(jacobians, lambda product, new: product @ new, _stretch)[::-1].copy()


@wrong_answer("state_jacobian_norms")
def largest_entry_of_the_product(jacobians):
    """This is the largest entry of each product: the effect of one unit on one other. The spectral norm is the largest
    over all directions, and a change of several units together can have a larger effect."""
    return _norms(jacobians, lambda product, new: product @ new, lambda m: np.abs(m).max())
