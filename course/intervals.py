"""95 % intervals over seeds: Wilson's for shares, the bootstrap for bounded quantities, Student's t for differences."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from lstm_ref.measure import compare_models

CONFIDENCE = 0.95
RESAMPLES = 9999


class Interval(NamedTuple):
    """An estimate and the ends of its 95 % interval."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        """The estimate with its interval, to three digits: ``0.0123 [0.0101, 0.0145]``."""
        return f"{self.estimate:.3g} [{self.low:.3g}, {self.high:.3g}]".replace("-", "−")


def share(outcomes: Sequence[bool] | np.ndarray) -> Interval:
    """The share of runs that succeeded, with Wilson's interval, which stays within 0 and 1.

    outcomes : (S,)   a truth value for each seed

    Returns interval (Interval)

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    successes, runs = int(np.sum(outcomes)), len(outcomes)
    low, high = stats.binomtest(successes, runs).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(successes / runs, float(low), float(high))


def bootstrap(values: ArrayLike, statistic: Callable = np.mean, seed: int = 0) -> Interval:
    """A statistic of runs with its percentile bootstrap interval, which never leaves the range of the values.

    values : (S,)          a number for each seed; with fewer than some eight the interval is too short, so show the
                           single runs beside it
    statistic : Callable   `np.mean` or `np.median`; takes `axis`
    seed : int             of the resampling

    Returns interval (Interval): of no width where all values are equal

    Source: Efron and Tibshirani (1993), "An introduction to the bootstrap", chapter 13.
    """
    values = np.asarray(values, dtype=float)
    estimate = float(statistic(values))
    if len(values) < 2 or np.ptp(values) == 0:
        return Interval(estimate, estimate, estimate)
    found = stats.bootstrap(
        (values,),
        statistic,
        confidence_level=CONFIDENCE,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(estimate, float(found.low), float(found.high))


def difference(a: ArrayLike, b: ArrayLike) -> Interval:
    """The mean of paired differences a − b with Student's t interval.

    a, b : (S,)   scores of two models for the same S seeds, S at least 2

    Returns interval (Interval)

    Source: Student (1908), "The probable error of a mean".
    """
    t_value = float(stats.t.ppf((1 + CONFIDENCE) / 2, np.size(a) - 1))
    mean, _, low, high = compare_models(np.asarray(a, dtype=float), np.asarray(b, dtype=float), t_value)
    return Interval(mean, low, high)
