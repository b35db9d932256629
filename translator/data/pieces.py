"""Words that are not known, in pieces that are: hotels is read as hotel and @@s."""

from collections import Counter

from lstm_ref.seq2seq.vocab import SPECIALS, UNK, Vocabulary, build_vocab

MARK = "@@"  # before a piece that continues a word
SHORTEST = 3  # letters of the known word that a piece continues
WORDS = 3  # of the training part that have an ending, for it to be one


class PieceVocabulary(Vocabulary):
    """A vocabulary that reads an unknown word as a known one and an ending, where it can.

    tokens : list   V different strings, the specials first; endings begin with @@
    """

    def cut(self, tokens: list[str]) -> list[str]:
        """The tokens, each unknown one in two where that makes it known; the longest beginning counts."""
        cut = []
        for token in tokens:
            places = range(len(token) - 1, SHORTEST - 1, -1) if token not in self.index else ()
            halves = ([token[:k], MARK + token[k:]] for k in places)
            cut += next((pair for pair in halves if all(half in self.index for half in pair)), [token])
        return cut

    def encode(self, tokens: list[str]) -> list[int]:
        """The numbers of some tokens, unknown ones cut; `UNK` for what stays unknown."""
        return [self.index.get(token, UNK) for token in self.cut(tokens)]


def piece_vocabulary(sentences: list[list[str]], rare: int) -> PieceVocabulary:
    """The words of the training part, but for rare ones that can be cut, and the endings to cut them with.

    sentences : list   of the training part, each a list of tokens
    rare : int         a word that stands at most so often is cut where it can be, so that pieces are learnt
    Returns vocabulary (PieceVocabulary): frequent words, endings, then rare words that cannot be cut
    """
    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = build_vocab({"train": sentences, "dev": [], "test": []}, rare + 1)
    known = {*frequent[len(SPECIALS) :]}
    endings = Counter(word[k:] for word in counts for k in range(SHORTEST, len(word)) if word[:k] in known)
    kept = sorted((ending for ending in endings if endings[ending] >= WORDS), key=lambda e: (-endings[e], e))
    vocabulary = PieceVocabulary([*frequent, *(MARK + ending for ending in kept)])
    whole = [word for word in counts if word not in vocabulary.index and vocabulary.cut([word]) == [word]]
    return PieceVocabulary([*vocabulary.tokens, *sorted(whole, key=lambda word: (-counts[word], word))])
