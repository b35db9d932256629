"""How long ten exercises take in this grader and in otter-grader, and what hostile answers do to either.

    python research/benchmarks/grader_comparison.py [REPEATS] [--install] [--attacks]

The same ten answers, judged by the same tests. otter-grader runs them as `otter run` does, without a container, in the
process that executes the notebook; ours with pytest's start, each in the sandbox. The two take turns, so that whatever
else the machine does falls on both. `--install` puts otter-grader into an environment of its own under work/;
without it the script says what is missing and times ours alone. `--attacks` then grades answers that cheat or break
with both: an attack is survived where it earns nothing, costs no other exercise, and changes nothing outside.
"""

import argparse
import ast
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np

from autograde.course import IMPORTS, ROOT, Course

VERSION = "7.0.0"
FOLDER = ROOT / "work" / "otter"
OTTER = FOLDER / "bin" / "otter"
TEN = 10
PATIENCE = 60  # seconds after which a run counts as hung
TEST = """
OK_FORMAT = False
from otter.test_files import test_case

name, points = "{name}", {points}


@test_case(points={points})
def test({name}):
    from autograde.course import Course
    from autograde.grading import generator, load_test
    from autograde.trial import Local, Submitted, repeat_first_case

    course = Course()
    exercise = course.find("{name}")
    submitted = Submitted(exercise, Local({name}))
    load_test(course, exercise)(submitted, generator(1, exercise))
    repeat_first_case(submitted)
    assert not submitted.mismatches, submitted.mismatches[0].text
"""
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
        "import autograde.compare as c, autograde.trial as t\n"
        "    t.difference = c.difference = lambda *a: None\n    return 0 * h_prev"
    ),
    "another's file overwritten": "open('CANARY', 'w').write('gone')\n    return 0 * h_prev",
    "20 GB": "return np.ones(20 * 2**27)",
}


def answers(course):
    """The first ten exercises, and the reference's answers as one cell each."""
    exercises = course.exercises[:TEN]
    source = course.answers_source(before=course.exercises[TEN])
    functions = {node.name: ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    return exercises, {exercise.name: functions[exercise.name] for exercise in exercises}


def notebook(cells, **metadata):
    """A notebook of code cells, as JSON."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c} for c in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    return json.dumps({"cells": made, "metadata": {**kernel, **metadata}, "nbformat": 4, "nbformat_minor": 5})


def timed(command, folder):
    """Wall and processor seconds of a command, and whether it ended by itself."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # pip has compiled the other, and this keeps ours from being it
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, start_new_session=True
    )
    try:
        said = process.communicate(timeout=PATIENCE)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        said = f"stopped after {PATIENCE} seconds"
        process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, cpu, said


class Ours:
    """This grader, as a teacher calls it."""

    name = "autograde"

    def __init__(self, exercises, folder):
        self.exercises, self.folder = exercises, folder / "ours"
        self.folder.mkdir()

    def grade(self, cells):
        """Seconds, processor seconds, and the points by name (None where no score came out)."""
        for chapter in {exercise.chapter for exercise in self.exercises}:
            own = [cells[e.name] for e in self.exercises if e.chapter == chapter]
            text = notebook(["\n".join(IMPORTS.values()), *own], course={"chapter": chapter})
            (self.folder / f"{chapter}.ipynb").write_text(text)
        card = self.folder / "card.json"
        card.unlink(missing_ok=True)
        chosen = [option for exercise in self.exercises for option in ("--exercise", exercise.name)]
        command = [sys.executable, "-m", "pytest", str(ROOT / "tests/exercises"), "-q", "--tb=no", "--seed", "1"]
        command += ["-p", "no:cacheprovider", "--submission", str(self.folder), "--scorecard", str(card), *chosen]
        wall, cpu, said = timed(command, ROOT)
        if not card.exists():
            return wall, cpu, None, said
        points = {e["name"]: e["points"] for e in json.loads(card.read_text())["exercises"]}
        return wall, cpu, points, said


class Otter:
    """otter-grader, as its manual has it for one machine."""

    name = "otter-grader"

    def __init__(self, exercises, folder):
        self.exercises, self.folder = exercises, folder / "otter"
        tests = self.folder / "tests"
        tests.mkdir(parents=True)
        for e in exercises:
            (tests / f"{e.name}.py").write_text(TEST.format(name=e.name, points=e.points))
        _, _, said = timed([OTTER, "generate", "-t", "tests", "--no-environment", "--no-requirements"], self.folder)
        if not (self.folder / "autograder.zip").exists():
            sys.exit(f"otter generate made no autograder.zip:\n{said}")

    def grade(self, cells):
        """Seconds, processor seconds, and the points by name (None where no score came out)."""
        (self.folder / "answers.ipynb").write_text(notebook(["\n".join(IMPORTS.values()), *cells.values()]))
        out = self.folder / "results.json"
        out.unlink(missing_ok=True)
        wall, cpu, said = timed([OTTER, "run", "--no-logo", "-o", ".", "answers.ipynb"], self.folder)
        if not out.exists():
            return wall, cpu, None, said
        scores = [(t["name"], t.get("score")) for t in json.loads(out.read_text())["tests"]]
        points = {e.name: s for e in self.exercises for name, s in scores if name.split()[0] == e.name}
        return wall, cpu, points, said


def install():
    """Put otter-grader, and what the tests import, into an environment of its own."""
    print(f"installing otter-grader {VERSION} into {FOLDER.relative_to(ROOT)} …", flush=True)
    venv.create(FOLDER, with_pip=True, clear=True)
    needs = [f"otter-grader=={VERSION}", "ipykernel", "numpy", "PyYAML", "jaxtyping", "beartype"]
    subprocess.run([FOLDER / "bin" / "python", "-m", "pip", "install", "-q", *needs], check=True)


def compare_times(graders, cells, full, repeats):
    """Print the seconds of each grader, and their ratio run by run."""
    taken = {grader.name: [] for grader in graders}
    for number in range(repeats + 1):
        for grader in graders:
            wall, cpu, points, said = grader.grade(cells)
            if points != full:
                sys.exit(f"{grader.name} gives the reference's answers {points}:\n{said[-3000:]}")
            if number:  # the first run of each warms the disk
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


def compare_attacks(graders, cells, full, folder):
    """Print which grader survives what."""
    canary, table = folder / "canary.txt", csv.writer(sys.stdout)
    table.writerow(["attack", *(grader.name for grader in graders)])
    survived = dict.fromkeys((grader.name for grader in graders), 0)
    for attack, body in ATTACKS.items():
        row = [attack]
        for grader in graders:
            canary.write_text(CANARY)
            hostile = {**cells, "rnn_step": STEP + body.replace("CANARY", str(canary))}
            wall, _, points, _ = grader.grade(hostile)
            deserved = {**full, "rnn_step": 0}
            if points is None:
                said = f"no score after {wall:.0f} s"
            elif canary.read_text() != CANARY:
                said = "a file outside is overwritten"
            elif points == deserved:
                said, survived[grader.name] = "survived", survived[grader.name] + 1
            else:
                said = "earns points" if points["rnn_step"] else "costs other exercises"
            row.append(said)
        table.writerow(row)
    print(", ".join(f"{name} survives {count} of {len(ATTACKS)}" for name, count in survived.items()))


def main():
    """Compare what is asked for."""
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
        graders = [Ours(exercises, folder)]
        if OTTER.exists():
            graders.append(Otter(exercises, folder))
        else:
            print("otter-grader is not there to compare with: --install puts it into work/otter, in a minute or two")
        compare_times(graders, cells, full, chosen.repeats)
        if chosen.attacks:
            compare_attacks(graders, cells, full, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
