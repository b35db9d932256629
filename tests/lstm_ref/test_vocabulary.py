"""The order of a vocabulary, and the way there and back."""

import pytest

from lstm_ref.vocabulary import BOS, EOS, PAD, UNK, Vocabulary, build_vocab


def test_order_and_threshold():
    train = [["b", "a", "b"], ["a", "c", "<unk>"]]
    parts = {"train": train, "dev": [["d"] * 9], "test": [["e"] * 9]}
    specials = ["<pad>", "<bos>", "<eos>", "<unk>"]
    assert build_vocab(parts, 1) == [*specials, "a", "b", "c"]
    assert build_vocab(parts, 2) == [*specials, "a", "b"]


def test_there_and_back():
    vocabulary = Vocabulary(["<pad>", "<bos>", "<eos>", "<unk>", "我", "有"])
    assert len(vocabulary) == 6
    assert vocabulary.encode(["有", "猫", "我"]) == [5, UNK, 4]
    assert vocabulary.decode([BOS, 5, PAD, 4, EOS, 4]) == ["有", "我"]


def test_a_list_without_specials_is_refused():
    with pytest.raises(ValueError, match="begins with <pad>"):
        Vocabulary(["我", "有"])
