"""Search in batches: against the course's beam search, and alone against in company."""

import numpy as np
import pytest
import torch

from lstm_ref.seq2seq.decoding import beam_search
from translator.search.beam import beam_hypotheses, log_probabilities
from translator.search.consensus import similarity
from translator.search.hypothesis import Hypothesis, select_hypothesis
from translator.search.stepwise import greedy, max_lengths, sample_top_k

SENTENCES = ["The cat sees a dog.", "cat", "The horse likes a sheep. The fish hears a bird.", "a dog . . .", "hears"]


@pytest.fixture(params=["attention", "fixed", "transformer", "naive"])
def translator(request, make, config):
    return make(config.replace(model=request.param, embed=16))[0]


def by_the_course(translator, sentence, beam, alpha):
    """One sentence through `beam_search` of exercise 6.9, over the same model."""
    src, lengths = translator.encode_batch([sentence])
    source, states = translator.model.begin(src, lengths)

    @torch.no_grad()
    def step(tokens, state):
        rows = torch.zeros(len(tokens), dtype=torch.long)
        logits, after, _ = translator.model.step(
            torch.from_numpy(tokens), tuple(map(torch.from_numpy, state)), source.rows(rows)
        )
        return log_probabilities(logits.double()).numpy(), tuple(part.numpy() for part in after)

    state = tuple(part.detach().numpy() for part in states)
    return beam_search(step, state, beam, int(max_lengths(lengths)[0]), alpha)


@pytest.mark.parametrize(("beam", "alpha"), [(1, 1.0), (2, 0.0), (4, 0.7), (7, 1.5)])
def test_a_batch_finds_what_the_course_s_beam_search_finds_sentence_by_sentence(translator, beam, alpha):
    found = beam_hypotheses(translator.model, *translator.encode_batch(SENTENCES), beam)
    for sentence, hypotheses in zip(SENTENCES, found, strict=True):
        expected, expected_score = by_the_course(translator, sentence, beam, alpha)
        tokens, score = select_hypothesis(hypotheses, alpha)
        assert tokens == expected
        assert score == pytest.approx(expected_score, rel=1e-4)


def test_what_these_translators_write_varies(make, config):
    """Else the tests above and below would pass for a search that always says the same."""
    found = make(config)[0].translate(SENTENCES, beam=1)
    assert len({*found}) == len(SENTENCES)
    assert len({len(translation) for translation in found}) > 2


def test_the_hypotheses_of_a_beam_are_different_and_begin_with_greedy_s_where_there_is_one(translator):
    batch = translator.encode_batch(SENTENCES)
    of_beam_1 = beam_hypotheses(translator.model, *batch, 1)
    assert [[one.tokens for one in some] for some in of_beam_1] == [[one] for one in greedy(translator.model, *batch)]
    for some in beam_hypotheses(translator.model, *batch, 6):
        assert 1 <= len(some) <= 6
        assert len({(tuple(one.tokens), one.count) for one in some}) == len(some)
        assert all(len(one.tokens) in (one.count, one.count - 1) for one in some)


def test_the_hypothesis_that_the_others_agree_with_wins_over_the_likeliest():
    found = [Hypothesis(list(numbers), len(numbers) + 1, log_p) for numbers, log_p in
             (("wxyz", -2.0), ("abcd", -2.2), ("abce", -2.3), ("abcf", -2.4))]  # fmt: skip
    assert select_hypothesis(found, 1.0)[0] == list("wxyz")
    assert select_hypothesis(found, 1.0, consensus=0.5)[0] == list("abcd")
    assert select_hypothesis(found, 1.0, consensus=100.0)[0] == list("wxyz")  # so sure that it outvotes them all
    assert select_hypothesis(found[:1], 1.0, consensus=0.5) == (list("wxyz"), -0.4)


def test_a_sentence_is_most_like_itself_and_the_likeness_is_mutual():
    sentences = [list("abcd"), list("abce"), list("b"), [], []]
    shares = similarity(sentences)
    assert shares.shape == (5, 5) and shares == pytest.approx(shares.T)
    assert np.diag(shares) == pytest.approx(1.0)
    assert shares[3, 4] == 1 and shares[0, 3] == 0
    assert shares[0, 1] == pytest.approx((3 / 4 + 2 / 3 + 1 / 2 + 0) / 4)
    assert shares[0, 2] == pytest.approx((2 / 5 + 0 + 0 + 0) / 4)


def test_consensus_is_the_same_in_any_company(translator):
    together = translator.translate(SENTENCES, beam=4, consensus=0.5)
    assert together == [translator.translate([one], beam=4, consensus=0.5)[0] for one in SENTENCES]


def test_company_changes_nothing(translator):
    for beam in (1, 4):
        together = translator.translate(SENTENCES, beam=beam)
        assert together == [translator.translate([sentence], beam=beam)[0] for sentence in SENTENCES]
        assert together == translator.translate(SENTENCES, beam=beam, batch=2)


def test_specials_are_never_written_and_length_has_its_limit(translator):
    src, lengths = translator.encode_batch(SENTENCES)
    of_greedy = [[tokens] for tokens in greedy(translator.model, src, lengths)]
    of_beam = [[one.tokens for one in some] for some in beam_hypotheses(translator.model, src, lengths, 5)]
    for found in (of_greedy, of_beam):
        for some, most in zip(found, max_lengths(lengths), strict=True):
            for tokens in some:
                assert len(tokens) <= most
                assert not set(tokens) & {0, 1, 2, 3}


def test_a_draw_follows_its_seed_and_the_temperature(translator):
    draws = [translator.translate(SENTENCES, top_k=5, seed=seed) for seed in (1, 1, 2)]
    assert draws[0] == draws[1]
    if translator.config.model != "naive":
        assert draws[0] != draws[2]
    assert translator.translate(SENTENCES, top_k=1) == translator.translate(SENTENCES, beam=1)
    assert translator.translate(SENTENCES, top_k=5, temperature=1e-4) == translator.translate(SENTENCES, beam=1)


def test_draws_have_the_model_s_frequencies():
    class Coin:
        """Says 4 with probability 0.75, 5 with 0.25, then ends."""

        def begin(self, src, lengths):
            return Rows(), (torch.zeros(src.shape[1], 1),)

        def step(self, last, states, source):
            logits = torch.full((len(last), 6), -30.0)
            logits[:, 4:] = torch.tensor([0.75, 0.25]).log()
            logits[(last != 1), 2] = 30.0
            return logits, states, None

    class Rows:
        def rows(self, index):
            return self

    src, lengths = torch.full((1, 20_000), 4), torch.ones(20_000, dtype=torch.long)
    for temperature, expected in ((1.0, 0.75), (0.5, 0.9)):
        found = sample_top_k(Coin(), src, lengths, 2, temperature, torch.Generator().manual_seed(1))
        assert abs(np.mean([tokens == [4] for tokens in found]) - expected) < 0.01


def test_sentences_without_a_word_are_translated_by_nothing(translator):
    assert translator.translate(["", "cat", "  ", "\t"]) == ["", translator.translate(["cat"])[0], "", ""]
    assert translator.translate([]) == []


def test_attention_has_a_row_a_character_that_adds_to_one(make, config):
    translator = make(config)[0]
    words, characters, weights = translator.attention(SENTENCES[0])
    assert words == ["the", "cat", "sees", "a", "dog", "."]
    assert weights.shape == (len(characters), len(words))
    assert weights.sum(1) == pytest.approx(1, abs=1e-6)
    with pytest.raises(ValueError, match="no attention to show"):
        make(config.replace(model="fixed"))[0].attention("cat")
    with pytest.raises(ValueError, match="no word"):
        translator.attention(" ")
