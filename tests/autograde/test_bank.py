"""The bank of the real course: every wrong answer, planted in a notebook, fails with its own diagnosis."""

import pytest

from autograde.authoring.dynamic_checks import check_stubs, rejection_reason
from autograde.authoring.static_checks import STATIC_CHECKS, find_orphans
from autograde.course import Course, bare_source
from autograde.judging.bank import bank, bank_path

COURSE = Course()
SEEDS, MANY_SEEDS = range(5), range(5, 1000)
ENTRIES = [(exercise, entry) for exercise in COURSE.exercises for entry in bank(COURSE, exercise)]


@pytest.mark.slow
@pytest.mark.parametrize("exercise, entry", ENTRIES, ids=[f"{x.id}-{e.name}" for x, e in ENTRIES])
def test_a_planted_mistake_gets_its_own_diagnosis(exercise, entry, plant, grade_cells):
    result = grade_cells(exercise, plant(bank_path(COURSE, exercise), entry.name, exercise.name))
    assert (result.status, result.points) == ("failed", 0), result.message
    assert result.diagnosis == entry.name, result.message
    assert entry.diagnosis in result.message


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_nothing_is_wrong_with_how_an_exercise_is_written(exercise):
    assert [str(problem) for question in STATIC_CHECKS for problem in question(COURSE, exercise)] == []


def test_nothing_stands_without_its_exercise():
    assert [str(problem) for problem in find_orphans(COURSE)] == []


@pytest.mark.parametrize(
    "seeds", [pytest.param(SEEDS, id="few"), pytest.param(MANY_SEEDS, id="many", marks=pytest.mark.exhaustive)]
)
@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_no_seed_gives_a_false_alarm(exercise, seeds):
    """The reference itself passes whatever the seed; called here, without the sandbox, to try many."""
    rejected = {seed: rejection_reason(COURSE, exercise, exercise.reference, seed) for seed in seeds}
    assert {seed: reason for seed, reason in rejected.items() if reason} == {}


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_what_is_no_answer_does_not_pass(exercise):
    assert [str(problem) for problem in check_stubs(COURSE, exercise)] == []


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_the_reference_stripped_bare_is_full_marks(exercise, grade_cells):
    bare = bare_source(COURSE.root, exercise.module, exercise.name)
    result = grade_cells(exercise, bare)
    assert (result.status, result.points) == ("passed", exercise.points), result.message
