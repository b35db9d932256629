"""Right answers in other styles than the reference's: each, planted in a notebook, gets full marks."""

import ast

import pytest

from autograde.course import Course

COURSE = Course()
FOLDER = COURSE.root / "tests" / "right_answers"


def styles(stem):
    """The answers in a chapter's file, as (exercise's name, style, the statement); helpers begin with an underscore."""
    path = FOLDER / f"{stem}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    kinds = ast.FunctionDef | ast.ClassDef
    functions = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    return [(*node.name.partition("__")[::2], node) for node in functions]


ANSWERS = [(stem, name, style) for stem in COURSE.chapters for name, style, _ in styles(stem)]


@pytest.mark.parametrize("stem, name, style", ANSWERS, ids=[f"{name}-{style}" for _, name, style in ANSWERS])
def test_a_right_answer_in_another_style_gets_full_marks(stem, name, style, plant, grade_cells):
    exercise = COURSE.by_name[name]
    assert exercise.chapter == stem, f"belongs into {exercise.chapter}.py"
    result = grade_cells(exercise, plant(FOLDER / f"{stem}.py", f"{name}__{style}", name))
    assert (result.status, result.points) == ("passed", exercise.points), result.message


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_each_exercise_has_three_that_differ(exercise):
    bodies = [ast.unparse(node.body) for name, _, node in styles(exercise.chapter) if name == exercise.name]
    assert len(set(bodies)) >= 3, f"tests/right_answers/{exercise.chapter}.py has {len(set(bodies))} of {exercise.name}"
