"""The course: every source with its exercises, checked against the other sources and against the reference."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograde.course import IMPORTS, TORCH
from autograde.exercise import Exercise, read_exercises
from autograde.problem import Problem, Problems, relative_posix
from notebooks.colab import Repository, read_repository
from notebooks.function import Function, read_function
from notebooks.source import SourceCell, read_source

STEM = re.compile(r"([0-9]{2}|[A-Z])_[a-z0-9_]+")


@dataclass(frozen=True)
class Task:
    """An exercise, the function that answers it, and the earlier functions (dotted names) that the answer calls."""

    exercise: Exercise
    function: Function
    calls: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """One chapter: stem (`01_recurrence`), title, cells, tasks by dotted name in the source's order, and the course's
    repository.
    """

    stem: str
    title: str
    cells: list[SourceCell]
    tasks: dict[str, Task]
    repository: Repository


@dataclass
class _Registry:
    """The exercises of the chapters read so far, and the functions that a later answer may call."""

    owners: dict[str, Exercise] = field(default_factory=dict)  # by id and by bare name
    callable: dict[str, str] = field(default_factory=dict)  # bare name: dotted name
    callable_torch: dict[str, str] = field(default_factory=dict)  # functions that only an answer in PyTorch may call
    complete: bool = True  # False once a chapter could not be read


def read_course(root: Path) -> list[Chapter]:
    """All chapters in order.

    Raises Problems: the faults of every source, without those that only follow from another.
    """
    chapters, problems, registry, repository = [], [], _Registry(), read_repository(root)
    paths = sorted(root.glob("course/*/lesson.md"))
    if not paths:
        problems.append(
            Problem("course", "there is no course/NN_topic/lesson.md to build from: is this the course's folder?")
        )
    for path in sorted(root.glob("course/*/exercises.yml")):
        if path.with_name("lesson.md") not in paths:
            text = "there is no lesson.md beside it: write it, or delete this"
            problems.append(Problem(relative_posix(path, root), text))
    for path in paths:
        try:
            chapters.append(_read_chapter(path, registry, root, repository))
        except Problems as found:
            problems += found.problems
            registry.complete = False
    if problems:
        raise Problems(problems)
    return chapters


def _read_chapter(path: Path, registry: _Registry, root: Path, repository: Repository) -> Chapter:
    entry = path.with_name("exercises.yml")
    if not STEM.fullmatch(path.parent.name):
        raise Problems(
            [Problem(relative_posix(path, root), "name a chapter's folder as in 01_recurrence or A_data_clinic")]
        )
    (title, exercises), cells = _read_all(
        lambda: read_exercises(entry, root),
        lambda: read_source(path, root),
    )
    _raise_if_any(_duplicates(exercises, registry))
    functions = _functions(cells, exercises, relative_posix(entry, root), root)
    _raise_if_any(_without_cell(exercises, functions))
    tasks = {exercise.function: _task(exercise, functions[exercise.function], registry) for exercise in exercises}
    problems = [*_unavailable_names(tasks, registry), *_order(functions, exercises), *_plain_cells(cells, tasks)]
    _raise_if_any(problems)
    return Chapter(path.parent.name, title, cells, tasks, repository)


def _read_all(*readers: Callable[[], Any]) -> list[Any]:
    """The result of each reader. Raises Problems: the faults of all readers."""
    results, problems = [], []
    for read in readers:
        try:
            results.append(read())
        except Problems as found:
            problems += found.problems
    _raise_if_any(problems)
    return results


def _raise_if_any(problems: Iterable[Problem]) -> None:
    problems = list(problems)
    if problems:
        raise Problems(problems)


def _duplicates(exercises: list[Exercise], registry: _Registry) -> Iterator[Problem]:
    """Each id and each function name belongs to one exercise of the whole course."""
    for exercise in exercises:
        for what, key in (("id", exercise.id), ("function", exercise.name)):
            first = registry.owners.setdefault(key, exercise)
            if first is not exercise:
                text = f"the {what} {key} belongs to exercise {first.id} already ({first.where}); give this one its own"
                yield Problem(exercise.where, f"exercise {exercise.id}: {text}")


def _functions(cells: list[SourceCell], exercises: list[Exercise], yml: str, root: Path) -> dict[str, Function]:
    """The function of each exercise cell, by dotted name, in the source's order."""
    entries = {exercise.function for exercise in exercises}
    functions: dict[str, Function] = {}
    problems: list[Problem] = []
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
    _raise_if_any(problems)
    return functions


def _without_cell(exercises: list[Exercise], functions: dict[str, Function]) -> Iterator[Problem]:
    for exercise in exercises:
        if exercise.function not in functions:
            module, _, name = exercise.function.rpartition(".")
            text = f"exercise {exercise.id} has no cell: add one, tagged exercise, with `from {module} import {name}`"
            yield Problem(exercise.where, text)


def _task(exercise: Exercise, function: Function, registry: _Registry) -> Task:
    """The task of an exercise, whose function later answers may call from now on."""
    used = [name for name, _ in function.uses]
    calls = tuple(registry.callable[name] for name in used if name in registry.callable)
    if exercise.uses_torch:
        calls += tuple(registry.callable_torch[name] for name in used if name in registry.callable_torch)
        registry.callable_torch[function.name] = exercise.function  # NumPy exercises are graded without PyTorch
    else:
        registry.callable[function.name] = exercise.function
    return Task(exercise, function, calls)


def _unavailable_names(tasks: dict[str, Task], registry: _Registry) -> Iterator[Problem]:
    """Names that the grader's sandbox does not provide; none while a chapter before this one could not be read."""
    for task in tasks.values() if registry.complete else ():
        provided = {call.rpartition(".")[2] for call in task.calls} | set(IMPORTS)
        for name, where in task.function.uses:
            if name in TORCH and not task.exercise.uses_torch:
                yield Problem(task.exercise.where, f"{task.function.name} uses {name}: add `uses: torch` to its entry")
            elif name not in provided:
                text = f"uses {name}, which is neither NumPy (np) nor a builtin nor an earlier exercise; write it out"
                yield Problem(where, f"{task.function.name} {text}")


def _order(functions: dict[str, Function], exercises: list[Exercise]) -> Iterator[Problem]:
    """The first exercise whose place in the YAML is not its place in the source.

    The grader follows the YAML's order (an answer may call earlier ones), the page follows the source's.
    """
    numbers = {exercise.function: exercise.id for exercise in exercises}
    for exercise, function in zip(exercises, functions, strict=True):
        if exercise.function != function:
            text = f"exercise {exercise.id} stands where the source has {numbers[function]}: put both in one order"
            yield Problem(exercise.where, text)
            return


def _plain_cells(cells: list[SourceCell], tasks: dict[str, Task]) -> Iterator[Problem]:
    """Faults of the cells that are no exercise: they must import check and must not rebind the learner's function."""
    names = {task.function.name: task for task in tasks.values()}
    imported, bound = False, set[str]()
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
