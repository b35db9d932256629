"""Scores: sacreBLEU's own numbers, the course's BLEU, and intervals that cover what they should."""

import numpy as np
import pytest
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

from lstm_ref.seq2seq.bleu import corpus_bleu
from translator import scores
from translator.data.corpus import hsk


@pytest.fixture(scope="module")
def systems():
    """References, a good system (a character in ten is wrong) and a worse one (three in ten)."""
    rng = np.random.default_rng(0)
    references = [pair.chinese for pair in hsk().pairs[:600:3]]

    def spoil(share):
        return ["".join("的" if rng.random() < share else c for c in line) for line in references]

    return references, spoil(0.1), spoil(0.3)


def test_the_scores_are_sacrebleu_s(systems):
    references, good, _ = systems
    bleu, chrf = scores.evaluate(good, references)
    assert bleu.value == BLEU(tokenize="zh").corpus_score(good, [references]).score
    assert chrf.value == CHRF().corpus_score(good, [references]).score
    assert "tok:zh" in bleu.signature and "nc:6" in chrf.signature
    assert "tok:zh" in str(bleu)


def test_a_score_from_summed_counts_is_sacrebleu_s_score_of_the_corpus(systems):
    references, _, worse = systems
    for hypotheses, right in ((["", "猫", *worse], ["猫。", "狗", *references]), (["", ""], ["猫", "狗"])):
        for metric in scores.metrics():
            counts = scores.sentence_counts(metric, hypotheses, right).sum(axis=0)
            expected = metric.corpus_score(hypotheses, [right]).score
            assert scores.score_from_counts(metric, counts) == pytest.approx(expected, abs=1e-9)


def test_the_course_s_bleu_agrees_on_the_same_tokens(systems):
    references, good, _ = systems
    cut = TokenizerZh()
    ours = corpus_bleu([cut(line).split() for line in good], [cut(line).split() for line in references])
    assert ours == pytest.approx(scores.evaluate(good, references)[0].value, abs=1e-9)


def test_the_interval_holds_the_score_and_narrows_with_more_sentences(systems):
    references, good, _ = systems
    few, many = scores.evaluate(good[:50], references[:50])[0], scores.evaluate(good, references)[0]
    for score in (few, many):
        assert score.low < score.value < score.high
    assert many.high - many.low < few.high - few.low


def test_pairs_tell_a_better_system_from_a_worse_one_and_none_from_itself(systems):
    references, good, worse = systems
    for name, (real, low, high, p) in scores.paired_bootstrap(good, worse, references).items():
        assert 0 < low < real < high and p == 0, name
    assert scores.paired_bootstrap(good, good, references)["BLEU"] == (0, 0, 0, 1)


def test_a_pair_is_resampled_together(systems):
    """The difference's interval is narrower than if each system had a test set of its own."""
    references, good, worse = systems
    _, low, high, _ = scores.paired_bootstrap(good, worse, references)["BLEU"]
    widths = [s.high - s.low for s in (scores.evaluate(x, references)[0] for x in (good, worse))]
    assert high - low < sum(width**2 for width in widths) ** 0.5
