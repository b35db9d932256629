"""Padding, lengths, and the target once read and once said."""

import numpy as np

from lstm_ref.seq2seq.batching import collate


def test_what_is_read_is_what_was_said_before():
    src, lengths, read, say = collate([[5, 6, 7], []], [[8], [9, 10]])
    np.testing.assert_array_equal(src.T, [[5, 6, 7], [0, 0, 0]])
    np.testing.assert_array_equal(lengths, [3, 0])
    np.testing.assert_array_equal(read.T, [[1, 8, 0], [1, 9, 10]])
    np.testing.assert_array_equal(say.T, [[8, 2, 0], [9, 10, 2]])
    assert {array.dtype for array in (src, lengths, read, say)} == {np.dtype(np.int64)}
