"""Of several translations of one sentence, the one that the others agree with most."""

from collections import Counter

import numpy as np

LONGEST = 4  # tokens of the runs that are compared


def similarity(sentences: list[list]) -> np.ndarray:
    """How much sentences have in common, each with each.

    sentences : list   B lists of tokens
    Returns shares (B, B): from 0 to 1, the F-score of runs of n tokens, mean over n = 1 to 4; runs that neither
    of two sentences is long enough for do not count
    """
    B = len(sentences)
    sums, counted = np.zeros((B, B)), np.zeros((B, B))
    for n in range(1, LONGEST + 1):
        runs = [Counter(zip(*(sentence[k:] for k in range(n)), strict=False)) for sentence in sentences]
        place = {run: k for k, run in enumerate(dict.fromkeys(run for some in runs for run in some))}
        counts = np.zeros((B, len(place)))
        for b, some in enumerate(runs):
            counts[b, [place[run] for run in some]] = list(some.values())
        common = np.minimum(counts[:, None], counts).sum(axis=2)  # (B, B)
        total = counts.sum(axis=1)[:, None] + counts.sum(axis=1)
        sums += 2 * common / np.maximum(total, 1)
        counted += total > 0
    return np.where(counted, sums / np.maximum(counted, 1), 1.0)  # two empty sentences are the same


def elect(sentences: list[list], log_weights: np.ndarray) -> int:
    """Which sentence is most like all of them, each counted with its weight.

    sentences : list     B lists of tokens
    log_weights : (B,)   up to a constant
    Returns index (int): of the sentence with the largest mean similarity

    Source: Kumar and Byrne (2004), "Minimum Bayes-risk decoding for statistical machine translation".
    """
    weights = np.exp(log_weights - log_weights.max())
    return int(np.argmax(similarity(sentences) @ weights))
