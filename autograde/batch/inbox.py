"""Lists a folder of submissions, student by student. Nothing is opened here, and no link is followed."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograde.batch.owner import owner_of
from autograde.course import Course
from autograde.text import shorten

MAX_DEPTH, MAX_FILES = 8, 2000  # of one student's folder
IGNORED_FOLDERS = ("__MACOSX", "__pycache__", "node_modules")
NOTEBOOK, ZIP = ".ipynb", ".zip"


@dataclass(frozen=True)
class File:
    """One file that may hold work: its path, the name that its student gave it, and the time of its last change."""

    path: str
    name: str
    time: float


@dataclass
class Handin:
    """The files that one student has handed in.

    notes : what the teacher should know about it
    others : names of files that are neither notebook nor zip
    time : when, by the platform's name or the newest file; None where there is no file
    """

    student: str
    id: str = ""
    files: list[File] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    marked_late: bool = False
    time: float | None = None

    @property
    def key(self) -> str:
        """A file name that is unique to this student, readable, and without special characters."""
        plain = re.sub(r"[^A-Za-z0-9]+", "-", self.student).strip("-")[:40]
        whole = "\0".join((self.student, self.id)).encode()
        return f"{plain or 'student'}-{hashlib.sha256(whole).hexdigest()[:8]}"


def collect(folder: Path) -> list[Handin]:
    """Every student's Handin, by name. Raises OSError where the folder itself cannot be read."""
    handins = {}
    with os.scandir(folder) as entries:
        entries = sorted(entries, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith(".") or entry.name in IGNORED_FOLDERS:
            continue
        owner = owner_of(entry.name, is_folder=entry.is_dir(follow_symlinks=False))
        handin = handins.setdefault((owner.student, owner.id), Handin(owner.student, owner.id))
        handin.marked_late |= owner.late
        _add(handin, entry, owner.file, 1)
        times = [owner.time] if owner.time else [file.time for file in handin.files]
        handin.time = max([handin.time or 0, *times]) or None
    return sorted(handins.values(), key=lambda handin: (handin.student.casefold(), handin.id))


def _add(handin: Handin, entry: os.DirEntry, name: str, depth: int) -> None:
    """Add one entry to the hand-in: a file by its kind, a folder with everything in it."""
    shown = shorten(name, 80)
    try:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            handin.notes.append(f"{shown} is a link, which is not followed")
        elif stat.S_ISDIR(status.st_mode):
            _add_folder(handin, entry, depth)
        elif not stat.S_ISREG(status.st_mode):
            handin.notes.append(f"{shown} is no ordinary file")
        elif name.lower().endswith((NOTEBOOK, ZIP)):
            handin.files.append(File(os.fspath(entry.path), name, status.st_mtime))
        else:
            handin.others.append(shown)
    except OSError as error:
        handin.notes.append(f"{shown} cannot be read: {error.strerror}")


def _add_folder(handin: Handin, entry: os.DirEntry, depth: int) -> None:
    if depth > MAX_DEPTH or len(handin.files) + len(handin.others) > MAX_FILES:
        handin.notes.append(f"{shorten(entry.name, 80)} holds too many files or folders; not all were looked at")
        return
    with os.scandir(entry.path) as inside:
        for inner in sorted(inside, key=lambda inner: inner.name):
            if not inner.name.startswith(".") and inner.name not in IGNORED_FOLDERS:
                _add(handin, inner, inner.name, depth + 1)


def looks_like_one_person(folder: Path, course: Course) -> bool:
    """Whether this is the folder of one person's chapters and not of a class."""
    names = [path.stem for path in Path(folder).glob(f"*{NOTEBOOK}")]
    return len(names) > 0 and set(names) <= set(course.chapters)
