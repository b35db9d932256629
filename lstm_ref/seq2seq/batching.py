"""Batches: sentences of different lengths in one pair of arrays."""

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def collate(
    sources: list, targets: list
) -> tuple[Int[ndarray, "S N"], Int[ndarray, " N"], Int[ndarray, "T N"], Int[ndarray, "T N"]]:
    """Sentence pairs as one padded batch, time first, for a decoder that is taught.

    Specials are <pad> 0, <bos> 1 and <eos> 2. At each step the decoder reads a
    token of `read` and should say the one at the same place of `say`: read is
    <bos> and the sentence, say is the sentence and <eos>. S and T are the
    sizes of the longest. No batch is empty, a sentence may be.

    sources : list   N lists of token numbers, without specials
    targets : list   N lists of token numbers, without specials
    Returns src (S, N), lengths (N,), read (T, N), say (T, N), all int64: padded
    sources, their lengths before padding, and the targets twice
    """
    N = len(sources)
    lengths = np.array([len(source) for source in sources], dtype=np.int64)
    T = 1 + max(len(target) for target in targets)
    src = np.zeros((lengths.max(), N), dtype=np.int64)
    read, say = np.zeros((T, N), dtype=np.int64), np.zeros((T, N), dtype=np.int64)
    for n in range(N):
        src[: lengths[n], n] = sources[n]
        read[: len(targets[n]) + 1, n] = [1, *targets[n]]
        say[: len(targets[n]) + 1, n] = [*targets[n], 2]
    return src, lengths, read, say
