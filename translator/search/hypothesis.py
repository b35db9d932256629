"""The hypotheses that a beam search ends with, and the choice of one of them."""

from typing import NamedTuple

import numpy as np

from translator.search.consensus import select_by_consensus


class Hypothesis(NamedTuple):
    """A finished translation.

    tokens : list    token numbers without <eos>
    count : int      how many tokens there are, <eos> counted
    log_p : float    log-probability of all of them, in nats
    """

    tokens: list[int]
    count: int
    log_p: float


def select_hypothesis(hypotheses: list[Hypothesis], alpha: float, consensus: float = 0.0) -> tuple[list[int], float]:
    """One of the hypotheses for a sentence.

    hypotheses : list   at least one
    alpha : float       score = log p / (number of tokens) ** alpha; 0: no length norm; 1: the mean log-probability
    consensus : float   0: the highest score wins. Above 0: the hypothesis most similar to the others wins, each
                        weighted by its length-normed probability to the power of consensus
    Returns tokens (list), score ()
    """
    scores = np.array([h.log_p / h.count**alpha for h in hypotheses])
    if consensus:
        mean_norm = np.mean([h.count**alpha for h in hypotheses])  # makes a score a log-probability again
        best = select_by_consensus([h.tokens for h in hypotheses], consensus * scores * mean_norm)
    else:
        best = int(scores.argmax())
    return hypotheses[best].tokens, float(scores[best])
