"""The plain functions: what goes into a recurrent network and what is read off at its end."""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from lstm_ref.shapes import checked


def sigmoid(z: ndarray) -> ndarray:
    """The logistic function 1 / (1 + exp(-z)), without overflow for any z.

    z : array of any shape, float or integer
    Returns an array of z's shape, in z's dtype if that is a float and in
    float64 otherwise.
    """
    z = np.asarray(z)
    e = np.exp(-np.abs(z))  # at most 1, so nothing overflows
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def softmax(z: ndarray) -> ndarray:
    """Probabilities exp(z) / Σ exp(z) over the last axis, without overflow.

    z : float array (..., V)
    Returns p (..., V), each row adding to 1
    """
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z: ndarray) -> ndarray:
    """Logarithms of the softmax over the last axis, exact where the probability itself would round to 0.

    z : float array (..., V)
    Returns log_p (..., V), in nats
    """
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


@checked
def embed(tokens: Int[ndarray, "T N"], W_e: Float[ndarray, "V D"]) -> Float[ndarray, "T N D"]:
    """The vector of every token: row v of W_e belongs to token v.

    tokens : (T, N)   integers from 0 to V - 1
    W_e : (V, D)      one row a token
    Returns x (T, N, D), in the dtype of W_e
    """
    return W_e[tokens]


@checked
def embed_backward(dx: Float[ndarray, "T N D"], tokens: Int[ndarray, "T N"], V: int) -> Float[ndarray, "V D"]:
    """Gradient of the loss with respect to the embedding table.

    dx : (T, N, D)    gradient of the loss with respect to embed(tokens, W_e)
    tokens : (T, N)   the tokens that were embedded; one may occur many times
    V : int           rows of the table
    Returns dW_e (V, D), in the dtype of dx
    """
    dW_e = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    np.add.at(dW_e, tokens, dx)  # dW_e[tokens] += dx would keep one gradient of a repeated token
    return dW_e


@checked
def masked_cross_entropy(
    logits: Float[ndarray, "T N V"], targets: Int[ndarray, "T N"], mask: Bool[ndarray, "T N"]
) -> float:
    """Mean negative log-likelihood of the targets, in nats, where mask is True.

    logits : (T, N, V)   scores before the softmax; ±10000 must not overflow
    targets : (T, N)     the right token of each position; at padding any token
    mask : (T, N)        True at real positions, False at padding
    Returns loss (), a float: 0.0 where no position is real
    """
    scores, y = logits[mask], targets[mask]  # (R, V) and (R,): the R real positions
    if len(y) == 0:
        return 0.0
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


@checked
def masked_cross_entropy_backward(
    logits: Float[ndarray, "T N V"], targets: Int[ndarray, "T N"], mask: Bool[ndarray, "T N"]
) -> Float[ndarray, "T N V"]:
    """Gradient of `masked_cross_entropy` with respect to the logits: (softmax - one-hot) / real positions.

    logits : (T, N, V)   as in `masked_cross_entropy`
    targets : (T, N)     as in `masked_cross_entropy`
    mask : (T, N)        True at real positions, False at padding
    Returns dlogits (T, N, V), 0 at padding
    """
    dlogits = np.zeros_like(logits)
    y = targets[mask]
    if len(y):
        p = softmax(logits[mask])
        p[np.arange(len(y)), y] -= 1.0
        dlogits[mask] = p / len(y)
    return dlogits


@checked
def perplexity(nll: Float[ndarray, "T N"], mask: Bool[ndarray, "T N"]) -> float:
    """exp of the mean negative log-likelihood: how many equally likely tokens.

    nll : (T, N)    negative log-likelihood of each token, in nats
    mask : (T, N)   True at real tokens, False at padding
    Returns perplexity (), a float: 1.0 where no token is real
    """
    real = nll[mask]
    return float(np.exp(real.sum() / max(len(real), 1)))


@checked
def sample(logits: Float[ndarray, "N V"], temperature: float, rng: np.random.Generator) -> Int[ndarray, " N"]:
    """Draw one token a row from softmax(logits / temperature).

    logits : (N, V)       scores before the softmax
    temperature : float   above 0; below 1 sharpens, above 1 flattens
    rng : Generator       NumPy's generator, the only source of chance
    Returns tokens (N,), int64
    """
    scores = logits / temperature
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return np.array([rng.choice(len(row), p=row) for row in p], dtype=np.int64)
