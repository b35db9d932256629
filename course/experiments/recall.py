"""The recall task: which of two symbols was the first of the sequence, asked after T steps of noise."""

import numpy as np
from numpy import ndarray

from course.experiments.recurrent import RecurrentClassifier
from course.experiments.training import draws, train_adam

SYMBOLS = 8  # 0 and 1 are the two to remember, the others are noise


def recall_batch(T: int, N: int, rng: np.random.Generator) -> tuple[ndarray, ndarray, ndarray]:
    """Sequences whose first symbol is 0 or 1 and whose other symbols are noise.

    T : int           steps from the first symbol to the question, the first included
    N : int           sequences
    rng : Generator   the only source of chance
    Returns tokens (T, N), lengths (N,), answers (N,): True where the first symbol is 1
    """
    tokens = rng.integers(2, SYMBOLS, (T, N))
    tokens[0] = rng.integers(0, 2, N)
    return tokens, np.full(N, T), tokens[0] == 1


def train_recall(
    weights: dict[str, ndarray], T: int, rng: np.random.Generator, batches: int = 200, N: int = 32, lr: float = 3e-3
) -> float:
    """Train a recurrent classifier on fresh sequences with Adam, gradients clipped to norm 1, and test it.

    weights : dict    what `start_rnn` or `start_lstm` returned for SYMBOLS tokens
    T : int           steps of a sequence
    rng : Generator   source of the sequences
    batches : int     training steps, each on N fresh sequences
    lr : float        Adam's learning rate
    Returns the share of 500 fresh sequences that are answered correctly; 0.5 is guessing
    """
    network = RecurrentClassifier(weights)
    train_adam(network, draws(lambda: recall_batch(T, N, rng), batches), lr)
    tokens, lengths, answers = recall_batch(T, 500, rng)
    return float(np.mean((network.scores(tokens, lengths) > 0) == answers))
