"""The benchmark of translators runs, and prints what its readers parse."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "translator_quality.py"


def test_one_json_line_a_run_a_table_and_a_plot(pairs, tmp_path):
    data, plot, out = (tmp_path / name for name in ("tiny.tsv", "quality.png", "quality.json"))
    data.write_text("".join(f"{english}\t{chinese}\n" for english, chinese in pairs))
    command = [sys.executable, SCRIPT, "--data", data, "--seconds", "1", "2", "--rates", "1e-2"]
    done = subprocess.run(
        [*command, "--plot", plot, "--out", out], capture_output=True, text=True, timeout=300, check=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(row["system"], row["budget"]) for row in rows] == [
        (system, budget) for system in ("ours", "fixed", "tutorial") for budget in (1.0, 2.0)
    ]
    assert {"seconds", "rate", "seed", "bleu", "chrf", "dev_bleu", "steps"} <= set(rows[0])
    assert json.loads(out.read_text()) == rows
    assert "BLEU" in done.stdout and plot.stat().st_size > 1000
