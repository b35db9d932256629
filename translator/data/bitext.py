"""Sentence pairs as a model reads them: tokenised, numbered, in batches of like length."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_ref.seq2seq.batching import collate
from lstm_ref.seq2seq.vocab import UNK, Vocabulary, build_vocab
from translator.data.corpus import Pair
from translator.data.parts import bare_tokenise
from translator.data.pieces import PieceVocabulary, piece_vocabulary


class Batch(NamedTuple):
    """N sentence pairs: src (S, N), lengths (N,) on the processor, read (T, N), say (T, N), all int64."""

    src: Tensor
    lengths: Tensor
    read: Tensor
    say: Tensor

    @property
    def tokens(self) -> int:
        """How many real tokens there are to say."""
        return int((self.say != 0).sum())

    def share(self, rank: int, size: int) -> "Batch | None":
        """The sentences of one process among `size` of them; None where there is none for it."""
        if rank >= len(self.lengths):
            return None
        return Batch(*(part[..., rank::size].contiguous() for part in self))


def fitting(tokens: int, length: int) -> int:
    """How many sentences of a length make a batch of so many tokens: a multiple of 8 where there are 8, at least 1."""
    fit = tokens // int(length)
    return fit // 8 * 8 or max(fit, 1)


class Bitext:
    """Numbered pairs, cut into batches by the number of target tokens.

    pairs : list                    of Pair
    source, target : Vocabulary     of words and of characters
    """

    def __init__(self, pairs: list[Pair], source: Vocabulary, target: Vocabulary):
        self.sources = [source.encode(bare_tokenise(pair.english, "en")) for pair in pairs]
        self.targets = [target.encode(bare_tokenise(pair.chinese, "zh")) for pair in pairs]
        self.lengths = np.array([[len(t) + 1, len(s)] for s, t in zip(self.sources, self.targets, strict=True)])

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.sources)

    def order(self, tokens: int, rng: np.random.Generator) -> list[np.ndarray]:
        """One epoch: the places of the pairs of each batch.

        tokens : int      target tokens a batch at most, padding counted; a longer sentence is a batch of its own
        rng : Generator   NumPy's generator, the only source of chance

        Like target lengths stand together, and within them like source lengths: little padding on either side. The
        sentences of a batch are a multiple of eight: oneDNN compiles each product anew for each shape that it meets.
        """
        chance = rng.permutation(len(self))
        order = chance[np.lexsort((self.lengths[chance, 1], self.lengths[chance, 0]))]
        batches, begin = [], 0
        while begin < len(order):
            end = begin + fitting(tokens, self.lengths[order[begin], 0])
            longest = self.lengths[order[begin:end][-1], 0]
            end = min(end, begin + fitting(tokens, longest))
            batches.append(order[begin:end])
            begin = end
        return [batches[k] for k in rng.permutation(len(batches))]

    def batch(self, places: np.ndarray, unknown: float = 0.0, rng: np.random.Generator | None = None) -> Batch:
        """The pairs at some places as a batch; a share `unknown` of the source words is read as <unk>."""
        arrays = collate([self.sources[i] for i in places], [self.targets[i] for i in places])
        src, lengths, read, say = map(torch.from_numpy, arrays)
        if unknown:
            src[torch.from_numpy(rng.random(src.shape) < unknown) & (src != 0)] = UNK
        return Batch(src, lengths, read, say)


def vocabularies(train: list[Pair], rare: int) -> tuple[PieceVocabulary, Vocabulary]:
    """Source words and endings (`piece_vocabulary`), and target characters, of the training part."""
    source = piece_vocabulary([bare_tokenise(pair.english, "en") for pair in train], rare)
    characters = [bare_tokenise(pair.chinese, "zh") for pair in train]
    return source, Vocabulary(build_vocab({"train": characters, "dev": [], "test": []}, 1))
