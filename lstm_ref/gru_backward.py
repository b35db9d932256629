"""The backward pass of both forms of the gated recurrent unit; see `lstm_ref.gru` for their formulas."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def gru_backward(
    dhs: Float[ndarray, "T N H"],
    dh_T: Float[ndarray, "N H"],
    cache: list,
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
) -> tuple[
    Float[ndarray, "T N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "3*H D"],
    Float[ndarray, "3*H H"],
    Float[ndarray, " 3*H"],
]:
    """Backpropagation through time for the paper's GRU: see `gru_forward`.

    dhs : (T, N, H)   gradient of the loss with respect to each output hs[t],
                      what later steps add left out
    dh_T : (N, H)     what arrives at the final state from beyond the end;
                      dhs[T-1] is not in it
    cache : list      what `gru_forward` kept: x_t, h_prev, r, z, n of each step
    W_ih : (3H, D)    input weights, gates in the order r, z, n
    W_hh : (3H, H)    recurrent weights, same order
    Returns dx (T, N, D), dh0 (N, H), dW_ih (3H, D), dW_hh (3H, H), db (3H,)
    """
    H = W_hh.shape[1]
    W_hn = W_hh[2 * H :]
    dx = np.empty((*dhs.shape[:2], W_ih.shape[1]), dtype=dhs.dtype)
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[:, 0])
    dh_t = dh_T.copy()  # what arrives from later steps
    for t in reversed(range(len(dhs))):
        x_t, h_prev, r, z, n = cache[t]
        dh_t = dhs[t] + dh_t
        da_z = dh_t * (h_prev - n) * z * (1 - z)  # the a_ are the gates before their squashing
        da_n = dh_t * (1 - z) * (1 - n**2)
        d_reset = da_n @ W_hn  # gradient at r ⊙ h_prev
        da_r = d_reset * h_prev * r * (1 - r)
        da = np.concatenate([da_r, da_z, da_n], axis=1)  # (N, 3H)
        dx[t] = da @ W_ih
        dW_ih += da.T @ x_t
        dW_hh[: 2 * H] += da[:, : 2 * H].T @ h_prev
        dW_hh[2 * H :] += da_n.T @ (r * h_prev)
        db += da.sum(axis=0)
        # Three paths lead back to h_prev: the mixture itself, the candidate's reset state, and the two gates.
        dh_t = dh_t * z + d_reset * r + da[:, : 2 * H] @ W_hh[: 2 * H]
    return dx, dh_t, dW_ih, dW_hh, db


@checked
def gru_step_backward(
    dh_t: Float[ndarray, "N H"],
    cache: tuple,
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
) -> tuple[
    Float[ndarray, "N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "3*H D"],
    Float[ndarray, "3*H H"],
    Float[ndarray, " 3*H"],
]:
    """Gradients of the loss with respect to everything that one step of the paper's GRU read.

    dh_t : (N, H)    gradient of the loss with respect to h_t, from all that reads it
    cache : tuple    what `gru_step` kept
    W_ih : (3H, D)   input weights, gates in the order r, z, n
    W_hh : (3H, H)   recurrent weights, same order
    Returns dx_t (N, D), dh_prev (N, H), dW_ih (3H, D), dW_hh (3H, H), db (3H,)
    """
    dx, *rest = gru_backward(dh_t[None], np.zeros_like(dh_t), [cache], W_ih, W_hh)  # a sequence of one step
    return dx[0], *rest


@checked
def gru_step_backward_torch(
    dh_t: Float[ndarray, "N H"],
    cache: tuple,
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
) -> tuple[
    Float[ndarray, "N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "3*H D"],
    Float[ndarray, "3*H H"],
    Float[ndarray, " 3*H"],
    Float[ndarray, " 3*H"],
]:
    """Gradients of the loss with respect to everything that one step of PyTorch's GRU read.

    dh_t : (N, H)    gradient of the loss with respect to h_t, from all that reads it
    cache : tuple    what `gru_step_torch` kept: x_t, h_prev, r, z, n, W_hn h_prev + b_hn
    W_ih : (3H, D)   input weights, gates in the order r, z, n
    W_hh : (3H, H)   recurrent weights, same order
    Returns dx_t (N, D), dh_prev (N, H), dW_ih (3H, D), dW_hh (3H, H), db_ih (3H,), db_hh (3H,)
    """
    x_t, h_prev, r, z, n, h_n = cache
    da_z = dh_t * (h_prev - n) * z * (1 - z)
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_r = da_n * h_n * r * (1 - r)
    di = np.concatenate([da_r, da_z, da_n], axis=1)  # at W_ih x_t + b_ih
    dh = np.concatenate([da_r, da_z, da_n * r], axis=1)  # at W_hh h_prev + b_hh: the reset scales the last third
    dh_prev = dh_t * z + dh @ W_hh
    return di @ W_ih, dh_prev, di.T @ x_t, dh.T @ h_prev, di.sum(axis=0), dh.sum(axis=0)


@checked
def gru_backward_torch(
    dhs: Float[ndarray, "T N H"],
    dh_T: Float[ndarray, "N H"],
    cache: list,
    W_ih: Float[ndarray, "3*H D"],
    W_hh: Float[ndarray, "3*H H"],
) -> tuple[
    Float[ndarray, "T N D"],
    Float[ndarray, "N H"],
    Float[ndarray, "3*H D"],
    Float[ndarray, "3*H H"],
    Float[ndarray, " 3*H"],
    Float[ndarray, " 3*H"],
]:
    """Backpropagation through time for PyTorch's GRU: gradients with respect to all that `gru_forward_torch` read.

    dhs : (T, N, H)   gradient of the loss with respect to each output hs[t], what later steps add left out
    dh_T : (N, H)     what arrives at the final state from beyond the end; dhs[T-1] is not in it
    cache : list      what `gru_forward_torch` kept, one step after the other
    W_ih : (3H, D)    input weights, gates in the order r, z, n
    W_hh : (3H, H)    recurrent weights, same order
    Returns dx (T, N, D), dh0 (N, H), dW_ih (3H, D), dW_hh (3H, H), db_ih (3H,), db_hh (3H,)
    """
    dx = np.empty((*dhs.shape[:2], W_ih.shape[1]), dtype=dhs.dtype)
    dW_ih, dW_hh = np.zeros_like(W_ih), np.zeros_like(W_hh)
    db_ih, db_hh = np.zeros_like(W_hh[:, 0]), np.zeros_like(W_hh[:, 0])
    dh_t = dh_T.copy()  # what arrives from later steps
    for t in reversed(range(len(dhs))):
        dx[t], dh_t, *steps = gru_step_backward_torch(dhs[t] + dh_t, cache[t], W_ih, W_hh)
        for total, of_step in zip((dW_ih, dW_hh, db_ih, db_hh), steps, strict=True):
            total += of_step
    return dx, dh_t, dW_ih, dW_hh, db_ih, db_hh
