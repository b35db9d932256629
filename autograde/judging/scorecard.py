"""A scorecard: what a submission gets for each exercise, and what one must know to trust it."""

import hashlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograde.judging.grading import TIME_LIMIT_S, Result, fresh_seed, grade, result
from autograde.submissions.notebook import Answer
from autograde.text import clean, shorten

VERSION = 1  # of the JSON, which scorecard.schema.json describes


@dataclass
class Scorecard:
    """The results of one submission.

    submission : what was graded, as a reader would call it
    isolated, reason : whether the code ran in the sandbox, and why not, or what was missing
    seed : gives the same inputs again
    """

    submission: str
    results: list
    isolated: bool
    reason: str
    seed: int

    def __post_init__(self):
        self.submission, self.reason = shorten(clean(self.submission)), shorten(clean(self.reason))
        self.results = [replace(r, message=clean(r.message), hint=clean(r.hint)) for r in self.results]

    @property
    def points(self):
        """Points reached."""
        return sum(r.points for r in self.results)

    @property
    def max_points(self):
        """Points there are."""
        return sum(r.max_points for r in self.results)

    def by_chapter(self):
        """The results of each chapter, {the number in front of their ids: results}."""
        chapters = {}
        for r in self.results:
            chapters.setdefault(r.id.partition(".")[0], []).append(r)
        return chapters

    def as_dict(self):
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
            "exercises": exercises,
        }

    @classmethod
    def from_dict(cls, card):
        """The scorecard that `as_dict` gave, without the hints."""
        results = [Result(**exercise) for exercise in card["exercises"]]
        return cls(card["submission"], results, card["isolated"], card["reason"], card["seed"])


def choose(course, chapters=(), keys=()):
    """The exercises of these chapters and of these ids or names; all of them where neither is given.

    Raises CourseError, which says what was meant, for a name that the course does not know.
    """
    if not chapters and not keys:
        return list(course.exercises)
    named = {course.find(key).name for key in keys}
    stems = {course.find_chapter(stem) for stem in chapters}
    return [e for e in course.exercises if e.chapter in stems or e.name in named]


def held(course, notebooks, exercise, where):
    """What a submission holds for an exercise: its Answer, though the notebook may be missing."""
    if exercise.chapter in notebooks:
        return notebooks[exercise.chapter].answer(course, exercise)
    message = f"Not attempted: there is no {exercise.chapter}.ipynb in {where}."
    return Answer(status="not_attempted", message=message)


def grade_all(course, notebooks, exercises, sandbox, *, where, seed=None, seconds=TIME_LIMIT_S, after_each=None):
    """Grade the exercises of one submission and give its Scorecard.

    notebooks : {chapter stem: Notebook}, as `read_submission` gives them
    where : what the submission is called
    after_each : called with each Result as it comes
    """
    seed, results = fresh_seed() if seed is None else seed, []
    for exercise in exercises:
        try:
            answer = held(course, notebooks, exercise, where)
        except (RecursionError, MemoryError, ValueError) as error:  # code nested as deep as no person writes it
            said = f"Its code cannot be read ({type(error).__name__})."
            results.append(result(exercise, "error", said))
        else:
            results.append(grade(course, exercise, answer, sandbox, seed=seed, seconds=seconds))
        if after_each:
            after_each(results[-1])
    return Scorecard(where, results, sandbox.isolated, sandbox.reason, seed)


def course_digest(course):
    """A digest of all that marks depend on: exercises, tests, wrong answers, the reference, and the grader itself."""
    grader = Path(__file__).parents[1]  # not in the course's folder where it was installed from a wheel
    parts = [
        *((course.root, course.root / part) for part in ("course", "tests/exercises", "lstm_ref")),
        (grader, grader),
    ]
    whole = hashlib.sha256()
    for root, part in parts:
        for path in sorted(path for path in part.rglob("*") if path.suffix in (".py", ".yml")):
            whole.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return whole.hexdigest()
