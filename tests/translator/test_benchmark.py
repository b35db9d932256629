"""The benchmarks of translators run, and print what their readers parse."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "research" / "benchmarks"
SCRIPT = BENCHMARKS / "translator_quality.py"


def test_one_json_line_a_run_a_table_and_a_plot(pairs, tmp_path):
    data, plot, out = (tmp_path / name for name in ("tiny.tsv", "quality.png", "quality.json"))
    data.write_text("".join(f"{english}\t{chinese}\n" for english, chinese in pairs))
    command = [sys.executable, SCRIPT, "--data", data, "--seconds", "1", "1.4", "--rates", "1e-2"]
    done = subprocess.run(
        [*command, "--plot", plot, "--out", out], capture_output=True, text=True, timeout=300, check=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(row["system"], row["budget"]) for row in rows] == [
        (system, budget) for system in ("ours", "fixed", "tutorial") for budget in (1.0, 1.4)
    ]
    assert {"seconds", "rate", "seed", "bleu", "chrf", "dev_bleu", "steps"} <= set(rows[0])
    assert json.loads(out.read_text()) == rows
    assert "BLEU" in done.stdout and plot.stat().st_size > 1000
    again = subprocess.run([*command, "--out", out], capture_output=True, text=True, timeout=300, check=True)
    assert "{" not in again.stdout and "tutorial" in again.stdout  # all of it is known


def test_a_rate_is_chosen_at_the_shortest_budget_or_at_each(pairs, tmp_path):
    data, out = tmp_path / "tiny.tsv", tmp_path / "quality.json"
    data.write_text("".join(f"{english}\t{chinese}\n" for english, chinese in pairs))
    known = [
        {"system": "ours", "budget": budget, "rate": rate, "seed": 1, "bleu": 9.0, "chrf": 9.0, "dev_bleu": dev}
        | {"seconds": budget, "steps": 9}
        for budget, rate, dev in [(1.0, 1e-2, 5.0), (1.0, 2e-2, 4.0), (3.0, 1e-2, 6.0), (3.0, 2e-2, 7.0)]
    ]
    out.write_text(json.dumps(known))
    command = [sys.executable, SCRIPT, "--data", data, "--systems", "ours", "--rates", "1e-2", "2e-2", "--out", out]
    for more, last in (([], "0.01"), (["--tune", "ours"], "0.02")):
        done = subprocess.run(
            [*command, "--seconds", "1", "3", *more], capture_output=True, text=True, timeout=300, check=True
        )
        rows = [line.split() for line in done.stdout.splitlines() if line.startswith("ours")]
        assert [row[1:3] for row in rows] == [["1", "0.01"], ["3", last]]


def test_speeds_of_both_kinds_of_weights():
    command = [sys.executable, BENCHMARKS / "translator_speed.py"]
    done = subprocess.run([*command, "--sentences", "8", "--repeats", "1"], capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [row["kind"] for row in rows] == ["fp32", "int8"]
    assert all(row[name] > 0 for row in rows for name in ("greedy", "greedy_alone", "beam"))
    assert rows[1]["megabytes"] < 0.3 * rows[0]["megabytes"]
    assert "int8 / fp32: greedy" in done.stdout
