"""Studies that compare two models in a world whose truth is known, to see what their reports are worth."""

import numpy as np
from numpy import ndarray

from lstm_ref.measure import compare_models

ADVANTAGE = 1.0  # points by which model A is better than model B, over all seeds
SHARED, OWN = 3.0, 1.5  # standard deviations of what a seed does to both models, and to each alone


def study(seeds: int, rng: np.random.Generator, paired: bool = True) -> tuple[ndarray, ndarray]:
    """Scores of A and of B, (seeds,) each; unpaired, each model has seeds of its own."""
    shared = SHARED * rng.normal(size=(2, seeds))
    a = ADVANTAGE + shared[0] + OWN * rng.normal(size=seeds)
    return a, shared[0 if paired else 1] + OWN * rng.normal(size=seeds)


def share_won_by_b(seeds: int, rng: np.random.Generator, paired: bool, studies: int = 4000) -> float:
    """The share of studies in which B, the worse model, has the higher mean."""
    pairs = (study(seeds, rng, paired) for _ in range(studies))
    return float(np.mean([a.mean() < b.mean() for a, b in pairs]))


def coverage(pairs: list, multiple: float) -> tuple[float, float, float]:
    """What intervals of so many standard errors to each side report.

    pairs : list       what `study` returned, for each study
    multiple : float   standard errors to each side
    Returns held, width, favours: the share of intervals that hold the truth, their median width, and the share that
    lie above 0, so that they favour A
    """
    *_, low, high = np.transpose([compare_models(a, b, multiple) for a, b in pairs])
    held = (low <= ADVANTAGE) & (ADVANTAGE <= high)
    return float(held.mean()), float(np.median(high - low)), float((low > 0).mean())
