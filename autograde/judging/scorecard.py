"""The scorecard: a submission's results, and how they were obtained."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.result import Result
from autograde.text import clean, shorten
from autograde.version import course_version

VERSION = 1  # of the JSON, which scorecard.schema.json describes


@dataclass
class Scorecard:
    """The results of one submission.

    submission : what was graded, as a reader would call it
    isolated, reason : whether the code ran in the sandbox, and why not, or what was missing
    seed : gives the same inputs again
    course_version : of the course that graded
    """

    submission: str
    results: list
    isolated: bool
    reason: str
    seed: int
    course_version: str = field(default_factory=course_version)

    def __post_init__(self) -> None:
        self.submission, self.reason = shorten(clean(self.submission)), shorten(clean(self.reason))
        self.results = [replace(r, message=clean(r.message), hint=clean(r.hint)) for r in self.results]

    @property
    def points(self) -> int:
        """Points reached."""
        return sum(r.points for r in self.results)

    @property
    def max_points(self) -> int:
        """Points there are."""
        return sum(r.max_points for r in self.results)

    def by_chapter(self) -> dict[str, list[Result]]:
        """The results of each chapter, {the number in front of their ids: results}."""
        chapters = {}
        for r in self.results:
            chapters.setdefault(r.id.partition(".")[0], []).append(r)
        return chapters

    def as_dict(self) -> dict[str, Any]:
        """The scorecard as its JSON has it."""
        exercises = [{name: value for name, value in asdict(r).items() if name != "hint"} for r in self.results]
        return {
            "version": VERSION,
            "submission": self.submission,
            "points": self.points,
            "max_points": self.max_points,
            "isolated": self.isolated,
            "reason": self.reason,
            "seed": self.seed,
            "course_version": self.course_version,
            "exercises": exercises,
        }

    @classmethod
    def from_dict(cls, card: dict[str, Any]) -> "Scorecard":
        """The scorecard that `as_dict` gave, without the hints."""
        results = [Result(**exercise) for exercise in card["exercises"]]
        graded_by = card.get("course_version", "")  # before 0.2.0 no scorecard said so
        return cls(card["submission"], results, card["isolated"], card["reason"], card["seed"], graded_by)


def choose(course: Course, chapters: Iterable[str] = (), keys: Iterable[str] = ()) -> list[Exercise]:
    """The exercises of these chapters and of these ids or names; all of them where neither is given.

    Raises CourseError, which says what was meant, for a name that the course does not know.
    """
    if not chapters and not keys:
        return list(course.exercises)
    named = {course.find(key).name for key in keys}
    stems = {course.find_chapter(stem) for stem in chapters}
    return [e for e in course.exercises if e.chapter in stems or e.name in named]


def course_digest(course: Course) -> str:
    """A digest of all that marks depend on: exercises, tests, wrong answers, the reference, and the grader itself."""
    grader = Path(__file__).parents[1]  # outside the course's folder if it was installed from a wheel
    parts = [
        *((course.root, course.root / part) for part in ("course", "tests/exercises", "lstm_ref")),
        (grader, grader),
    ]
    digest = hashlib.sha256()
    for root, part in parts:
        for path in sorted(path for path in part.rglob("*") if path.suffix in (".py", ".yml")):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()
