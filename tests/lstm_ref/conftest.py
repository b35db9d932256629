"""Fixtures of the reference's tests: fresh random numbers, and Hypothesis without a clock."""

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# Two cores may be shared with a site build: a slow example is no failure.
settings.register_profile("course", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")


@pytest.fixture
def rng():
    return np.random.default_rng(20260101)
