"""What chapter 2 claims in its prose holds for the runs that its tables and figures show."""

import numpy as np
import pytest

from course.experiments import character_lstm
from course.experiments.formulas import FORMULAS, forward, share_of_nudge
from course.intervals import difference, share
from lstm_ref import init, lstm, text
from lstm_ref.results import load, values


def recalled(model, T, batches=200):
    return values(load("recall"), "solved", model=model, T=T, batches=batches)


def recalled_by_lstm(matrix, bias, T, batches=200):
    return values(load("recurrent_matrix"), "solved", matrix=matrix, bias=bias, T=T, batches=batches)


def test_the_rnn_beats_the_lstm_with_bias_1_over_40_steps_and_a_larger_bias_beats_both():
    assert all(recalled("lstm bias 1", 20)) and not any(recalled("lstm bias 1", 40))
    assert sum(recalled("rnn orthogonal", 40)) >= 8
    assert share(recalled("rnn orthogonal", 40)).low > share(recalled("lstm bias 1", 40)).high
    assert sum(recalled("rnn orthogonal", 80)) <= 4 and not any(recalled("lstm bias 1", 80))
    assert all(recalled("lstm bias 3", 80)) and all(recalled("lstm bias 5", 80))
    assert sum(recalled("lstm bias 3", 160)) <= 2 and sum(recalled("lstm bias 5", 160)) >= 8


def test_more_training_helps_the_rnn_and_not_the_lstm_with_bias_1():
    assert sum(recalled("rnn orthogonal", 80, 1000)) >= 6
    assert not any(recalled_by_lstm("orthogonal", 1, 80, 1000))


def test_the_recurrent_matrix_matters_for_the_rnn_and_not_clearly_for_the_lstm():
    for T in (20, 40, 80):
        runs = [recalled(f"rnn {matrix}", T) for matrix in ("orthogonal", "normal", "uniform")]
        assert sum(runs[2]) < min(sum(runs[0]), sum(runs[1]))
        assert share(runs[0]).low < share(runs[1]).high and share(runs[1]).low < share(runs[0]).high
        for bias in (1, 3):
            shares = [share(recalled_by_lstm(m, bias, T)) for m in ("orthogonal", "normal", "uniform")]
            assert max(s.low for s in shares) < min(s.high for s in shares)
    for matrix in ("orthogonal", "normal", "uniform"):
        assert all(recalled_by_lstm(matrix, 3, 40)) and sum(recalled_by_lstm(matrix, 1, 40)) <= 3


@pytest.mark.parametrize(
    ("formula", "longest"),
    [("correct", 80), ("f · h + i · g", 10), ("i · f · g + g", 5), ("tanh(o · h)", 0), ("tanh(o · c)", 80)],
)
def test_a_formula_recalls_over_as_many_steps_as_the_page_says(formula, longest):
    for T in (5, 10, 20, 80):
        learnt = values(load("formulas"), "learnt", task=f"recall {T}", formula=formula)
        assert all(learnt) if T <= longest else not any(learnt)


def test_on_text_two_formulas_without_the_old_cell_state_end_lower_than_the_correct_one():
    nats = {formula: values(load("formulas"), "nats", task="text", formula=formula) for formula in FORMULAS}
    for formula in ("f · h + i · g", "i · f · g + g"):
        assert difference(nats[formula], nats["correct"]).high < 0
    assert difference(nats["tanh(o · c)"], nats["correct"]).low > 0


def test_the_nudge_and_the_latch_tell_the_formulas_apart():
    rng = np.random.default_rng(8)
    i, f, g, o, h_prev, c_prev = (rng.random((1, 1)) for _ in range(6))
    x = np.zeros((101, 1, 2))
    x[0] = 1.0
    shares = {name: share_of_nudge(name, (i, f, g, o), h_prev, c_prev) for name in FORMULAS}
    last = {name: forward(name, x, *lstm.latch_weights())[-1].item() for name in FORMULAS}
    assert shares["correct"][0] == pytest.approx(f.item(), abs=1e-6)
    assert [name for name, (in_c, _) in shares.items() if abs(in_c) < 1e-6] == ["f · h + i · g", "i · f · g + g"]
    assert [name for name, (_, in_h) in shares.items() if in_h > 0.1] == ["correct", "tanh(o · c)"]
    assert [name for name, h in last.items() if h > 0.5] == ["correct", "tanh(o · c)"]
    assert 0.01 < last["f · h + i · g"] < 0.3


def test_the_correct_formula_is_that_of_the_reference():
    rng = np.random.default_rng(0)
    weights, x, zeros = init.init_lstm(3, 5, 1.0, rng), rng.normal(size=(7, 2, 3)), np.zeros((2, 5))
    np.testing.assert_allclose(forward("correct", x, *weights), lstm.lstm_forward(x, zeros, zeros, *weights)[0])


def test_of_the_wrong_orders_of_the_gates_the_exchange_of_i_and_f_changes_least():
    N, T, D, H = 200, 20, 3, 8
    rng = np.random.default_rng(1)
    W_ih, W_hh, b = init.init_lstm(D, H, 1.0, rng)
    x, zeros = rng.normal(size=(T, N, D)), np.zeros((N, H))
    blocks = dict(zip("ifgo", np.arange(4 * H).reshape(4, H), strict=True))
    found = {}
    for order in ("ifgo", "iofg", "igfo", "figo"):
        rows = np.concatenate([blocks[gate] for gate in order])
        found[order] = lstm.lstm_forward(x, zeros, zeros, W_ih[rows], W_hh[rows], b[rows])[1].ravel()
    correlation = {order: np.corrcoef(h, found["ifgo"])[0, 1] for order, h in found.items()}
    assert max(correlation["iofg"], correlation["igfo"]) < correlation["figo"] < 0.95


@pytest.fixture(scope="module")
def trained():
    train, held_out = text.split(text.sentences())
    vocabulary = text.CharacterVocabulary(train)
    rng = np.random.default_rng(1)
    p = character_lstm.start(len(vocabulary), 32, 128, rng)
    character_lstm.train(p, train, vocabulary, rng, passes=4)
    return p, held_out, vocabulary


@pytest.mark.slow
def test_some_forget_gate_closes_at_the_end_of_a_word(trained):
    p, held_out, vocabulary = trained
    tokens, gates = character_lstm.gates(p, held_out, vocabulary)
    space = np.isin(tokens, vocabulary.encode(" "))
    there, elsewhere = gates["f"][space].mean(axis=0), gates["f"][~space].mean(axis=0)
    assert ((there < 0.1) & (elsewhere > 0.6)).any()


@pytest.mark.slow
def test_the_trained_model_retains_what_it_does_not_use(trained):
    p, held_out, vocabulary = trained
    long = [line for line in held_out if len(line) >= 24]
    _, gates = character_lstm.gates(p, held_out, vocabulary)
    longest = np.argsort(np.log(gates["f"]).mean(axis=0))[-10:]
    rise, kept = character_lstm.swap_cells(p, long, vocabulary, longest, 12, 12)
    assert kept[9].mean() > 0.5 and np.abs(rise.mean(axis=1)).max() < 0.03
    rise, kept = character_lstm.swap_cells(p, long, vocabulary, np.arange(128), 12, 12)
    assert kept[9].mean() > 0.15 and rise[0].mean() > 0.15 and np.abs(rise.mean(axis=1)[6:]).max() < 0.04


@pytest.mark.slow
def test_most_gates_of_the_trained_model_are_near_0_or_1_and_rounding_them_costs_perplexity(trained):
    p, held_out, vocabulary = trained
    _, gates = character_lstm.gates(p, held_out, vocabulary)
    assert all(np.mean((values > 0.1) & (values < 0.9)) < 0.5 for values in gates.values())

    def rounded(x_t, h_prev, c_prev, W_ih, W_hh, b):
        z_i, z_f, z_g, z_o = lstm.split_gates(x_t @ W_ih.T + h_prev @ W_hh.T + b)
        i, f, o = (np.round(1 / (1 + np.exp(-z))) for z in (z_i, z_f, z_o))
        c_t = lstm.cell_update(c_prev, i, f, np.tanh(z_g))
        return lstm.hidden_output(o, c_t), c_t

    soft = character_lstm.perplexity(p, held_out, vocabulary)
    assert character_lstm.perplexity(p, held_out, vocabulary, rounded) > 1.02 * soft


def test_training_lowers_the_perplexity_and_swapping_no_unit_changes_nothing():
    lines = ["the cat sat on the mat", "a dog ran over the hill"] * 16
    vocabulary = text.CharacterVocabulary(lines)
    rng = np.random.default_rng(0)
    p = character_lstm.start(len(vocabulary), 8, 16, rng)
    before = character_lstm.perplexity(p, lines, vocabulary)
    character_lstm.train(p, lines, vocabulary, rng, passes=150)
    assert character_lstm.perplexity(p, lines, vocabulary) < 0.5 * before
    rise, _ = character_lstm.swap_cells(p, lines, vocabulary, np.array([], dtype=int), 5, 4)
    assert rise.shape == (4, 32) and not rise.any()
    rise, kept = character_lstm.swap_cells(p, lines, vocabulary, np.arange(16), 5, 4)
    assert rise.any() and kept.shape == (4, 16) and (np.diff(kept, axis=0) < 0).all()
