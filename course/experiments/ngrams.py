"""Character n-gram models with Witten–Bell smoothing, the baselines of a language model."""

import numpy as np
from numpy import ndarray

from lstm_ref import text


class NGram:
    """Probability of the next character given the n - 1 before it, from counts.

    n : int                            1 looks at nothing before, 5 at four characters
    vocabulary : CharacterVocabulary   numbers the characters
    lines : list                       sentences to count in

    Method C of Witten and Bell (1991), interpolated as in Chen and Goodman (1999): the estimate of each order is mixed
    with that of the next shorter context, whose share is kinds / (seen + kinds). A context occurs seen times,
    with kinds different characters after it.
    """

    def __init__(self, n: int, vocabulary: text.CharacterVocabulary, lines: list[str]):
        self.n, self.vocabulary, self.counts = n, vocabulary, {}
        for line in lines:
            for context, following in self._positions(line):
                for k in range(n):
                    followers = self.counts.setdefault(context[len(context) - k :], {})
                    followers[following] = followers.get(following, 0) + 1

    @property
    def size(self) -> int:
        """How many counts are stored."""
        return sum(map(len, self.counts.values()))

    def probability(self, context: tuple[int, ...], following: int) -> float:
        """Probability of a character after n - 1 others."""
        p = 1 / len(self.vocabulary)
        for k in range(self.n):  # from the empty context to the longest one
            followers = self.counts.get(context[len(context) - k :])
            if followers is None:
                break
            seen, kinds = sum(followers.values()), len(followers)
            p = (followers.get(following, 0) + kinds * p) / (seen + kinds)
        return p

    def nll(self, lines: list[str]) -> tuple[ndarray, ndarray]:
        """Negative log-likelihood of each character in nats, and which are real: nll (T, N), mask (T, N)."""
        mask = text.character_batch(lines, self.vocabulary)[2]
        nll = np.zeros(mask.shape)
        for n, line in enumerate(lines):
            p = [self.probability(context, following) for context, following in self._positions(line)]
            nll[: len(p), n] = -np.log(p)
        return nll, mask

    def _positions(self, line):
        """Every context of n - 1 tokens with the token that follows, for the characters of a sentence and its end."""
        ids = [text.BOS] * (self.n - 1) + self.vocabulary.encode(line) + [text.EOS]
        for i in range(self.n - 1, len(ids)):
            yield tuple(ids[i - self.n + 1 : i]), ids[i]
