"""Unknown words in pieces."""

from lstm_ref.vocabulary import SPECIALS, UNK
from translator.data.pieces import PieceVocabulary, piece_vocabulary

SENTENCES = [
    line.split() for line in ("walk talk jump", "walk talk jump hotel", "walks talks jumps hotels zebra", "hotel")
]


def test_an_unknown_word_is_the_longest_known_one_and_an_ending():
    vocabulary = PieceVocabulary([*SPECIALS, "walk", "walking", "@@s", "@@ings", "cat"])
    assert vocabulary.segment(["walks", "walkings", "walk", "cats", "dogs"]) == [
        *("walk", "@@s", "walking", "@@s", "walk", "cat", "@@s", "dogs")
    ]
    assert vocabulary.encode(["walks", "dogs"]) == [4, 6, UNK]


def test_short_words_and_empty_endings_are_not_cut():
    vocabulary = PieceVocabulary([*SPECIALS, "as", "@@", "@@k", "ask"])
    assert vocabulary.segment(["ask", "asks", "asx"]) == ["ask", "asks", "asx"]


def test_rare_words_are_cut_in_training_where_they_can_be_and_whole_where_not():
    vocabulary = piece_vocabulary(SENTENCES, rare=1)
    assert vocabulary.tokens[:4] == [*SPECIALS]
    assert {*vocabulary.tokens[4:]} == {"walk", "talk", "jump", "hotel", "zebra", "@@s"}
    assert vocabulary.segment(SENTENCES[2]) == ["walk", "@@s", "talk", "@@s", "jump", "@@s", "hotel", "@@s", "zebra"]


def test_an_ending_of_few_words_is_none():
    vocabulary = piece_vocabulary(SENTENCES[:2] + [["walks", "talks"]], rare=1)
    assert "@@s" not in vocabulary.index
    assert "walks" in vocabulary.index


def test_with_none_rare_every_word_of_the_training_part_is_known():
    vocabulary = piece_vocabulary(SENTENCES, rare=0)
    assert all(vocabulary.segment(sentence) == sentence for sentence in SENTENCES)
    assert vocabulary.segment(["zebras"]) == ["zebra", "@@s"]


def test_the_order_is_fixed():
    """Whatever order sets are walked in, numbers stay: most frequent first, then by the alphabet."""
    assert piece_vocabulary(SENTENCES, 0).tokens[4:8] == ["hotel", "jump", "talk", "walk"]
