"""Minimum Bayes-risk choice: of several translations of a sentence, the one most similar to the others."""

from collections import Counter

import numpy as np

MAX_ORDER = 4  # longest n-gram that is compared


def similarity(sentences: list[list]) -> np.ndarray:
    """How much sentences have in common, each with each.

    sentences : list   B lists of tokens
    Returns shares (B, B): from 0 to 1, the F-score of common n-grams, mean over n = 1 to 4; an order for which both of
    two sentences are too short does not count
    """
    B = len(sentences)
    sums, orders = np.zeros((B, B)), np.zeros((B, B))
    for n in range(1, MAX_ORDER + 1):
        ngrams = [Counter(zip(*(sentence[k:] for k in range(n)), strict=False)) for sentence in sentences]
        column = {ngram: k for k, ngram in enumerate(dict.fromkeys(ngram for own in ngrams for ngram in own))}
        counts = np.zeros((B, len(column)))
        for b, own in enumerate(ngrams):
            counts[b, [column[ngram] for ngram in own]] = list(own.values())
        common = np.minimum(counts[:, None], counts).sum(axis=2)  # (B, B)
        total = counts.sum(axis=1)[:, None] + counts.sum(axis=1)
        sums += 2 * common / np.maximum(total, 1)
        orders += total > 0
    return np.where(orders, sums / np.maximum(orders, 1), 1.0)  # two empty sentences are the same


def select_by_consensus(sentences: list[list], log_weights: np.ndarray) -> int:
    """The index of the sentence that is most similar to all of them, each counted with its weight.

    sentences : list     B lists of tokens
    log_weights : (B,)   up to a constant
    Returns index (int): of the sentence with the largest mean similarity

    Source: Kumar and Byrne (2004), "Minimum Bayes-risk decoding for statistical machine translation".
    """
    weights = np.exp(log_weights - log_weights.max())
    return int(np.argmax(similarity(sentences) @ weights))
