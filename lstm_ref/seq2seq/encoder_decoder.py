"""The translator's network in NumPy, forward only: encoder and bridge, one step of the decoder, attention.

These are the formulas; the modules in PyTorch compute the same and learn. K is the decoder's hidden size, M the size
of a memory row (2H for an encoder that reads both ways).

Sources: Sutskever, Vinyals and Le (2014), "Sequence to sequence learning with neural networks"; Bahdanau, Cho and
Bengio (2015), "Neural machine translation by jointly learning to align and translate"; Luong, Pham and Manning (2015),
"Effective approaches to attention-based neural machine translation".
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from lstm_ref.functions import embed
from lstm_ref.lstm import lstm_step
from lstm_ref.lstm_layers import bidirectional
from lstm_ref.shapes import checked


@checked
def encode(
    tokens: Int[ndarray, "S N"],
    lengths: Int[ndarray, " N"],
    W_e: Float[ndarray, "V D"],
    W_ih: Float[ndarray, "2 four_H D"],
    W_hh: Float[ndarray, "2 four_H H"],
    b: Float[ndarray, "2 four_H"],
    W_h: Float[ndarray, "K two_H"],
    b_h: Float[ndarray, " K"],
    W_c: Float[ndarray, "K two_H"],
    b_c: Float[ndarray, " K"],
) -> tuple[Float[ndarray, "S N two_H"], Float[ndarray, "N K"], Float[ndarray, "N K"]]:
    """Read the source in both directions; compute the decoder's first states.

    A bidirectional LSTM, its states 0 before the first step. The bridge puts
    the final states of both directions side by side, forwards first:
    h_0 = tanh(W_h [h→; h←] + b_h), c_0 = W_c [c→; c←] + b_c.

    tokens : (S, N)      the sources, padded at the end
    lengths : (N,)       steps of each source, from 0 to S
    W_e : (V, D)         embedding, one row a token
    W_ih : (2, 4H, D)    input weights of each direction, gates in the order i,
                         f, g, o
    W_hh : (2, 4H, H)    recurrent weights of each direction
    b : (2, 4H)          bias of each direction
    W_h : (K, 2H)        the bridge's weights for the hidden state
    b_h : (K,)           its bias
    W_c : (K, 2H)        the bridge's weights for the cell
    b_c : (K,)           its bias
    Returns memory (S, N, 2H), h_0 (N, K), c_0 (N, K): the states at every
    source position, forwards beside backwards, 0 at padding; the decoder's
    first hidden state and cell
    """
    zeros = np.zeros((2, tokens.shape[1], W_hh.shape[2]), dtype=W_hh.dtype)
    memory, h_n, c_n = bidirectional(embed(tokens, W_e), lengths, zeros, zeros, W_ih, W_hh, b)
    h_0 = np.tanh(np.concatenate([h_n[0], h_n[1]], axis=1) @ W_h.T + b_h)
    c_0 = np.concatenate([c_n[0], c_n[1]], axis=1) @ W_c.T + b_c
    return memory, h_0, c_0


@checked
def decode_step(
    previous: Int[ndarray, " N"],
    h_prev: Float[ndarray, "N K"],
    c_prev: Float[ndarray, "N K"],
    W_e: Float[ndarray, "V D"],
    W_ih: Float[ndarray, "4*K D"],
    W_hh: Float[ndarray, "4*K K"],
    b: Float[ndarray, " 4*K"],
    W_o: Float[ndarray, "V K"],
    b_o: Float[ndarray, " V"],
) -> tuple[Float[ndarray, "N V"], Float[ndarray, "N K"], Float[ndarray, "N K"]]:
    """One step of the decoder: read the previous token, score every token.

    The embedding of the previous token goes through one LSTM step; the logits
    are W_o h_t + b_o.

    previous : (N,)    the token before this one, <bos> at the first step
    h_prev : (N, K)    hidden state after the step before
    c_prev : (N, K)    cell after the step before
    W_e : (V, D)       embedding, one row a token
    W_ih : (4K, D)     input weights, gates in the order i, f, g, o
    W_hh : (4K, K)     recurrent weights
    b : (4K,)          bias
    W_o : (V, K)       output weights, one row a token
    b_o : (V,)         output bias
    Returns logits (N, V), h_t (N, K), c_t (N, K)
    """
    h_t, c_t, _ = lstm_step(W_e[previous], h_prev, c_prev, W_ih, W_hh, b)
    return h_t @ W_o.T + b_o, h_t, c_t


@checked
def attention(
    h_t: Float[ndarray, "N K"],
    memory: Float[ndarray, "S N M"],
    mask: Bool[ndarray, "S N"],
    W_a: Float[ndarray, "K M"],
) -> tuple[Float[ndarray, "N M"], Float[ndarray, "S N"]]:
    """Attention: an average of the memory, weighted by scores of the query h_t.

    The score of position s is h_t W_a memory[s]; a softmax over the real
    positions of each source makes weights of the scores.

    h_t : (N, K)         the decoder's hidden state
    memory : (S, N, M)   the encoder's states
    mask : (S, N)        True at real positions, False at padding
    W_a : (K, M)         weights of the score
    Returns context (N, M), weights (S, N): weights are 0 at padding and add to
    1 over each source; where no position is real, both are 0. Scores of ±1000
    must not overflow

    Source: Luong, Pham and Manning (2015), the score they call general.
    """
    scores = np.where(mask, ((h_t @ W_a) * memory).sum(axis=2), -1e30)  # (S, N); not -inf, since inf - inf is NaN
    e = np.exp(scores - scores.max(axis=0, initial=-1e30)) * mask
    total = e.sum(axis=0)
    weights = e / np.where(total > 0, total, 1)
    return (weights[:, :, None] * memory).sum(axis=0), weights


@checked
def attentional(
    h_t: Float[ndarray, "N K"],
    context: Float[ndarray, "N M"],
    W_s: Float[ndarray, "K K+M"],
    b_s: Float[ndarray, " K"],
) -> Float[ndarray, "N K"]:
    """The state that the logits are made of where there is attention: tanh(W_s [context; h_t] + b_s).

    h_t : (N, K)       the decoder's hidden state
    context : (N, M)   what attention brought back
    W_s : (K, K+M)     weights, those of the context first
    b_s : (K,)         bias
    Returns s_t (N, K)

    Source: Luong, Pham and Manning (2015), equation 5 (without a bias there).
    """
    return np.tanh(np.concatenate([context, h_t], axis=1) @ W_s.T + b_s)
