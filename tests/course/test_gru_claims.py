"""What the prose of chapter 5 says of its runs: the lesson's cells are run, and each claim is held to their results."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(run_lesson):
    """The names that the lesson's cells leave behind."""
    return run_lesson("05_gru")


def test_no_gru_leaves_its_bounds_and_the_lstm_counts(page):
    assert page["largest"] <= 1
    assert page["c_T"].item() == pytest.approx(page["ones"].size)


def test_only_the_third_cell_is_pytorchs_and_the_first_is_close(page):
    cells = dict(zip(page["CELLS"], page["cell_rows"], strict=True))
    assert [key for key, row in cells.items() if row[1] == row[3] == "equal"] == [(True, True)]
    assert cells[False, True][2] > 0.97 > max(row[2] for key, row in cells.items() if not key[1])
    assert min(row[2] for row in cells.values()) > 0.9, "with initial weights all cells look alike"
    assert cells[False, True][4] > 0.9 and max(row[4] for key, row in cells.items() if not key[1]) < 0.6


def test_the_best_conversion_of_the_reset_leaves_nearly_half_unexplained(page):
    left = {name: share for name, share in page["conversion_rows"]}
    assert 0.35 < left["any W, every unit with its own reset"] < 0.5
    assert left["diagonal W"] == left["one reset for all units"] == 0 < left["resets between 0.9 and 1"] < 0.01


def test_one_step_finds_no_missing_path_and_two_steps_find_each(page):
    errors = page["errors"]
    assert all(row[0] < 1e-6 for row in errors.values())
    assert all(min(row[1:]) > 1e-3 for left_out, row in errors.items() if left_out)


def test_a_gru_that_keeps_writes_little_and_an_lstm_does_not(page):
    state, medians = page["state_norms"], page["medians"]
    assert medians[state, "LSTM", 5][-1] > 1 > medians[state, "GRU", 5][-1] > 0.1
    written = {key[1:]: norms for key, norms in medians.items() if key[0] is not state}
    assert written["GRU", 5][0] < 0.25 * min(norms[0] for key, norms in written.items() if key != ("GRU", 5))
    assert written["GRU", 5][-1] > 0.1 * written["GRU", 5][0]


def test_the_worse_model_often_wins_and_intervals_hold_what_they_say(page):
    assert page["share_won_by_b"](1, np.random.default_rng(0), True) > 0.25
    shares = {name: page["coverage"](*interval) for name, interval in page["intervals"].items()}
    assert shares["t standard errors"][0] == pytest.approx(0.95, abs=0.015)
    assert shares["t standard errors"][2] < 0.3
    assert shares["one standard error"][0] == pytest.approx(2 / 3, abs=0.08)


def test_the_bias_decides_which_cell_learns_sooner(page):
    sooner = page["sooner"]
    assert sooner[0].low > 0.5 > sooner[3].high


def test_with_equal_effort_no_difference_between_the_gated_cells_is_found(page):
    score, interval = page["score"], page["difference"]
    for task in page["TASKS"]:
        _, low, high = interval(score[task, "gru"], score[task, "lstm"])
        assert low < 0 < high
        behind = interval(score[task, "rnn"], score[task, "lstm"])
        assert behind.low > 0
        assert np.corrcoef(score[task, "gru"], score[task, "lstm"])[0, 1] < 0.7
    assert behind.estimate < 0.05 and score["memory", "rnn"].min() > 0.1
    lead = interval(score["characters", "rnn"], score["characters", "gru"])
    assert lead.low < 0 < lead.estimate < behind.estimate
    assert np.corrcoef(score["memory", "gru"], score["memory", "lstm"])[0, 1] < 0
    assert (
        min(page["load"]("gru_or_lstm")["summary"][f"{t}/gru-lstm"]["training_ratio"]["low"] for t in page["TASKS"]) > 2
    )


def test_the_lstms_best_rate_is_the_largest_tried(page):
    best = {tuple(row[:2]): int(np.nanargmin(row[2:])) for row in page["rate_rows"]}
    assert {place for (_, cell), place in best.items() if cell == "LSTM"} == {len(page["rates"]) - 1}
    characters = page["TASKS"]["characters"]
    assert best[characters, "RNN"] < best[characters, "LSTM"]


def test_on_sunspots_the_gru_is_ahead_of_the_lstm(page):
    error = {cell: interval for cell, _, interval in page["sunspot_rows"]}
    assert error["GRU"].high < error["LSTM"].low


def test_which_parts_the_ablation_finds_to_matter(page):
    harm = page["harm"]
    matters = {task: {part for part in page["PARTS"] if harm[task, part].low > 0} for task in page["TASKS"]}
    assert matters == {"memory": {"no_input"}, "characters": {"no_forget", "no_output"}}
    assert harm["characters", "no_forget"].estimate > harm["characters", "no_output"].estimate
    assert harm["characters", "no_output_tanh"].high < 0
    chosen = [run["rate"] for run in page["load"]("ablation")["runs"]]
    assert np.mean(np.array(chosen) == max(page["load"]("ablation")["settings"]["rates"])) > 0.8
