"""Every mutant of every reference answer, and every wrong answer in every style: they run nightly."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def assert_succeeds(tool, *arguments):
    """Run a command of tools/ in a new process, which forks its workers, and show its report where it fails."""
    command = [sys.executable, str(ROOT / "tools" / tool), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.exhaustive
def test_the_tests_of_the_exercises_stop_their_mutants():
    assert_succeeds("mutants.py")


@pytest.mark.exhaustive
def test_mistakes_are_recognised_in_every_style():
    assert_succeeds("restyle.py")
