"""The card of an exercise: its task and effort, as Markdown that the site and JupyterLab both draw."""

import re

from autograde.exercise import MAX_DIFFICULTY, Exercise


def card(exercise: Exercise) -> str:
    """The chapter's card: title, effort, task, and every hint folded away."""
    hints = [_directive("{dropdown} Hint " + str(k), hint) for k, hint in enumerate(exercise.hints, 1)]
    options = f":label: {label(exercise)}\n:nonumber:\n"
    inside = "\n\n".join([options + "\n" + effort(exercise), exercise.task, *hints])
    return _directive(f"{{exercise}} {exercise.id} · {exercise.name}", inside)


def statement(exercise: Exercise) -> str:
    """The exercise on a page of solutions: a heading that links back to the chapter, effort, and the task."""
    link = f"{{ref}}`the exercise in the chapter <{label(exercise)}>`"
    return f"## {exercise.id} · `{exercise.name}`\n\n{effort(exercise)} · {link}\n\n{exercise.task}"


def label(exercise: Exercise) -> str:
    """The target of a {ref} to the exercise."""
    return f"ex-{exercise.name}"


def effort(exercise: Exercise) -> str:
    """One line: points, difficulty in dots, minutes, and the length of an answer."""
    dots = "●" * exercise.difficulty + "○" * (MAX_DIFFICULTY - exercise.difficulty)
    points, minutes, lines = (_count(getattr(exercise, unit), unit) for unit in ("points", "minutes", "lines"))
    return f"{points} · {dots} · {minutes} · about {lines}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit[:-1] if number == 1 else unit}"


def _directive(head: str, inside: str) -> str:
    """A MyST directive whose fence is longer than any fence inside it."""
    longest = max([2, *(len(ticks) for ticks in re.findall(r"^\s*(`{3,})", inside, re.MULTILINE))])
    fence = "`" * (longest + 1)
    return f"{fence}{head}\n{inside}\n{fence}"
