"""What chapter 3 says of its experiments, with the settings of the page: a test fails if a sentence no longer holds."""

import re
from pathlib import Path

import numpy as np
import pytest

from course.experiments import jacobians
from course.experiments.cell_paths import PATHS, gradient_error
from course.experiments.explosion import train_sign
from course.experiments.truncation import lost_share, recall_first
from course.intervals import share
from lstm_ref import optim
from lstm_ref.results import load

LESSON = Path(__file__).resolve().parents[2] / "course" / "03_bptt" / "lesson.md"
SEEDS = range(10)


def are_apart(a, b):
    """Whether interval a lies above interval b, for intervals as tuples or as in a stored summary."""
    low = a["low"] if isinstance(a, dict) else a.low
    high = b["high"] if isinstance(b, dict) else b.high
    return low > high


@pytest.fixture(scope="module")
def training():
    ways = {
        "free": {"rate": 0.05},
        "slow": {"rate": 0.005},
        "clipped": {"rate": 0.05, "max_norm": 1.0},
        "cut": {"rate": 0.05, "through_time": False},
    }
    return {way: [train_sign(seed, **how) for seed in range(16)] for way, how in ways.items()}


@pytest.mark.slow
def test_the_explosion_comes_from_the_way_back_through_time(training):
    assert max(run.norms.max() for run in training["cut"]) < 10
    for way in ("free", "slow", "clipped"):
        assert np.median([run.norms.max() for run in training[way]]) > 100
        assert np.median([run.growth.max() for run in training[way]]) > 100
    assert any(run.learned for run in training["cut"])


@pytest.mark.slow
def test_clipping_and_a_tenth_of_the_rate_both_keep_the_weights_near(training):
    doubled = {way: share([run.doubled for run in runs]) for way, runs in training.items()}
    assert 0.3 < doubled["free"].estimate < 0.8
    assert doubled["slow"].estimate == doubled["clipped"].estimate == doubled["cut"].estimate == 0
    assert are_apart(doubled["free"], doubled["clipped"])
    assert not any(run.learned for run in training["free"] if run.doubled)
    learned = {way: share([run.learned for run in runs]) for way, runs in training.items()}
    assert not are_apart(learned["clipped"], learned["slow"])


def test_the_longer_runs_do_not_show_that_clipping_beats_a_smaller_rate():
    summary = load("clipping")["summary"]
    solved = {group: quantities["solved"] for group, quantities in summary.items()}
    lengths = load("clipping")["settings"]["lengths"]
    assert are_apart(solved["40/clipped"], solved["40/free"])
    assert not any(are_apart(solved[f"{T}/clipped"], solved[f"{T}/slow"]) for T in lengths)
    assert solved["60/clipped"]["mean"] > solved["60/slow"]["mean"]
    assert all(solved[f"80/{way}"]["mean"] == 0 for way in ("clipped", "free", "slow"))


def test_in_the_longer_runs_the_whole_gradient_is_needed():
    summary, steps = load("truncation")["summary"], load("truncation")["settings"]["steps"]
    for k in steps[:-1]:
        assert are_apart(summary[f"lstm/{steps[-1]}"]["solved"], summary[f"lstm/{k}"]["solved"])
        assert summary[f"lstm/{k}"]["solved"] == summary["lstm/1"]["solved"]


def test_truncation_loses_most_where_the_gradient_reaches_far():
    pieces = [1, 2, 5, 10, 20, 50, 100]
    lost = {gain: np.median([lost_share(gain, seed, pieces) for seed in range(5)], axis=0) for gain in (0.7, 1.0, 1.5)}
    assert (lost[0.7][:-1] < lost[1.0][:-1]).all() and (lost[1.0][:-1] < lost[1.5][:-1]).all()
    assert all(found[-1] == 0 for found in lost.values())


@pytest.mark.slow
def test_truncation_leaves_it_to_the_seed_whether_the_first_sign_is_learned():
    scores = {k: [recall_first(k, seed) for seed in range(6)] for k in (1, 11, 12)}
    assert scores[11] == scores[1]
    assert min(scores[1]) < 0.7 and max(scores[1]) > 0.95
    assert min(scores[12]) > 0.95


def test_one_step_cannot_detect_that_the_path_through_the_next_cell_state_is_missing():
    both, without_h, without_next = ([gradient_error(paths, T) for T in (1, 5, 20)] for paths in PATHS)
    assert max(both) < 1e-6 and min(without_h) > 0.1
    assert without_next[0] < 1e-6 and min(without_next[1:]) > 0.1


@pytest.fixture(scope="module")
def norms():
    found = {f"rnn {gain}": [jacobians.rnn_norms(gain, seed) for seed in SEEDS] for gain in (0.5, 1.0, 1.5, 2.5)}
    found |= {f"lstm {bias}": [jacobians.lstm_norms(bias, seed) for seed in SEEDS] for bias in (0.0, 1.0, 5.0)}
    found["gru"] = [jacobians.gru_norms(seed) for seed in SEEDS]
    return {name: np.array(runs) for name, runs in found.items()}


def test_a_singular_value_above_1_is_necessary_and_not_sufficient_to_explode(norms):
    at_30 = {gain: np.median(norms[f"rnn {gain}"][:, 29]) for gain in (0.5, 1.0, 1.5, 2.5)}
    assert [gain for gain, norm in at_30.items() if norm > 1] == [2.5]
    assert all((norms[f"rnn {gain}"] <= gain ** np.arange(1, 101) * (1 + 1e-9)).all() for gain in at_30)


def test_the_order_of_the_networks_over_100_steps(norms):
    last = {name: np.median(found[:, -1]) for name, found in norms.items()}
    assert last["rnn 1.0"] < last["rnn 1.5"] < 1 < last["rnn 2.5"]
    assert last["lstm 0.0"] < last["gru"] < 1e-6 * last["lstm 1.0"] and last["lstm 1.0"] < 1e-6
    assert last["lstm 5.0"] > 1
    low, high = norms["rnn 1.0"][:, -1], norms["lstm 0.0"][:, -1]
    assert low.min() < high.max() and high.min() < low.max(), "the ranges of RNN and LSTM with bias 0 overlap"


def test_none_of_the_explorers_radii_holds_the_norm_and_an_lstm_with_bias_0_stays_near_radius_1(norms):
    at_100 = {gain: np.median([jacobians.rnn_norms(gain, seed)[-1] for seed in SEEDS]) for gain in (1.2, 1.5, 2.0)}
    assert max(at_100[1.2], at_100[1.5]) < 1e-3 and 50 < at_100[2.0] < 120
    ratio = np.median(norms["lstm 0.0"], axis=0) / np.median(norms["rnn 1.0"], axis=0)
    assert 1 / 4 < ratio.min() and ratio.max() < 4


def test_gates_that_vary_keep_less_than_a_constant_gate_of_the_same_bias():
    for bias in (0.0, 1.0, 2.0, 3.0, 5.0):
        median = np.median([jacobians.forget_products(bias, seed)[-1] for seed in SEEDS])
        constant = (1 / (1 + np.exp(-bias))) ** 100
        assert median < (0.01 if bias < 3 else 1) * constant


def test_the_forget_gates_carry_the_gradient_with_bias_5_alone(norms):
    for bias in (0.0, 1.0, 5.0):
        products = [jacobians.forget_products(bias, seed)[-1].max() for seed in SEEDS]
        ratio = np.median(products) / np.median(norms[f"lstm {bias}"][:, -1])
        assert np.median(products) > 0.3 if bias == 5 else ratio < 1e-3


def test_the_unclipped_step_leaves_the_wall_and_the_clipped_one_does_not():
    cells = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", LESSON.read_text("utf8"), re.DOTALL | re.MULTILINE)
    (source,) = [cell for cell in cells if "def one_unit" in cell]
    page = {"np": np, "optim": optim}
    exec(source, page)
    place, losses, norms, products = page["descend"](np.inf)
    wall = norms.argmax()
    assert norms[wall] > 1000 and products[wall] > 100
    assert np.linalg.norm(place[wall + 1] - place[wall]) > 10 and losses[-1] > 0.1
    clipped_place, clipped_losses, clipped_norms, _ = page["descend"](1.0)
    assert clipped_norms.max() > 10 and clipped_losses[-1] < 1e-6
    assert np.linalg.norm(np.diff(clipped_place, axis=0), axis=1).max() < 0.1 + 1e-9
