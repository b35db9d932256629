"""The functions that a notebook calls: `check(rnn_step)` grades, `hint("1.1")` and `mistakes(rnn_step)` help."""

import atexit
import functools
import inspect
import linecache
import textwrap
from collections.abc import Callable

from autograde.course import Course, CourseError
from autograde.exercise import Exercise
from autograde.judging.bank import bank
from autograde.judging.exercise_test import generator, load_test
from autograde.judging.failure_lines import first_failure
from autograde.judging.grading import SubmissionGrader
from autograde.judging.recorded_function import InProcessSession, RecordedFunction
from autograde.judging.result import Result
from autograde.reports.notebook import Card
from autograde.reports.terminal import isolation_note
from autograde.sandbox.sandbox import Sandbox
from autograde.submissions.history import History, current_shell
from autograde.submissions.notebook import Notebook
from autograde.submissions.slicing import Cell
from autograde.text import without_roles

WIDTH = 80  # columns that fit on the site's page
_hints_given = {}
_history = History(current_shell()) if current_shell() is not None else None


def check(function: Callable) -> None:
    """Grade one of your functions and show the verdict; it never raises and never changes anything.

    function : the function, as your notebook defines it now
    """
    if (result := _grade(function)) is None:
        return
    card = Card(result, isolation_note(_sandbox()))
    if _history is None:
        print(card)
    else:
        from IPython.display import display

        display(card)


def points(function: Callable) -> int:
    """The points that one of your functions gets, for a system that takes a cell's value for its mark (nbgrader)."""
    result = _grade(function)
    return result.points if result else 0


def _grade(function: Callable) -> Result | None:
    """The Result of a function, as the notebook defines it now; None, and a printed line, if it is no exercise's."""
    course = _course()
    exercise = _exercise(course, getattr(function, "__name__", str(function)))
    if exercise is None:
        return None
    notebooks = {exercise.chapter: Notebook(_cells(function), exercise.chapter, "This notebook")}
    return SubmissionGrader(course, notebooks, _sandbox(), where="this notebook").grade(exercise)


def hint(exercise_id: str) -> None:
    """Print the next hint of an exercise, "1.1", say; ask again for the one after."""
    course = _course()
    exercise = _exercise(course, str(exercise_id))
    if exercise is None:
        return
    given = _hints_given.get(exercise.id, 0)
    if given < len(exercise.hints):
        _hints_given[exercise.id] = given + 1
        _print_wrapped(f"Hint {given + 1} of {len(exercise.hints)}: {without_roles(exercise.hints[given])}")
    else:
        _print_wrapped(f"That was the last hint for {exercise.id}. Its solution is on the site and in solutions/.")
        _hints_given[exercise.id] = 0


def mistakes(function: Callable | str, seed: int = 1) -> None:
    """Print the message of each wrong answer that the bank knows for an exercise.

    function : the exercise's function, or its name
    """
    course = _course()
    exercise = _exercise(course, getattr(function, "__name__", str(function)))
    if exercise is None:
        return
    for entry in bank(course, exercise):
        recorded = RecordedFunction(exercise, InProcessSession(entry.function))
        load_test(course, exercise)(recorded, generator(seed, exercise))
        print(entry.name)
        if recorded.mismatches:
            _print_wrapped(first_failure(recorded), "  ")
        else:  # an exercise that its author has not finished
            _print_wrapped(f"passes the test of {exercise.id}: autograde doctor {exercise.id} says what is left", "  ")
        _print_wrapped(entry.diagnosis, "  → ")
        print()


@functools.cache
def _course() -> Course:
    return Course()


@functools.cache
def _sandbox() -> Sandbox:
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


def _exercise(course: Course, key: str) -> Exercise | None:
    """The exercise of this name or id; where there is none, print the closest names and return None."""
    try:
        return course.find(key)
    except CourseError as error:
        print(error)
        return None


def _cells(function: Callable) -> list[Cell]:
    """Every cell executed so far in this kernel, in order; without a kernel, the file that holds the function."""
    if _history is not None:
        return _history.cells()
    try:
        path = inspect.getsourcefile(function)
        return [Cell("cell 1", "".join(linecache.getlines(path or "")))]
    except TypeError:
        return []


def _print_wrapped(text: str, indent: str = "") -> None:
    print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent)))
