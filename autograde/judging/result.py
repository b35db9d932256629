"""The Result of one exercise: status, points, message and hint."""

from dataclasses import dataclass

from autograde.exercise import Exercise
from autograde.text import without_roles


@dataclass
class Result:
    """What a learner gets for one exercise; the fields are those of the scorecard's JSON, `hint` beside them."""

    id: str
    name: str
    points: int
    max_points: int
    status: str  # passed, failed, not_attempted or error
    diagnosis: str | None = None
    message: str = ""
    hint: str = ""


def make_result(exercise: Exercise, status: str, message: str, diagnosis: str | None = None) -> Result:
    """A Result with the points that the status is worth, and a hint where no mistake is named."""
    points = exercise.points if status == "passed" else 0
    hint = without_roles(exercise.hints[0]) if exercise.hints and status == "failed" and not diagnosis else ""
    return Result(exercise.id, exercise.name, points, exercise.points, status, diagnosis, message, hint)
