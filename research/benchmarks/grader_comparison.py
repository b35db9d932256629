"""Time of ten exercises in this grader and in otter-grader, and the effect of hostile answers on each.

    python research/benchmarks/grader_comparison.py [REPEATS] [--install] [--attacks]

Both grade the same ten answers with the same tests. otter-grader runs them as `otter run` does, without a container, in
the process that executes the notebook; ours starts pytest and runs each answer in the sandbox. The two take turns, so
that other load on the machine slows both. `--install` puts otter-grader into an environment of its own under work/;
without it the script says that otter-grader is missing and times ours alone. `--attacks` then grades hostile answers
with both. A grader survives an attack that earns nothing, costs no other exercise, and changes nothing outside.
"""

import argparse
import ast
import csv
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from systems.graders import OTTER, Grader, Otter, Ours, install

from autograde.course import Course
from autograde.exercise import Exercise

EXERCISES = 10
STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    "
CANARY = "the work of somebody else"
ATTACKS = {
    "an endless loop": "while True: pass",
    "os._exit(0)": "import os; os._exit(0)",
    "an array that equals everything": (
        "class Liar(np.ndarray):\n        def __eq__(self, other): return True\n    return (0 * h_prev).view(Liar)"
    ),
    "a patched np.isclose": (
        "np.isclose = np.allclose = lambda a, *b, **k: np.ones(np.shape(a), bool)\n    return 0 * h_prev"
    ),
    "the answer imported": "from lstm_ref.rnn import rnn_step as f\n    return f(x_t, h_prev, W_ih, W_hh, b)",
    "the test patched": (
        "import autograde.judging.comparison as c, autograde.judging.assertions as t\n"
        "    t.difference = c.difference = lambda *a: None\n    return 0 * h_prev"
    ),
    "another's file overwritten": "open('CANARY', 'w').write('gone')\n    return 0 * h_prev",
    "20 GB": "return np.ones(20 * 2**27)",
}


def answers(course: Course) -> tuple[list[Exercise], dict[str, str]]:
    """The first ten exercises, and the reference's answers as one cell each."""
    exercises = course.exercises[:EXERCISES]
    source = course.answers_source(before=course.exercises[EXERCISES])
    functions = {node.name: ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    return exercises, {exercise.name: functions[exercise.name] for exercise in exercises}


def compare_times(graders: list[Grader], cells: dict[str, str], full: dict[str, int], repeats: int) -> None:
    """Print the median seconds of each grader, and the median of their ratio in each run."""
    taken: dict[str, list[tuple[float, float]]] = {grader.name: [] for grader in graders}
    for number in range(repeats + 1):
        for grader in graders:
            wall, cpu, points, output = grader.grade(cells)
            if points != full:
                sys.exit(f"{grader.name} gives the reference's answers {points}:\n{output[-3000:]}")
            if number:  # the first run of each fills the file cache
                taken[grader.name].append((wall, cpu))
    print(f"{'ten exercises':20}{'median s':>10}{'processor s':>13}")
    for name, runs in taken.items():
        wall, cpu = np.median(runs, axis=0)
        print(f"{name:20}{wall:10.2f}{cpu:13.2f}")
        print(json.dumps({"grader": name, "seconds": round(wall, 3), "processor_seconds": round(cpu, 3)}))
    if len(taken) == 2:
        ours, theirs = (np.array(runs) for runs in taken.values())
        wall, cpu = np.median(ours / theirs, axis=0)
        print(f"ours / otter-grader: {wall:.2f} of the time, {cpu:.2f} of the processor time")


def compare_attacks(graders: list[Grader], cells: dict[str, str], full: dict[str, int], folder: Path) -> None:
    """Print a table of the attacks and what each does to each grader."""
    canary, table = folder / "canary.txt", csv.writer(sys.stdout)
    table.writerow(["attack", *(grader.name for grader in graders)])
    survived = dict.fromkeys((grader.name for grader in graders), 0)
    for attack, body in ATTACKS.items():
        row = [attack]
        for grader in graders:
            canary.write_text(CANARY, encoding="utf-8")
            hostile = {**cells, "rnn_step": STEP + body.replace("CANARY", str(canary))}
            wall, _, points, _ = grader.grade(hostile)
            deserved = {**full, "rnn_step": 0}
            if points is None:
                outcome = f"no score after {wall:.0f} s"
            elif canary.read_text(encoding="utf-8") != CANARY:
                outcome = "a file outside is overwritten"
            elif points == deserved:
                outcome, survived[grader.name] = "survived", survived[grader.name] + 1
            else:
                outcome = "earns points" if points["rnn_step"] else "costs other exercises"
            row.append(outcome)
        table.writerow(row)
    print(", ".join(f"{name} survives {count} of {len(ATTACKS)}" for name, count in survived.items()))


def main() -> None:
    """Run the comparisons that the command line names."""
    options = argparse.ArgumentParser()
    options.add_argument("repeats", nargs="?", type=int, default=5)
    options.add_argument("--install", action="store_true")
    options.add_argument("--attacks", action="store_true")
    chosen = options.parse_args()
    if chosen.install:
        install()
    exercises, cells = answers(Course())
    full = {exercise.name: exercise.points for exercise in exercises}
    folder = Path(tempfile.mkdtemp(prefix="comparison-"))
    try:
        graders: list[Grader] = [Ours(exercises, folder)]
        if OTTER.exists():
            graders.append(Otter(exercises, folder))
        else:
            print("otter-grader is not installed: --install puts it into work/otter, in a minute or two")
        compare_times(graders, cells, full, chosen.repeats)
        if chosen.attacks:
            compare_attacks(graders, cells, full, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
