"""What is wrong with how an exercise behaves, as Problems: its test is run on its answers, right and wrong."""

import time

from autograde.authoring.answers import defined_in, right_answers, right_answers_path, run_test_on
from autograde.authoring.static_checks import WRITTEN, place
from autograde.course import CourseError
from autograde.judging.diagnosis import bank, bank_path, diagnose
from autograde.judging.grading import load_test, test_path
from autograde.judging.outcome import quiet
from autograde.problem import Problem
from autograde.submissions.slicing import is_stub

MAX_TEST_S = 0.05  # that one run of a test may take, before the sandbox adds its own


def stubs(course, exercise):
    """The exercise's test stops what a learner gets, and what returns nothing; and it calls the function at all."""

    def not_written(*_):
        raise NotImplementedError(f"Exercise {exercise.id}")

    where = place(course, test_path(course, exercise.chapter), f"test_{exercise.name}")
    for function, what in ((not_written, "the stub"), (lambda *_: None, "a function that returns None")):
        if not alarm(course, exercise, function, 0):
            yield Problem(where, f"{what} passes: compare its values with the reference's, by `agree`")


def caught(course, exercise, seed=1):
    """Each wrong answer is caught by the test, and recognised as itself."""
    path = bank_path(course, exercise)
    for entry in bank(course, exercise):
        if is_stub(defined_in(path).get(entry.name)):
            continue
        where = place(course, path, entry.name)
        submitted = run_test_on(course, exercise, entry.function, seed)
        if not submitted.mismatches:
            text = f"the test does not catch {entry.name}: add the case in which it differs from the right answer"
            yield Problem(where, text)
            continue
        with quiet():
            found = diagnose(course, exercise, submitted.cases)
        if found is None:
            yield Problem(where, f"{entry.name} is not recognised as itself: it must do the same at every call")
        elif found.name != entry.name:
            text = f"{entry.name} looks like {found.name} in every case: add one in which they differ, or drop one"
            yield Problem(where, text)


def passing(course, exercise, seeds):
    """The reference and every right answer pass, whatever the seed; `seeds` is a range of them."""
    path = course.root / (exercise.module.replace(".", "/") + ".py")
    answers = [(place(course, path, exercise.name), "the reference", exercise.reference)]
    path = right_answers_path(course, exercise)
    for answer in right_answers(course, exercise):
        if not is_stub(answer.node):
            answers.append((place(course, path, answer.node.name), answer.node.name, answer.function))
    for where, name, function in answers:
        rejected = [(seed, said) for seed in seeds if (said := alarm(course, exercise, function, seed))]
        if rejected:
            seed, said = rejected[0]
            often = f"{len(rejected)} of {len(seeds)} seeds" if len(seeds) > 1 else f"seed {seed}"
            text = f"{name} is rejected ({often}, first {seed}): {said} Mend the answer, or the test's tolerance"
            yield Problem(where, text)


def alarm(course, exercise, function, seed):
    """What an exercise's test has against a function, in words; nothing where it passes."""
    try:
        submitted = run_test_on(course, exercise, function, seed)
    except Exception as error:
        return f"The test itself raises {type(error).__name__}: {error}."
    if submitted.cases and all(case.expected.raised for case in submitted.cases):
        return f"The reference raises {submitted.cases[0].expected.raised.type} in every case."
    return submitted.mismatches[0].text if submitted.mismatches else ""


def seconds(course, exercise, runs=3):
    """How long the test takes on the reference, here, without the sandbox: the best of a few runs."""
    load_test(course, exercise)
    best = float("inf")
    for seed in range(runs):
        begin = time.process_time()
        run_test_on(course, exercise, exercise.reference, seed)
        best = min(best, time.process_time() - begin)
    return best


def slow(course, exercise, took):
    """The test takes longer than a test may."""
    if took > MAX_TEST_S:
        where = place(course, test_path(course, exercise.chapter), f"test_{exercise.name}")
        text = (
            f"one run takes {1000 * took:.0f} ms, more than {1000 * MAX_TEST_S:.0f}: take smaller sizes, or fewer draws"
        )
        yield Problem(where, text)


def inspected(course, exercise, seeds=range(1)):
    """Everything that is wrong with one exercise, and how long its test took (None where it cannot be run)."""
    problems, took = [], None
    try:
        for question in WRITTEN:
            problems += question(course, exercise)
        if not any(problem.text.startswith(f"{exercise.name} is not written") for problem in problems):
            for question in (stubs, caught):
                problems += question(course, exercise)
            problems += passing(course, exercise, seeds)
            took = seconds(course, exercise)
            problems += slow(course, exercise, took)
    except CourseError as error:
        where, _, text = str(error).partition(": ")
        problems.append(Problem(where, text or "cannot be read"))
    except Exception as error:
        where = place(course, test_path(course, exercise.chapter), f"test_{exercise.name}")
        problems.append(Problem(where, f"the test itself raises {type(error).__name__}: {error}; mend it"))
    return problems, took
