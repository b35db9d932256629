"""A corpus divided into training, dev and test part, so that no sentence stands in two of them."""

from typing import NamedTuple

import numpy as np

from lstm_ref.seq2seq.split import group_split
from lstm_ref.seq2seq.tokens import tokenise
from translator.data.corpus import CorpusError, Pair, Report, load
from translator.data.glosses import glosses

SPLIT_SEED = 20260  # one split for all: scores can be compared only on the same test part
bare_tokenise = tokenise.__wrapped__  # for a corpus: the check of the arguments takes longer than the work
HELD_OUT = {"dev": (0.03, 700), "test": (0.08, 1300)}  # share of the pairs, and the most of them


class Parts(NamedTuple):
    """Pairs divided by group, and where each comes from; `lstm_ref.seq2seq.split` says how.

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


def overlap(pairs: list[Pair], train: list[Pair]) -> int:
    """How many pairs have a sentence, English or Chinese, that stands in the training part too."""
    known = {side for pair in train for side in letters(pair)}
    return sum(not known.isdisjoint(letters(pair)) for pair in pairs)
