"""The oracle of the oracles: central differences against derivatives known in closed form."""

import numpy as np
import pytest

from lstm_ref.gradcheck import check_gradient, numeric_gradient, relative_error


def test_numeric_gradient_is_accurate_and_leaves_x_alone(rng):
    x = rng.normal(size=(3, 4)) * 10
    before = x.copy()
    found = numeric_gradient(lambda a: np.sin(a).sum(), x)
    np.testing.assert_allclose(found, np.cos(x), atol=1e-9)
    np.testing.assert_array_equal(x, before)


def test_numeric_gradient_never_writes_to_x():
    x = np.array([1.0, 2.0])
    x.setflags(write=False)
    np.testing.assert_allclose(numeric_gradient(lambda a: (a**2).sum(), x), 2 * x)


def test_a_one_sided_difference_would_be_seen():
    x = np.array([3.0])
    assert abs(numeric_gradient(lambda a: float(a[0] ** 2), x)[0] - 6) < 1e-9


def test_float32_points_are_differentiated_in_float64():
    x = np.array([0.5, 2.0], np.float32)
    found = numeric_gradient(lambda a: (a**3).sum(), x)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, 3 * x.astype(float) ** 2, rtol=1e-8)


def test_relative_error():
    a = np.array([1.0, 1e-9])
    assert relative_error(a, a) == 0.0
    assert relative_error(np.zeros(0), np.zeros(0)) == 0.0
    assert relative_error(a, np.array([1.0, 0.0])) == pytest.approx(1e-9)
    assert np.isnan(relative_error(a, np.array([1.0, np.nan])))
    with pytest.raises(ValueError, match=r"\(2,\).*\(1,\)"):
        relative_error(a, a[:1])


def test_check_gradient_tells_right_from_wrong():
    x = np.array([1.0, 2.0])
    assert check_gradient(lambda a: (a**2).sum(), x, 2 * x) < 1e-9
    assert check_gradient(lambda a: (a**2).sum(), x, 2.001 * x) > 1e-4
