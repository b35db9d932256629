"""Time of `autograde batch` for a class: N submissions made of right answers, known mistakes and stubs.

    python research/benchmarks/class_batch.py [N] [--workers K…]

Each submission is chapter 1. Of ten exercises, six are solved, three hold a mistake from the bank, and one is not
attempted. Prints the wall seconds and the processor seconds a student for each number of workers, and the ratio of the
wall seconds to the first. The processor seconds are the grader's own: code in the sandbox counts in wall seconds only.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from autograde.authoring.answers import as_cell
from autograde.course import Course
from autograde.judging.bank import bank, bank_path
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

STEM = "01_recurrence"


def solved(course: Course) -> dict[str, str]:
    """The worked answers of the chapter, by the name of their exercise."""
    cells = json.loads((ROOT / "solutions" / f"{STEM}.ipynb").read_text("utf8"))["cells"]
    answers = {exercise_id(cell): "".join(cell["source"]) for cell in cells}
    return {course.find(key).name: source for key, source in answers.items() if key}


def exercise_id(cell: dict[str, Any]) -> str | None:
    """The id of the exercise whose function a cell defines; None for other cells."""
    return cell["metadata"].get("course", {}).get("exercise")


def make_class(folder: Path, count: int, rng: np.random.Generator) -> None:
    """Write `count` submissions into a folder, each a file of its own."""
    course = Course()
    right = solved(course)
    wrong = {
        exercise.name: [as_cell(course, bank_path(course, exercise), entry.name, exercise.name) for entry in entries]
        for exercise in course.of_chapter(STEM)
        if (entries := bank(course, exercise))
    }
    chapter = (ROOT / "chapters" / f"{STEM}.ipynb").read_text("utf8")
    for number in range(count):
        notebook = json.loads(chapter)
        for cell in notebook["cells"]:
            if key := exercise_id(cell):
                name, chance = course.find(key).name, rng.random()
                if chance < 0.6:
                    cell["source"] = right[name]
                elif chance < 0.9:
                    cell["source"] = f"import numpy as np\n{rng.choice(wrong[name])}"
        path = folder / f"student{number:03}" / f"{STEM}.ipynb"
        path.parent.mkdir()
        path.write_text(json.dumps(notebook), "utf8")


def main() -> None:
    """Make a class, grade it with each number of workers, print a table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("count", type=int, nargs="?", default=100)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        submissions = Path(name, "class")
        submissions.mkdir()
        make_class(submissions, chosen.count, np.random.default_rng(0))
        print(f"{'workers':>7} {'seconds a student':>18} {'processor':>10} {'ratio':>6}")
        first = None
        for workers in chosen.workers:
            command = [
                sys.executable,
                "-m",
                "autograde",
                "batch",
                submissions,
                "--workers",
                str(workers),
                "--seed",
                "1",
            ]
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            subprocess.run(
                [*command, "--out", Path(name, f"grades{workers}.csv")], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
            )
            wall = (time.monotonic() - began) / chosen.count
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / chosen.count
            first = first or wall
            print(f"{workers:7} {wall:17.2f}s {used:9.2f}s {wall / first:6.2f}")


if __name__ == "__main__":
    main()
