"""The sentences: always the same ones, split without leaks, batched with targets one step ahead."""

import numpy as np

from lstm_ref.text import CharacterVocabulary, batches, character_batch, sentences, split
from lstm_ref.vocabulary import BOS, EOS, PAD, SPECIALS, UNK


def letters(line):
    return "".join(c for c in line.lower() if c.isalnum())


def test_sentences_are_real_and_unique():
    lines = sentences()
    assert len(lines) == len(set(lines)) == 4230
    assert lines[0] == "Hello, teacher!"
    assert not [line for line in lines if "placeholder" in line or line == "PH" or max(line) > "\u2e80"]
    lines.clear()
    assert len(sentences()) == 4230  # a caller's list is its own


def test_the_split_is_fixed_and_no_sentence_stands_on_both_sides():
    lines = sentences()
    train, valid = split(lines)
    assert (len(train), len(valid)) == (3841, 389)
    assert {*train, *valid} == {*lines}
    assert not {*map(letters, train)} & {*map(letters, valid)}
    assert split(lines[::-1])[1] == valid[::-1]
    assert [len(side) for side in split(["Go home.", "go home!"])] in ([2, 0], [0, 2])


def test_vocabulary_has_specials_first_and_a_fixed_order():
    vocabulary = CharacterVocabulary(["bca", "ab!"])
    assert vocabulary.tokens == [*SPECIALS, "!", "a", "b", "c"]
    assert [vocabulary.index[s] for s in SPECIALS] == [PAD, BOS, EOS, UNK] == [0, 1, 2, 3]
    assert vocabulary.encode("cab?") == [7, 5, 6, UNK]
    assert vocabulary.decode([BOS, 7, 5, PAD, 6, EOS, 5]) == "cab"
    assert len(vocabulary) == 8


def test_a_batch_shifts_targets_by_one_and_masks_padding():
    vocabulary = CharacterVocabulary(["ab"])
    tokens, targets, mask = character_batch(["ab", "b"], vocabulary)
    a, b = vocabulary.encode("ab")
    assert tokens.T.tolist() == [[BOS, a, b], [BOS, b, PAD]]
    assert targets.T.tolist() == [[a, b, EOS], [b, EOS, PAD]]
    assert mask.T.tolist() == [[True, True, True], [True, True, False]]
    assert tokens.dtype == targets.dtype == np.int64
    assert character_batch([], vocabulary)[0].shape == (0, 0)


def test_one_pass_reads_every_sentence_once_with_little_padding():
    lines = sentences()
    vocabulary = CharacterVocabulary(lines)
    seen, real, cells = [], 0, 0
    for tokens, targets, mask in batches(lines, vocabulary, 64, np.random.default_rng(0)):
        np.testing.assert_array_equal(tokens[1:][mask[1:]], targets[:-1][mask[1:]])
        seen += [vocabulary.decode(column) for column in tokens.T]
        real, cells = real + mask.sum(), cells + mask.size
    assert sorted(seen) == sorted(lines)
    assert real > 0.95 * cells
    first = [next(batches(lines, vocabulary, 8, np.random.default_rng(s)))[0].tolist() for s in (1, 1, 2)]
    assert first[0] == first[1] != first[2]
