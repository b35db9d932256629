"""Division into parts, and batches of like length."""

import numpy as np
import pytest

from lstm_ref.vocabulary import UNK
from translator.data.bitext import Bitext, vocabularies
from translator.data.corpus import CorpusError, Pair
from translator.data.glosses import glosses, senses
from translator.data.parts import count_overlap, divide, sentence_keys


@pytest.fixture(scope="module")
def hsk():
    return divide(["hsk"])


def test_no_sentence_of_the_held_out_parts_is_trained_on(hsk):
    parts = [hsk.train, hsk.dev, hsk.test]
    for k, part in enumerate(parts):
        for other in parts[k + 1 :]:
            assert count_overlap(part, other) == 0
    assert min(map(len, parts)) > 100


def test_overlap_sees_one_side_and_ignores_punctuation():
    train = [Pair("Hello, Tom!", "你好，汤姆！")]
    assert count_overlap([Pair("hello tom", "嗨。"), Pair("Hi.", "你好汤姆"), Pair("Bye.", "再见。")], train) == 2


def test_a_second_corpus_changes_no_test_part_and_leaks_into_none(hsk, tmp_path):
    own = [*(Pair(p.english.upper(), p.chinese) for p in hsk.test[:20]), *(Pair(f"n {i}", f"第{i}") for i in range(80))]
    path = tmp_path / "own.tsv"
    path.write_text("".join(f"{p.english}\t{p.chinese}\n" for p in own))
    both = divide(["hsk", str(path)])
    assert both.test[: len(hsk.test)] == hsk.test
    assert set(both.origin) == {"hsk", str(path)}
    pairs_of_parts = (both.test, both.train), (both.dev, both.train), (both.dev, both.test)
    assert [count_overlap(*parts) for parts in pairs_of_parts] == [0, 0, 0]


def test_too_small_a_corpus_is_one_clear_error(tmp_path):
    path = tmp_path / "few.tsv"
    path.write_text("Hi.\t嗨。\nbad line\n")
    with pytest.raises(CorpusError, match="too few pairs"):
        divide([str(path)])


def test_letters_are_what_the_split_compares():
    assert sentence_keys(Pair("Ｈi, Tom!", "嗨，Tom!")) == [("en", "hitom"), ("zh", "嗨Tom")]


@pytest.mark.parametrize("tokens", [1, 50, 500])
def test_an_epoch_holds_each_pair_once_in_batches_that_fit(hsk, tokens):
    pairs = hsk.train[:700]
    text = Bitext(pairs, *vocabularies(pairs, 1))
    batches = text.epoch(tokens, np.random.default_rng(0))
    assert sorted(np.concatenate(batches)) == [*range(700)]
    for indices in batches:
        assert len(indices) == 1 or len(indices) * text.lengths[indices, 0].max() <= tokens


def test_batches_have_few_shapes(hsk):
    """Each new shape costs a compilation."""
    text = Bitext(hsk.train, *vocabularies(hsk.train, 1))
    shapes = [(text.lengths[indices, 0].max(), len(indices)) for indices in text.epoch(500, np.random.default_rng(0))]
    assert len({*shapes}) < 30 < len(shapes) / 2


def test_batches_waste_little_on_padding(hsk):
    text = Bitext(hsk.train, *vocabularies(hsk.train, 1))
    for side, most in ((0, 0.03), (1, 0.15)):
        batches = text.epoch(500, np.random.default_rng(0))
        padded = sum(len(indices) * text.lengths[indices, side].max() for indices in batches)
        assert 1 - text.lengths[:, side].sum() / padded < most


def test_epochs_differ_and_a_seed_repeats_them(hsk):
    text = Bitext(hsk.train[:300], *vocabularies(hsk.train[:300], 1))
    a, b, c = (text.epoch(100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all((x == y).all() for x, y in zip(a, b, strict=True))
    assert {tuple(sorted(x)) for x in a} != {tuple(sorted(x)) for x in c}


def test_words_are_read_as_unknown_at_the_share_asked_for_and_padding_never(hsk):
    text = Bitext(hsk.train, *vocabularies(hsk.train, 1))
    batch = text.batch(np.arange(500), 0.3, np.random.default_rng(0))
    real = batch.src != 0
    assert abs((batch.src[real] == UNK).float().mean() - 0.3) < 0.03
    assert (real.sum(0) == batch.lengths).all()
    assert (batch.tgt_out == UNK).sum() == 0


def test_shares_are_the_batch(hsk):
    text = Bitext(hsk.train, *vocabularies(hsk.train, 1))
    batch = text.batch(np.arange(5))
    shares = [batch.shard(rank, 3) for rank in range(3)]
    assert [len(share.lengths) for share in shares] == [2, 2, 1]
    assert sum(share.tokens for share in shares) == batch.tokens
    assert batch.shard(7, 8) is None


def test_the_dictionary_adds_words_and_leaks_nothing(hsk):
    more = divide(["hsk"], dictionary=True)
    assert (more.dev, more.test) == (hsk.dev, hsk.test)
    assert len(more.train) > len(hsk.train) + 5000
    assert count_overlap(more.dev, more.train) == count_overlap(more.test, more.train) == 0
    assert Pair("teacher", "老师") in more.train


def test_the_dictionary_tells_only_words_of_the_training_part(hsk):
    told = {pair.chinese for pair in glosses(hsk.train)}
    trained = "".join(pair.chinese for pair in hsk.train)
    assert told and all(word in trained for word in told)


@pytest.mark.parametrize(
    ("gloss", "expected"),
    [
        ("teacher", ["teacher"]),
        ("to know; to recognize (somebody)", ["know", "recognize"]),
        ("you (courteous, as opposed to informal 你[ni3])", ["you"]),
        ("see 延長縣|延长县[Yan2 chang2 Xian4]", []),
        ("surname Li; plum; fruit", ["plum"]),
        ("", []),
        ("one two three four five", []),
    ],
)
def test_senses_are_short_and_plain(gloss, expected):
    assert senses(gloss) == expected
