"""The LSTM's relatives: the cell of 1997, the one with peepholes, the one with coupled gates; any cell over time.

Each step returns h_t, c_t and a cache; each `*_step_backward_*` takes dh_t, dc_t, that cache and the weights, and
returns the gradients of x_t, h_prev, c_prev and of every weight, in the step's order. `cell_forward` and
`cell_backward` run any of them over a sequence. The cell with a forget gate (2000) is `lstm_ref.lstm`.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.functions import sigmoid
from lstm_ref.shapes import checked


@checked
def lstm_step_1997(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    c_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
    b: Float[ndarray, " 3*H"],
) -> tuple[Float[ndarray, "N H"], Float[ndarray, "N H"], tuple]:
    """One step without a forget gate: c_t = c_prev + i ⊙ g, so the cell adds up and nothing but -g empties it.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the step before
    c_prev : (N, H)   cell after the step before
    W_ih : (3H, D)    input weights, gates in the order i, g, o
    W_hh : (3H, H)    recurrent weights, same order
    b : (3H,)         bias, same order
    Returns h_t (N, H), c_t (N, H), cache (tuple)

    Source: Hochreiter and Schmidhuber (1997), section 4. The paper squashes g to (-2, 2) and cuts the gradient at
    the gates' inputs; here g is a tanh and the gradient is whole.
    """
    z_i, z_g, z_o = np.split(x_t @ W_ih.T + h_prev @ W_hh.T + b, 3, axis=1)
    i, g, o = sigmoid(z_i), np.tanh(z_g), sigmoid(z_o)
    c_t = c_prev + i * g
    tanh_c = np.tanh(c_t)
    return o * tanh_c, c_t, (x_t, h_prev, i, g, o, tanh_c)


def lstm_step_backward_1997(dh_t: ndarray, dc_t: ndarray, cache: tuple, W_ih: ndarray, W_hh: ndarray) -> tuple:
    """Gradients of everything that `lstm_step_1997` read.

    dh_t, dc_t : (N, H)   gradients of the loss with respect to h_t, and to c_t from later steps
    cache : tuple         what the step kept
    W_ih, W_hh            the weights
    Returns dx_t (N, D), dh_prev (N, H), dc_prev (N, H), dW_ih (3H, D), dW_hh (3H, H), db (3H,)
    """
    x_t, h_prev, i, g, o, tanh_c = cache
    dc_t = dc_t + dh_t * o * (1 - tanh_c**2)
    dz = np.concatenate([dc_t * g * i * (1 - i), dc_t * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)], axis=1)
    return dz @ W_ih, dz @ W_hh, dc_t, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


@checked
def lstm_step_peephole(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    c_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
    b: Float[ndarray, " 4*H"],
    p_i: Float[ndarray, " H"],
    p_f: Float[ndarray, " H"],
    p_o: Float[ndarray, " H"],
) -> tuple[Float[ndarray, "N H"], Float[ndarray, "N H"], tuple]:
    """One step whose gates see the cell: i and f look at c_prev, o at the new c_t.

    Each unit sees its own cell only, so a peephole is a vector and not a matrix.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the step before
    c_prev : (N, H)   cell after the step before
    W_ih : (4H, D)    input weights, gates in the order i, f, g, o
    W_hh : (4H, H)    recurrent weights, same order
    b : (4H,)         bias, same order
    p_i : (H,)        peephole of the input gate: p_i ⊙ c_prev is added before
                      its sigmoid
    p_f : (H,)        peephole of the forget gate, to c_prev
    p_o : (H,)        peephole of the output gate, to c_t
    Returns h_t (N, H), c_t (N, H), cache (tuple): x_t, h_prev, c_prev, c_t, i,
    f, g, o, tanh(c_t)

    Source: Gers, Schraudolph and Schmidhuber (2002), "Learning precise timing
    with LSTM recurrent networks".
    """
    z_i, z_f, z_g, z_o = np.split(x_t @ W_ih.T + h_prev @ W_hh.T + b, 4, axis=1)
    i = sigmoid(z_i + p_i * c_prev)
    f = sigmoid(z_f + p_f * c_prev)
    g = np.tanh(z_g)
    c_t = f * c_prev + i * g
    o = sigmoid(z_o + p_o * c_t)
    h_t = o * np.tanh(c_t)
    return h_t, c_t, (x_t, h_prev, c_prev, c_t, i, f, g, o, np.tanh(c_t))


def lstm_step_backward_peephole(
    dh_t: ndarray,
    dc_t: ndarray,
    cache: tuple,
    W_ih: ndarray,
    W_hh: ndarray,
    p_i: ndarray,
    p_f: ndarray,
    p_o: ndarray,
) -> tuple:
    """Gradients of everything that `lstm_step_peephole` read.

    dh_t, dc_t : (N, H)   gradients of the loss with respect to h_t, and to c_t from later steps
    cache : tuple         what the step kept
    W_ih, W_hh, p_i, p_f, p_o   the weights, without b
    Returns dx_t (N, D), dh_prev (N, H), dc_prev (N, H), dW_ih (4H, D), dW_hh (4H, H), db (4H,), dp_i (H,),
    dp_f (H,), dp_o (H,)
    """
    x_t, h_prev, c_prev, c_t, i, f, g, o, tanh_c = cache
    dz_o = dh_t * tanh_c * o * (1 - o)
    dc_t = dc_t + dh_t * o * (1 - tanh_c**2) + dz_o * p_o  # a third reader of the cell: the output gate
    dz_i = dc_t * g * i * (1 - i)
    dz_f = dc_t * c_prev * f * (1 - f)
    dz_g = dc_t * i * (1 - g**2)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)
    dc_prev = dc_t * f + dz_i * p_i + dz_f * p_f
    dp_i, dp_f, dp_o = (dz_i * c_prev).sum(axis=0), (dz_f * c_prev).sum(axis=0), (dz_o * c_t).sum(axis=0)
    return dz @ W_ih, dz @ W_hh, dc_prev, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0), dp_i, dp_f, dp_o


@checked
def lstm_step_coupled(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    c_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
    b: Float[ndarray, " 3*H"],
) -> tuple[Float[ndarray, "N H"], Float[ndarray, "N H"], tuple]:
    """One step with one gate for both: what is let in is what was forgotten, c_t = f ⊙ c_prev + (1 - f) ⊙ g.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the step before
    c_prev : (N, H)   cell after the step before
    W_ih : (3H, D)    input weights, gates in the order f, g, o
    W_hh : (3H, H)    recurrent weights, same order
    b : (3H,)         bias, same order
    Returns h_t (N, H), c_t (N, H), cache (tuple)

    Source: Greff et al. (2017), "LSTM: a search space odyssey", variant CIFG.
    """
    z_f, z_g, z_o = np.split(x_t @ W_ih.T + h_prev @ W_hh.T + b, 3, axis=1)
    f, g, o = sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c_t = f * c_prev + (1 - f) * g
    tanh_c = np.tanh(c_t)
    return o * tanh_c, c_t, (x_t, h_prev, c_prev, f, g, o, tanh_c)


def lstm_step_backward_coupled(dh_t: ndarray, dc_t: ndarray, cache: tuple, W_ih: ndarray, W_hh: ndarray) -> tuple:
    """Gradients of everything that `lstm_step_coupled` read.

    dh_t, dc_t : (N, H)   gradients of the loss with respect to h_t, and to c_t from later steps
    cache : tuple         what the step kept
    W_ih, W_hh            the weights
    Returns dx_t (N, D), dh_prev (N, H), dc_prev (N, H), dW_ih (3H, D), dW_hh (3H, H), db (3H,)
    """
    x_t, h_prev, c_prev, f, g, o, tanh_c = cache
    dc_t = dc_t + dh_t * o * (1 - tanh_c**2)
    dz_f = dc_t * (c_prev - g) * f * (1 - f)
    dz_g = dc_t * (1 - f) * (1 - g**2)
    dz = np.concatenate([dz_f, dz_g, dh_t * tanh_c * o * (1 - o)], axis=1)
    return dz @ W_ih, dz @ W_hh, dc_t * f, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


def cell_forward(step: Callable, x: ndarray, h0: ndarray, c0: ndarray, *weights: ndarray) -> tuple:
    """Run a step over a sequence, each time from the states that the step before it left.

    step : callable   x_t, h_prev, c_prev, *weights → h_t, c_t, cache
    x : (T, N, D)     the sequence, time first
    h0, c0 : (N, H)   states before the first step
    weights           what the step takes besides, in its order
    Returns hs (T, N, H), h_T (N, H), c_T (N, H), cache (list)
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    h_t, c_t, cache = h0.copy(), c0.copy(), []
    for t in range(len(x)):
        h_t, c_t, cache_t = step(x[t], h_t, c_t, *weights)
        hs[t] = h_t
        cache.append(cache_t)
    return hs, h_t, c_t, cache


def cell_backward(
    step_backward: Callable, dhs: ndarray, dh_T: ndarray, dc_T: ndarray, cache: list, *weights: ndarray
) -> tuple:
    """Backpropagation through time for any cell: gradients of all that `cell_forward` read.

    step_backward : callable   dh_t, dc_t, cache, *weights without b → dx_t, dh_prev, dc_prev, *dweights
    dhs : (T, N, H)            gradient of the loss with respect to each output
    dh_T, dc_T : (N, H)        gradients with respect to the final states
    cache : list               what `cell_forward` kept
    weights                    as the forward step took them, b too
    Returns dx (T, N, D), dh0 (N, H), dc0 (N, H), then one gradient a weight, in the order given
    """
    W_ih, W_hh, _, *others = weights
    dx = np.empty((*dhs.shape[:2], W_ih.shape[1]), dtype=dhs.dtype)
    totals = [np.zeros_like(w) for w in weights]
    dh_t, dc_t = dh_T.copy(), dc_T.copy()
    for t in reversed(range(len(dhs))):
        dx[t], dh_t, dc_t, *of_step = step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh, *others)
        for total, dw in zip(totals, of_step, strict=True):
            total += dw
    return dx, dh_t, dc_t, *totals
