"""The gated recurrent unit, in the two forms that the literature confuses; forward and backward.

Both have a reset gate r, an update gate z and a candidate n, in PyTorch's order r, z, n along the 3H rows, and both
mix in the same sense: h_t = z ⊙ h_prev + (1 - z) ⊙ n, so z = 1 keeps. (Chung et al. 2014 write z and 1 - z the other
way round.) They differ in where the reset acts:

- `gru_*` is the paper's, n = tanh(W_in x_t + W_hn (r ⊙ h_prev) + b_n): before the matrix product;
- `gru_*_torch` is PyTorch's and cuDNN's, n = tanh(W_in x_t + b_in + r ⊙ (W_hn h_prev + b_hn)): after it, which lets
  one product serve all three gates. The reset also scales b_hn, so b_ih and b_hh cannot be summed.

Source: Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder", section 2.3.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.functions import sigmoid
from lstm_ref.shapes import checked


@checked
def gru_step(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
    b: Float[ndarray, " 3*H"],
) -> tuple[Float[ndarray, "N H"], tuple]:
    """One step of the paper's GRU: the reset gate acts before the product.

    r and z are σ(W_ih x_t + W_hh h_prev + b), each with its own H rows;
    n = tanh(W_in x_t + W_hn (r ⊙ h_prev) + b_n);
    h_t = z ⊙ h_prev + (1 - z) ⊙ n.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the step before
    W_ih : (3H, D)    input weights, gates in the order r, z, n
    W_hh : (3H, H)    recurrent weights, same order
    b : (3H,)         bias, same order
    Returns h_t (N, H), cache (tuple): x_t, h_prev, r, z, n, for the backward
    pass

    Source: Cho et al. (2014), equations 5 to 8.
    """
    W_ir, W_iz, W_in = np.split(W_ih, 3)
    W_hr, W_hz, W_hn = np.split(W_hh, 3)
    b_r, b_z, b_n = np.split(b, 3)
    r = sigmoid(x_t @ W_ir.T + h_prev @ W_hr.T + b_r)
    z = sigmoid(x_t @ W_iz.T + h_prev @ W_hz.T + b_z)
    n = np.tanh(x_t @ W_in.T + (r * h_prev) @ W_hn.T + b_n)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n)


@checked
def gru_step_torch(
    x_t: Float[ndarray, "N D"],
    h_prev: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
    b_ih: Float[ndarray, " 3*H"],
    b_hh: Float[ndarray, " 3*H"],
) -> tuple[Float[ndarray, "N H"], tuple]:
    """One step of PyTorch's GRU: the reset acts after the product, bias too.

    r and z are σ(W_ih x_t + b_ih + W_hh h_prev + b_hh), each with its own rows;
    n = tanh(W_in x_t + b_in + r ⊙ (W_hn h_prev + b_hn));
    h_t = z ⊙ h_prev + (1 - z) ⊙ n.

    x_t : (N, D)      input at time t
    h_prev : (N, H)   hidden state after the step before
    W_ih : (3H, D)    input weights, gates in the order r, z, n
    W_hh : (3H, H)    recurrent weights, same order
    b_ih : (3H,)      bias beside the input, same order
    b_hh : (3H,)      bias beside the state, same order
    Returns h_t (N, H), cache (tuple): x_t, h_prev, r, z, n, W_hn h_prev + b_hn,
    for the backward pass

    Source: the formulas of torch.nn.GRU's documentation.
    """
    i_r, i_z, i_n = np.split(x_t @ W_ih.T + b_ih, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_hh.T + b_hh, 3, axis=1)
    r = sigmoid(i_r + h_r)
    z = sigmoid(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return z * h_prev + (1 - z) * n, (x_t, h_prev, r, z, n, h_n)


@checked
def gru_forward(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
    b: Float[ndarray, " 3*H"],
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "N H"], list]:
    """Run `gru_step`, the paper's, over a sequence.

    x : (T, N, D)    the sequence, time first
    h0 : (N, H)      hidden state before the first step
    W_ih : (3H, D)   input weights, gates in the order r, z, n
    W_hh : (3H, H)   recurrent weights, same order
    b : (3H,)        bias, same order
    Returns hs (T, N, H), h_T (N, H), cache (list): the T caches of the steps
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    h_t, cache = h0.copy(), []
    for t in range(len(x)):
        h_t, cache_t = gru_step(x[t], h_t, W_ih, W_hh, b)
        hs[t] = h_t
        cache.append(cache_t)
    return hs, h_t, cache


@checked
def gru_forward_torch(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
    b_ih: Float[ndarray, " 3*H"],
    b_hh: Float[ndarray, " 3*H"],
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "N H"], list]:
    """Run `gru_step_torch`, PyTorch's, over a sequence.

    x : (T, N, D)    the sequence, time first
    h0 : (N, H)      hidden state before the first step
    W_ih : (3H, D)   input weights, gates in the order r, z, n
    W_hh : (3H, H)   recurrent weights, same order
    b_ih : (3H,)     bias beside the input, same order
    b_hh : (3H,)     bias beside the state, same order
    Returns hs (T, N, H), h_T (N, H), cache (list): the T caches of the steps
    """
    hs = np.empty((len(x), *h0.shape), dtype=h0.dtype)
    h_t, cache = h0.copy(), []
    for t in range(len(x)):
        h_t, cache_t = gru_step_torch(x[t], h_t, W_ih, W_hh, b_ih, b_hh)
        hs[t] = h_t
        cache.append(cache_t)
    return hs, h_t, cache
