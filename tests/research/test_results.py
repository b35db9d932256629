"""research/results/*.json: each says where it came from, and its summary is what its runs come to."""

import json
import math
import re

import pytest

from lstm_ref.results import load, names
from research.experiments import NAMES
from research.experiments.record import ROOT, as_json, digest
from research.experiments.summary import summarise

KEYS = """name claim citation criterion verdict note headline command quick seeds settings versions threads seconds date
code by metrics pairs summary runs""".split()


@pytest.fixture(params=NAMES)
def result(request):
    return load(request.param)


def test_every_experiment_has_its_results_and_its_script():
    assert names() == sorted(NAMES)
    assert all((ROOT / "research" / "experiments" / f"{name}.py").is_file() for name in NAMES)


def test_schema(result):
    assert list(result) == KEYS
    assert result["command"] == f"python -m research.experiments.{result['name']}" and not result["quick"]
    assert {*result["versions"]} == {"python", "torch", "numpy"} and result["threads"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", result["date"])
    assert result["verdict"] in ("agrees", "partly", "does not")
    assert all(len(result[key]) > 20 for key in ("claim", "criterion", "note"))
    assert result["citation"] in re.findall(
        r"^@\w+\{(\w+),", (ROOT / "course" / "references.bib").read_text("utf8"), re.MULTILINE
    )


def test_every_run_is_there_with_its_seed(result):
    seeds = result["seeds"]
    assert len(seeds) == len({*seeds}) >= 5 and seeds == result["settings"]["seeds"]
    groups = {}
    for run in result["runs"]:
        assert {"seed", "seconds", *result["by"], *result["metrics"]} <= {*run}
        groups.setdefault(tuple(run[field] for field in result["by"]), []).append(run["seed"])
    assert all(found == seeds for found in groups.values())
    assert math.isclose(result["seconds"], sum(run["seconds"] for run in result["runs"]), abs_tol=0.1)


def test_the_summary_is_what_the_runs_come_to(result):
    again = summarise(result["runs"], result["by"], result["metrics"], result["pairs"])
    assert again.keys() == result["summary"].keys()
    for group, quantities in again.items():
        assert quantities.keys() == result["summary"][group].keys()
        for quantity, figure in quantities.items():
            stored = result["summary"][group][quantity]
            assert [stored[key] is None for key in figure] == [value is None for value in figure.values()]
            for key, value in figure.items():
                assert value is None or math.isclose(value, stored[key], rel_tol=1e-5, abs_tol=1e-12), (group, quantity)
            if figure["low"] is not None:
                assert figure["low"] <= figure["mean"] <= figure["high"]


def test_the_headline_names_figures_that_are_there(result):
    assert result["headline"]
    for group, quantity, what in result["headline"]:
        assert result["summary"][group][quantity]["n"] > 0 and what


def test_the_headline_names_no_interval_beyond_what_is_possible(result):
    """Shares, counts, lengths, errors and times are not negative; only differences are."""
    for group, quantity, _ in result["headline"]:
        values = [run[quantity] for run in result["runs"] if quantity in run and run[quantity] is not None]
        figure = result["summary"][group][quantity]
        if not re.search(r"\w-\w+$", group) and figure["low"] is not None:
            assert figure["low"] >= 0
            if all(isinstance(value, bool) for value in values):
                assert figure["high"] <= 1


def test_the_file_is_what_the_script_writes(result):
    text = (ROOT / "research" / "results" / f"{result['name']}.json").read_text("utf8")
    assert text == as_json(json.loads(text))


def test_results_are_those_of_the_code(result):
    """Settings, script and what it imports are as they were when the runs were made; else: make results."""
    script = ROOT / "research" / "experiments" / f"{result['name']}.py"
    assert digest(script, result["settings"]) == result["code"], "out of date: run `make results`"
