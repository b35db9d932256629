"""The experiments run, continue after an interruption, and run again when their code changes."""

import importlib
import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from research.experiments import NAMES
from research.experiments.cells import VARIANTS, equal_size, layer, lstm, parameter_count
from research.experiments.record import ROOT, normalised_code
from research.experiments.summary import mean_and_interval, summarise

TIMEOUT_S = 300  # quick runs of all experiments take less than a minute, real ones hours


def run(*arguments):
    command = [sys.executable, "-W", "error", "-m", *map(str, arguments)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf8", env=environment, timeout=TIMEOUT_S
    )


@pytest.fixture
def quick(tmp_path, capfd):
    """Runs an experiment with its quick settings in this process; gives its JSON file and its progress."""
    threads = torch.get_num_threads()

    def run_quickly(name, *arguments):
        experiment = importlib.import_module(f"research.experiments.{name}").EXPERIMENT
        experiment.main(["--quick", "--output", str(tmp_path), *arguments])
        printed, progress = capfd.readouterr()
        assert printed == ""  # progress goes to stderr
        return tmp_path / f"{name}.json", progress

    yield run_quickly
    torch.set_num_threads(threads)  # an experiment sets one thread


def check_quick_result(path):
    """A quick result has the keys, the fields of a run and the settings of the stored one."""
    result = json.loads(path.read_text("utf8"))
    real = json.loads((ROOT / "research" / "results" / path.name).read_text("utf8"))
    assert list(result) == list(real) and result["quick"]
    assert {*result["runs"][0]} == {*real["runs"][0]}
    assert result["settings"].keys() == real["settings"].keys()
    assert not path.with_suffix(".partial").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_quick_run_writes_what_the_real_one_writes(name, quick):
    path, _ = quick(name)
    check_quick_result(path)


@pytest.mark.exhaustive
def test_the_command_runs_every_experiment(tmp_path):
    process = run("research.experiments", "--quick", "--output", tmp_path)
    assert process.returncode == 0, process.stderr
    assert process.stdout == ""
    for name in NAMES:
        check_quick_result(tmp_path / f"{name}.json")


def test_the_command_runs_a_named_experiment_in_a_process_of_its_own(tmp_path):
    process = run("research.experiments", "truncation", "--quick", "--output", tmp_path)
    assert process.returncode == 0, process.stderr
    assert process.stdout == ""
    check_quick_result(tmp_path / "truncation.json")


def test_an_up_to_date_experiment_is_not_repeated_and_an_interrupted_one_continues(quick):
    path, _ = quick("truncation")
    text = path.read_text("utf8")
    _, progress = quick("truncation")
    assert "up to date" in progress and path.read_text("utf8") == text

    result = json.loads(text)
    job = {key: result["runs"][0][key] for key in ("cell", "k", "seed")}
    kept = result["runs"][0] | {"right": 0.125}  # a value that no run gives, to recognise the run
    line = json.dumps({"code": result["code"], "job": job, "run": kept})
    stale = json.dumps({"code": "another", "job": job, "run": kept | {"right": 0.25}})
    path.unlink()
    path.with_suffix(".partial").write_text(f"{line}\n{stale}\n")
    quick("truncation")
    continued = json.loads(path.read_text("utf8"))
    assert continued["runs"][0]["right"] == 0.125
    assert [r["right"] for r in continued["runs"][1:]] == [r["right"] for r in result["runs"][1:]]  # seeds decide all
    _, progress = quick("truncation", "--again")
    assert "up to date" not in progress
    assert json.loads(path.read_text("utf8"))["runs"][0]["right"] == result["runs"][0]["right"]


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_verdict_is_that_of_the_script(name):
    stored = json.loads((ROOT / "research" / "results" / f"{name}.json").read_text("utf8"))
    assert importlib.import_module(f"research.experiments.{name}").verdict(stored["summary"]) == stored["verdict"]


def test_an_unknown_name_is_said():
    process = run("research.experiments", "addling")
    assert process.returncode != 0 and "no such experiment: addling" in process.stderr


def test_only_what_the_runs_depend_on_counts_as_code():
    base = 'A = 1\n\n\ndef run():\n    """Do."""\n    return A\n'
    same = (
        'A = 1  # one\nQUICK = {}\n\n\ndef run():\n    """Do it."""\n    return A\n\n\ndef verdict(s):\n    return s\n'
    )
    assert normalised_code(base) == normalised_code(same)
    assert normalised_code(base) != normalised_code(base.replace("A = 1", "A = 2"))
    assert normalised_code(base) != normalised_code(base.replace("return A", "return -A"))


def test_intervals():
    found = mean_and_interval([1.0, 2.0, 4.0, None])
    assert found["n"] == 3 and math.isclose(found["mean"], 7 / 3, rel_tol=1e-5)
    half = 4.302653 * np.std([1, 2, 4], ddof=1) / math.sqrt(3)  # Student's t for two degrees of freedom
    assert math.isclose(found["high"] - found["mean"], half, rel_tol=1e-4)
    assert mean_and_interval([2.0])["low"] is None and mean_and_interval([])["mean"] is None
    near = [100.0] * 7 + [30.0]
    assert mean_and_interval(near)["high"] > 100 >= mean_and_interval(near, is_bounded=True)["high"]
    none = mean_and_interval([False] * 10)
    assert none["low"] == 0 and math.isclose(none["high"], 0.2775, rel_tol=1e-3)  # Wilson's for 0 of 10


def test_pairs_go_by_seed():
    runs = [{"cell": c, "seed": s, "x": v} for c, s, v in [("a", 0, 1.0), ("a", 1, 5.0), ("b", 1, 6.0), ("b", 0, 3.0)]]
    pairs = {"field": "cell", "baseline": "a", "differences": ["x"], "ratios": ["x"]}
    summary = summarise(runs, ["cell"], ["x"], pairs)
    assert {*summary} == {"a", "b", "b-a"}
    assert summary["b-a"]["x"]["mean"] == 1.5  # of 2 and 1
    assert math.isclose(summary["b-a"]["x_ratio"]["mean"], math.sqrt(3 * 6 / 5), rel_tol=1e-5)


def written_out(variant, weights, x):
    """One variant of the LSTM as its formulas have it."""
    W_ih, W_hh, b_ih, b_hh = weights
    h = c = torch.zeros(x.shape[1], W_hh.shape[1])
    hs = []
    for x_t in x:
        i, f, g, o = (x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        one = torch.ones_like(i)
        i = one if variant == "no_input" else 1 - f if variant == "coupled" else i
        f = one if variant == "no_forget" else f
        o = one if variant == "no_output" else o
        c = f * c + i * g
        h = o * (c if variant == "no_output_tanh" else c.tanh())
        hs.append(h)
    return torch.stack(hs)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_is_what_its_formula_says_and_stays_so(variant):
    torch.manual_seed(0)
    net, x = lstm(3, 5, variant, 1.0), torch.randn(7, 4, 3)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(20):
        optimiser.zero_grad()
        net(x)[0].square().sum().backward()
        optimiser.step()
    with torch.no_grad():
        expected, found = written_out(variant, list(net.parameters()), x), net(x)[0]
        torch.testing.assert_close(found, expected)
        if variant != "full":
            assert (
                not torch.allclose(found, written_out("full", list(net.parameters()), x)) or variant != "no_output_tanh"
            )


def test_equal_numbers_of_parameters():
    for cell, make in [("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)]:
        H = equal_size(cell, 2, 32, 1)
        count = sum(p.numel() for net in (make(2, H), nn.Linear(H, 1)) for p in net.parameters())
        allowed = parameter_count("lstm", 2, 32, 1)
        assert count == parameter_count(cell, 2, H, 1) <= allowed < parameter_count(cell, 2, H + 1, 1)


def test_a_start_that_keeps():
    torch.manual_seed(0)
    H = 6
    for cell in ("lstm", "gru"):
        net = layer(cell, 2, H, keep=4.0)
        total = (net.bias_ih_l0 + net.bias_hh_l0).detach().reshape(-1, H)
        assert total[1].tolist() == [4.0] * H  # the LSTM's forget gate; the GRU's update gate
        assert cell == "gru" or total[0].tolist() == [-4.0] * H
    rotation = layer("rnn", 2, H, keep=4.0).weight_hh_l0.detach()
    torch.testing.assert_close(rotation @ rotation.T, torch.eye(H))
