"""Intervals: never beyond what is possible, and they hold the truth about as often as they say."""

import numpy as np
import pytest
from scipy import stats

from course import intervals


@pytest.mark.parametrize("successes", range(7))
def test_a_share_stays_within_0_and_1_and_has_width(successes):
    estimate, low, high = intervals.share([True] * successes + [False] * (6 - successes))
    assert estimate == successes / 6
    assert 0 <= low < high <= 1 and low <= estimate <= high


def test_a_bootstrap_stays_within_the_values():
    values = [100.0, 100.0, 100.0, 20.0, 100.0, 90.0]
    for statistic in (np.mean, np.median):
        estimate, low, high = intervals.bootstrap(values, statistic)
        assert min(values) <= low <= estimate <= high <= max(values)
    assert intervals.bootstrap([3.0, 3.0]) == (3.0, 3.0, 3.0)


def test_a_bootstrap_repeats_itself():
    values = np.random.default_rng(0).normal(size=9)
    assert intervals.bootstrap(values, seed=1) == intervals.bootstrap(values, seed=1)


def test_a_difference_is_that_of_a_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 5))
    low, high = stats.ttest_rel(a, b).confidence_interval(0.95)
    np.testing.assert_allclose(intervals.difference(a, b), (a.mean() - b.mean(), low, high), rtol=1e-12)


def test_a_bootstrap_of_thirty_values_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    studies = [intervals.bootstrap(rng.exponential(size=30)) for _ in range(60)]
    assert np.mean([low <= 1 <= high for _, low, high in studies]) > 0.8


def test_an_interval_reads_as_text():
    assert str(intervals.Interval(-0.01234, -0.2, 0.1)) == "−0.0123 [−0.2, 0.1]"
