"""Real sentences for a character language model: the English side of graded Chinese reading sentences.

Source: the package hsk-sentences-audio, 4,354 sentence pairs, CC BY-SA 4.0. It is installed with the course,
so nothing is downloaded.
"""

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
from hsk_sentences_audio import load_sentences

from lstm_ref.seq2seq.batching import collate
from lstm_ref.vocabulary import BOS, EOS, PAD, SPECIALS, UNK, Vocabulary

__all__ = ["BOS", "EOS", "PAD", "UNK", "CharacterVocabulary", "batches", "character_batch", "sentences", "split"]
PLACEHOLDERS = ("placeholder", "PH")  # sentences without a translation begin with one of these
FIRST_CJK = "\u2e80"  # from here on Unicode has the scripts of East Asia; quotation marks and accents come before


def sentences() -> list[str]:
    """All English sentences, each once, in the package's order (by grade, easiest first).

    Returns a list of 4,230 strings of 5 to 72 characters. Of the package's 4,249 different ones, 17 are left out
    because they are placeholders and no sentences, and 2 because they contain a Chinese character.
    """
    lines = dict.fromkeys(record["translation"]["en"] for record in load_sentences())
    return [line for line in lines if not line.startswith(PLACEHOLDERS) and max(line) < FIRST_CJK]


def split(lines: list[str], valid_tenths: int = 1) -> tuple[list[str], list[str]]:
    """Divide sentences into a training and a validation part, the same on every machine and in every order.

    lines : list         sentences
    valid_tenths : int   how many tenths of them, nearly, are for validation
    Returns train (list), valid (list), each in the order given

    A digest of the letters decides: sentences that differ only in case or punctuation fall on the same side.
    """
    sides = ([], [])
    for line in lines:
        letters = "".join(filter(str.isalnum, line.casefold()))
        digest = hashlib.sha256(letters.encode()).digest()
        sides[digest[0] % 10 < valid_tenths].append(line)
    return sides


class CharacterVocabulary(Vocabulary):
    """The characters of some sentences, numbered: specials first, then by code point.

    lines : list   sentences to take the characters from: the training part only
    """

    def __init__(self, lines: list[str]):
        super().__init__([*SPECIALS, *sorted(set("".join(lines)))])

    def decode(self, ids: Iterable[int]) -> str:
        """The sentence that the numbers spell, up to the first `EOS`; `PAD` and `BOS` are left out."""
        return "".join(super().decode(ids))


def character_batch(lines: list[str], vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sentences as one padded batch for next-character prediction.

    lines : list               N sentences
    vocabulary : Vocabulary    numbers the characters
    Returns tokens (T, N), targets (T, N), mask (T, N)

    Tokens begin with `BOS`; targets are the same sentence one step ahead and end with `EOS`. Both are int64,
    and `PAD` once a sentence has ended; mask is True before that. T is the longest sentence's length plus 1.
    """
    if not lines:
        empty = np.zeros((0, 0), dtype=np.int64)
        return empty, empty.copy(), empty != PAD
    encoded = [vocabulary.encode(line) for line in lines]
    _, _, tokens, targets = collate([[] for _ in lines], encoded)  # a pair whose source is empty
    return tokens, targets, targets != PAD


def batches(
    lines: list[str], vocabulary: Vocabulary, N: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """One pass over the sentences in random order, N at a time, those of like length together.

    lines : list               sentences
    vocabulary : Vocabulary    numbers the characters
    N : int                    sentences a batch; the last batch may have fewer
    rng : Generator            NumPy's generator, the only source of chance
    Yields tokens (T, N), targets (T, N), mask (T, N) as `character_batch` makes them

    Sorting by length before cutting leaves little padding; the sort is stable, so like lengths stay shuffled.
    """
    order = sorted(rng.permutation(len(lines)), key=lambda i: len(lines[i]))
    starts = rng.permutation(range(0, len(lines), N))
    for start in starts:
        yield character_batch([lines[i] for i in order[start : start + N]], vocabulary)
