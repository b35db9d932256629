"""What the prose of chapter 1 says of its runs: the lesson's cells are run, and each claim is held to their results."""

import numpy as np
import pytest

from lstm_ref.results import load

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(run_lesson):
    """The names that the lesson's cells leave behind."""
    return run_lesson("01_recurrence")


def test_a_shift_costs_the_slots_most_of_their_advantage_and_the_others_nothing(page):
    slots, convolution, rnn = page["scores"].values()
    ahead = np.array(slots) - page["always_no"]
    assert 0.6 < page["always_no"] < 0.75
    assert ahead[0] > 0.05 and ahead[-1] < ahead[0] / 2
    assert min(convolution) > 0.99 and min(rnn) > 0.97
    assert page["count"](page["convolution"]) < page["count"](page["slots"]) / 10


def test_a_window_answers_up_to_its_width_and_guesses_beyond_while_the_rnn_answers_everywhere(page):
    for width, shares in page["by_width"].items():
        assert (shares[: width - 1] > 0.95).all()
        assert shares[width - 1] < 0.8 and (abs(shares[width:] - 0.5) < 0.1).all()
    assert (page["rnn_shares"] > 0.95).all()


def test_a_pulse_survives_only_above_one_and_then_its_height_is_lost(page):
    left = {w: [page["pulse"](w, height)[-1] for height in (0.1, 1.0)] for w in (0.5, 0.9, 1.0, 1.5)}
    assert max(left[0.5] + left[0.9]) < 0.01 < left[1.0][0] < 0.1
    assert left[1.5][0] == pytest.approx(left[1.5][1], rel=1e-6)
    assert page["pulse"](1.01, 0.5, 5000)[-1] > 0.1


def test_the_fifth_order_is_the_best_and_a_missing_mask_flatters(page):
    orders = page["by_order"]
    assert page["best_n"] < max(orders), "a larger n stops helping"
    nll, real = page["ngrams"][2].nll(page["held_out"])
    perplexity = page["functions"].perplexity
    assert perplexity(nll, np.ones_like(real)) < perplexity(nll, real) / 2


def test_the_rnn_beats_the_small_orders_and_the_mean_of_both_beats_either(page):
    rnn, ngram, both = page["compared"].values()
    assert rnn < page["by_order"][3] / 1.2
    assert both < min(rnn, ngram)
    assert page["training"][-1] < 0.95 * page["validation"][-1], "the gap that the page calls overfitting"


def test_the_probe_beats_one_unit_and_an_untrained_network_comes_close(page):
    trained, untrained = ([float(value) for value in row[1:]] for row in page["rows_of_the_probe"])
    assert trained[0] > 0.9 and trained[0] > trained[1] + 0.15
    assert trained[0] > untrained[0] > 0.75


def test_what_the_page_says_of_the_generated_text(page):
    known, words, generated = page["known"], page["words"], page["generated"]
    cold, hot = generated[0.2], generated[1.5]
    assert known(words, cold) > known(words, page["held_out"]) > known(words, hot)
    assert len({*cold}) < len(cold) and len({*hot}) == len(hot)
    assert known(words, hot) < 0.5 and known(words, page["held_out"]) < 1
    for parts in (words, page["pairs"]):
        real = known(parts, page["held_out"])
        assert min(generated, key=lambda tau: abs(known(parts, generated[tau]) - real)) == 0.5
    assert max(np.mean([line in page["train"] for line in lines]) for lines in generated.values()) < 0.02


def test_the_influence_falls_by_a_nearly_constant_factor(page):
    factors = page["reach"][1:] / page["reach"][:-1]
    assert (factors < 0.85).all() and (factors[3:] > 0.5).all()
    assert page["reach"].argmax() == 0 and page["reach"][-1] < 0.01


def test_a_foreign_beginning_is_forgotten_after_a_word_or_two(page):
    assert page["best_n"] - 1 < page["within"] <= 12
    distances = [page["found"][k][1].mean() for k in page["keep"]]
    assert distances == sorted(distances, reverse=True) and distances[-1] < 0.01


def test_recall_is_solved_at_short_spans_and_mostly_not_at_long_ones():
    summary = load("recall")["summary"]
    solved = {T: summary[f"rnn orthogonal/{T}/200"]["solved"]["mean"] for T in (10, 20, 40, 80, 160)}
    assert solved[10] == solved[20] == 1
    failed = [
        run["correct"] for run in load("recall")["runs"] if run["model"] == "rnn orthogonal" and not run["solved"]
    ]
    assert abs(np.median(failed) - 0.5) < 0.1
    assert solved[40] > solved[80] > solved[160] == 0
    assert summary["rnn orthogonal/80/1000"]["solved"]["mean"] > solved[80]
    assert summary["lstm bias 1/40/200"]["solved"]["mean"] < solved[40]
    assert summary["lstm bias 5/160/200"]["solved"]["mean"] > 0.5, "an initial value that makes the memory a remedy"
