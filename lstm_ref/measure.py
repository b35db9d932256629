"""What can be measured of a recurrent network: how far gradients reach, what it costs, how two of them compare."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.gru_backward import gru_step_backward, gru_step_backward_torch
from lstm_ref.lstm import lstm_step_backward
from lstm_ref.shapes import checked


@checked
def state_jacobian_norms(jacobians: Float[ndarray, "T S S"]) -> Float[ndarray, " T"]:
    """Spectral norm of ∂s_T / ∂s_t, from every state to the last.

    jacobians : (T, S, S)   jacobians[t] is ∂s_{t+1} / ∂s_t: a row for each
                            entry of s_{t+1}, a column for each of s_t
    Returns norms (T,), a float dtype: norms[t] is the spectral norm of
    ∂s_T / ∂s_t = jacobians[T-1] ⋯ jacobians[t]

    Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training
    recurrent neural networks".
    """
    norms = np.empty(len(jacobians), dtype=jacobians.dtype)
    product = np.eye(jacobians.shape[1], dtype=jacobians.dtype)
    for t in reversed(range(len(jacobians))):
        product = product @ jacobians[t]
        norms[t] = np.linalg.norm(product, 2)
    return norms


@checked
def rnn_jacobians(hs: Float[ndarray, "T N H"], W_hh: Float[ndarray, "H H"], n: int) -> Float[ndarray, "T H H"]:
    """∂h_t / ∂h_{t-1} of the plain network at every step of one sequence.

    hs : (T, N, H)   what `rnn_forward` returned
    W_hh : (H, H)    recurrent weights
    n : int          which sequence of the batch
    Returns jacobians (T, H, H)
    """
    return (1 - hs[:, n, :, None] ** 2) * W_hh  # the slope of tanh scales the rows


@checked
def lstm_jacobians(
    cache: list, W_ih: Float[ndarray, "four_H D"], W_hh: Float[ndarray, "four_H H"], n: int
) -> Float[ndarray, "T two_H two_H"]:
    """∂(h_t, c_t) / ∂(h_{t-1}, c_{t-1}) of an LSTM at every step of one sequence.

    cache : list     what `lstm_forward` kept
    W_ih : (4H, D)   input weights
    W_hh : (4H, H)   recurrent weights
    n : int          which sequence of the batch
    Returns jacobians (T, 2H, 2H): hidden state first, cell second; the block [H:, H:] is the cell's own path
    """
    H = W_hh.shape[1]
    jacobians = np.empty((len(cache), 2 * H, 2 * H), W_hh.dtype)
    # A row of the Jacobian is the gradient of one entry of the state: all rows go back as one batch.
    dh, dc = np.split(np.eye(2 * H, dtype=W_hh.dtype), 2, axis=1)
    for t, step_cache in enumerate(cache):
        repeated = tuple(np.tile(a[n], (2 * H, 1)) for a in step_cache)
        _, dh_prev, dc_prev, *_ = lstm_step_backward(dh, dc, repeated, W_ih, W_hh)
        jacobians[t] = np.concatenate([dh_prev, dc_prev], axis=1)
    return jacobians


@checked
def gru_jacobians(
    cache: list, W_ih: Float[ndarray, "three_H D"], W_hh: Float[ndarray, "three_H H"], n: int
) -> Float[ndarray, "T H H"]:
    """∂h_t / ∂h_{t-1} of a GRU of either form at every step of one sequence.

    cache : list     what `gru_forward` or `gru_forward_torch` kept
    W_ih : (3H, D)   input weights
    W_hh : (3H, H)   recurrent weights
    n : int          which sequence of the batch
    Returns jacobians (T, H, H)
    """
    H = W_hh.shape[1]
    jacobians = np.empty((len(cache), H, H), W_hh.dtype)
    for t, step_cache in enumerate(cache):
        repeated = tuple(np.tile(a[n], (H, 1)) for a in step_cache)
        step_backward = gru_step_backward if len(step_cache) == 5 else gru_step_backward_torch
        jacobians[t] = step_backward(np.eye(H, dtype=W_hh.dtype), repeated, W_ih, W_hh)[1]
    return jacobians


@checked
def spectral_radius(W: Float[ndarray, "H H"]) -> float:
    """Largest absolute eigenvalue: what repeated multiplication by W grows or shrinks by, in the long run.

    W : (H, H)
    Returns radius (), a float
    """
    return float(np.abs(np.linalg.eigvals(W)).max())


@checked
def count_parameters(gates: int, D: int, H: int, layers: int, directions: int, biases: int) -> int:
    """Weights and biases of a recurrent network.

    gates : int        blocks of H rows: 1 for the RNN, 3 for the GRU, 4 for the
                       LSTM
    D : int            size of the input of the first layer; the others read all
                       directions of the one below
    H : int            size of the state
    layers : int       layers on top of each other
    directions : int   1, or 2 if bidirectional
    biases : int       biases a gate: 1, or 2 as in PyTorch
    Returns count (), an int
    """
    count = 0
    for layer in range(layers):
        width = D if layer == 0 else directions * H
        count += directions * gates * H * (width + H + biases)
    return count


@checked
def count_operations(gates: int, T: int, N: int, D: int, H: int, layers: int, directions: int) -> int:
    """Multiplications in the matrix products of one forward pass; a backward pass has twice as many.

    gates : int              blocks of H rows: 1 for the RNN, 3 for the GRU, 4 for the LSTM
    T, N, D, H : int         steps, batch, sizes of input and state
    layers, directions : int as in `count_parameters`
    Returns count (), an int: each weight, biases aside, is used once for each of the T * N tokens
    """
    return T * N * count_parameters(gates, D, H, layers, directions, 0)


@checked
def match_hidden_size(budget: int, gates: int, D: int, biases: int) -> int:
    """The largest state that a budget of parameters allows a single layer.

    budget : int   parameters, all included, that must not be exceeded
    gates : int    blocks of H rows: 1 for the RNN, 3 for the GRU, 4 for the
                   LSTM
    D : int        size of the input
    biases : int   biases a gate: 1, or 2 as in PyTorch
    Returns H (), an int: 0 where not even one unit fits
    """
    H = 0
    while count_parameters(gates, D, H + 1, 1, 1, biases) <= budget:
        H += 1
    return H


@checked
def compare_models(
    a: Float[ndarray, " S"], b: Float[ndarray, " S"], t_value: float
) -> tuple[float, float, float, float]:
    """The mean difference of models a and b, and what chance could do.

    a : (S,)          a score of model a for each of S seeds, S at least 2
    b : (S,)          that of model b for the same seeds: same data, same order,
                      so the scores are pairs
    t_value : float   standard errors on either side: Student's t for S - 1
                      degrees of freedom, 2.776 for five seeds at 95 %
    Returns mean (), standard_error (), low (), high (): of the
    differences a - b, and the ends of their interval
    """
    differences = a - b
    mean = differences.mean()
    standard_error = differences.std(ddof=1) / np.sqrt(len(differences))
    low, high = mean - t_value * standard_error, mean + t_value * standard_error
    return float(mean), float(standard_error), float(low), float(high)
