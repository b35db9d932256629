"""Reads what a student has handed in: notebooks, in files or in zips, which are never unpacked onto the disk."""

import hashlib
import io
import os
import stat
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from autograde.batch.inbox import IGNORED_FOLDERS, NOTEBOOK, ZIP, File, Handin
from autograde.course import Course
from autograde.submissions.notebook import (
    SIZE_CAP,
    Notebook,
    SubmissionError,
    UnreadableNotebook,
    parse_notebook,
    too_large,
)
from autograde.text import shorten

ZIP_CAP = 100 * 2**20
MAX_MEMBERS, MAX_NOTEBOOKS = 5000, 100


@dataclass
class StudentNotebooks:
    """A student's notebooks as they were read.

    notebooks : {chapter stem: Notebook or UnreadableNotebook}
    prints : {chapter stem: digest of the notebook's bytes}
    content : one digest of all files, which shows whether a submission has changed
    notes : what the teacher should know about the files
    """

    notebooks: dict[str, Notebook | UnreadableNotebook] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)
    content: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def problem(self) -> str:
        """Why there is nothing to grade; "" where there is something."""
        if self.prints:
            return ""
        return self.notes[0] if self.notes else "No notebook was handed in."


def digest(handin: Handin) -> str:
    """The digest that `StudentNotebooks.content` will have, computed without parsing anything."""
    whole = hashlib.sha256()
    for file in handin.files:
        _note(whole, file, _bytes(file)[0])
    return whole.hexdigest()


def read(handin: Handin, course: Course) -> StudentNotebooks:
    """A student's notebooks; of several notebooks of one chapter the newest counts."""
    handed_in, whole, found = StudentNotebooks(notes=list(handin.notes)), hashlib.sha256(), []
    for file in handin.files:
        data, problem = _bytes(file)
        _note(whole, file, data)
        if problem or data is None:
            handed_in.notes.append(problem)
            found.append((file.time, file.name, problem))
        elif file.name.lower().endswith(ZIP):
            found += _members(data, file, handed_in.notes)
        else:
            found.append((file.time, file.name, data))
    handed_in.content = whole.hexdigest()
    for _, name, data in sorted(found[:MAX_NOTEBOOKS], key=lambda one: one[:2]):  # data : bytes, or why there are none
        notebook = _notebook(data, PurePath(name), course, handed_in.notes)
        if notebook.chapter not in course.chapters:
            continue
        if isinstance(notebook, UnreadableNotebook) and notebook.chapter in handed_in.notebooks:
            continue  # a notebook that can be read counts before one that cannot
        if notebook.chapter in handed_in.prints:
            handed_in.notes.append(
                f"{notebook.chapter} was handed in more than once; the newest counts: {shorten(name)}"
            )
        handed_in.notebooks[notebook.chapter] = notebook
        if not isinstance(notebook, UnreadableNotebook):
            handed_in.prints[notebook.chapter] = hashlib.sha256(data).hexdigest()
    if not handin.files and handin.others:
        handed_in.notes.append(f"No notebook was handed in, but {', '.join(handin.others[:5])}.")
    return handed_in


def _notebook(data: bytes | str, path: PurePath, course: Course, notes: list[str]) -> Notebook | UnreadableNotebook:
    if isinstance(data, bytes):
        try:
            return parse_notebook(data, path, course)
        except SubmissionError as error:
            data = shorten(error)
            notes.append(data)
    return UnreadableNotebook(path.stem, data)


def _note(whole: Any, file: File, data: bytes | None) -> None:
    """Add one file to the digest; of a file that cannot be read, its name and time."""
    what = hashlib.sha256(data).hexdigest() if data is not None else f"unread {file.time}"
    whole.update(f"{PurePath(file.name).stem}\0{what}\0".encode(errors="replace"))


def _bytes(file: File) -> tuple[bytes | None, str]:
    """The bytes of a file, or None and why not. Refuses links and pipes swapped in after listing."""
    cap = ZIP_CAP if file.name.lower().endswith(ZIP) else SIZE_CAP
    try:
        number = os.open(file.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(number, "rb") as stream:
            status = os.fstat(number)
            if not stat.S_ISREG(status.st_mode):
                return None, f"{shorten(file.name)}: not an ordinary file."
            if status.st_size > cap:
                return None, shorten(too_large(file.name) if cap == SIZE_CAP else f"{file.name}: too large a zip.")
            return stream.read(cap + 1), ""
    except OSError as error:
        return None, f"{shorten(file.name)}: cannot be read: {error.strerror}."


def _members(data: bytes, file: File, notes: list[str]) -> list[tuple[float, str, bytes]]:
    """The notebooks in a zip as (time, name, bytes), read into memory, none of them further than SIZE_CAP."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise zipfile.BadZipFile(f"it holds {len(members)} files")
            for member in members:
                parts = PurePath(member.filename.replace("\\", "/")).parts
                if not member.filename.lower().endswith(NOTEBOOK) or len(found) >= MAX_NOTEBOOKS:
                    continue
                if any(part.startswith(".") and part != ".." or part in IGNORED_FOLDERS for part in parts):
                    continue
                with archive.open(member) as stream:
                    content = stream.read(SIZE_CAP + 1)
                name = parts[-1]
                if len(content) > SIZE_CAP:
                    notes.append(shorten(too_large(f"{file.name}: {name}")))
                    continue
                found.append((_when(member), name, content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        notes.append(f"{shorten(file.name)}: not a zip that can be read: {shorten(error)}.")
    if not found and not notes:
        notes.append(f"{shorten(file.name)}: no notebook is in this zip.")
    return found


def _when(member: zipfile.ZipInfo) -> float:
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0
