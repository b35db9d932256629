"""Layer normalisation, and the LSTM that has it at every input of its gates and at its cell."""

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
def layer_norm_backward(
    dy: Float[ndarray, "N K"], cache: tuple, gain: Float[ndarray, " K"]
) -> tuple[Float[ndarray, "N K"], Float[ndarray, " K"]]:
    """Gradients of everything that `layer_norm` read.

    dy : (N, K)     gradient of the loss with respect to y
    cache : tuple   what `layer_norm` kept
    gain : (K,)     scale of each feature
    Returns dz (N, K), dgain (K,)
    """
    rows, inverse_std = cache
    d = dy * gain
    # The mean and the length of a row are fixed, so what would change only these is taken out of the gradient.
    dz = inverse_std * (d - d.mean(axis=1, keepdims=True) - rows * (d * rows).mean(axis=1, keepdims=True))
    return dz, (dy * rows).sum(axis=0)


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


def lstm_step_backward_norm(
    dh_t: ndarray,
    dc_t: ndarray,
    cache: tuple,
    W_ih: ndarray,
    W_hh: ndarray,
    gain_ih: ndarray,
    gain_hh: ndarray,
    gain_c: ndarray,
    b_c: ndarray,
) -> tuple:
    """Gradients of everything that `lstm_step_norm` read.

    dh_t, dc_t : (N, H)   gradients of the loss with respect to h_t, and to c_t from later steps
    cache : tuple         what the step kept
    W_ih, W_hh, gain_ih, gain_hh, gain_c, b_c   the weights, without b
    Returns dx_t (N, D), dh_prev (N, H), dc_prev (N, H), dW_ih (4H, D), dW_hh (4H, H), db (4H,), dgain_ih (4H,),
    dgain_hh (4H,), dgain_c (H,), db_c (H,)
    """
    x_t, h_prev, c_prev, i, f, g, o, tanh_c, cache_ih, cache_hh, cache_c = cache
    dy_c = dh_t * o * (1 - tanh_c**2)
    through_norm, dgain_c = layer_norm_backward(dy_c, cache_c, gain_c)
    dc_t = dc_t + through_norm
    dz_i = dc_t * g * i * (1 - i)
    dz_f = dc_t * c_prev * f * (1 - f)
    dz_g = dc_t * i * (1 - g**2)
    dz_o = dh_t * tanh_c * o * (1 - o)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)
    d_ih, dgain_ih = layer_norm_backward(dz, cache_ih, gain_ih)
    d_hh, dgain_hh = layer_norm_backward(dz, cache_hh, gain_hh)
    of_states = (d_ih @ W_ih, d_hh @ W_hh, dc_t * f)
    of_weights = (d_ih.T @ x_t, d_hh.T @ h_prev, dz.sum(axis=0), dgain_ih, dgain_hh, dgain_c, dy_c.sum(axis=0))
    return *of_states, *of_weights
