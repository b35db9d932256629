"""course/experiments: the character model, its baselines and the measures of what it uses of the past."""

import numpy as np
import pytest

from course.experiments.characters import CharacterModel
from course.experiments.influence import by_distance, influence, nll_after_foreign_beginning
from course.experiments.lstm_model import CharacterLSTM
from course.experiments.ngrams import NGram
from lstm_ref.text import BOS, EOS, CharacterVocabulary, character_batch

LINES = ["abba", "ab", "bcab", "ccab"]
VOCABULARY = CharacterVocabulary(LINES)


@pytest.fixture(params=[CharacterModel, CharacterLSTM])
def model(request):
    return request.param(VOCABULARY, 3, 6, np.random.default_rng(0))


def test_the_character_model_trains_with_the_gradient_of_its_loss(model):
    batch, rng = character_batch(LINES, VOCABULARY), np.random.default_rng(1)
    _, grads = model.loss_and_gradients(*batch)
    assert grads.keys() == model.weights.keys()
    for name, w in model.weights.items():
        direction, before = rng.normal(size=w.shape).astype(np.float32), w.copy()
        ends = []
        for sign in (1, -1):
            w[...] = before + sign * np.float32(1e-2) * direction
            ends.append(model.loss_and_gradients(*batch)[0])
        w[...] = before
        assert (ends[0] - ends[1]) / 2e-2 == pytest.approx(float((grads[name] * direction).sum()), rel=2e-2, abs=1e-3)


def test_training_lowers_the_loss(model):
    losses = list(model.train(LINES, 150, 2, 1e-2, np.random.default_rng(0)))
    assert len(losses) == 150 and losses[-1] < losses[0] / 3
    nll, mask = model.nll(LINES)
    assert nll[mask].mean() < losses[0] / 3


@pytest.mark.parametrize("n", [1, 2, 4])
def test_an_ngram_model_gives_probabilities_that_add_to_one(n):
    ngram = NGram(n, VOCABULARY, LINES)
    for context in [(BOS,) * (n - 1), (VOCABULARY.index["a"],) * (n - 1)]:
        assert sum(ngram.probability(context, v) for v in range(len(VOCABULARY))) == pytest.approx(1)


def test_a_bigram_is_what_witten_and_bell_say():
    V, ngram = len(VOCABULARY), NGram(2, VOCABULARY, ["ab", "ac"])
    a, b = VOCABULARY.index["a"], VOCABULARY.index["b"]
    unigram = (1 + 4 / V) / (6 + 4)  # of six tokens b is one; a, b, c and the end are four kinds
    assert ngram.probability((a,), b) == pytest.approx((1 + 2 * unigram) / (2 + 2))
    nll, mask = ngram.nll(["ab", "a"])
    assert mask.sum(axis=0).tolist() == [3, 2]
    assert nll[1, 0] == pytest.approx(-np.log(ngram.probability((a,), b)))
    assert nll[1, 1] == pytest.approx(-np.log(ngram.probability((a,), EOS)))
    assert nll[2, 1] == 0


def test_only_what_was_read_has_influence():
    model = CharacterModel(CharacterVocabulary(["abcdefghi"]), 3, 6, np.random.default_rng(0))
    moved = influence(model, "abcab", np.random.default_rng(0))
    assert moved[np.triu_indices(5, 1)].max() < 1e-6
    assert (moved[np.tril_indices(5)] > 0).all() and moved.max() <= 1
    mean = by_distance(model, ["abcab"], np.random.default_rng(0), 3)
    assert mean.shape == (3,)


def test_a_foreign_beginning_counts_only_before_the_true_characters():
    model = CharacterModel(VOCABULARY, 3, 6, np.random.default_rng(0))
    lines = ["abcabca", "bcabcab", "cbacacb"]
    found = nll_after_foreign_beginning(model, lines, [1, 3, 4], range(5, 7))
    assert found[None][0].shape == (2, 3) and (found[None][1] == 0).all()
    assert found[1][1].mean() > found[3][1].mean() > found[4][1].mean() > 0
    nll, _ = model.nll(lines)
    assert found[None][0] == pytest.approx(nll[5:7])
    mixed = [lines[n - 2][:4] + lines[n][4:] for n in range(3)]  # the beginning of the next sentence
    assert found[1][0][0] == pytest.approx(model.nll(mixed)[0][5])


def test_with_all_characters_true_nothing_is_foreign(model):
    """Before the first character every sentence has the same states."""
    lines = ["abcabca", "bcabcab", "cbacacb"]
    found = nll_after_foreign_beginning(model, lines, [1, 5], range(5, 6))
    assert found[5][0] == pytest.approx(found[None][0], abs=1e-5) and found[5][1].max() < 1e-5
    assert found[1][1].max() > 0.1


def test_the_states_of_the_lstm_are_those_of_its_layer():
    model = CharacterLSTM(VOCABULARY, 3, 6, np.random.default_rng(0))
    tokens, _, _ = character_batch(LINES, VOCABULARY)
    hs, cs = model.states(tokens)
    assert hs == pytest.approx(model.hidden_states(tokens), abs=1e-5)
    assert cs.shape == hs.shape and not np.allclose(cs, hs)
