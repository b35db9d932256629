"""What chapter 4 says of stored runs is what they found: each test holds one paragraph of its prose."""

import functools

import numpy as np
import pytest

from course.intervals import bootstrap
from lstm_ref.results import load
from research.experiments.sunspots import SETTINGS, linear

results = functools.cache(load)


def runs(name, **fields):
    found = [run for run in results(name)["runs"] if fields.items() <= run.items()]
    assert found, f"no run of {name} has {fields}"
    return found


def count(name, metric, **fields):
    """How many runs have it, and of how many."""
    found = runs(name, **fields)
    return sum(bool(run[metric]) for run in found), len(found)


def test_adding():
    always_half = 0.159  # mean error, exact to its digits: the mean of |a + b| / 4
    assert min(run["error"] for run in runs("adding", cell="rnn")) > always_half - 0.005
    rates = results("adding")["settings"]["rates"]
    for rate in rates:
        solved, of = count("adding", "solved", cell="lstm", rate=rate)
        met, _ = count("adding", "stopped", cell="lstm", rate=rate)
        assert solved == met == (of if rate == max(rates) else 0)
    assert max(run["error"] for run in runs("adding", cell="lstm")) < always_half / 2


def test_copying():
    for rate in results("copying")["settings"]["rates"]:
        solved, of = count("copying", "solved", network="lstm_4", rate=rate)
        assert solved == of
    assert count("copying", "solved", network="lstm_1") == (1, 18)
    assert 6 in [count("copying", "solved", network="rnn", rate=rate)[0] for rate in (1e-3, 3e-3, 1e-2)]
    assert count("copying", "solved", network="rnn")[0] > 12


@pytest.mark.parametrize(
    ("task", "bias", "least", "most"),
    [("memory", 0, 0, 0), ("memory", 1, 6, 6), ("longer", 0, 0, 0), ("longer", 1, 0, 0), ("longer", 5, 1, 5)],
)
def test_forget_bias_on_adding(task, bias, least, most):
    learnt, of = count("forget_bias", "learnt", task=task, bias=bias)
    assert of == 6 and least <= learnt <= most


def test_forget_bias_on_text():
    summary = results("forget_bias")["summary"]
    assert summary["characters/5-0"]["score"]["low"] > 0
    for bias in (-1, 1):
        difference = summary[f"characters/{bias}-0"]["score"]
        assert difference["low"] < 0 < difference["high"]


def test_continual_prediction():
    perfect, of = count("reber", "perfect", cell="forget")
    assert of / 2 < perfect < of
    assert count("reber", "perfect", cell="no_forget")[0] == 0
    lengths = sorted(run["length"] for run in runs("reber", cell="no_forget"))
    assert lengths[0] < 100 and lengths[-1] > 20_000
    largest_with = max(run["state"] for run in runs("reber", cell="forget"))
    assert min(run["state"] for run in runs("reber", cell="no_forget")) > 1000 * largest_with


def at_the_best_rate(cell, output):
    found = {rate: runs("sunspots", cell=cell, output=output, rate=rate) for rate in SETTINGS["rates"]}
    return min(found.values(), key=lambda group: np.mean([run["choose"] for run in group]))


def test_sunspots():
    judged = {
        (cell, output): np.array([run["judge"] for run in at_the_best_rate(cell, output)])
        for cell in ("rnn", "gru", "lstm")
        for output in ("level", "change")
    }
    line = linear(SETTINGS)[1]["judge"]
    for cell in ("rnn", "gru", "lstm"):
        assert judged[cell, "change"].mean() < judged[cell, "level"].mean()
        assert bootstrap(judged[cell, "change"]).high > line, "no network beats the line clearly"
        apart = bootstrap(judged[cell, "change"]).high < bootstrap(judged[cell, "level"]).low
        assert apart == (cell != "lstm")
    gru = bootstrap(judged["gru", "change"])
    assert gru.low < line < gru.high
    for others in [("rnn", "change"), ("lstm", "change"), *((cell, "level") for cell in ("rnn", "gru", "lstm"))]:
        assert bootstrap(judged[others]).low > line
    assert judged["lstm", "level"].min() < line and judged["lstm", "level"].max() > 1
    assert np.ptp(judged["lstm", "change"]) < np.ptp(judged["lstm", "level"]) / 4
    for run in at_the_best_rate("lstm", "change"):
        assert run["curve"]["learn"][-1] < line and run["curve"]["judge"][-1] > min(run["curve"]["judge"])


def test_overfitting():
    plain = runs("overfitting", model="plain")
    assert all(0.3 < run["epoch"] / len(run["curve"]["epoch"]) < 0.75 for run in plain), "in the middle of the training"
    assert bootstrap([run["rise"] for run in plain]).low > 0.05
    assert all(run["curve"]["train"][-1] < run["curve"]["train"][run["epoch"] - 1] for run in plain)
    for model in ("dropout", "recurrent"):
        found = runs("overfitting", model=model)
        assert min(run["epoch"] for run in found) > max(run["epoch"] for run in plain)
        assert bootstrap([run["best"] for run in found]).high < bootstrap([run["best"] for run in plain]).low
        assert bootstrap([run["rise"] for run in found]).high < bootstrap([run["rise"] for run in plain]).low
    assert all(run["epoch"] >= len(run["curve"]["epoch"]) - 1 for run in runs("overfitting", model="dropout"))
    norm = runs("overfitting", model="norm")
    assert max(run["epoch"] for run in norm) < min(run["epoch"] for run in plain)
    assert bootstrap([run["rise"] for run in norm]).low > 2 * bootstrap([run["rise"] for run in plain]).high
    for by_norm, by_plain in zip(norm, plain, strict=True):
        assert by_norm["curve"]["dev"][3] < by_plain["curve"]["dev"][3]
