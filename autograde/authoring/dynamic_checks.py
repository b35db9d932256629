"""Checks an exercise by running its test on its right and wrong answers; each fault is a Problem."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from autograde.authoring.answers import defined_in, right_answers, right_answers_path, run_test_on
from autograde.authoring.static_checks import STATIC_CHECKS, locate
from autograde.course import Course, CourseError
from autograde.exercise import Exercise
from autograde.judging.bank import bank, bank_path
from autograde.judging.diagnosis import diagnose
from autograde.judging.exercise_test import load_test, test_path
from autograde.judging.outcome import warnings_silenced
from autograde.problem import Problem
from autograde.submissions.slicing import is_stub

MAX_TEST_S = 0.05  # the most that one run of a test may take, without the sandbox


def check_stubs(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """The exercise's test rejects the stub, and a function that returns None."""

    def not_written(*_: object) -> NoReturn:
        raise NotImplementedError(f"Exercise {exercise.id}")

    where = locate(course, test_path(course, exercise.chapter), f"test_{exercise.name}")
    for function, what in ((not_written, "the stub"), (lambda *_: None, "a function that returns None")):
        if not rejection_reason(course, exercise, function, 0):
            yield Problem(where, f"{what} passes: compare its values with the reference's, by `agree`")


def check_wrong_answers(course: Course, exercise: Exercise, seed: int = 1) -> Iterator[Problem]:
    """The test rejects each wrong answer, and the diagnosis recognises it."""
    path = bank_path(course, exercise)
    for entry in bank(course, exercise):
        if is_stub(defined_in(path).get(entry.name)):
            continue
        where = locate(course, path, entry.name)
        recorded = run_test_on(course, exercise, entry.function, seed)
        if not recorded.mismatches:
            text = f"the test does not catch {entry.name}: add the case in which it differs from the right answer"
            yield Problem(where, text)
            continue
        with warnings_silenced():
            found = diagnose(course, exercise, recorded.cases)
        if found is None:
            yield Problem(where, f"{entry.name} is not recognised as itself: it must do the same at every call")
        elif found.name != entry.name:
            text = f"{entry.name} looks like {found.name} in every case: add one in which they differ, or drop one"
            yield Problem(where, text)


def check_right_answers(course: Course, exercise: Exercise, seeds: Sequence[int]) -> Iterator[Problem]:
    """The reference and every right answer pass with all of the seeds."""
    path = course.root / (exercise.module.replace(".", "/") + ".py")
    answers = [(locate(course, path, exercise.name), "the reference", exercise.reference)]
    path = right_answers_path(course, exercise)
    for answer in right_answers(course, exercise):
        if not is_stub(answer.node):
            answers.append((locate(course, path, answer.node.name), answer.node.name, answer.function))
    for where, name, function in answers:
        rejected = [(seed, reason) for seed in seeds if (reason := rejection_reason(course, exercise, function, seed))]
        if rejected:
            seed, reason = rejected[0]
            often = f"{len(rejected)} of {len(seeds)} seeds" if len(seeds) > 1 else f"seed {seed}"
            text = f"{name} is rejected ({often}, first {seed}): {reason} Mend the answer, or the test's tolerance"
            yield Problem(where, text)


def rejection_reason(course: Course, exercise: Exercise, function: Callable, seed: int) -> str:
    """Why an exercise's test rejects a function, in one sentence; "" if the function passes."""
    try:
        recorded = run_test_on(course, exercise, function, seed)
    except Exception as error:
        return f"The test itself raises {type(error).__name__}: {error}."
    if recorded.cases and all(case.expected.raised for case in recorded.cases):
        return f"The reference raises {recorded.cases[0].expected.raised.type} in every case."
    return recorded.mismatches[0].text if recorded.mismatches else ""


def measure_test_s(course: Course, exercise: Exercise, runs: int = 3) -> float:
    """The processor time of the test on the reference, without the sandbox: the shortest of a few runs."""
    load_test(course, exercise)
    best = float("inf")
    for seed in range(runs):
        begin = time.process_time()
        run_test_on(course, exercise, exercise.reference, seed)
        best = min(best, time.process_time() - begin)
    return best


def check_duration(course: Course, exercise: Exercise, test_s: float) -> Iterator[Problem]:
    """The test takes no longer than a test may."""
    if test_s > MAX_TEST_S:
        where = locate(course, test_path(course, exercise.chapter), f"test_{exercise.name}")
        took, limit = f"{1000 * test_s:.0f} ms", f"{1000 * MAX_TEST_S:.0f}"
        text = f"one run takes {took}, more than {limit}: take smaller sizes, or fewer draws"
        yield Problem(where, text)


def check_exercise(
    course: Course, exercise: Exercise, seeds: Sequence[int] = range(1)
) -> tuple[list[Problem], float | None]:
    """All problems of one exercise, and the seconds that its test takes (None where the test cannot be run)."""
    problems, test_s = [], None
    try:
        for check in STATIC_CHECKS:
            problems += check(course, exercise)
        if not any(problem.text.startswith(f"{exercise.name} is not written") for problem in problems):
            for check in (check_stubs, check_wrong_answers):
                problems += check(course, exercise)
            problems += check_right_answers(course, exercise, seeds)
            test_s = measure_test_s(course, exercise)
            problems += check_duration(course, exercise, test_s)
    except CourseError as error:
        where, _, text = str(error).partition(": ")
        problems.append(Problem(where, text or "cannot be read"))
    except Exception as error:
        where = locate(course, test_path(course, exercise.chapter), f"test_{exercise.name}")
        problems.append(Problem(where, f"the test itself raises {type(error).__name__}: {error}; mend it"))
    return problems, test_s
