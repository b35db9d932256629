"""The pytest side: `pytest tests/exercises --submission PATH` grades a notebook or a folder of them.

Each exercise is a fixture of its function's name, and one test uses it. The test runs against the submission
in the sandbox; what pytest prints at the end is the scorecard.
"""

import gc
import sys
import types
from pathlib import Path

import pytest

from autograde.course import Course, CourseError
from autograde.files import write_whole
from autograde.judging.grading import TIME_LIMIT_S, fresh_seed, grade, result
from autograde.judging.scorecard import Scorecard, held
from autograde.reports import data, terminal
from autograde.sandbox.sandbox import Sandbox, refusal_reason
from autograde.submissions.notebook import SubmissionError, read_submission


class ExerciseFailed(Exception):
    """Ends the test of an exercise that was not passed; holds the Result."""


def pytest_plugin_registered(manager):
    """Leave out what grading does not use but every start would pay for: Hypothesis alone takes seconds to import.

    This runs before pytest loads them, because the project's options name this plugin first.
    """
    if any("exercises" in argument for argument in sys.argv) and not any("nbval" in a for a in sys.argv):
        for name in ("nbval", "hypothesispytest", "anyio", "jaxtyping", "platformdirs"):
            if not manager.has_plugin(name):
                manager.set_blocked(name)


def pytest_addoption(parser):
    """Options of the grader."""
    group = parser.getgroup("grading", "grading of exercises")
    group.addoption("--submission", metavar="PATH", help="a notebook, or a folder of them (default: solutions/)")
    group.addoption("--course", metavar="FOLDER", help="the course (default: LSTM_COURSE, else the working folder's)")
    group.addoption("--scorecard", metavar="FILE.json", help="write the scorecard as JSON")
    group.addoption("--exercise", metavar="NAME", action="append", default=[], help="only this one, by id or function")
    group.addoption("--seed", type=int, metavar="N", help="draw the same inputs again")
    group.addoption("--time-limit", type=float, default=TIME_LIMIT_S, metavar="SECONDS", help="for one exercise (10)")
    group.addoption("--no-sandbox", action="store_true", help="use a plain process even where bubblewrap works")
    group.addoption("--allow-unsandboxed", action="store_true", help="grade others' work without isolation too")


def pytest_configure(config):
    """Read the course and the submission before anything runs, so that a wrong path costs no time."""
    try:
        course = Course(config.getoption("--course"))
        config.pluginmanager.register(Grader(config, course), "autograde-grader")
        config.pluginmanager.register(_fixtures(course), "autograde-fixtures")
    except (SubmissionError, CourseError) as error:
        raise pytest.UsageError(str(error)) from None


class Grader:
    """Holds one run's submission, sandbox and results; its fixtures stand for the functions under test."""

    def __init__(self, config, course):
        self.config, self.course, self.results, self._sandbox = config, course, [], None
        self.asked = []  # the exercises of this run: each stands on the scorecard, whatever becomes of its test
        given = config.getoption("--submission")
        self.path = Path(given) if given else course.root / "solutions"
        self.notebooks = read_submission(self.path, course) if given else None
        seed = config.getoption("--seed")
        self.seed = fresh_seed() if seed is None else seed
        self.chosen = {course.find(key).name for key in config.getoption("--exercise")}

    @pytest.fixture
    def rng(self):
        """A NumPy Generator, seeded afresh each run; the scorecard prints the seed."""

    @property
    def sandbox(self):
        """Started with the first exercise; refuses to grade others' work where nothing isolates it."""
        if self._sandbox is None:
            self._sandbox = Sandbox(allow_isolation=not self.config.getoption("--no-sandbox"))
            self._import_references()
            is_allowed = self.config.getoption("--allow-unsandboxed")
            if reason := refusal_reason(self._sandbox, self.path, self.course.root, is_allowed):
                pytest.exit(reason, returncode=4)
        return self._sandbox

    def _import_references(self):
        """Import what answers are compared with now, while the sandbox starts; PyTorch only where it is needed."""
        for exercise in self.asked:
            if not exercise.uses_torch:
                _ = exercise.reference

    def answer(self, exercise):
        """What the submission holds for an exercise."""
        if self.notebooks is None:
            self.notebooks = read_submission(self.path, self.course)
        return held(self.course, self.notebooks, exercise, self.path)

    def pytest_ignore_collect(self, collection_path):
        """Leave out whole chapters that were not asked for: their tests import what they compare with."""
        stem = collection_path.parent.name
        if stem not in self.course.chapters:
            return None
        missing = self.path.is_file() and stem not in self.notebooks
        return True if missing or not any(map(self._is_wanted, self.course.of_chapter(stem))) else None

    def pytest_collection_modifyitems(self, config, items):
        """Keep the exercises that were asked for: those of the one notebook given, or those named."""
        dropped = []
        for item in list(items):
            exercise = self._exercise_of(item)
            only = self.notebooks if self.path.is_file() else None
            if exercise and (
                (only and exercise.chapter not in only) or (self.chosen and exercise.name not in self.chosen)
            ):
                dropped.append(item)
                items.remove(item)
        self.asked = [exercise for item in items if (exercise := self._exercise_of(item))]
        if dropped:
            config.hook.pytest_deselected(items=dropped)

    def _is_wanted(self, exercise):
        if self.path.is_file() and exercise.chapter not in self.notebooks:
            return False
        return not self.chosen or exercise.name in self.chosen

    def _exercise_of(self, item):
        names = [name for name in getattr(item, "fixturenames", ()) if name in self.course.by_name]
        return self.course.by_name[names[0]] if names else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem):
        """Run the test of an exercise on the submission, in place of calling it with its fixtures."""
        exercise = self._exercise_of(pyfuncitem)
        if exercise is None:
            return None
        graded = grade(
            self.course, exercise, self.answer(exercise), self.sandbox,
            test=pyfuncitem.obj, seed=self.seed, seconds=self.config.getoption("--time-limit"),
        )  # fmt: skip
        self.results.append(graded)
        about = {"points": graded.points, "max_points": graded.max_points, "diagnosis": graded.diagnosis}
        pyfuncitem.user_properties += [("status", graded.status), *((k, v) for k, v in about.items() if v is not None)]
        if graded.status != "passed":
            raise ExerciseFailed(graded)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """Put the grader's words where pytest would put a traceback of ours."""
        made = yield
        if call.excinfo is not None and call.excinfo.errisinstance(ExerciseFailed):
            graded = call.excinfo.value.args[0]
            made.longrepr = terminal.lines(graded)
            if graded.status == "not_attempted":  # so it stands in --junitxml too; the exit code still counts it
                made.outcome, made.longrepr = "skipped", (*item.location[:2], graded.message)
        elif call.excinfo is not None and call.excinfo.errisinstance(SubmissionError):
            made.longrepr = str(call.excinfo.value)
        return made

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        """An exercise that was not attempted is not passed, and not an alarm either."""
        if report.when == "call" and ("status", "not_attempted") in report.user_properties:
            return "not attempted", "-", "NOT ATTEMPTED"
        return None

    def pytest_sessionfinish(self, session):
        """A run in which points are missing does not end well, whatever they are missing for."""
        if session.exitstatus == pytest.ExitCode.OK and any(r.status != "passed" for r in self.results):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        """Print the scorecard, and write it where `--scorecard` says."""
        if not self.asked:
            return
        graded = {r.name: r for r in self.results}
        results = [graded.get(e.name) or result(e, "error", "Not graded: the run ended before.") for e in self.asked]
        writer = terminalreporter._tw
        terminalreporter.section("scorecard")
        card = Scorecard(str(self.path), results, self.sandbox.isolated, self.sandbox.reason, self.seed)
        terminalreporter.write(terminal.table(card, writer.fullwidth, writer.hasmarkup))
        if path := self.config.getoption("--scorecard"):
            try:
                write_whole(path, data.text(card))
            except OSError as error:
                terminalreporter.write_line(f"The scorecard was not written to {path}: {error.strerror}", red=True)

    def pytest_unconfigure(self):
        """End the sandbox."""
        if self._sandbox is not None:
            self._sandbox.close()
            gc.freeze()  # pytest now looks through all there is for what was not closed: longer than an exercise takes


def _fixtures(course):
    """A module with a fixture for each exercise: pytest looks for fixtures in modules and classes only."""
    module = types.ModuleType("autograde_fixtures")
    for exercise in course.exercises:
        setattr(module, exercise.name, _fixture(exercise))
    return module


def _fixture(exercise):
    @pytest.fixture(name=exercise.name)
    def function_under_test():
        return exercise

    return function_under_test
