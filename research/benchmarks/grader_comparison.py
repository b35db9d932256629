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
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Protocol

import numpy as np

from autograde.course import IMPORTS, Course
from autograde.exercise import Exercise
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

VERSION = "7.0.0"
FOLDER = ROOT / "work" / "otter"
OTTER = FOLDER / "bin" / "otter"
EXERCISES = 10
TIMEOUT_S = 60  # a run that takes longer counts as hung
TEST = """
OK_FORMAT = False
from otter.test_files import test_case

name, points = "{name}", {points}


@test_case(points={points})
def test({name}):
    from autograde.course import Course
    from autograde.judging.exercise_test import generator, load_test
    from autograde.judging.recorded_function import InProcessSession, RecordedFunction, repeat_first_case

    course = Course()
    exercise = course.find("{name}")
    submitted = RecordedFunction(exercise, InProcessSession({name}))
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


def notebook(cells: list[str], **metadata: dict) -> str:
    """A notebook of code cells, as JSON."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c} for c in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    return json.dumps({"cells": made, "metadata": {**kernel, **metadata}, "nbformat": 4, "nbformat_minor": 5})


def timed(command: list[str | Path], folder: Path) -> tuple[float, float, str]:
    """Wall and processor seconds of a command, and its output."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # with it Python would compile our modules anew each time
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, start_new_session=True
    )
    try:
        output = process.communicate(timeout=TIMEOUT_S)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        output = f"stopped after {TIMEOUT_S} seconds"
        process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, cpu, output


Grades = tuple[float, float, dict[str, float] | None, str]  # seconds, processor seconds, points by name, output


class Grader(Protocol):
    """A grader of the ten exercises."""

    name: str

    def grade(self, cells: dict[str, str]) -> Grades:
        """Grade these cells, by exercise; there are no points where no score came out."""
        ...


class Ours:
    """This grader, as a teacher calls it."""

    name = "autograde"

    def __init__(self, exercises: list[Exercise], folder: Path):
        self.exercises, self.folder = exercises, folder / "ours"
        self.folder.mkdir()

    def grade(self, cells: dict[str, str]) -> Grades:
        """Grade these cells, by exercise."""
        for chapter in {exercise.chapter for exercise in self.exercises}:
            own = [cells[e.name] for e in self.exercises if e.chapter == chapter]
            text = notebook(["\n".join(IMPORTS.values()), *own], course={"chapter": chapter})
            (self.folder / f"{chapter}.ipynb").write_text(text, encoding="utf-8")
        card = self.folder / "card.json"
        card.unlink(missing_ok=True)
        chosen = [option for exercise in self.exercises for option in ("--exercise", exercise.name)]
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "pytest",
            ROOT / "tests/exercises",
            "-q",
            "--tb=no",
            "--seed",
            "1",
        ]
        command += ["-p", "no:cacheprovider", "--submission", str(self.folder), "--scorecard", str(card), *chosen]
        wall, cpu, output = timed(command, ROOT)
        if not card.exists():
            return wall, cpu, None, output
        points = {e["name"]: e["points"] for e in json.loads(card.read_text(encoding="utf-8"))["exercises"]}
        return wall, cpu, points, output


class Otter:
    """otter-grader, used as its manual says for one machine."""

    name = "otter-grader"

    def __init__(self, exercises: list[Exercise], folder: Path):
        self.exercises, self.folder = exercises, folder / "otter"
        tests = self.folder / "tests"
        tests.mkdir(parents=True)
        for e in exercises:
            (tests / f"{e.name}.py").write_text(TEST.format(name=e.name, points=e.points))
        _, _, output = timed([OTTER, "generate", "-t", "tests", "--no-environment", "--no-requirements"], self.folder)
        if not (self.folder / "autograder.zip").exists():
            sys.exit(f"otter generate made no autograder.zip:\n{output}")

    def grade(self, cells: dict[str, str]) -> Grades:
        """Grade these cells, by exercise."""
        (self.folder / "answers.ipynb").write_text(notebook(["\n".join(IMPORTS.values()), *cells.values()]))
        out = self.folder / "results.json"
        out.unlink(missing_ok=True)
        wall, cpu, output = timed([OTTER, "run", "--no-logo", "-o", ".", "answers.ipynb"], self.folder)
        if not out.exists():
            return wall, cpu, None, output
        scores = [(t["name"], t.get("score")) for t in json.loads(out.read_text(encoding="utf-8"))["tests"]]
        points = {e.name: s for e in self.exercises for name, s in scores if name.split()[0] == e.name}
        return wall, cpu, points, output


def install() -> None:
    """Put otter-grader and the imports of the tests into an environment of their own."""
    print(f"installing otter-grader {VERSION} into {FOLDER.relative_to(ROOT)} …", flush=True)
    venv.create(FOLDER, with_pip=True, clear=True)
    needs = [f"otter-grader=={VERSION}", "ipykernel", "numpy", "PyYAML", "jaxtyping", "beartype"]
    subprocess.run([FOLDER / "bin" / "python", "-m", "pip", "install", "-q", *needs], check=True)


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
