"""Run all experiments, or those that are named: `python -m research.experiments [NAME …] [--again] [--quick]`."""

import argparse
import subprocess
import sys

from research.experiments import NAMES

parser = argparse.ArgumentParser(prog="python -m research.experiments", description=__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)}; all unless told otherwise")
parser.add_argument("--again", action="store_true", help="run also what is up to date")
parser.add_argument("--quick", action="store_true", help="tiny runs")
parser.add_argument("--output", help="folder of the JSON files")
arguments = parser.parse_args()
if unknown := set(arguments.names) - {*NAMES}:
    parser.error(f"no such experiment: {', '.join(sorted(unknown))}")
passed = [f"--{flag}" for flag in ("again", "quick") if getattr(arguments, flag)]
if arguments.output:
    passed += ["--output", arguments.output]
# A process each: one that fails or is stopped takes no other with it, and its finished runs are kept.
codes = [
    subprocess.call([sys.executable, "-m", f"research.experiments.{name}", *passed])
    for name in arguments.names or NAMES
]
sys.exit(max(codes))
