"""The card of an exercise: what it asks and what it costs, as Markdown that the site and JupyterLab both draw."""

import re

from autograde.exercise import DOTS


def card(exercise):
    """The chapter's card: title, costs, task, and every hint folded away."""
    hints = [_fenced("{dropdown} Hint " + str(k), hint) for k, hint in enumerate(exercise.hints, 1)]
    options = f":label: {label(exercise)}\n:nonumber:\n"
    inside = "\n\n".join([options + "\n" + costs(exercise), exercise.task, *hints])
    return _fenced(f"{{exercise}} {exercise.id} · {exercise.name}", inside)


def statement(exercise):
    """The same for a page of solutions: a heading that leads back to the exercise, and the task."""
    link = f"{{ref}}`the exercise in the chapter <{label(exercise)}>`"
    return f"## {exercise.id} · `{exercise.name}`\n\n{costs(exercise)} · {link}\n\n{exercise.task}"


def label(exercise):
    """What a {ref} to the exercise names."""
    return f"ex-{exercise.name}"


def costs(exercise):
    """One line: points, difficulty in dots, minutes, and the length of an answer."""
    dots = "●" * exercise.difficulty + "○" * (DOTS - exercise.difficulty)
    points, minutes, lines = (_count(getattr(exercise, unit), unit) for unit in ("points", "minutes", "lines"))
    return f"{points} · {dots} · {minutes} · about {lines}"


def _count(number, unit):
    return f"{number} {unit[:-1] if number == 1 else unit}"


def _fenced(head, inside):
    """A directive whose fence is longer than any inside it."""
    longest = max([2, *(len(ticks) for ticks in re.findall(r"^\s*(`{3,})", inside, re.MULTILINE))])
    fence = "`" * (longest + 1)
    return f"{fence}{head}\n{inside}\n{fence}"
