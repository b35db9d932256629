"""Scorecards as CSV, for a spreadsheet: a row for each submission, a column for each exercise.

An exercise that was not attempted has an empty field; one that was attempted has its points, which may be 0.
"""

import csv
import io
from collections.abc import Iterable

from autograde.judging.scorecard import Scorecard
from autograde.text import clean, shorten

FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")  # a spreadsheet would compute a field that begins so


def text(card: Scorecard) -> str:
    """The CSV of one scorecard."""
    head = ["submission", "points", "max_points", "isolated", "seed"]
    row = [card.submission, card.points, card.max_points, card.isolated, card.seed]
    return rows([head + columns(card), row + marks(card)])


def columns(card: Scorecard) -> list[str]:
    """The names of the exercises' columns."""
    return [f"{r.id} {r.name}" for r in card.results]


def marks(card: Scorecard) -> list[int | None]:
    """The points of each exercise, None where it was not attempted."""
    return [None if r.status == "not_attempted" else r.points for r in card.results]


def rows(content: Iterable[Iterable[object]]) -> str:
    """These rows as CSV; a quote in front keeps a spreadsheet from computing a text."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows([field(value) for value in row] for row in content)
    return stream.getvalue()


def field(value: object) -> str | int | float:
    """One value for a spreadsheet: a text is put on one line and never read as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    value = shorten(clean(value), 1000)
    return f"'{value}" if value.startswith(FORMULA) else value
