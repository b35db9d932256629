"""The beam against greedy search, and against all sentences there are."""

import itertools

import numpy as np
import pytest

from lstm_ref.functions import log_softmax
from lstm_ref.seq2seq.decoding import beam_search


def decoder(rng, V=5, K=3):
    E, A, W = rng.normal(size=(V, K)), rng.normal(size=(K, K)), rng.normal(size=(K, V))

    def step(tokens, state):
        h = np.tanh(E[tokens] + state[0] @ A)
        return log_softmax(2 * h @ W), (h,)

    return step, (rng.normal(size=(1, K)),)


def total(step, state, tokens):
    score, previous = 0.0, 1
    for token in tokens:
        log_p, state = step(np.array([previous]), state)
        score, previous = score + log_p[0, token], token
    return score


def greedy(step, state, max_length):
    said, previous = [], 1
    for _ in range(max_length):
        log_p, state = step(np.array([previous]), state)
        previous = int(log_p[0].argmax())
        if previous == 2:
            break
        said.append(previous)
    return said


@pytest.mark.parametrize("seed", range(20))
def test_a_beam_of_one_is_greedy(seed):
    step, state = decoder(np.random.default_rng(seed))
    assert beam_search(step, state, 1, 9, 1.0)[0] == greedy(step, state, 9)


@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_beam_as_wide_as_all_sentences_finds_the_best_of_all(seed, alpha):
    step, state = decoder(np.random.default_rng(seed))
    words = [0, 1, 3, 4]
    ended = [(*said, 2) for n in range(4) for said in itertools.product(words, repeat=n)]
    everything = [*ended, *itertools.product(words, repeat=4)]
    best = max(everything, key=lambda said: total(step, state, said) / len(said) ** alpha)
    tokens, score = beam_search(step, state, 1000, 4, alpha)
    assert tokens == [token for token in best if token != 2]
    assert score == pytest.approx(total(step, state, best) / len(best) ** alpha)
