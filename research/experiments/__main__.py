"""Run all experiments, or the named ones: `python -m research.experiments [NAME …] [--again] [--quick]`."""

import argparse
import subprocess
import sys

from research.experiments import NAMES

parser = argparse.ArgumentParser(prog="python -m research.experiments", description=__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; by default all")
parser.add_argument("--again", action="store_true", help="repeat also experiments that are up to date")
parser.add_argument("--quick", action="store_true", help="tiny runs")
parser.add_argument("--output", help="folder of the JSON files")
arguments = parser.parse_args()
if unknown := set(arguments.names) - {*NAMES}:
    parser.error(f"no such experiment: {', '.join(sorted(unknown))}")
passed = [f"--{flag}" for flag in ("again", "quick") if getattr(arguments, flag)]
if arguments.output:
    passed += ["--output", arguments.output]
# Each runs in its own process, so that a failure stops no other and loses no finished run.
codes = [
    subprocess.call([sys.executable, "-m", f"research.experiments.{name}", *passed])
    for name in arguments.names or NAMES
]
sys.exit(max(codes))
