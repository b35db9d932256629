"""Real sentences for a character language model: the English side of graded Chinese reading sentences.

Source: the package hsk-sentences-audio, 4,354 sentence pairs, CC BY-SA 4.0. It is installed with the course,
so nothing is downloaded.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
from hsk_sentences_audio import load_sentences

PAD, BOS, EOS, UNK = 0, 1, 2, 3
PLACEHOLDERS = ("placeholder", "PH")
FIRST_CJK = "\u2e80"  # from here on Unicode has the scripts of East Asia; quotation marks and accents come before
SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


def sentences() -> list[str]:
    """All English sentences, each once, in the package's order (by grade, easiest first).

    Returns a list of 4,230 strings of 5 to 72 characters. Of the package's 4,249 different ones, 17 are left out
    because they only hold the place of a sentence, and 2 because a Chinese character stands in them.
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


class Vocabulary:
    """The characters of some sentences, numbered: specials first, then by code point.

    lines : list   sentences to take the characters from: the training part only
    """

    def __init__(self, lines: list[str]):
        self.tokens = [*SPECIALS, *sorted(set("".join(lines)))]
        self.index = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        """How many tokens there are, V."""
        return len(self.tokens)

    def encode(self, line: str) -> list[int]:
        """Numbers of the characters of a sentence; `UNK` for a character that the vocabulary lacks."""
        return [self.index.get(character, UNK) for character in line]

    def decode(self, ids) -> str:
        """The sentence that the numbers spell, up to the first `EOS`; `PAD` and `BOS` are left out."""
        characters = []
        for i in ids:
            if i == EOS:
                break
            if i not in (PAD, BOS):
                characters.append(self.tokens[i])
        return "".join(characters)


def collate(lines: list[str], vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sentences as one padded batch for next-character prediction.

    lines : list               N sentences
    vocabulary : Vocabulary    numbers the characters
    Returns tokens (T, N), targets (T, N), mask (T, N)

    Tokens begin with `BOS`; targets are the same sentence one step ahead and end with `EOS`. Both are int64,
    and `PAD` once a sentence has ended; mask is True before that. T is the longest sentence's length plus 1.
    """
    encoded = [vocabulary.encode(line) for line in lines]
    T = max(map(len, encoded), default=-1) + 1
    tokens = np.full((T, len(lines)), PAD, dtype=np.int64)
    targets = np.full((T, len(lines)), PAD, dtype=np.int64)
    for n, ids in enumerate(encoded):
        tokens[: len(ids) + 1, n] = [BOS, *ids]
        targets[: len(ids) + 1, n] = [*ids, EOS]
    return tokens, targets, targets != PAD


def batches(
    lines: list[str], vocabulary: Vocabulary, N: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """One pass over the sentences in random order, N at a time, those of like length together.

    lines : list               sentences
    vocabulary : Vocabulary    numbers the characters
    N : int                    sentences a batch; the last batch may have fewer
    rng : Generator            NumPy's generator, the only source of chance
    Yields tokens (T, N), targets (T, N), mask (T, N) as `collate` makes them

    Sorting by length before cutting leaves little padding; the sort is stable, so like lengths stay shuffled.
    """
    order = sorted(rng.permutation(len(lines)), key=lambda i: len(lines[i]))
    starts = rng.permutation(range(0, len(lines), N))
    for start in starts:
        yield collate([lines[i] for i in order[start : start + N]], vocabulary)
