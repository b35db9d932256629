"""Finds the folder of the course: results, exercises and notebooks stand in it, not in the installed package."""

import os
from pathlib import Path
from typing import NoReturn

VARIABLE = "LSTM_COURSE"
MARKS = ("_toc.yml", "tests/exercises")  # a folder with both is a course


class CourseNotFound(Exception):
    """There is no course where one was looked for; the message is one line that says what to do."""


def course_folder(start: Path | None = None) -> Path:
    """The folder of the course.

    start : Path   a folder, or one inside a course; None: the folder that the environment variable LSTM_COURSE names,
                   else the working folder or the nearest folder above it that is a course, else the checkout that
                   this package stands in
    Returns folder (Path): absolute

    Raises CourseNotFound if there is none.
    """
    if start is not None:
        return _nearest(Path(start)) or _refuse(f"there is no course in {start} or above it")
    named = os.environ.get(VARIABLE)
    if named:
        return _nearest(Path(named)) or _refuse(f"{VARIABLE} is {named}, but there is no course in it or above it")
    found = _nearest(Path.cwd()) or _nearest(Path(__file__).parent)
    return found or _refuse(f"there is no course in {Path.cwd()} or above it")


def _nearest(folder: Path) -> Path | None:
    """The folder or the nearest one above it that is a course; None if there is none."""
    folder = folder.resolve()
    return next((f for f in (folder, *folder.parents) if all((f / mark).exists() for mark in MARKS)), None)


def _refuse(reason: str) -> NoReturn:
    raise CourseNotFound(f"{reason}; work in a clone of the course, or name its folder in {VARIABLE}")
