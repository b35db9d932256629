"""Subword pieces: an unknown word becomes a known word and a known ending, hotels becomes hotel and @@s."""

from collections import Counter

from lstm_ref.vocabulary import SPECIALS, UNK, Vocabulary, build_vocab

CONTINUATION = "@@"  # stands before an ending
MIN_STEM = 3  # fewest letters of the word that an ending continues
MIN_WORDS = 3  # fewest words of the training part that have an ending


class PieceVocabulary(Vocabulary):
    """A vocabulary that splits an unknown word into a known word and a known ending, where it can.

    tokens : list   V different strings, the specials first; endings begin with @@
    """

    def segment(self, tokens: list[str]) -> list[str]:
        """The tokens, each unknown one split in two where both pieces are known; the longest first piece wins."""
        pieces = []
        for token in tokens:
            places = range(len(token) - 1, MIN_STEM - 1, -1) if token not in self.index else ()
            halves = ([token[:k], CONTINUATION + token[k:]] for k in places)
            pieces += next((pair for pair in halves if all(half in self.index for half in pair)), [token])
        return pieces

    def encode(self, tokens: list[str]) -> list[int]:
        """The numbers of some tokens after `segment`; `UNK` for a token that stays unknown."""
        return [self.index.get(token, UNK) for token in self.segment(tokens)]


def piece_vocabulary(sentences: list[list[str]], rare: int) -> PieceVocabulary:
    """The words of the training part without the rare ones that can be split, and the endings that split them.

    sentences : list   of the training part, each a list of tokens
    rare : int         a word that occurs at most so often is split where it can be, so that endings are trained
    Returns vocabulary (PieceVocabulary): frequent words, endings, then rare words that cannot be split
    """
    counts = Counter(token for sentence in sentences for token in sentence)
    frequent = build_vocab({"train": sentences, "dev": [], "test": []}, rare + 1)
    known = {*frequent[len(SPECIALS) :]}
    endings = Counter(word[k:] for word in counts for k in range(MIN_STEM, len(word)) if word[:k] in known)
    kept = sorted((ending for ending in endings if endings[ending] >= MIN_WORDS), key=lambda e: (-endings[e], e))
    vocabulary = PieceVocabulary([*frequent, *(CONTINUATION + ending for ending in kept)])
    whole = [word for word in counts if word not in vocabulary.index and vocabulary.segment([word]) == [word]]
    return PieceVocabulary([*vocabulary.tokens, *sorted(whole, key=lambda word: (-counts[word], word))])
