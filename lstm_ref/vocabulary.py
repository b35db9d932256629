"""Vocabularies: the tokens of the training part, numbered, the special ones first."""

from collections import Counter
from collections.abc import Iterable

from lstm_ref.shapes import checked

PAD, BOS, EOS, UNK = 0, 1, 2, 3
SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


@checked
def build_vocab(parts: dict, min_count: int) -> list[str]:
    """The tokens that a model knows, in the order of their numbers.

    First the specials <pad>, <bos>, <eos>, <unk>, which are 0 to 3; then every
    token that stands at least min_count times in the training part, the most
    frequent first, those of equal frequency in alphabetical order (Python's of
    strings). No token stands twice, not even one that is spelt like a special.

    parts : dict      "train", "dev" and "test", each with a list of sentences,
                      and a sentence is a list of tokens
    min_count : int   at least 1; rarer tokens are left out
    Returns tokens (list): V strings
    """
    specials = ["<pad>", "<bos>", "<eos>", "<unk>"]
    counts = Counter(token for sentence in parts["train"] for token in sentence)
    kept = [token for token in counts if counts[token] >= min_count and token not in specials]
    return specials + sorted(kept, key=lambda token: (-counts[token], token))


class Vocabulary:
    """Converts tokens to numbers and back.

    tokens : list   V different strings, the specials first, as `build_vocab` gives them
    """

    def __init__(self, tokens: list[str]):
        if tuple(tokens[: len(SPECIALS)]) != SPECIALS:
            raise ValueError(f"a vocabulary begins with {', '.join(SPECIALS)}; this one begins with {tokens[:4]}")
        self.tokens = list(tokens)
        self.index = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        """How many tokens there are, V."""
        return len(self.tokens)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The numbers of some tokens, a list of strings or a string of characters; `UNK` for an unknown token."""
        return [self.index.get(token, UNK) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens of some numbers, up to the first `EOS`; `PAD` and `BOS` are left out."""
        tokens = []
        for i in ids:
            if i == EOS:
                break
            if i not in (PAD, BOS):
                tokens.append(self.tokens[i])
        return tokens
