"""Whether two functions did the same, where the arguments or the values are not plain arrays."""

import numpy as np
import pytest

from autograde.inside.wire import Opaque
from autograde.judging.comparison import Labels, difference
from autograde.judging.outcome import Outcome, same_outcome

NAMES = Labels(("grads",), ("clipped", "norm"), "")
ONES = np.ones(2)


def test_a_function_among_the_arguments_is_not_compared():
    """From the sandbox it comes back as Opaque, which elsewhere equals nothing."""
    sandboxed, local = Outcome(1.0, [Opaque("function"), ONES]), Outcome(1.0, [lambda x: x, ONES])
    assert same_outcome(sandboxed, sandboxed, 0) and same_outcome(sandboxed, local, 0)
    assert not same_outcome(sandboxed, Outcome(1.0, [ONES, ONES]), 0)


@pytest.mark.parametrize("change, is_same", [(1e-15, True), (1e-7, False)])
def test_what_was_written_into_an_argument_may_differ_by_rounding(change, is_same):
    assert same_outcome(Outcome(1.0, [ONES]), Outcome(1.0, [ONES + change]), 1e-5) == is_same


@pytest.mark.parametrize(
    "clipped, words",
    [
        ([ONES, 2 * ONES], "clipped[1] is wrong: largest difference 1 at [0]"),
        ((ONES, np.ones(3)), "clipped[1] has shape (3,), expected (2,)"),
        ([ONES], "clipped holds 1 value, expected 2."),
    ],
)
def test_a_list_of_arrays_is_compared_one_by_one(clipped, words):
    right = Outcome(([ONES, ONES], 2.0), [])
    assert difference(right, Outcome(((ONES.copy(), ONES.copy()), 2.0), []), 1e-9, NAMES) is None
    assert words in difference(right, Outcome((clipped, 2.0), []), 1e-9, NAMES).text


def test_a_cache_with_an_entry_too_many_is_told_in_one_line_and_not_printed():
    names, cache = Labels((), ("h_t", "cache"), "N=3"), (ONES, ONES)
    told = difference(Outcome((ONES, cache)), Outcome((ONES, (*cache, ONES))), 1e-9, names)
    assert told.text == "cache holds 3 values, expected 2, for N=3."
    told = difference(Outcome((ONES, cache)), Outcome((ONES, (ONES, 2 * ONES))), 1e-9, names)
    assert told.text.startswith("cache[1] is wrong: largest difference 1 at [0]")
    told = difference(Outcome({"W": ONES}), Outcome({"W": 2 * ONES}), 1e-9, Labels((), ("grads",), ""))
    assert "array" not in told.text and len(told.text) < 100


def test_a_count_may_be_numpys_integer_but_not_a_float():
    names = Labels((), ("count",), "")
    assert difference(Outcome(12, []), Outcome(np.int64(12), []), 1e-9, names) is None
    assert difference(Outcome(12, []), Outcome(np.int64(13), []), 1e-9, names) is not None
    assert difference(Outcome(12, []), Outcome(12.0, []), 1e-9, names) is not None
    assert same_outcome(Outcome(np.int64(13), []), Outcome(13, []), 1e-9)


def test_numbers_in_a_tuple_are_the_same_whether_pythons_or_numpys():
    """A learner returns NumPy's numbers, the bank Python's: the same mistake, so it has to be found."""
    assert same_outcome(Outcome((np.float64(0.5), 2.0), []), Outcome((0.5, np.float64(2.0)), []), 1e-9)
    assert not same_outcome(Outcome((np.float64(0.5), 2.0), []), Outcome((0.5, 2.1), []), 1e-9)
