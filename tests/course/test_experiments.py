"""course/experiments: the gradients that pages train with, and what each task asks."""

import numpy as np
import pytest

from course.experiments.feedforward import Convolution, SlotNetwork
from course.experiments.order import order_batch
from course.experiments.recall import recall_batch, train_recall
from course.experiments.recurrent import RecurrentClassifier, start_lstm, start_rnn
from lstm_ref.functions import sigmoid

V, T, N = 6, 7, 4
MAKE = {
    "slots": lambda rng: SlotNetwork(V, T, 5, rng),
    "convolution": lambda rng: Convolution(V, 3, 5, rng),
    "rnn": lambda rng: RecurrentClassifier(start_rnn(V, 3, 5, rng)),
    "lstm": lambda rng: RecurrentClassifier(start_lstm(V, 3, 5, 1.0, rng)),
}


@pytest.mark.parametrize("name", MAKE)
def test_a_classifier_trains_with_the_gradient_of_its_loss(name):
    rng = np.random.default_rng(0)
    network = MAKE[name](rng)
    lengths = np.array([7, 3, 5, 4])
    tokens = np.where(np.arange(T)[:, None] < lengths, rng.integers(1, V, (T, N)), 0)
    answers = np.array([True, False, True, True])
    for w in network.weights.values():
        w += 0.3 * rng.normal(size=w.shape).astype(np.float32)  # an output weight of zero would hide the others

    def loss():
        p = sigmoid(network.scores(tokens, lengths).astype(np.float64))
        return float(-np.log(np.where(answers, p, 1 - p)).mean())

    grads = network.gradients(tokens, lengths, answers)
    assert grads.keys() == network.weights.keys()
    for key, w in network.weights.items():
        assert grads[key].shape == w.shape
        direction = rng.normal(size=w.shape).astype(np.float32)
        before, ends = w.copy(), []
        for sign in (1, -1):
            w[...] = before + sign * np.float32(1e-2) * direction
            ends.append(loss())
        w[...] = before
        assert (ends[0] - ends[1]) / 2e-2 == pytest.approx(float((grads[key] * direction).sum()), rel=2e-2, abs=2e-4)


def test_the_answer_of_recall_is_the_first_symbol_and_no_other_step_holds_it():
    tokens, lengths, answers = recall_batch(9, 200, np.random.default_rng(0))
    assert (tokens[0] == answers).all() and (lengths == 9).all()
    assert tokens[1:].min() == 2


def test_a_few_steps_are_learnt():
    rng = np.random.default_rng(0)
    assert train_recall(start_rnn(8, 8, 16, rng), 4, rng, batches=150) > 0.95


def test_what_does_not_fit_is_refused_with_the_sizes():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="9 tokens; the network has 7 slots"):
        SlotNetwork(V, 7, 3, rng).scores(np.zeros((9, 1), int), np.array([9]))
    with pytest.raises(ValueError, match="2 tokens; the window needs 3"):
        Convolution(V, 3, 3, rng).scores(np.zeros((9, 1), int), np.array([2]))
    with pytest.raises(ValueError, match="orthogonal, normal or uniform"):
        start_rnn(V, 3, 5, rng, "identity")


def test_the_marks_of_the_order_task_are_where_its_answer_and_gap_say():
    tokens, _, answers, gap = order_batch(20, 300, 6, 4, np.random.default_rng(1))
    places = np.array([[np.flatnonzero(column == mark)[0] for column in tokens.T] for mark in (0, 1)])
    assert ((tokens < 2).sum(axis=0) == 2).all()
    assert ((places[1] < places[0]) == answers).all()
    assert (np.abs(places[1] - places[0]) == gap).all() and set(gap) == {1, 2, 3, 4, 5, 6}
    assert places.min() == 4 and places.max() == 15
