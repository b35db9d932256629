"""What a notebook calls: `check(rnn_step)` grades a function, `hint("1.1")` helps, `mistakes(rnn_step)` warns."""

import atexit
import functools
import inspect
import linecache
import textwrap

from autograde.course import Course, CourseError
from autograde.judging.assertions import InProcessSession, RecordedFunction
from autograde.judging.diagnosis import bank
from autograde.judging.grading import first_wrong, generator, grade, load_test
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


def check(function):
    """Grade one of your functions and show the verdict; it never raises and never changes anything.

    function : the function, as your notebook defines it now
    """
    if (result := _graded(function)) is None:
        return
    card = Card(result, isolation_note(_sandbox()))
    if _history is None:
        print(card)
    else:
        from IPython.display import display

        display(card)


def points(function):
    """The points that one of your functions gets, for a system that takes a cell's value for its mark (nbgrader)."""
    result = _graded(function)
    return result.points if result else 0


def _graded(function):
    """The Result of a function, as the notebook defines it now; None, said in print, if it is no exercise's."""
    course = _course()
    exercise = _exercise(course, getattr(function, "__name__", str(function)))
    if exercise is None:
        return None
    notebook = Notebook(_cells(function), exercise.chapter, "This notebook")
    return grade(course, exercise, notebook.answer(course, exercise), _sandbox())


def hint(exercise_id):
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


def mistakes(function, seed=1):
    """Print what each wrong answer that the bank knows for an exercise gets to read.

    function : the exercise's function, or its name
    """
    course = _course()
    exercise = _exercise(course, getattr(function, "__name__", str(function)))
    if exercise is None:
        return
    for entry in bank(course, exercise):
        submitted = RecordedFunction(exercise, InProcessSession(entry.function))
        load_test(course, exercise)(submitted, generator(seed, exercise))
        print(entry.name)
        _print_wrapped(first_wrong(submitted), "  ")
        _print_wrapped(entry.diagnosis, "  → ")
        print()


@functools.cache
def _course():
    return Course()


@functools.cache
def _sandbox():
    sandbox = Sandbox()
    atexit.register(sandbox.close)
    return sandbox


def _exercise(course, key):
    """The exercise of this name or id; where there is none, print which was meant."""
    try:
        return course.find(key)
    except CourseError as error:
        print(error)
        return None


def _cells(function):
    """Every cell executed so far in this kernel, in order; without a kernel, the file that holds the function."""
    if _history is not None:
        return _history.cells()
    try:
        path = inspect.getsourcefile(function)
        return [Cell("cell 1", "".join(linecache.getlines(path)))]
    except TypeError:
        return []


def _print_wrapped(text, indent=""):
    print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent)))
