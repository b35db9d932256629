"""The course: every source with its exercises, each held against the others and against the reference."""

import re
from dataclasses import dataclass, field

from autograde.course import IMPORTS, TORCH
from autograde.exercise import Exercise, read_exercises
from autograde.problem import Problem, Problems, shown
from notebooks.colab import Repository, read_repository
from notebooks.function import Function, read_function
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
    """One chapter: its stem (`01_recurrence`), title, cells, its tasks by dotted name in the source's order, and
    where the course can be fetched from.
    """

    stem: str
    title: str
    cells: list[SourceCell]
    tasks: dict[str, Task]
    repository: Repository


@dataclass
class _Seen:
    """What the chapters so far have claimed, by id and by bare name, and what an answer may call by now."""

    claims: dict[str, Exercise] = field(default_factory=dict)
    callable: dict[str, str] = field(default_factory=dict)  # bare name: dotted name
    callable_torch: dict[str, str] = field(default_factory=dict)  # what only an answer in PyTorch may
    complete: bool = True  # False once a chapter could not be read


def read_course(root):
    """All chapters in order.

    Raises Problems: the faults of every source, without those that only follow from another.
    """
    chapters, problems, seen, repository = [], [], _Seen(), read_repository(root)
    paths = sorted(root.glob("course/*/lesson.md"))
    if not paths:
        problems.append(
            Problem("course", "there is no course/NN_topic/lesson.md to build from: is this the course's folder?")
        )
    for path in sorted(root.glob("course/*/exercises.yml")):
        if path.with_name("lesson.md") not in paths:
            text = "there is no lesson.md beside it: write it, or delete this"
            problems.append(Problem(shown(path, root), text))
    for path in paths:
        try:
            chapters.append(_read_chapter(path, seen, root, repository))
        except Problems as found:
            problems += found.problems
            seen.complete = False
    if problems:
        raise Problems(problems)
    return chapters


def _read_chapter(path, seen, root, repository):
    entry = path.with_name("exercises.yml")
    if not STEM.fullmatch(path.parent.name):
        raise Problems([Problem(shown(path, root), "name a chapter's folder as in 01_recurrence or A_data_clinic")])
    (title, exercises), cells = _all(
        lambda: read_exercises(entry, root),
        lambda: read_source(path, root),
    )
    _stop_at(_claims(exercises, seen))
    functions = _functions(cells, exercises, shown(entry, root), root)
    _stop_at(_without_cell(exercises, functions))
    tasks = {exercise.function: _task(exercise, functions[exercise.function], seen) for exercise in exercises}
    _stop_at([*_foreign_names(tasks, seen), *_disorder(functions, exercises), *_other_cells(cells, tasks)])
    return Chapter(path.parent.name, title, cells, tasks, repository)


def _all(*readers):
    """What each reader returns; where some fail, the faults of all."""
    results, problems = [], []
    for read in readers:
        try:
            results.append(read())
        except Problems as found:
            problems += found.problems
    _stop_at(problems)
    return results


def _stop_at(problems):
    problems = list(problems)
    if problems:
        raise Problems(problems)


def _claims(exercises, seen):
    """Each id and each function name belongs to one exercise of the whole course."""
    for exercise in exercises:
        for what, key in (("id", exercise.id), ("function", exercise.name)):
            first = seen.claims.setdefault(key, exercise)
            if first is not exercise:
                text = f"the {what} {key} belongs to exercise {first.id} already ({first.where}); give this one its own"
                yield Problem(exercise.where, f"exercise {exercise.id}: {text}")


def _functions(cells, exercises, yml, root):
    """The function of each exercise cell, by dotted name, in the source's order."""
    entries = {exercise.function for exercise in exercises}
    functions, problems = {}, []
    for cell in cells:
        try:
            if cell.function is None:
                continue
            if cell.function in functions:
                raise Problem(cell.where, f"{cell.function} has an exercise cell already: one cell an exercise")
            functions[cell.function] = read_function(cell.function, root, cell.where)
            if cell.function not in entries:
                raise Problem(cell.where, f"{cell.function} has no entry in {yml}: add one, with its id")
        except Problem as problem:
            problems.append(problem)
    _stop_at(problems)
    return functions


def _without_cell(exercises, functions):
    for exercise in exercises:
        if exercise.function not in functions:
            module, _, name = exercise.function.rpartition(".")
            text = f"exercise {exercise.id} has no cell: add one, tagged exercise, with `from {module} import {name}`"
            yield Problem(exercise.where, text)


def _task(exercise, function, seen):
    calls = tuple(seen.callable[name] for name, _ in function.uses if name in seen.callable)
    if exercise.uses_torch:  # what NumPy exercises may call stays as it is: they are graded without PyTorch
        calls += tuple(seen.callable_torch[name] for name, _ in function.uses if name in seen.callable_torch)
    (seen.callable_torch if exercise.uses_torch else seen.callable)[function.name] = exercise.function
    return Task(exercise, function, calls)


def _foreign_names(tasks, seen):
    """Names that the grader's sandbox will not know; none while a chapter before this one could not be read."""
    for task in tasks.values() if seen.complete else ():
        served = {call.rpartition(".")[2] for call in task.calls} | set(IMPORTS)
        for name, where in task.function.uses:
            if name in TORCH and not task.exercise.uses_torch:
                yield Problem(task.exercise.where, f"{task.function.name} uses {name}: add `uses: torch` to its entry")
            elif name not in served:
                text = f"uses {name}, which is neither NumPy (np) nor a builtin nor an earlier exercise; write it out"
                yield Problem(where, f"{task.function.name} {text}")


def _disorder(functions, exercises):
    """The grader goes by the YAML's order (an answer may call earlier ones), the page by the source's: they agree."""
    numbers = {exercise.function: exercise.id for exercise in exercises}
    for exercise, function in zip(exercises, functions, strict=True):
        if exercise.function != function:
            text = f"exercise {exercise.id} stands where the source has {numbers[function]}: put both in one order"
            yield Problem(exercise.where, text)
            return


def _other_cells(cells, tasks):
    """What the cells that are no exercise must do (import check) and must not (shadow the learner's function)."""
    names = {task.function.name: task for task in tasks.values()}
    imported, bound = False, set()
    for cell in cells:
        if cell.function is not None and not imported:
            text = "no cell before the first exercise imports check: add `from autograde import check, hint`"
            yield Problem(cell.where, text)
            imported = True
        if cell.function is not None and tasks[cell.function].exercise.uses_torch:
            for name in sorted({name for name, _ in tasks[cell.function].function.uses} & set(TORCH) - bound):
                yield Problem(cell.where, f"no cell before this exercise imports {name}: add `{IMPORTS[name]}`")
                bound.add(name)
        for name, where in cell.binds:
            bound.add(name)
            imported = imported or name == "check"
            if name in names:
                module = names[name].function.module.rpartition(".")[2]
                text = f"binds {name}, which is the learner's own; call the reference as {module}.{name}, or rename"
                yield Problem(where, text)
