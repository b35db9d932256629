"""Reads when work was due and when it was handed in, from options and from a table that the platform exports."""

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from autograde.batch.inbox import Handin
from autograde.problem import Problem

STUDENT, TIME = ("student", "name", "id", "username"), ("time", "handed_in", "submitted", "submitted at")


def timestamp(text: object, where: object) -> float:
    """The timestamp of an ISO date and time, in this machine's time zone unless it names one. Raises Problem."""
    try:
        return datetime.fromisoformat(str(text).strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise Problem(where, f"{text!r} is no date; write 2026-11-30T23:59, with +01:00 behind it if need be") from None


def read_times(path: Path | str) -> dict[str, float]:
    """A CSV with a column for the student (or their id) and one for the time, as {student: timestamp}.

    Raises Problem with the file and the line.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(path, f"cannot be read: {error}") from None
    names = {name.strip().lower(): name for name in (rows[0] if rows else {}) if name}
    student = [names[name] for name in STUDENT if name in names]
    time = next((names[name] for name in TIME if name in names), None)
    if not student or time is None:
        raise Problem(f"{path}:1", f"needs a column {' or '.join(STUDENT)} and a column {' or '.join(TIME)}")
    times = {}
    for number, row in enumerate(rows, start=2):
        if (row[time] or "").strip():
            when = timestamp(row[time], f"{path}:{number}")
            times |= {row[name].strip().casefold(): when for name in student if (row[name] or "").strip()}
    return times


def handed_in(handin: Handin, times: Mapping[str, float]) -> float | None:
    """When work was handed in, by the table, else by the platform's name or the file; None where none of them says."""
    return next((times[k] for k in (handin.id.casefold(), handin.student.casefold()) if k in times), handin.time)
