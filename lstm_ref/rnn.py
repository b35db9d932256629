"""The plain recurrent network, h_t = tanh(W_ih x_t + W_hh h_{t-1} + b), forward and backward.

Source: Elman (1990), "Finding structure in time", Cognitive Science 14.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def rnn_step(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "H D"],
    W_hh: Float[ndarray, "H H"],
    b: Float[ndarray, " H"],
) -> Float[ndarray, "N H"]:
    """One step of the recurrence: h_t = tanh(W_ih x_t + W_hh h_prev + b).

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the previous step
    W_ih : (H, D)     input weights
    W_hh : (H, H)     recurrent weights
    b : (H,)          bias
    Returns h_t (N, H), in the dtype of the arguments
    """
    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)


@checked
def rnn_forward(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "H D"],
    W_hh: Float[ndarray, "H H"],
    b: Float[ndarray, " H"],
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "N H"]]:
    """Run `rnn_step` over a sequence, each step from the state before it.

    x : (T, N, D)   the sequence, time first
    h0 : (N, H)     hidden state before the first step
    W_ih : (H, D)   input weights
    W_hh : (H, H)   recurrent weights
    b : (H,)        bias
    Returns hs (T, N, H), h_T (N, H), in the dtype of h0: the hidden state after
    every step, and after the last one
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    h_t = h0.copy()
    for t in range(len(x)):
        h_t = rnn_step(x[t], h_t, W_ih, W_hh, b)
        hs[t] = h_t
    return hs, h_t


@checked
def rnn_step_backward(
    dh_t: Float[ndarray, "N H"],
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    h_t: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "H D"],
    W_hh: Float[ndarray, "H H"],
) -> tuple[
    Float[ndarray, "N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "H D"],
    Float[ndarray, "H H"],
    Float[ndarray, " H"],
]:
    """Gradients of the loss with respect to everything that one step read.

    dh_t : (N, H)     gradient of the loss with respect to h_t, complete
    x_t : (N, D)      input of the step
    h_prev : (N, H)   hidden state that the step read
    h_t : (N, H)      hidden state that the step computed; tanh' is 1 - h_t²
    W_ih : (H, D)     input weights
    W_hh : (H, H)     recurrent weights
    Returns dx_t (N, D), dh_prev (N, H), dW_ih (H, D), dW_hh (H, H), db (H,)
    """
    dz = dh_t * (1 - h_t**2)  # gradient at z = W_ih x_t + W_hh h_prev + b
    return dz @ W_ih, dz @ W_hh, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)


@checked
def rnn_backward(
    dhs: Float[ndarray, "T N H"],
    dh_T: Float[ndarray, "N H"],
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    hs: Float[ndarray, "T N H"],
    W_ih: Float[ndarray, "H D"],
    W_hh: Float[ndarray, "H H"],
) -> tuple[
    Float[ndarray, "T N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "H D"],
    Float[ndarray, "H H"],
    Float[ndarray, " H"],
]:
    """Backpropagation through time: gradients of all that `rnn_forward` read.

    dhs : (T, N, H)   gradient that the loss sends to each output hs[t]
                      directly; what comes through later steps is not in it
    dh_T : (N, H)     gradient that arrives at the final hidden state from
                      outside the sequence; dhs[T-1] is not in it
    x : (T, N, D)     the sequence
    h0 : (N, H)       hidden state before the first step
    hs : (T, N, H)    what `rnn_forward` returned
    W_ih : (H, D)     input weights
    W_hh : (H, H)     recurrent weights
    Returns dx (T, N, D), dh0 (N, H), dW_ih (H, D), dW_hh (H, H), db (H,)

    Source: Werbos (1990), "Backpropagation through time: what it does and how
    to do it", Proc. IEEE 78.
    """
    dx = np.empty_like(x)
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[0])
    dh_t = dh_T.copy()  # what arrives from later steps
    for t in reversed(range(len(x))):
        h_prev = hs[t - 1] if t > 0 else h0
        dh_t = dhs[t] + dh_t
        dx[t], dh_t, dW_ih_t, dW_hh_t, db_t = rnn_step_backward(dh_t, x[t], h_prev, hs[t], W_ih, W_hh)
        dW_ih += dW_ih_t  # the weights are the same at every step, so their gradients add
        dW_hh += dW_hh_t
        db += db_t
    return dx, dh_t, dW_ih, dW_hh, db


@checked
def truncated_bptt(
    dhs: Float[ndarray, "T N H"],
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "H D"],
    W_hh: Float[ndarray, "H H"],
    b: Float[ndarray, " H"],
    k: int,
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "H D"], Float[ndarray, "H H"], Float[ndarray, " H"]]:
    """Truncated BPTT: the state passes the cuts, the gradient does not.

    dhs : (T, N, H)   gradient that the loss sends to each output hs[t] directly
    x : (T, N, D)     the sequence, cut into x[0:k], x[k:2k], …; the last piece
                      may be shorter
    h0 : (N, H)       hidden state before the first step
    W_ih : (H, D)     input weights
    W_hh : (H, H)     recurrent weights
    b : (H,)          bias
    k : int           steps a piece, at least 1
    Returns hs (T, N, H), dW_ih (H, D), dW_hh (H, H), db (H,): the outputs are
    those of the whole sequence, the gradients are sums over the pieces

    Source: Williams and Peng (1990), "An efficient gradient-based algorithm for
    on-line training of recurrent network trajectories".
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(b)
    h_start = h0
    for start in range(0, len(x), k):
        piece = slice(start, start + k)
        hs[piece], h_end = rnn_forward(x[piece], h_start, W_ih, W_hh, b)
        _, _, dW_ih_p, dW_hh_p, db_p = rnn_backward(
            dhs[piece], np.zeros_like(h_end), x[piece], h_start, hs[piece], W_ih, W_hh
        )
        dW_ih += dW_ih_p
        dW_hh += dW_hh_p
        db += db_p
        h_start = h_end
    return hs, dW_ih, dW_hh, db
