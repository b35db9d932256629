"""Two graders behind one interface: this course's, as a teacher calls it, and otter-grader."""

import json
import os
import resource
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Protocol

from autograde.course import IMPORTS
from autograde.exercise import Exercise
from lstm_ref.course_folder import course_folder

ROOT = course_folder()
VERSION = "7.0.0"
FOLDER = ROOT / "work" / "otter"
OTTER = FOLDER / "bin" / "otter"
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
