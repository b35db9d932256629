"""The summary of a class: what was passed, which mistakes are common, what the teacher should look at."""

import statistics
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograde.batch.gradebook import Gradebook, Row
from autograde.reports.markup import COLOURS, escape, grid, page

if TYPE_CHECKING:
    from rich.console import Console

MOST_COMMON = 3
KINDS = ("passed", "failed", "error", "not_attempted")
HEAD = ("passed", "wrong", "error", "not attempted")


def overview(gradebook: Gradebook) -> Iterator[str]:
    """The class in a few lines of text."""
    points = [card.points for card in gradebook.cards]
    yield f"{len(gradebook.rows)} submissions, {len(points)} graded"
    if points:
        low, high = min(points), max(points)
        yield f"points: median {statistics.median(points):g} of {gradebook.max_points}, from {low} to {high}"
    for flag, rows in flags(gradebook):
        yield f"{flag}: {len(rows)}"


def flags(gradebook: Gradebook) -> list[tuple[str, list[tuple[str, str]]]]:
    """The flags, as pairs of a heading and [(student, detail)]; headings without students are left out."""
    rows = gradebook.rows
    every = [
        ("not graded", [(row.student, row.problem) for row in rows if not row.card]),
        ("late", [(row.student, "") for row in rows if row.late]),
        ("the same file as somebody else", [(row.student, ", ".join(row.same_file)) for row in rows if row.same_file]),
        ("answers alike but for names", [(row.student, ", ".join(row.alike)) for row in rows if row.alike]),
        ("answers as published in solutions/", [(r.student, ", ".join(r.published)) for r in rows if r.published]),
        ("notes", [(row.student, "; ".join(row.notes)) for row in rows if row.card and row.notes]),
    ]
    return [(flag, found) for flag, found in every if found]


def mistakes(diagnoses: Counter) -> str:
    """The commonest diagnoses in words, with their numbers."""
    named = [f"{name.replace('_', ' ')} ({count})" for name, count in diagnoses.most_common(MOST_COMMON)]
    return ", ".join(named)


def print_summary(gradebook: Gradebook, console: "Console") -> None:
    """Print the summary on a rich Console."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False)
    is_wide = console.width >= 110  # in a narrower terminal the mistakes stand below the table
    for name in ("exercise", *HEAD, *(["commonest mistakes"] if is_wide else [])):
        grid.add_column(name, justify="right" if name in HEAD else "left", no_wrap=name in ("exercise", *HEAD))
    common = {}
    for e in gradebook.exercises:
        counts, diagnoses = gradebook.counts(e)
        numbers, common[e.id] = [str(counts[kind]) for kind in KINDS], mistakes(diagnoses)
        grid.add_row(Text(f"{e.id} {e.name}"), *numbers, *([Text(common[e.id])] if is_wide else []))
    console.print(grid)
    if not is_wide and any(common.values()):
        console.print("commonest mistakes")
        for number, what in common.items():
            if what:
                console.print(Text(f"  {number}  {what}"))
        console.print()
    for line in overview(gradebook):
        console.print(Text(line))
    for flag, found in flags(gradebook):
        if flag != "notes":
            for student, what in found:
                console.print(Text(f"  {flag}: {student}{f': {what}' if what else ''}"))


def text(gradebook: Gradebook, title: str) -> str:
    """The summary as a web page that stands alone."""
    parts = ["<ul>", *(f"<li>{escape(line)}</li>" for line in overview(gradebook)), "</ul>"]
    rows = []
    for e in gradebook.exercises:
        counts, diagnoses = gradebook.counts(e)
        numbers = [str(counts[kind]) for kind in KINDS]
        rows.append((escape(f"{e.id} {e.name}"), _bar(counts), *numbers, escape(mistakes(diagnoses))))
    head = ["exercise", "", *(f"#{name}" for name in HEAD), "commonest mistakes"]
    parts.append(grid("Exercise by exercise", head, rows))
    for flag, found in flags(gradebook):
        caption = f"To look at: {flag}"
        parts.append(grid(caption, ["student", "what"], [(escape(who), escape(what)) for who, what in found]))
    students = [
        (escape(row.student), str(row.card.points) if row.card else "", _verdicts(row), escape(row.problem))
        for row in gradebook.rows
    ]
    parts.append(
        grid("Student by student", ["student", f"#points of {gradebook.max_points}", "passed", "problem"], students)
    )
    remark = "Flags are no verdicts: short answers are alike for good reasons, and clocks are wrong."
    return page(title, "\n".join([*parts, f"<p>{remark}</p>"]))


def _bar(counts: Counter) -> str:
    """A bar of four shares, one for each status; the numbers beside it say the same."""
    whole = sum(counts.values()) or 1
    inside = "".join(
        f'<span class="bar" style="width: {8 * counts[kind] / whole:.2f}rem; background: {COLOURS[kind]}"></span>'
        for kind in KINDS
        if counts[kind]
    )
    return f'<span aria-hidden="true" style="white-space: nowrap">{inside}</span>'


def _verdicts(row: Row) -> str:
    return escape(", ".join(r.id for r in row.card.results if r.status == "passed")) if row.card else ""
