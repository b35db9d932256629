"""Freed memory is kept: fewer pages come and go."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import numpy as np
from translator.training.malloc import keep_freed_memory
if sys.argv[1] == "keep" and not keep_freed_memory():
    print(-1)
    raise SystemExit
held = [np.ones(3_000_000) for _ in range(3)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for size in (4_500_000, 4_600_000) * 20:  # 36 MB: above what glibc keeps by itself
    np.ones(size)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.parametrize("platform", [sys.platform, "darwin"])
def test_fewer_pages_come_and_go_or_nothing_happens(platform):
    def faults(how):
        run = [sys.executable, "-c", f"import sys; sys.platform = {platform!r}\n{PROGRAM}", how]
        return int(subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout)

    kept = faults("keep")
    assert kept == -1 or kept < faults("leave") / 4
