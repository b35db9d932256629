"""Numbered sentence pairs, in batches of similar length."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_ref.seq2seq.batching import collate
from lstm_ref.vocabulary import UNK, Vocabulary, build_vocab
from translator.data.corpus import Pair
from translator.data.parts import unchecked_tokenise
from translator.data.pieces import PieceVocabulary, piece_vocabulary


class Batch(NamedTuple):
    """N sentence pairs: src (S, N), lengths (N,) on the processor, tgt_in (T, N), tgt_out (T, N), all int64."""

    src: Tensor
    lengths: Tensor
    tgt_in: Tensor
    tgt_out: Tensor

    @property
    def tokens(self) -> int:
        """The number of real tokens to predict."""
        return int((self.tgt_out != 0).sum())

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device; lengths stay on the processor."""
        return Batch(self.src.to(device), self.lengths, self.tgt_in.to(device), self.tgt_out.to(device))

    def shard(self, rank: int, size: int) -> "Batch | None":
        """The sentences of process `rank` among `size` processes; None where none is left for it."""
        if rank >= len(self.lengths):
            return None
        return Batch(*(part[..., rank::size].contiguous() for part in self))


def batch_size(tokens: int, length: int) -> int:
    """How many sentences of a length fit into `tokens` tokens: a multiple of 8 from 8 on, and at least 1."""
    fit = tokens // int(length)
    return fit // 8 * 8 or max(fit, 1)


class Bitext:
    """Numbered pairs, cut into batches by the number of target tokens.

    pairs : list                    of Pair
    source, target : Vocabulary     of words and of characters
    """

    def __init__(self, pairs: list[Pair], source: Vocabulary, target: Vocabulary):
        self.sources = [source.encode(unchecked_tokenise(pair.english, "en")) for pair in pairs]
        self.targets = [target.encode(unchecked_tokenise(pair.chinese, "zh")) for pair in pairs]
        self.lengths = np.array([[len(t) + 1, len(s)] for s, t in zip(self.sources, self.targets, strict=True)])

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.sources)

    def epoch(self, tokens: int, rng: np.random.Generator) -> list[np.ndarray]:
        """One epoch in random order.

        tokens : int      target tokens a batch at most, padding counted; a longer sentence is a batch of its own
        rng : Generator   NumPy's generator, the only source of chance
        Returns batches (list): the indices of the pairs of each batch

        Pairs are sorted by target length, and pairs of one target length by source length, so that both sides have
        little padding. A batch holds a multiple of eight sentences, so that few shapes occur: oneDNN compiles each
        product anew for each shape.
        """
        shuffled = rng.permutation(len(self))
        order = shuffled[np.lexsort((self.lengths[shuffled, 1], self.lengths[shuffled, 0]))]
        batches, begin = [], 0
        while begin < len(order):
            end = begin + batch_size(tokens, self.lengths[order[begin], 0])
            longest = self.lengths[order[begin:end][-1], 0]
            end = min(end, begin + batch_size(tokens, longest))
            batches.append(order[begin:end])
            begin = end
        return [batches[k] for k in rng.permutation(len(batches))]

    def batch(self, indices: np.ndarray, unknown: float = 0.0, rng: np.random.Generator | None = None) -> Batch:
        """Some pairs as a batch.

        indices : (N,)    which pairs
        unknown : float   share of the source words that become <unk>; above 0, rng is needed
        rng : Generator   NumPy's generator
        Returns batch (Batch)
        """
        arrays = collate([self.sources[i] for i in indices], [self.targets[i] for i in indices])
        src, lengths, tgt_in, tgt_out = map(torch.from_numpy, arrays)
        if unknown:
            src[torch.from_numpy(rng.random(src.shape) < unknown) & (src != 0)] = UNK
        return Batch(src, lengths, tgt_in, tgt_out)


def vocabularies(train: list[Pair], rare: int) -> tuple[PieceVocabulary, Vocabulary]:
    """The vocabularies of a training part.

    train : list   of Pair
    rare : int     as in `piece_vocabulary`
    Returns source (PieceVocabulary), target (Vocabulary): of words and endings, and of characters
    """
    source = piece_vocabulary([unchecked_tokenise(pair.english, "en") for pair in train], rare)
    characters = [unchecked_tokenise(pair.chinese, "zh") for pair in train]
    return source, Vocabulary(build_vocab({"train": characters, "dev": [], "test": []}, 1))
