"""The pytest plugin: `pytest tests/exercises --submission PATH` grades a notebook or a folder of them.

Each exercise is a fixture of its function's name, and one test uses it. The test runs against the submission
in the sandbox; what pytest prints at the end is the scorecard.
"""

import functools
import gc
import sys
import types
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from autograde.course import Course, CourseError
from autograde.exercise import Exercise
from autograde.judging.exercise_test import fresh_seed
from autograde.judging.grading import TIME_LIMIT_S, SubmissionGrader
from autograde.judging.result import Result, make_result
from autograde.judging.scorecard import Scorecard
from autograde.reports import data, terminal
from autograde.sandbox.sandbox import Sandbox, refusal_reason
from autograde.submissions.notebook import SubmissionError, read_submission
from lstm_ref.files import write_whole


class ExerciseFailed(Exception):
    """Ends the test of an exercise that was not passed; holds the Result."""


def pytest_plugin_registered(manager: pytest.PytestPluginManager) -> None:
    """Block plugins that grading does not use, since they slow every start: Hypothesis takes seconds to import.

    This runs before pytest loads them, because the project's options name this plugin first.
    """
    if any("exercises" in argument for argument in sys.argv) and not any("nbval" in a for a in sys.argv):
        for name in ("nbval", "hypothesispytest", "anyio", "jaxtyping", "platformdirs"):
            if not manager.has_plugin(name):
                manager.set_blocked(name)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the grader."""
    group = parser.getgroup("grading", "grading of exercises")
    group.addoption("--submission", metavar="PATH", help="a notebook, or a folder of them (default: solutions/)")
    group.addoption("--course", metavar="FOLDER", help="the course (default: LSTM_COURSE, else the working folder's)")
    group.addoption("--scorecard", metavar="FILE.json", help="write the scorecard as JSON")
    group.addoption("--exercise", metavar="NAME", action="append", default=[], help="only this one, by id or function")
    group.addoption("--seed", type=int, metavar="N", help="draw the same inputs again")
    group.addoption("--time-limit", type=float, default=TIME_LIMIT_S, metavar="SECONDS", help="for one exercise (10)")
    group.addoption("--no-sandbox", action="store_true", help="use a plain process even where bubblewrap works")
    group.addoption("--allow-unsandboxed", action="store_true", help="grade others' work without isolation too")


def pytest_configure(config: pytest.Config) -> None:
    """Read the course and the submission before anything runs, so that a wrong path costs no time."""
    try:
        course = Course(config.getoption("--course"))
        config.pluginmanager.register(Grader(config, course), "autograde-grader")
        config.pluginmanager.register(_fixtures(course), "autograde-fixtures")
    except (SubmissionError, CourseError) as error:
        raise pytest.UsageError(str(error)) from None


class Grader:
    """Holds one run's submission, sandbox and results; its fixtures stand for the functions under test."""

    def __init__(self, config: pytest.Config, course: Course) -> None:
        self.config, self.course, self._sandbox = config, course, None
        self.asked: list[Exercise] = []  # this run's exercises: each is on the scorecard, whatever happens to its test
        given = config.getoption("--submission")
        self.path = Path(given) if given else course.root / "solutions"
        self.notebooks = read_submission(self.path, course) if given else None
        seed = config.getoption("--seed")
        self.seed = fresh_seed() if seed is None else seed
        self.chosen = {course.find(key).name for key in config.getoption("--exercise") or []}

    @pytest.fixture
    def rng(self) -> None:
        """A NumPy Generator, seeded afresh each run; the scorecard prints the seed."""

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, started with the first exercise; ends the run where others' work would run without isolation."""
        if self._sandbox is None:
            self._sandbox = Sandbox(allow_isolation=not self.config.getoption("--no-sandbox"))
            self._import_references()
            is_allowed = bool(self.config.getoption("--allow-unsandboxed"))
            if reason := refusal_reason(self._sandbox, self.path, self.course.root, is_allowed):
                pytest.exit(reason, returncode=4)
        return self._sandbox

    def _import_references(self) -> None:
        """Import the references while the sandbox starts; those that use PyTorch only when a test needs them."""
        for exercise in self.asked:
            if not exercise.uses_torch:
                _ = exercise.reference

    @functools.cached_property
    def grader(self) -> SubmissionGrader:
        """Grades the submission, which is read now if it is the course's own."""
        if self.notebooks is None:
            self.notebooks = read_submission(self.path, self.course)
        seconds = float(self.config.getoption("--time-limit") or TIME_LIMIT_S)
        return SubmissionGrader(
            self.course, self.notebooks, self.sandbox, where=str(self.path), seed=self.seed, seconds=seconds
        )

    @property
    def results(self) -> list[Result]:
        """The results of the exercises graded so far."""
        return self.grader.results if "grader" in vars(self) else []

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out chapters that were not asked for, since collecting their tests imports the references."""
        stem = collection_path.parent.name
        if stem not in self.course.chapters:
            return None
        missing = self.path.is_file() and stem not in (self.notebooks or {})
        return True if missing or not any(map(self._is_wanted, self.course.of_chapter(stem))) else None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
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

    def _is_wanted(self, exercise: Exercise) -> bool:
        if self.path.is_file() and exercise.chapter not in (self.notebooks or {}):
            return False
        return not self.chosen or exercise.name in self.chosen

    def _exercise_of(self, item: pytest.Item) -> Exercise | None:
        names = [name for name in getattr(item, "fixturenames", ()) if name in self.course.by_name]
        return self.course.by_name[names[0]] if names else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run the test of an exercise on the submission, in place of calling it with its fixtures."""
        exercise = self._exercise_of(pyfuncitem)
        if exercise is None:
            return None
        graded = self.grader.grade(exercise, test=pyfuncitem.obj)
        properties = {"points": graded.points, "max_points": graded.max_points, "diagnosis": graded.diagnosis}
        pyfuncitem.user_properties += [
            ("status", graded.status),
            *((k, v) for k, v in properties.items() if v is not None),
        ]
        if graded.status != "passed":
            raise ExerciseFailed(graded)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Generator[None, Any, Any]:
        """Show the grader's message in place of a traceback of the grader."""
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
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Report an exercise that was not attempted as neither passed nor failed."""
        if report.when == "call" and ("status", "not_attempted") in report.user_properties:
            return "not attempted", "-", "NOT ATTEMPTED"
        return None

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let the run fail if any exercise has not passed, whatever the reason."""
        if session.exitstatus == pytest.ExitCode.OK and any(r.status != "passed" for r in self.results):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the scorecard, and write it where `--scorecard` says."""
        if not self.asked:
            return
        graded = {r.name: r for r in self.results}
        results = [
            graded.get(e.name) or make_result(e, "error", "Not graded: the run ended before.") for e in self.asked
        ]
        writer = terminalreporter._tw
        terminalreporter.section("scorecard")
        card = Scorecard(str(self.path), results, self.sandbox.isolated, self.sandbox.reason, self.seed)
        terminalreporter.write(terminal.table(card, writer.fullwidth, writer.hasmarkup))
        if path := self.config.getoption("--scorecard"):
            try:
                write_whole(path, data.text(card))
            except OSError as error:
                terminalreporter.write_line(f"The scorecard was not written to {path}: {error.strerror}", red=True)

    def pytest_unconfigure(self) -> None:
        """End the sandbox's process."""
        if self._sandbox is not None:
            self._sandbox.close()
            gc.freeze()  # pytest now collects garbage, which takes longer than an exercise


def _fixtures(course: Course) -> types.ModuleType:
    """A module with a fixture for each exercise; pytest finds fixtures only in modules and classes."""
    module = types.ModuleType("autograde_fixtures")
    for exercise in course.exercises:
        setattr(module, exercise.name, _fixture(exercise))
    return module


def _fixture(exercise: Exercise) -> Callable:
    @pytest.fixture(name=exercise.name)
    def function_under_test() -> Exercise:
        return exercise

    return function_under_test
