"""Initial weights: orthogonal recurrent matrices, scaled input weights, and forget biases."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def orthogonal(H: int, rng: np.random.Generator) -> Float[ndarray, "{H} {H}"]:
    """A random orthogonal matrix, which changes the length of no vector.

    H : int           rows and columns
    rng : Generator   NumPy's generator, the only source of chance
    Returns Q (H, H), float64, uniform over all orthogonal matrices

    Source: Saxe, McClelland and Ganguli (2014), "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks".
    """
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return Q * np.sign(np.diag(R))  # without the signs, QR prefers some matrices to others


@checked
def init_rnn(
    D: int, H: int, rng: np.random.Generator
) -> tuple[Float[ndarray, "{H} {D}"], Float[ndarray, "{H} {H}"], Float[ndarray, " {H}"]]:
    """Initial weights of an RNN: input weights of variance 1 / D, orthogonal recurrent weights, no bias.

    D : int           size of the input
    H : int           size of the state
    rng : Generator   NumPy's generator, the only source of chance
    Returns W_ih (H, D), W_hh (H, H), b (H,), float64
    """
    return rng.normal(size=(H, D)) / np.sqrt(D), orthogonal(H, rng), np.zeros(H)


@checked
def init_lstm(
    D: int, H: int, forget_bias: float, rng: np.random.Generator
) -> tuple[Float[ndarray, "4*{H} {D}"], Float[ndarray, "4*{H} {H}"], Float[ndarray, " 4*{H}"]]:
    """Initial weights of an LSTM: orthogonal blocks and a forget bias.

    D : int               size of the input
    H : int               size of the state
    forget_bias : float   bias of the forget gate; a gate of σ(1) keeps 73 % of
                          the cell state at each step
    rng : Generator       NumPy's generator, the only source of chance
    Returns W_ih (4H, D), W_hh (4H, H), b (4H,), float64: W_ih normal with
    variance 1 / D, each H rows of W_hh orthogonal, b zero but for the forget
    gate's

    Source: Gers, Schmidhuber and Cummins (2000) for the forget bias;
    Jozefowicz, Zaremba and Sutskever (2015), "An empirical exploration of
    recurrent network architectures", measured its effect.
    """
    W_ih = rng.normal(size=(4 * H, D)) / np.sqrt(D)
    Q, R = np.linalg.qr(rng.normal(size=(4, H, H)))
    W_hh = (Q * np.sign(np.diagonal(R, axis1=1, axis2=2))[:, None]).reshape(4 * H, H)  # as in `orthogonal`
    b = np.zeros(4 * H)
    b[H : 2 * H] = forget_bias  # gates stand in the order i, f, g, o
    return W_ih, W_hh, b


@checked
def init_gru(
    D: int, H: int, rng: np.random.Generator
) -> tuple[Float[ndarray, "3*{H} {D}"], Float[ndarray, "3*{H} {H}"], Float[ndarray, " 3*{H}"]]:
    """Initial weights of a GRU: an orthogonal block for each gate, no bias.

    D : int           size of the input
    H : int           size of the state
    rng : Generator   NumPy's generator, the only source of chance
    Returns W_ih (3H, D), W_hh (3H, H), b (3H,), float64; PyTorch's form takes b as b_ih and as b_hh
    """
    W_ih = rng.normal(size=(3 * H, D)) / np.sqrt(D)
    return W_ih, np.concatenate([orthogonal(H, rng) for _ in range(3)]), np.zeros(3 * H)
