"""Grades one hand-in after the other in one process, each in a sandbox of its own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from autograde.batch import reading, similarity
from autograde.course import Course
from autograde.judging.scorecard import choose, grade_all
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.sandbox.sandbox import Sandbox


@dataclass(frozen=True)
class Settings:
    """What all of a class is graded with.

    root : the course's folder
    chapters, keys : which exercises; none given means those of the chapters that a student has handed in
    isolate : whether the code must run in the sandbox, or in a plain process
    """

    root: str
    chapters: tuple
    keys: tuple
    seed: int
    seconds: float
    isolate: bool


class Grader:
    """Holds the course, and the next sandbox: it starts while the submission before it is graded."""

    def __init__(self, settings):
        self.settings, self.course = settings, Course(settings.root)
        self.exercises = choose(self.course, settings.chapters, settings.keys)
        # The thread lives as long as this object: a sandbox ends with the thread that started it.
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._next = self._thread.submit(Sandbox, settings.isolate)

    def grade(self, handin):
        """The outcome of a hand-in, fit for JSON: {"content", "problem", "notes", "prints", "alike", "card"}.

        `card` is None where there is a `problem`; "content" is empty where the fault is the grader's own, so that the
        next run tries again.
        """
        work = reading.read(handin, self.course)
        outcome = {"content": work.content, "problem": work.problem, "notes": work.notes, "prints": work.prints}
        outcome |= {"alike": {}, "card": None}
        exercises = [e for e in self.exercises if e.chapter in work.notebooks]
        if not work.problem and not exercises:
            outcome["problem"] = f"No notebook of what was asked for; handed in: {', '.join(work.notebooks)}."
        if outcome["problem"]:
            return outcome
        with self._sandbox() as sandbox:
            try:
                card = grade_all(
                    self.course, work.notebooks, exercises, sandbox,
                    where=handin.student, seed=self.settings.seed, seconds=self.settings.seconds,
                )  # fmt: skip
            except NoSandbox as error:
                return outcome | {"content": "", "problem": f"The sandbox could not be started: {error}"}
            if sandbox.failed or sandbox.isolated != self.settings.isolate:
                said = f"The sandbox could not be started: {sandbox.failed or sandbox.reason}"
                return outcome | {"content": "", "problem": said}
        outcome["card"] = card.as_dict()
        for exercise in exercises:
            outcome["alike"][exercise.id] = self._fingerprint(work.notebooks[exercise.chapter], exercise)
        return outcome

    def _fingerprint(self, notebook, exercise):
        try:
            return similarity.fingerprint(notebook.answer(self.course, exercise).load)
        except (RecursionError, MemoryError, ValueError, SyntaxError):
            return ""

    def _sandbox(self):
        sandbox = self._next.result()
        self._next = self._thread.submit(Sandbox, self.settings.isolate)
        return _Watched(sandbox)

    def close(self):
        """End the sandbox that was started ahead."""
        self._next.result().close()
        self._thread.shutdown()


class _Watched:
    """A sandbox that remembers that it failed: marks given without it would be wrong."""

    def __init__(self, sandbox):
        self._sandbox, self.failed = sandbox, ""

    def __getattr__(self, name):
        return getattr(self._sandbox, name)

    def open(self, *args, **options):
        """A session, as the sandbox gives it."""
        try:
            return self._sandbox.open(*args, **options)
        except NoSandbox as error:
            self.failed = str(error)
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._sandbox.close()
