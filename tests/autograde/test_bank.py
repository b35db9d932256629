"""The bank of the real course: every wrong answer, planted in a notebook, fails with its own diagnosis."""

import pytest

from autograde.course import Course, bare_source
from autograde.diagnose import bank, bank_path
from autograde.grading import generator, load_test
from autograde.trial import Local, Submitted, repeat_first_case

COURSE = Course()
ENTRIES = [(exercise, entry) for exercise in COURSE.exercises for entry in bank(COURSE, exercise)]


@pytest.mark.parametrize("exercise, entry", ENTRIES, ids=[f"{x.id}-{e.name}" for x, e in ENTRIES])
def test_a_planted_mistake_gets_its_own_diagnosis(exercise, entry, plant, grade_cells):
    result = grade_cells(exercise, plant(bank_path(COURSE, exercise), entry.name, exercise.name))
    assert (result.status, result.points) == ("failed", 0), result.message
    assert result.diagnosis == entry.name, result.message
    assert entry.diagnosis in result.message


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_there_are_at_least_three_and_no_diagnosis_stands_twice(exercise):
    entries = bank(COURSE, exercise)
    assert len(entries) >= 3
    assert len({entry.diagnosis for entry in entries}) == len(entries)


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_no_false_alarm_over_many_seeds(exercise):
    """The reference itself passes whatever the seed; called here, without the sandbox, to try many."""
    test = load_test(COURSE, exercise)
    for seed in range(25):
        submitted = Submitted(exercise, Local(exercise.reference))
        test(submitted, generator(seed, exercise))
        repeat_first_case(submitted)
        assert submitted.mismatches == [], seed
        assert any(case.expected.raised is None for case in submitted.cases), "the reference raises in every case"


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_the_reference_stripped_bare_is_full_marks(exercise, grade_cells):
    bare = bare_source(COURSE.root, exercise.module, exercise.name)
    result = grade_cells(exercise, bare)
    assert (result.status, result.points) == ("passed", exercise.points), result.message
