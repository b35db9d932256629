"""Grades a submission: runs the test of each exercise on what the submission holds for it, and makes the Result."""

from collections.abc import Callable, Iterable, Mapping

from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.diagnosis import diagnose
from autograde.judging.exercise_test import fresh_seed, generator, load_test
from autograde.judging.failure_lines import describe_error, failure_lines, first_failure, foreign_globals_lines
from autograde.judging.recorded_function import RecordedFunction, repeat_first_case
from autograde.judging.result import Result, make_result
from autograde.judging.scorecard import Scorecard
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.sandbox.sandbox import Sandbox
from autograde.sandbox.session import LearnerError, SessionLost
from autograde.submissions.notebook import Answer, Notebook, UnreadableNotebook
from autograde.text import shorten

TIME_LIMIT_S = 10.0  # for the code of one exercise
Notebooks = Mapping[str, Notebook | UnreadableNotebook]  # chapter's folder -> its notebook


class SubmissionGrader:
    """Grades the exercises of one submission one by one, each in a session of its own.

    notebooks : {chapter: Notebook}, as `read_submission` gives them
    where : what the submission is called
    seed : of the tests' inputs; None draws a new one
    """

    def __init__(
        self,
        course: Course,
        notebooks: Notebooks,
        sandbox: Sandbox,
        *,
        where: str,
        seed: int | None = None,
        seconds: float = TIME_LIMIT_S,
    ) -> None:
        self.course, self.notebooks, self.sandbox, self.where = course, notebooks, sandbox, where
        self.seed, self.seconds = fresh_seed() if seed is None else seed, seconds
        self.results: list[Result] = []

    def grade(self, exercise: Exercise, test: Callable | None = None) -> Result:
        """Grade one exercise and keep its Result. Whatever the learner's code is or does, nothing is raised.

        test : the test function, found by its name when not given
        """
        try:
            answer = self._find_answer(exercise)
        except (RecursionError, MemoryError, ValueError) as error:  # e.g. code that is nested too deeply for the parser
            result = make_result(exercise, "error", f"Its code cannot be read ({type(error).__name__}).")
        else:
            options = {"test": test, "seed": self.seed, "seconds": self.seconds}
            result = grade_answer(self.course, exercise, answer, self.sandbox, **options)
        self.results.append(result)
        return result

    def _find_answer(self, exercise: Exercise) -> Answer:
        if exercise.chapter in self.notebooks:
            return self.notebooks[exercise.chapter].answer(self.course, exercise)
        message = f"Not attempted: there is no {exercise.chapter}.ipynb in {self.where}."
        return Answer(status="not_attempted", message=message)

    def scorecard(self) -> Scorecard:
        """The Scorecard of what has been graded so far."""
        return Scorecard(self.where, self.results, self.sandbox.isolated, self.sandbox.reason, self.seed)


def grade_submission(
    course: Course,
    notebooks: Notebooks,
    exercises: Iterable[Exercise],
    sandbox: Sandbox,
    *,
    where: str,
    seed: int | None = None,
    seconds: float = TIME_LIMIT_S,
    after_each: Callable[[Result], object] | None = None,
) -> Scorecard:
    """Grade these exercises of one submission and give its Scorecard; see `SubmissionGrader`.

    after_each : called with each Result as it comes
    """
    grader = SubmissionGrader(course, notebooks, sandbox, where=where, seed=seed, seconds=seconds)
    for exercise in exercises:
        result = grader.grade(exercise)
        if after_each is not None:
            after_each(result)
    return grader.scorecard()


def grade_answer(
    course: Course,
    exercise: Exercise,
    answer: Answer,
    sandbox: Sandbox,
    *,
    test: Callable | None = None,
    seed: int | None = None,
    seconds: float = TIME_LIMIT_S,
) -> Result:
    """Run the exercise's test on one answer and give the Result."""
    if answer.status:
        return make_result(exercise, answer.status, answer.message)
    seed = fresh_seed() if seed is None else seed
    test = test or load_test(course, exercise)
    try:
        from_scratch = exercise.uses_torch and exercise.from_scratch
        with sandbox.open(seconds, torch=exercise.uses_torch, from_scratch=from_scratch) as session:
            recorded = RecordedFunction(exercise, session)
            session.load(**answer.load)
            test(recorded, generator(seed, exercise))
            repeat_first_case(recorded)
            return judge(course, recorded, answer)
    except LearnerError as error:
        return make_result(exercise, "error", describe_error(error, answer))
    except (SessionLost, NoSandbox) as error:
        return make_result(exercise, "error", str(error))
    except Exception as error:
        # The learner's value made the test or the comparison fail: this costs the one exercise and no other.
        reason = f"{type(error).__name__}: {shorten(error)}"
        return make_result(exercise, "error", f"What it returned could not be judged ({reason}).")


def judge(course: Course, recorded: RecordedFunction, answer: Answer) -> Result:
    """Turn what a test recorded into a Result."""
    exercise, mismatches = recorded.exercise, recorded.mismatches
    if not mismatches:
        return make_result(exercise, "passed", "")
    entry = diagnose(course, exercise, recorded.cases)
    if entry is not None:
        message = f"{first_failure(recorded, answer.cells)}\n{entry.diagnosis}"
        return make_result(exercise, "failed", message, entry.name)
    raised = [case.got.raised for case in recorded.cases if case.got.raised and case.mismatch]
    if raised and raised[0].type == "NotImplementedError" and raised[0].text.startswith(f"Exercise {exercise.id}"):
        return make_result(exercise, "not_attempted", "Not attempted.")
    has_raised = bool(raised) and mismatches[0].kind in ("raised", "backward")
    lines = [*failure_lines(recorded, answer.cells), *foreign_globals_lines(answer)]
    return make_result(exercise, "error" if has_raised else "failed", "\n".join(lines))
