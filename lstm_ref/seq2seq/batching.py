"""Batches: sentences of different lengths in one pair of arrays."""

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def collate(
    sources: list, targets: list
) -> tuple[Int[ndarray, "S N"], Int[ndarray, " N"], Int[ndarray, "T N"], Int[ndarray, "T N"]]:
    """Sentence pairs as one padded batch, time first, for teacher forcing.

    Specials are <pad> 0, <bos> 1 and <eos> 2. At each step the decoder gets a
    token of `tgt_in` and should predict the token of `tgt_out` at the same
    place: tgt_in is <bos> and the sentence, tgt_out is the sentence and <eos>.
    S and T are the sizes of the longest. No batch is empty, a sentence may be.

    sources : list   N lists of token numbers, without specials
    targets : list   N lists of token numbers, without specials
    Returns src (S, N), lengths (N,), tgt_in (T, N), tgt_out (T, N), all
    int64: padded sources, their lengths before padding, and the targets twice
    """
    N = len(sources)
    lengths = np.array([len(source) for source in sources], dtype=np.int64)
    T = 1 + max(len(target) for target in targets)
    src = np.zeros((lengths.max(), N), dtype=np.int64)
    tgt_in, tgt_out = np.zeros((T, N), dtype=np.int64), np.zeros((T, N), dtype=np.int64)
    for n in range(N):
        src[: lengths[n], n] = sources[n]
        tgt_in[: len(targets[n]) + 1, n] = [1, *targets[n]]
        tgt_out[: len(targets[n]) + 1, n] = [*targets[n], 2]
    return src, lengths, tgt_in, tgt_out
