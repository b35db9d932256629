"""Time of grading one exercise, and the share of it that isolation costs.

    python research/benchmarks/grader_latency.py [REPEATS]

Each exercise of the course is graded REPEATS times with its reference answer, after a first run that does not count, in
the sandbox and in a plain process by turns. Prints a table and one JSON line an exercise.
"""

import json
import sys
import time

import numpy as np

from autograde.course import IMPORTS, Course, bare_source
from autograde.exercise import Exercise
from autograde.judging.grading import grade_answer
from autograde.sandbox.sandbox import Sandbox
from autograde.submissions.notebook import Answer, Notebook
from autograde.submissions.slicing import Cell


def answer_to(course: Course, exercise: Exercise) -> Answer:
    """The reference's answer as a learner would have submitted it."""
    torch = ["import torch", "from torch import nn"] if exercise.uses_torch else []
    imports = "\n".join([*IMPORTS.values(), *torch])
    cells = [Cell("cell 1", imports), Cell("cell 2", bare_source(course.root, exercise.module, exercise.name))]
    return Notebook(cells, exercise.chapter, exercise.chapter).answer(course, exercise)


def seconds(course: Course, exercise: Exercise, answer: Answer, sandbox: Sandbox) -> float:
    """Wall time of one grading, which must end in full marks."""
    begin = time.perf_counter()
    result = grade_answer(course, exercise, answer, sandbox, seed=1)
    taken = time.perf_counter() - begin
    if result.status != "passed":
        sys.exit(f"{exercise.id} {exercise.name}: {result.message}")
    return taken


def main() -> None:
    """Time every exercise and print the results."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    course = Course()
    begin = time.perf_counter()
    with Sandbox() as sandbox, Sandbox(allow_isolation=False) as plain:
        print(f"sandbox started in {1e3 * (time.perf_counter() - begin):.0f} ms; isolated: {sandbox.isolated}")
        print(f"{'exercise':28}{'median ms':>10}{'p95 ms':>8}{'plain / sandbox':>17}")
        every = []  # times of the exercises in NumPy; exercises in PyTorch have another time goal
        for exercise in course.exercises:
            answer = answer_to(course, exercise)
            seconds(course, exercise, answer, sandbox)
            pairs = [
                (seconds(course, exercise, answer, sandbox), seconds(course, exercise, answer, plain))
                for _ in range(1 if exercise.uses_torch else max(repeats // 8, 3))
            ]
            warm = [seconds(course, exercise, answer, sandbox) for _ in range(repeats)]
            every += [] if exercise.uses_torch else warm
            median, p95 = 1e3 * np.median(warm), 1e3 * np.quantile(warm, 0.95)
            ratio = float(np.median([p / s for s, p in pairs]))
            print(f"{exercise.id + ' ' + exercise.name:28}{median:10.1f}{p95:8.1f}{ratio:17.1f}")
            line = {"exercise": exercise.id, "median_ms": median, "p95_ms": p95, "plain_to_sandbox": ratio}
            print(json.dumps({key: round(v, 2) if isinstance(v, float) else v for key, v in line.items()}))
        print(f"{'together':28}{1e3 * np.median(every):10.1f}{1e3 * np.quantile(every, 0.95):8.1f}")


if __name__ == "__main__":
    main()
