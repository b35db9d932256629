"""Variants of the LSTM cell: the cell of 1997, peepholes, coupled gates; forward only.

Each step returns h_t, c_t and a cache of what it computed. `cell_forward` runs any of them over a sequence. The cell
with a forget gate (2000), with its gradients, is `lstm_ref.lstm`.
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
    """One step without a forget gate: c_t = c_prev + i ⊙ g, so only a negative g can lower the cell state.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the previous step
    c_prev : (N, H)   cell state after the previous step
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
    """One LSTM step with peepholes: i and f read c_prev, o reads the new c_t.

    Each unit reads its own cell only, so a peephole is a vector, no matrix.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the previous step
    c_prev : (N, H)   cell state after the previous step
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
    h_prev : (N, H)   hidden state after the previous step
    c_prev : (N, H)   cell state after the previous step
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


def cell_forward(step: Callable, x: ndarray, h0: ndarray, c0: ndarray, *weights: ndarray) -> tuple:
    """Run a step over a sequence, each time from the states that the step before it left.

    step : callable   x_t, h_prev, c_prev, *weights → h_t, c_t, cache
    x : (T, N, D)     the sequence, time first
    h0, c0 : (N, H)   states before the first step
    *weights : arrays  what the step takes besides, in its order
    Returns hs (T, N, H), h_T (N, H), c_T (N, H), cache (list)
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    h_t, c_t, cache = h0.copy(), c0.copy(), []
    for t in range(len(x)):
        h_t, c_t, cache_t = step(x[t], h_t, c_t, *weights)
        hs[t] = h_t
        cache.append(cache_t)
    return hs, h_t, c_t, cache
