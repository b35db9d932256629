"""The loss of a decoder that is taught: cross-entropy over real tokens, with a little doubt."""

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def sequence_loss(
    logits: Float[ndarray, "T N V"],
    targets: Int[ndarray, "T N"],
    mask: Bool[ndarray, "T N"],
    smoothing: float,
) -> float:
    """Cross-entropy with label smoothing, the mean over real tokens, in nats.

    At each real position the right token has the share 1 - smoothing of the
    target, and smoothing is spread evenly over all V tokens, the right one too.
    The loss there is -Σ share · log p.

    logits : (T, N, V)   scores before the softmax; ±10000 must not overflow
    targets : (T, N)     the right token of each position; at padding any token
    mask : (T, N)        True at real positions, False at padding
    smoothing : float    from 0 (none) up to but not 1
    Returns loss (), a float: 0.0 where no position is real

    Source: Szegedy et al. (2016), "Rethinking the Inception architecture for
    computer vision", section 7.
    """
    scores, y = logits[mask], targets[mask]  # (R, V) and (R,): the R real positions
    if len(y) == 0:
        return 0.0
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    right = log_p[np.arange(len(y)), y]
    return float(-((1 - smoothing) * right + smoothing * log_p.mean(axis=1)).mean())
