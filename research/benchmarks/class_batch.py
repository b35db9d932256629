"""How long does a class take: `autograde batch` on N submissions made of right answers, known mistakes and stubs.

    python research/benchmarks/class_batch.py [N] [--workers K…]

Each submission is chapter 1; an exercise of it is solved in six cases of ten, wrong as one of the bank is in three, and
not attempted in one. Prints seconds a student, of the clock and of the processor (the grader's own; what runs in the
sandbox is counted by the clock alone), side by side for each number of workers, and their ratio to the first.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from autograde.answers import planted
from autograde.course import ROOT, Course
from autograde.diagnose import bank, bank_path

STEM = "01_recurrence"


def solved(course):
    """The worked answers of the chapter, by the name of their exercise."""
    cells = json.loads((ROOT / "solutions" / f"{STEM}.ipynb").read_text("utf8"))["cells"]
    marked = {cell["metadata"].get("course", {}).get("exercise"): "".join(cell["source"]) for cell in cells}
    return {course.find(key).name: source for key, source in marked.items() if key}


def make_class(folder, count, rng):
    """Write `count` submissions into a folder, each a file of its own."""
    course = Course()
    right = solved(course)
    wrong = {
        exercise.name: [planted(course, bank_path(course, exercise), entry.name, exercise.name) for entry in entries]
        for exercise in course.of_chapter(STEM)
        if (entries := bank(course, exercise))
    }
    chapter = (ROOT / "chapters" / f"{STEM}.ipynb").read_text("utf8")
    for number in range(count):
        notebook = json.loads(chapter)
        for cell in notebook["cells"]:
            if key := cell["metadata"].get("course", {}).get("exercise"):
                name, chance = course.find(key).name, rng.random()
                if chance < 0.6:
                    cell["source"] = right[name]
                elif chance < 0.9:
                    cell["source"] = f"import numpy as np\n{rng.choice(wrong[name])}"
        path = folder / f"student{number:03}" / f"{STEM}.ipynb"
        path.parent.mkdir()
        path.write_text(json.dumps(notebook), "utf8")


def main():
    """Make a class, grade it with each number of workers, print a table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
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
