"""Sentence pairs as a model reads them: divided, tokenised, numbered, in batches of like length."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_ref.translation.batching import collate
from lstm_ref.translation.corpus import CorpusError, Pair, Report, load
from lstm_ref.translation.glosses import glosses
from lstm_ref.translation.pieces import PieceVocabulary, piece_vocabulary
from lstm_ref.translation.split import group_split
from lstm_ref.translation.tokens import tokenise
from lstm_ref.translation.vocab import UNK, Vocabulary, build_vocab

SPLIT_SEED = 20260  # one split for all: scores can be compared only on the same test part
bare_tokenise = tokenise.__wrapped__  # for a corpus: the check of the arguments takes longer than the work
HELD_OUT = {"dev": (0.03, 700), "test": (0.08, 1300)}  # share of the pairs, and the most of them


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


class Parts(NamedTuple):
    """Pairs divided by group, and where each comes from; `lstm_ref.translation.split` says how.

    train, dev, test : lists of Pair
    origin : list    name of the corpus of each test pair
    reports : list   what was read of each corpus
    """

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]
    origin: list[str]
    reports: list[Report]


def divide(names: list[str], dictionary: bool = False) -> Parts:
    """Read corpora and divide them, all together, so that no sentence of one's test stands in another's training part.

    names : list        "hsk", "tatoeba" or files
    dictionary : bool   add what the words of the HSK training sentences mean to the training part
    Returns parts (Parts)

    Each corpus is split alone first, so that its dev and test parts do not depend on which others are read beside it;
    what shares a sentence with any of them then leaves the training part.
    Raises CorpusError where a corpus cannot be had, or has too few pairs to be divided.
    """
    parts = Parts([], [], [], [], [])
    for name in names:
        pairs, report = load(name)
        parts.reports.append(report)
        sizes = [int(min(share * len(pairs), most)) for share, most in HELD_OUT.values()]
        if min(sizes) < 1:
            raise CorpusError(f"{report}\n{name}: too few pairs to train on; at least 34 are needed")
        train, dev, test = group_split([tuple(pair) for pair in pairs], sizes, np.random.default_rng(SPLIT_SEED))
        parts.train.extend(pairs[i] for i in train)
        parts.dev.extend(pairs[i] for i in dev)
        parts.test.extend(pairs[i] for i in test)
        parts.origin.extend([name] * len(test))
    if dictionary:
        parts.train.extend(glosses(parts.train))
    if len(names) > 1 or dictionary:
        held_out = {side for pair in (*parts.dev, *parts.test) for side in letters(pair)}
        parts.train[:] = [pair for pair in parts.train if held_out.isdisjoint(letters(pair))]
        tested = {side for pair in parts.test for side in letters(pair)}
        parts.dev[:] = [pair for pair in parts.dev if tested.isdisjoint(letters(pair))]
    return parts


def letters(pair: Pair) -> list[tuple[str, str]]:
    """What must not be the same for two sentences to be different: the letters and digits of each side."""
    sides = zip(("en", "zh"), pair, strict=True)
    return [
        (language, "".join(filter(str.isalnum, "".join(bare_tokenise(side, language))))) for language, side in sides
    ]


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


def overlap(pairs: list[Pair], train: list[Pair]) -> int:
    """How many pairs have a sentence, English or Chinese, that stands in the training part too."""
    known = {side for pair in train for side in letters(pair)}
    return sum(not known.isdisjoint(letters(pair)) for pair in pairs)
