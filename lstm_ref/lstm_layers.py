"""What makes an LSTM layer out of a cell: variable lengths, directions, layers, dropout between them.

Each function shows one of these by itself, forward only. `lstm_ref.network` has them together, with gradients.
"""

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from lstm_ref.lstm import lstm_forward, lstm_step
from lstm_ref.shapes import checked


@checked
def lstm_forward_lengths(
    x: Float[ndarray, "T N D"],
    lengths: Int[ndarray, " N"],
    h0: Float[ndarray, "N H"],
    c0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
    b: Float[ndarray, " 4*H"],
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "N H"], Float[ndarray, "N H"]]:
    """An LSTM over padded sequences: padding changes no result.

    x : (T, N, D)      the sequences, time first; x[lengths[n]:, n] is padding
    lengths : (N,)     steps of each sequence, from 0 to T
    h0 : (N, H)        hidden state before the first step
    c0 : (N, H)        cell before the first step
    W_ih : (4H, D)     input weights, gates in the order i, f, g, o
    W_hh : (4H, H)     recurrent weights, same order
    b : (4H,)          bias, same order
    Returns hs (T, N, H), h_n (N, H), c_n (N, H), all in the dtype of x: hs is
    0 at padding; h_n and c_n are the states after each sequence's own last step
    """
    hs = np.zeros((len(x), *h0.shape), dtype=h0.dtype)
    h_n, c_n = h0.copy(), c0.copy()
    for t in range(len(x)):
        h_t, c_t, _ = lstm_step(x[t], h_n, c_n, W_ih, W_hh, b)
        is_real = t < lengths
        h_n[is_real], c_n[is_real] = h_t[is_real], c_t[is_real]  # the others keep what they ended with
        hs[t, is_real] = h_t[is_real]
    return hs, h_n, c_n


@checked
def bidirectional(
    x: Float[ndarray, "T N D"],
    lengths: Int[ndarray, " N"],
    h0: Float[ndarray, "2 N H"],
    c0: Float[ndarray, "2 N H"],
    W_ih: Float[ndarray, "2 4*H D"],
    W_hh: Float[ndarray, "2 4*H H"],
    b: Float[ndarray, "2 4*H"],
) -> tuple[Float[ndarray, "T N two_H"], Float[ndarray, "2 N H"], Float[ndarray, "2 N H"]]:
    """Two LSTMs, one forwards, one backwards, their states side by side.

    x : (T, N, D)        the sequences, time first, padded at the end
    lengths : (N,)       steps of each sequence; each is read backwards from its
                         own last step
    h0 : (2, N, H)       hidden states before the first step, forwards and
                         backwards
    c0 : (2, N, H)       cells before the first step
    W_ih : (2, 4H, D)    input weights of each direction, gates in the order i,
                         f, g, o
    W_hh : (2, 4H, H)    recurrent weights of each direction
    b : (2, 4H)          bias of each direction
    Returns hs (T, N, 2H), h_n (2, N, H), c_n (2, N, H): hs[t] is the forward
    state at t beside the backward state at t, 0 at padding

    Source: Schuster and Paliwal (1997), "Bidirectional recurrent neural
    networks".
    """
    t = np.arange(len(x))[:, None]
    reverse = np.where(t < lengths, lengths - 1 - t, t)  # (T, N): where each step is read from; padding stays
    n = np.arange(x.shape[1])
    forwards, h_f, c_f = lstm_forward_lengths(x, lengths, h0[0], c0[0], W_ih[0], W_hh[0], b[0])
    backwards, h_b, c_b = lstm_forward_lengths(x[reverse, n], lengths, h0[1], c0[1], W_ih[1], W_hh[1], b[1])
    hs = np.concatenate([forwards, backwards[reverse, n]], axis=2)
    return hs, np.stack([h_f, h_b]), np.stack([c_f, c_b])


@checked
def stack_layers(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "L N H"],
    c0: Float[ndarray, "L N H"],
    layers: list,
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "L N H"], Float[ndarray, "L N H"]]:
    """LSTMs on top of each other: each reads the whole output of the one below.

    x : (T, N, D)    the sequence, time first
    h0 : (L, N, H)   hidden state of each layer before the first step
    c0 : (L, N, H)   cell of each layer before the first step
    layers : list    L tuples W_ih, W_hh, b; W_ih is (4H, D) in the first and
                     (4H, H) in the others
    Returns hs (T, N, H), h_T (L, N, H), c_T (L, N, H): the top layer's outputs,
    and every layer's final states
    """
    h_T, c_T = np.empty_like(h0), np.empty_like(c0)
    hs = x
    for layer, (W_ih, W_hh, b) in enumerate(layers):
        hs, h_T[layer], c_T[layer], _ = lstm_forward(hs, h0[layer], c0[layer], W_ih, W_hh, b)
    return hs, h_T, c_T


@checked
def dropout_between_layers(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "L N H"],
    c0: Float[ndarray, "L N H"],
    layers: list,
    rate: float,
    same_mask: bool,
    is_training: bool,
    rng: np.random.Generator,
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "L N H"], Float[ndarray, "L N H"]]:
    """Stacked LSTMs with dropout on what each layer but the last passes on.

    x : (T, N, D)         the sequence, time first
    h0 : (L, N, H)        hidden state of each layer before the first step
    c0 : (L, N, H)        cell of each layer before the first step
    layers : list         L tuples W_ih, W_hh, b, as in `stack_layers`
    rate : float          chance that a value is set to 0, from 0 up to but not
                          1; kept ones are divided by 1 - rate
    same_mask : bool      True: one draw a sequence serves all its steps; False:
                          a draw for each step
    is_training : bool    False: nothing is dropped and nothing drawn
    rng : Generator       NumPy's generator; a value is kept where
                          rng.random(shape) >= rate, drawn once a layer but the
                          last, shape (N, H) for same_mask and (T, N, H)
                          otherwise
    Returns hs (T, N, H), h_T (L, N, H), c_T (L, N, H)

    Source: Zaremba, Sutskever and Vinyals (2014), "Recurrent neural network
    regularization"; one mask for all steps is by Gal and Ghahramani (2016), "A
    theoretically grounded application of dropout".
    """
    h_T, c_T = np.empty_like(h0), np.empty_like(c0)
    hs = x
    for layer, (W_ih, W_hh, b) in enumerate(layers):
        hs, h_T[layer], c_T[layer], _ = lstm_forward(hs, h0[layer], c0[layer], W_ih, W_hh, b)
        if is_training and layer < len(layers) - 1:
            is_kept = rng.random(hs.shape[1:] if same_mask else hs.shape) >= rate
            hs = hs * is_kept / hs.dtype.type(1 - rate)
    return hs, h_T, c_T
