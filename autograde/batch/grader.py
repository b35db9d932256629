"""Grades hand-ins one after the other in one process, each in its own sandbox."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from autograde.batch import reading, similarity
from autograde.batch.inbox import Handin
from autograde.course import Course
from autograde.exercise import Exercise
from autograde.judging.grading import grade_submission
from autograde.judging.scorecard import choose
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.sandbox.sandbox import Sandbox
from autograde.submissions.notebook import Notebook, UnreadableNotebook


@dataclass(frozen=True)
class Settings:
    """The settings with which all of a class is graded.

    root : the course's folder
    chapters, keys : which exercises; none given means those of the chapters that a student has handed in
    isolate : whether the code must run in the sandbox, or in a plain process
    """

    root: str
    chapters: tuple[str, ...]
    keys: tuple[str, ...]
    seed: int
    seconds: float
    isolate: bool


class Grader:
    """Holds the course and the sandbox for the next hand-in, which starts while the current one is graded."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.course = settings, Course(settings.root)
        self.exercises = choose(self.course, settings.chapters, settings.keys)
        # The thread lives as long as this object: a sandbox ends with the thread that started it.
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._next = self._thread.submit(Sandbox, settings.isolate)

    def grade(self, handin: Handin) -> dict[str, Any]:
        """The outcome of a hand-in, fit for JSON: {"content", "problem", "notes", "prints", "alike", "card"}.

        `card` is None where there is a `problem`; "content" is empty where the fault is the grader's own, so that the
        next run tries again.
        """
        handed_in = reading.read(handin, self.course)
        outcome = {
            "content": handed_in.content,
            "problem": handed_in.problem,
            "notes": handed_in.notes,
            "prints": handed_in.prints,
        }
        outcome |= {"alike": {}, "card": None}
        exercises = [e for e in self.exercises if e.chapter in handed_in.notebooks]
        if not handed_in.problem and not exercises:
            outcome["problem"] = f"No notebook of what was asked for; handed in: {', '.join(handed_in.notebooks)}."
        if outcome["problem"]:
            return outcome
        with self._sandbox() as sandbox:
            try:
                card = grade_submission(
                    self.course, handed_in.notebooks, exercises, sandbox,
                    where=handin.student, seed=self.settings.seed, seconds=self.settings.seconds,
                )  # fmt: skip
            except NoSandbox as error:
                return outcome | {"content": "", "problem": f"The sandbox could not be started: {error}"}
            if sandbox.failure or sandbox.isolated != self.settings.isolate:
                reason = f"The sandbox could not be started: {sandbox.failure or sandbox.reason}"
                return outcome | {"content": "", "problem": reason}
        outcome["card"] = card.as_dict()
        for exercise in exercises:
            outcome["alike"][exercise.id] = self._fingerprint(handed_in.notebooks[exercise.chapter], exercise)
        return outcome

    def _fingerprint(self, notebook: Notebook | UnreadableNotebook, exercise: Exercise) -> str:
        try:
            return similarity.fingerprint(notebook.answer(self.course, exercise).load)
        except (RecursionError, MemoryError, ValueError, SyntaxError):
            return ""

    def _sandbox(self) -> Sandbox:
        sandbox = self._next.result()
        self._next = self._thread.submit(Sandbox, self.settings.isolate)
        return sandbox

    def close(self) -> None:
        """End the sandbox for the next hand-in."""
        self._next.result().close()
        self._thread.shutdown()
