"""The benchmark runs, compares answers first, and prints what its readers parse."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "research" / "benchmarks" / "lstm_speed.py"


def test_one_json_line_a_size_a_table_and_a_plot(tmp_path):
    plot = tmp_path / "speed.svg"
    command = [sys.executable, SCRIPT, "--sizes", "3,1,2,4", "5,2,1,1", "--rounds", "1", "--plot", plot]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(rows) == 2 * 2 * 2  # sizes, dtypes, passes
    for row in rows:
        assert list(row) == ["T", "N", "D", "H", "dtype", "pass", "loop_s", "fused_s", "torch_s", "gemm_s"]
        assert all(row[name] > 0 for name in ("loop_s", "fused_s", "torch_s", "gemm_s"))
    assert "fused/torch" in done.stdout and "<svg" in plot.read_text()
