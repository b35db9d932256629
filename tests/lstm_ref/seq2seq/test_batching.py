"""Padding, lengths, and the target once as input and once as output."""

import numpy as np

from lstm_ref.seq2seq.batching import collate


def test_the_input_of_a_step_is_the_output_of_the_step_before():
    src, lengths, tgt_in, tgt_out = collate([[5, 6, 7], []], [[8], [9, 10]])
    np.testing.assert_array_equal(src.T, [[5, 6, 7], [0, 0, 0]])
    np.testing.assert_array_equal(lengths, [3, 0])
    np.testing.assert_array_equal(tgt_in.T, [[1, 8, 0], [1, 9, 10]])
    np.testing.assert_array_equal(tgt_out.T, [[8, 2, 0], [9, 10, 2]])
    assert {array.dtype for array in (src, lengths, tgt_in, tgt_out)} == {np.dtype(np.int64)}
