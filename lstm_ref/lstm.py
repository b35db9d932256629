"""Long short-term memory: gates control what the cell state takes in, keeps and shows; forward and backward.

Gates stand in PyTorch's order i, f, g, o (input, forget, candidate, output) along the 4H rows of the weights.
One bias: b = b_ih + b_hh of PyTorch.

Sources: Hochreiter and Schmidhuber (1997), "Long short-term memory", Neural Computation 9; the forget gate is by
Gers, Schmidhuber and Cummins (2000), "Learning to forget", Neural Computation 12.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.functions import sigmoid
from lstm_ref.shapes import checked


@checked
def split_gates(
    z: Float[ndarray, "N four_H"],
) -> tuple[Float[ndarray, "N H"], Float[ndarray, "N H"], Float[ndarray, "N H"], Float[ndarray, "N H"]]:
    """Cut the pre-activations of all four gates apart, in the order i, f, g, o.

    z : (N, 4H)   W_ih x_t + W_hh h_prev + b
    Returns z_i (N, H), z_f (N, H), z_g (N, H), z_o (N, H)

    Raises ValueError where the second size is not a multiple of 4.
    """
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return z_i, z_f, z_g, z_o


@checked
def cell_update(
    c_prev: Float[ndarray, "N H"],
    i: Float[ndarray, "N H"],
    f: Float[ndarray, "N H"],
    g: Float[ndarray, "N H"],
) -> Float[ndarray, "N H"]:
    """The new cell state: c_t = f ⊙ c_prev + i ⊙ g.

    c_prev : (N, H)   cell state after the previous step
    i : (N, H)        input gate, from 0 to 1
    f : (N, H)        forget gate, from 0 to 1
    g : (N, H)        candidate, from -1 to 1
    Returns c_t (N, H)
    """
    return f * c_prev + i * g


@checked
def hidden_output(o: Float[ndarray, "N H"], c_t: Float[ndarray, "N H"]) -> Float[ndarray, "N H"]:
    """The new hidden state: h_t = o ⊙ tanh(c_t).

    o : (N, H)     output gate, from 0 to 1
    c_t : (N, H)   cell state after this step
    Returns h_t (N, H)
    """
    return o * np.tanh(c_t)


@checked
def lstm_step(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    c_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
    b: Float[ndarray, " 4*H"],
) -> tuple[Float[ndarray, "N H"], Float[ndarray, "N H"], tuple]:
    """One step of an LSTM: gates and candidate, cell state, hidden state.

    i, f, g, o come from W_ih x_t + W_hh h_prev + b, g through tanh and the
    others through σ; then c_t = f ⊙ c_prev + i ⊙ g and h_t = o ⊙ tanh(c_t).

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the previous step
    c_prev : (N, H)   cell state after the previous step
    W_ih : (4H, D)    input weights, gates in the order i, f, g, o
    W_hh : (4H, H)    recurrent weights, same order
    b : (4H,)         bias, same order
    Returns h_t (N, H), c_t (N, H), cache (tuple): x_t, h_prev, c_prev, i, f, g,
    o, tanh(c_t), for the backward pass
    """
    z_i, z_f, z_g, z_o = split_gates(x_t @ W_ih.T + h_prev @ W_hh.T + b)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c_t = cell_update(c_prev, i, f, g)
    h_t = hidden_output(o, c_t)
    return h_t, c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


@checked
def lstm_forward(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    c0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
    b: Float[ndarray, " 4*H"],
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "N H"], Float[ndarray, "N H"], list]:
    """Run `lstm_step` over a sequence, each step from the states before it.

    x : (T, N, D)    the sequence, time first
    h0 : (N, H)      hidden state before the first step
    c0 : (N, H)      cell before the first step
    W_ih : (4H, D)   input weights, gates in the order i, f, g, o
    W_hh : (4H, H)   recurrent weights, same order
    b : (4H,)        bias, same order
    Returns hs (T, N, H), h_T (N, H), c_T (N, H), cache (list): the states after
    every step, after the last one, and the T caches of the steps
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    h_t, c_t, cache = h0.copy(), c0.copy(), []
    for t in range(len(x)):
        h_t, c_t, cache_t = lstm_step(x[t], h_t, c_t, W_ih, W_hh, b)
        hs[t] = h_t
        cache.append(cache_t)
    return hs, h_t, c_t, cache


@checked
def lstm_step_backward(
    dh_t: Float[ndarray, "N H"],
    dc_t: Float[ndarray, "N H"],
    cache: tuple,
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
) -> tuple[
    Float[ndarray, "N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "N H"],
    Float[ndarray, "4*H D"],
    Float[ndarray, "4*H H"],
    Float[ndarray, " 4*H"],
]:
    """Gradients of the loss with respect to everything that one LSTM step read.

    dh_t : (N, H)    gradient of the loss with respect to h_t, complete
    dc_t : (N, H)    gradient that the next step sends back to c_t, its
                     dc_prev; what comes through h_t is not in it yet
    cache : tuple    what `lstm_step` kept: x_t, h_prev, c_prev, i, f, g, o,
                     tanh(c_t)
    W_ih : (4H, D)   input weights, gates in the order i, f, g, o
    W_hh : (4H, H)   recurrent weights, same order
    Returns dx_t (N, D), dh_prev (N, H), dc_prev (N, H), dW_ih (4H, D),
    dW_hh (4H, H), db (4H,)
    """
    x_t, h_prev, c_prev, i, f, g, o, tanh_c = cache
    dc_t = dc_t + dh_t * o * (1 - tanh_c**2)  # now ∂L/∂c_t: along both paths, through c_{t+1} and through h_t
    dz_i = dc_t * g * i * (1 - i)
    dz_f = dc_t * c_prev * f * (1 - f)
    dz_g = dc_t * i * (1 - g**2)
    dz_o = dh_t * tanh_c * o * (1 - o)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)  # (N, 4H)
    return dz @ W_ih, dz @ W_hh, dc_t * f, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


@checked
def lstm_backward(
    dhs: Float[ndarray, "T N H"],
    dh_T: Float[ndarray, "N H"],
    dc_T: Float[ndarray, "N H"],
    cache: list,
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
) -> tuple[
    Float[ndarray, "T N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "N H"],
    Float[ndarray, "4*H D"],
    Float[ndarray, "4*H H"],
    Float[ndarray, " 4*H"],
]:
    """Backpropagation through time: gradients of all that `lstm_forward` read.

    dhs : (T, N, H)   gradient that the loss sends to each output hs[t]
                      directly; what comes through later steps is not in it
    dh_T : (N, H)     gradient that arrives at the final hidden state from
                      outside the sequence; dhs[T-1] is not in it
    dc_T : (N, H)     gradient that arrives at the final cell state from
                      outside the sequence
    cache : list      what `lstm_forward` kept, one step after the other
    W_ih : (4H, D)    input weights, gates in the order i, f, g, o
    W_hh : (4H, H)    recurrent weights, same order
    Returns dx (T, N, D), dh0 (N, H), dc0 (N, H), dW_ih (4H, D), dW_hh (4H, H),
    db (4H,)
    """
    dx = np.empty((*dhs.shape[:2], W_ih.shape[1]), dtype=dhs.dtype)
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[:, 0])
    dh_t, dc_t = dh_T.copy(), dc_T.copy()  # what the next step sends back
    for t in reversed(range(len(dhs))):
        dx[t], dh_t, dc_t, dW_ih_t, dW_hh_t, db_t = lstm_step_backward(dhs[t] + dh_t, dc_t, cache[t], W_ih, W_hh)
        dW_ih += dW_ih_t  # the weights are the same at every step, so their gradients add
        dW_hh += dW_hh_t
        db += db_t
    return dx, dh_t, dc_t, dW_ih, dW_hh, db


def latch_weights() -> tuple[Float[ndarray, "4 2"], Float[ndarray, "4 1"], Float[ndarray, " 4"]]:
    """Weights, chosen by hand, of one cell that stores a bit on command.

    Its input x_t is (bit, write): bit is -1 or 1; write is 1 where the bit is
    to be stored and 0 where the cell is to keep what it has, whatever the bit.
    h_t has the sign of the stored bit and is at least 0.5 away from 0, right
    after the write and 100 steps later too. Both states begin at 0.

    Returns W_ih (4, 2), W_hh (4, 1), b (4,), float64: one cell, so one row a
    gate, in the order i, f, g, o
    """
    k = 20.0  # σ(20) is 1 - 2e-9
    W_ih = np.array([[0, 2 * k], [0, -2 * k], [k, 0], [0, 0]])  # i opens and f closes on write; g reads the bit
    W_hh = np.zeros((4, 1))  # the gates do not read the stored bit
    b = np.array([-k, k, 0, k])  # without write i is near 0 and f near 1; o is always near 1
    return W_ih, W_hh, b
