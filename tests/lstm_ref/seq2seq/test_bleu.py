"""BLEU against sacreBLEU."""

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st

from lstm_ref.seq2seq.bleu import corpus_bleu
from lstm_ref.seq2seq.tokens import tokenise


def theirs(hypotheses, references, **how):
    joined = [[" ".join(s) for s in side] for side in (hypotheses, references)]
    return sacrebleu.corpus_bleu(joined[0], [joined[1]], tokenize="none", force=True, **how).score


@given(
    st.lists(st.tuples(st.text("我你猫狗。", max_size=9), st.text("我你猫狗。", max_size=9)), min_size=1, max_size=5)
)
def test_agrees_with_sacrebleu_to_the_last_digit(pairs):
    hypotheses, references = map(list, zip(*[(list(h), list(r)) for h, r in pairs], strict=True))
    assert corpus_bleu(hypotheses, references) == pytest.approx(theirs(hypotheses, references), abs=1e-9)


def test_agrees_on_a_larger_corpus_too(rng):
    references = [[str(i) for i in rng.integers(30, size=rng.integers(1, 25))] for _ in range(200)]
    hypotheses = [
        [t if rng.random() < 0.7 else "9" for t in r[: rng.integers(len(r) // 2, len(r) + 1)]] for r in references
    ]
    assert corpus_bleu(hypotheses, references) == pytest.approx(theirs(hypotheses, references), abs=1e-9)
    assert corpus_bleu(references, references) == pytest.approx(100.0)


def test_our_characters_are_those_of_sacrebleu():
    hypotheses, references = ["我有两只猫。", "他不喜欢狗吗？"], ["我有两只狗。", "他不喜欢猫吗？"]
    ours = corpus_bleu([tokenise(s, "zh") for s in hypotheses], [tokenise(s, "zh") for s in references])
    assert ours == pytest.approx(sacrebleu.corpus_bleu(hypotheses, [references], tokenize="zh").score, abs=1e-9)


def test_padding_is_no_token(rng):
    hypotheses, references = [list("我有两只猫")], [list("我有两只猫。")]
    padded = corpus_bleu([hypotheses[0] + ["<pad>"] * 3], [references[0] + ["<pad>"] * 2])
    assert padded == corpus_bleu(hypotheses, references) == pytest.approx(100 * np.exp(1 - 6 / 5))
