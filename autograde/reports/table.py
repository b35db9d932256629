"""Scorecards as CSV, for a spreadsheet: a row a submission, a column an exercise.

An exercise that was not attempted is an empty field, one that was attempted has its points, be they 0.
"""

import csv
import io
from collections.abc import Iterable

from autograde.judging.scorecard import Scorecard
from autograde.text import clean, shorten

FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")  # a spreadsheet takes such a field for something to compute


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
    """CSV of these rows, with what a spreadsheet would compute made harmless."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows([field(value) for value in row] for row in content)
    return stream.getvalue()


def field(value: object) -> str | int | float:
    """One value as a spreadsheet should see it: texts on one line, and no text a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    value = shorten(clean(value), 1000)
    return f"'{value}" if value.startswith(FORMULA) else value
