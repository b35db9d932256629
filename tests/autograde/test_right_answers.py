"""Right answers in other styles than the reference's: each, planted in a notebook, gets full marks."""

import pytest

from autograde.authoring.answers import right_answers, right_answers_path
from autograde.course import Course

pytestmark = pytest.mark.slow

COURSE = Course()
ANSWERS = [(exercise, answer) for exercise in COURSE.exercises for answer in right_answers(COURSE, exercise)]


@pytest.mark.parametrize("exercise, answer", ANSWERS, ids=[answer.node.name for _, answer in ANSWERS])
def test_a_right_answer_in_another_style_gets_full_marks(exercise, answer, plant, grade_cells):
    path = right_answers_path(COURSE, exercise)
    result = grade_cells(exercise, plant(path, answer.node.name, exercise.name))
    assert (result.status, result.points) == ("passed", exercise.points), result.message
