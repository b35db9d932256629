"""Reads the student of a file from the name that a learning platform gave the file."""

import re
from dataclasses import dataclass
from datetime import datetime

from autograde.text import shorten

# Moodle: a folder a student, or all files in one; Canvas: all files in one; Blackboard: the same with the time in it.
MOODLE = re.compile(r"(?P<student>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.DOTALL)
CANVAS = re.compile(r"(?P<student>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
TIME = r"\d{4}(?:-\d\d){5}"
BLACKBOARD = re.compile(rf".+?_(?P<student>[^_]+)_attempt_(?P<time>{TIME})(?:_(?P<file>.+)|\..+)", re.DOTALL)


@dataclass(frozen=True)
class Owner:
    """A student as the platform calls them, and what else the name says.

    file : the name that the student gave the file
    late : the platform has marked it late
    time : when it was handed in, a timestamp, where the name says so
    """

    student: str
    id: str
    file: str
    late: bool = False
    time: float | None = None


def owner_of(name: str, is_folder: bool = False) -> Owner:
    """The Owner of a file or folder in the folder of submissions; an unknown style of name is the student's own."""
    for pattern in (MOODLE, CANVAS, BLACKBOARD):
        if found := pattern.fullmatch(name):
            parts = found.groupdict()
            time = datetime.strptime(parts["time"], "%Y-%m-%d-%H-%M-%S").timestamp() if parts.get("time") else None
            student = shorten(parts["student"], 100) or "?"
            return Owner(student, parts.get("id") or "", parts.get("file") or name, bool(parts.get("late")), time)
    stem = name if is_folder else name.rpartition(".")[0] or name
    return Owner(shorten(stem, 100) or "?", "", name)
