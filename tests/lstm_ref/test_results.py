"""Reading the results of the experiments."""

import json

import pytest

from lstm_ref import results


def test_load_gives_what_the_file_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "folder", lambda: tmp_path)
    (tmp_path / "adding.json").write_text(json.dumps({"name": "adding", "note": "−1 ≤ x"}), "utf8")
    (tmp_path / "reber.partial").write_text("{}")
    assert results.load("adding") == {"name": "adding", "note": "−1 ≤ x"}
    assert results.names() == ["adding"]


def test_what_is_missing_is_said_with_what_makes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "folder", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no results of 'adding'.*there are: none.*`make results`"):
        results.load("adding")
    (tmp_path / "reber.json").write_text("{}")
    with pytest.raises(FileNotFoundError, match="there are: reber"):
        results.load("adding")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ({"n": 5, "mean": 0.012345, "low": 0.01, "high": 0.0147}, "0.0123 [0.01, 0.0147]"),
        ({"n": 5, "mean": -0.5, "low": -91234.5, "high": 999.96}, "−0.5 [−91,200, 1,000]"),
        ({"n": 1, "mean": 2.0, "low": None, "high": None}, "2"),
        ({"n": 0, "mean": None, "low": None, "high": None}, "none"),
    ],
)
def test_format_interval(figure, words):
    assert results.format_interval(figure) == words
