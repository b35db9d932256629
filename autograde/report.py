"""Shows results: a table for the terminal, JSON for everything else, a few lines for a notebook."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

VERDICTS = {"passed": "passed", "failed": "wrong", "not_attempted": "not attempted", "error": "error"}
COLOURS = {"passed": "green", "failed": "red", "not_attempted": "default", "error": "yellow"}


def totals(results):
    """Points reached and points there are."""
    return sum(r.points for r in results), sum(r.max_points for r in results)


def write_scorecard(path, results, isolated):
    """Write the scorecard as JSON, whole or not at all."""
    points, max_points = totals(results)
    exercises = [{name: value for name, value in asdict(r).items() if name != "hint"} for r in results]
    card = {"points": points, "max_points": max_points, "isolated": isolated, "exercises": exercises}
    path = Path(path)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as part:
        json.dump(card, part, ensure_ascii=False, indent=1)
        part.write("\n")
    os.replace(part.name, path)


def print_scorecard(results, *, isolated, reason, seed, width, colour):
    """The scorecard as text: exercise, points, verdict, why, and the next hint."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_footer=True, pad_edge=False)
    points, max_points = totals(results)
    table.add_column("exercise", footer="together", no_wrap=True)
    table.add_column("points", footer=f"{points} / {max_points}", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    is_wide = width >= 110  # in a narrower terminal the reasons stand beneath the table
    if is_wide:
        table.add_column("why, and what to try", ratio=1)
    for r in results:
        verdict = Text(VERDICTS[r.status], style=COLOURS[r.status])
        row = [f"{r.id} {r.name}", f"{r.points} / {r.max_points}", verdict]
        table.add_row(*row, *([_why(r)] if is_wide else []))
    console = Console(
        width=max(width, 72), force_terminal=colour, no_color=not colour, highlight=False, soft_wrap=False
    )
    with console.capture() as capture:
        console.print(table)
        for r in results if not is_wide else []:
            if why := _why(r):
                console.print(Text(f"{r.id} {r.name}", style="bold"), Padding(why, (0, 0, 1, 2)), sep="\n")
        if not isolated:
            console.print(Text(f"not isolated: {reason}", style="yellow"))
        console.print(Text(f"seed {seed}; the same inputs again: --seed {seed}", style="dim"))
    return capture.get()


def _why(r):
    from rich.text import Text

    why = Text("" if r.message == "Not attempted." else r.message)
    if r.hint:
        why.append(f"\nhint: {r.hint}", style="dim")
    return why


def lines(r):
    """A result as a learner reads it beneath a cell."""
    head = f"{r.id} {r.name}   {r.points} / {r.max_points}   {VERDICTS[r.status]}"
    if r.status == "not_attempted":
        return head if r.message == "Not attempted." else f"{head}\n  {r.message}"
    return "\n".join([head, *(f"  {line}" for line in r.message.split("\n") if line)])
