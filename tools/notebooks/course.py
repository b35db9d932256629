"""The course: every source with its exercises, each held against the others and against the reference."""

import re
from dataclasses import dataclass, field

from notebooks.exercise import Exercise, read_exercises
from notebooks.function import NOTEBOOK_IMPORTS, Function, read_function
from notebooks.problem import Problem, Problems, shown
from notebooks.source import SourceCell, read_source

STEM = re.compile(r"([0-9]{2}|[A-Z])_[a-z0-9_]+")


@dataclass(frozen=True)
class Task:
    """An exercise, the function that answers it, and the earlier functions (dotted names) that the answer calls."""

    exercise: Exercise
    function: Function
    calls: tuple


@dataclass(frozen=True)
class Chapter:
    """One chapter: its stem (`01_recurrence`), title, cells, and its tasks by dotted name in the source's order."""

    stem: str
    title: str
    cells: list[SourceCell]
    tasks: dict[str, Task]


@dataclass
class _Seen:
    """What the chapters so far have claimed, by id and by bare name, and what an answer may call by now."""

    claims: dict[str, Exercise] = field(default_factory=dict)
    callable: dict[str, str] = field(default_factory=dict)  # bare name: dotted name


def read_course(root):
    """All chapters in order.

    Raises Problems: every fault of every source, so that one run shows them all.
    """
    chapters, problems, seen = [], [], _Seen()
    paths = sorted((root / "source").glob("*.md"))
    if not paths:
        problems.append(Problem("source", "there is no source/NN_topic.md to build from: is this the course's folder?"))
    for path in sorted((root / "source").glob("*.yml")):
        if path.with_suffix(".md") not in paths:
            text = f"there is no {path.stem}.md beside it: write it, or delete this"
            problems.append(Problem(shown(path, root), text))
    for path in paths:
        try:
            chapters.append(_read_chapter(path, seen, root))
        except Problems as found:
            problems += found.problems
    if problems:
        raise Problems(problems)
    return chapters


def _read_chapter(path, seen, root):
    if not STEM.fullmatch(path.stem):
        raise Problems([Problem(shown(path, root), "name a source as in 01_recurrence.md or A_data_clinic.md")])
    problems, title, exercises, cells = [], None, [], []
    try:
        title, exercises = read_exercises(path.with_suffix(".yml"), root)
    except Problems as found:
        problems += found.problems
    try:
        cells = read_source(path, root)
    except Problems as found:
        problems += found.problems
    if problems:  # an unread half would make every entry of the other look unmatched
        raise Problems(problems)
    problems += _claims(exercises, seen)
    tasks = {}
    entries = {exercise.function: exercise for exercise in exercises}
    for cell in cells:
        if cell.function is not None:
            try:
                tasks[cell.function] = _task(cell, entries, tasks, seen, shown(path.with_suffix(".yml"), root), root)
            except Problems as found:
                problems += found.problems
    for exercise in entries.values():
        if exercise.function not in [cell.function for cell in cells]:
            module, _, name = exercise.function.rpartition(".")
            text = f"exercise {exercise.id} has no cell: add one, tagged exercise, with `from {module} import {name}`"
            problems.append(Problem(exercise.where, text))
    problems += _disorder(exercises, tasks)
    problems += _other_cells(cells, tasks)
    if problems:
        raise Problems(problems)
    return Chapter(path.stem, title, cells, tasks)


def _claims(exercises, seen):
    """Each id and each function name belongs to one exercise of the whole course."""
    for exercise in exercises:
        for what, key in (("id", exercise.id), ("function", exercise.name)):
            first = seen.claims.setdefault(key, exercise)
            if first is not exercise:
                text = f"the {what} {key} belongs to exercise {first.id} already ({first.where}); give this one its own"
                yield Problem(exercise.where, f"exercise {exercise.id}: {text}")


def _task(cell, entries, tasks, seen, yml, root):
    """What an exercise cell stands for."""
    if cell.function in tasks:
        raise Problems([Problem(cell.where, f"{cell.function} has an exercise cell already: one cell an exercise")])
    try:
        function = read_function(cell.function, root, cell.where)
    except Problem as problem:
        raise Problems([problem]) from None
    if cell.function not in entries:
        raise Problems([Problem(cell.where, f"{cell.function} has no entry in {yml}: add one, with its id")])
    problems, calls = [], []
    for name, where in function.uses:
        if name in seen.callable:
            calls.append(seen.callable[name])
        elif name not in NOTEBOOK_IMPORTS:
            text = f"uses {name}, which is neither NumPy (np) nor a builtin nor an earlier exercise; write it out"
            problems.append(Problem(where, f"{function.name} {text}"))
    seen.callable[function.name] = cell.function
    if problems:
        raise Problems(problems)
    return Task(entries[cell.function], function, tuple(calls))


def _disorder(exercises, tasks):
    """The grader goes by the YAML's order (an answer may call earlier ones), the page by the source's: they agree."""
    listed = [exercise for exercise in exercises if exercise.function in tasks]
    for exercise, task in zip(listed, tasks.values(), strict=False):
        if exercise is not task.exercise:
            text = f"exercise {exercise.id} stands where the source has {task.exercise.id}: put both in one order"
            yield Problem(exercise.where, text)
            return


def _other_cells(cells, tasks):
    """What the cells that are no exercise must do (import check) and must not (shadow the learner's function)."""
    names = {task.function.name: task for task in tasks.values()}
    imported = False
    for cell in cells:
        if cell.function is not None and not imported:
            text = "no cell before the first exercise imports check: add `from autograde import check, hint`"
            yield Problem(cell.where, text)
            imported = True
        for name, where in cell.binds:
            imported = imported or name == "check"
            if name in names:
                module = names[name].function.module.rpartition(".")[2]
                text = f"binds {name}, which is the learner's own; call the reference as {module}.{name}, or rename"
                yield Problem(where, text)
