"""A corpus divided into training, dev and test part, so that no sentence stands in two of them."""

from typing import NamedTuple

import numpy as np

from lstm_ref.seq2seq.split import group_split
from lstm_ref.seq2seq.tokens import tokenise
from translator.data.corpus import CorpusError, Pair, Report, load
from translator.data.glosses import glosses

SPLIT_SEED = 20260  # fixed: scores can be compared only on the same test part
unchecked_tokenise = tokenise.__wrapped__  # checking the arguments takes longer than the work itself
HELD_OUT = {"dev": (0.03, 700), "test": (0.08, 1300)}  # share of the pairs, and the largest number of them


class Parts(NamedTuple):
    """Pairs divided by group (see `lstm_ref.seq2seq.split`), and where they come from.

    train, dev, test : list  of Pair
    origin : list            name of the corpus of each test pair
    reports : list           of Report, one a corpus
    """

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]
    origin: list[str]
    reports: list[Report]


def divide(names: list[str], dictionary: bool = False) -> Parts:
    """Read corpora and divide each into training, dev and test part, so that no sentence stands in two parts.

    names : list        "hsk", "tatoeba" or files
    dictionary : bool   add the words of the HSK training sentences with their meanings to the training part
    Returns parts (Parts)

    Each corpus is divided alone first, so that its test part does not depend on the other corpora. Then every pair that
    shares a sentence with a held-out part leaves the training part, and every pair that shares one with a test part
    leaves the dev part.
    Raises CorpusError where a corpus cannot be read, or has too few pairs to be divided.
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
        held_out = {key for pair in (*parts.dev, *parts.test) for key in sentence_keys(pair)}
        parts.train[:] = [pair for pair in parts.train if held_out.isdisjoint(sentence_keys(pair))]
        tested = {key for pair in parts.test for key in sentence_keys(pair)}
        parts.dev[:] = [pair for pair in parts.dev if tested.isdisjoint(sentence_keys(pair))]
    return parts


def sentence_keys(pair: Pair) -> list[tuple[str, str]]:
    """The letters and digits of each side, with its language; sentences with the same key count as the same."""
    keys = []
    for language, side in zip(("en", "zh"), pair, strict=True):
        text = "".join(unchecked_tokenise(side, language))
        keys.append((language, "".join(filter(str.isalnum, text))))
    return keys


def count_overlap(pairs: list[Pair], train: list[Pair]) -> int:
    """How many pairs share a sentence, English or Chinese, with the training part."""
    known = {key for pair in train for key in sentence_keys(pair)}
    return sum(not known.isdisjoint(sentence_keys(pair)) for pair in pairs)
