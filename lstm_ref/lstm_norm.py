"""Layer normalisation, and an LSTM cell that normalises the inputs of its gates and its cell state; forward only."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.functions import sigmoid
from lstm_ref.shapes import checked

EPS = 1e-5  # added to the variance, as in PyTorch: a row of equal values has none


@checked
def layer_norm(z: Float[ndarray, "N K"], gain: Float[ndarray, " K"]) -> tuple[Float[ndarray, "N K"], tuple]:
    """Each row brought to mean 0 and variance 1, then scaled feature by feature.

    z : (N, K)     K features for each of N sequences
    gain : (K,)    scale of each feature, ones to begin with
    Returns y (N, K), cache (tuple): the normalised rows and 1 / their standard deviation

    Source: Ba, Kiros and Hinton (2016), "Layer normalization", equation 4; the variance divides by K.
    """
    centred = z - z.mean(axis=1, keepdims=True)
    inverse_std = 1 / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPS)
    rows = centred * inverse_std
    return rows * gain, (rows, inverse_std)


@checked
def lstm_step_norm(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    c_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
    b: Float[ndarray, " 4*H"],
    gain_ih: Float[ndarray, " 4*H"],
    gain_hh: Float[ndarray, " 4*H"],
    gain_c: Float[ndarray, " H"],
    b_c: Float[ndarray, " H"],
) -> tuple[Float[ndarray, "N H"], Float[ndarray, "N H"], tuple]:
    """One step of an LSTM with layer normalisation: LN(W_ih x_t) + LN(W_hh h_prev) + b, and h_t = o ⊙ tanh(LN(c_t)).

    x_t : (N, D)       input at time t
    h_prev : (N, H)    hidden state after the step before
    c_prev : (N, H)    cell after the step before
    W_ih : (4H, D)     input weights, gates in the order i, f, g, o
    W_hh : (4H, H)     recurrent weights, same order
    b : (4H,)          bias, same order
    gain_ih : (4H,)    scale of the normalised input product
    gain_hh : (4H,)    scale of the normalised recurrent product
    gain_c : (H,)      scale of the normalised cell
    b_c : (H,)         bias of the normalised cell
    Returns h_t (N, H), c_t (N, H), cache (tuple)

    The cell that is carried on is c_t itself: normalised, it could not add up.
    Source: Ba, Kiros and Hinton (2016), supplementary material, equations 20 to 22.
    """
    y_ih, cache_ih = layer_norm(x_t @ W_ih.T, gain_ih)
    y_hh, cache_hh = layer_norm(h_prev @ W_hh.T, gain_hh)
    z_i, z_f, z_g, z_o = np.split(y_ih + y_hh + b, 4, axis=1)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c_t = f * c_prev + i * g
    y_c, cache_c = layer_norm(c_t, gain_c)
    tanh_c = np.tanh(y_c + b_c)
    return o * tanh_c, c_t, (x_t, h_prev, c_prev, i, f, g, o, tanh_c, cache_ih, cache_hh, cache_c)
