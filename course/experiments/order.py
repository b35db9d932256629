"""The order task: two marks among noise; which of them comes first?"""

import numpy as np
from numpy import ndarray

SYMBOLS = 8  # 0 and 1 are the marks, the others are noise


def order_batch(T: int, N: int, gaps: int, edge: int, rng: np.random.Generator) -> tuple[ndarray, ...]:
    """Sequences of noise that hold each mark once.

    T : int           steps, at least gaps + 2 * edge + 1
    N : int           sequences
    gaps : int        the marks are 1 to `gaps` steps apart, all distances equally likely
    edge : int        steps at each end that hold no mark: a window of at most edge + 1 steps then finds each mark at
                      each of its places, so that the ends tell it nothing about the order
    rng : Generator   the only source of chance
    Returns tokens (T, N), lengths (N,), answers (N,): True where mark 1 comes first; gap (N,)
    """
    if T <= gaps + 2 * edge:
        raise ValueError(f"T is {T}; gaps of {gaps} and edges of {edge} need {gaps + 2 * edge + 1} steps")
    n = np.arange(N)
    tokens = rng.integers(2, SYMBOLS, (T, N))
    gap = rng.integers(1, gaps + 1, N)
    first = rng.integers(edge, T - edge - gap)
    answers = rng.integers(0, 2, N) == 1
    tokens[first, n], tokens[first + gap, n] = answers, ~answers
    return tokens, np.full(N, T), answers, gap
