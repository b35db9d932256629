"""Reads the exercises of one chapter from its `exercises.yml`; grader and builder share this strict reader."""

import functools
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from autograde.problem import Problem, Problems, relative_posix

ID = re.compile(r"[0-9A-Z]+\.[0-9]+[a-z]?")
FUNCTION = re.compile(r"lstm_ref(\.[a-z_][a-z0-9_]*)+\.[A-Za-z_][A-Za-z0-9_]*")
KEYS = ("id", "function", "points", "difficulty", "minutes", "lines", "task", "hints")
OPTIONAL = ("uses", "from_scratch")
MAX_DIFFICULTY = 5
MAX_HINTS = 3


@dataclass(frozen=True)
class Exercise:
    """One exercise: the texts of its card, and `function`, the dotted name of the reference's function or class."""

    id: str
    function: str
    points: int
    difficulty: int
    minutes: int
    lines: int
    task: str
    hints: tuple
    chapter: str  # the stem of the file
    where: str  # file and line, for messages
    uses: str = ""  # "torch": its answer uses PyTorch, and tensors go in and out
    from_scratch: bool = False  # PyTorch's own recurrent layers are no answer

    @property
    def uses_torch(self) -> bool:
        """Whether PyTorch must be there, which takes seconds to import."""
        return self.uses == "torch"

    @property
    def name(self) -> str:
        """The function's bare name, which is also the learner's."""
        return self.function.rpartition(".")[2]

    @property
    def module(self) -> str:
        """The module in which the answer stands."""
        return self.function.rpartition(".")[0]

    @functools.cached_property
    def reference(self) -> Callable:
        """The right answer, as a callable."""
        return getattr(importlib.import_module(self.module), self.name)

    @property
    def slug(self) -> str:
        """The beginning of its cells' ids."""
        return "ex-" + self.id.replace(".", "-").lower()


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C version, if there is one, is six times as fast


class _Lines(_Loader):
    """YAML with the line of every key, and no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        lines = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no word", key.start_mark)
            if key.value in lines:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
            lines[key.value] = key.start_mark.line + 1
        mapping = super().construct_mapping(node, deep)
        mapping[_Lines] = {"": node.start_mark.line + 1, **lines}
        return mapping


def read_exercises(path: Path, root: Path) -> tuple[str, list[Exercise]]:
    """The chapter's title and its exercises, in the file's order.

    Raises Problems: every fault of the file, each with its line.
    """
    file = relative_posix(path, root)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Lines)
    except FileNotFoundError:
        raise Problems([Problem(file, "is missing: write the chapter's title and its exercises")]) from None
    except UnicodeDecodeError as error:
        raise Problems([Problem(file, f"is not UTF-8 ({error.reason}): save it as UTF-8")]) from None
    except yaml.YAMLError as error:
        raise Problems([yaml_problem(error, file)]) from None
    if not isinstance(data, dict) or not _is_text(data.get("title")):
        raise Problems([Problem(f"{file}:1", "no title: begin with `title: …`, then `exercises:`")])
    lines, problems, exercises = data.pop(_Lines), [], []
    for key in data.keys() - {"title", "exercises"}:
        problems.append(Problem(f"{file}:{lines.get(key, 1)}", f"unknown key {key}; there are title and exercises"))
    if "exercises" not in data:
        raise Problems([*problems, Problem(f"{file}:1", "no exercises: write the list, or `exercises: []`")])
    listed = data["exercises"] or []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        text = 'exercises must be a list whose entries begin with `- id: "1.1"`'
        raise Problems([Problem(f"{file}:{lines['exercises']}", text)])
    for item in listed:
        lines = item.pop(_Lines)
        faults = [Problem(f"{file}:{lines.get(key, lines[''])}", text) for key, text in _faults(item)]
        problems += faults
        if not faults:
            hints = tuple(hint.strip() for hint in item["hints"])
            fields = {**item, "task": item["task"].strip(), "hints": hints}
            exercises.append(Exercise(**fields, chapter=path.parent.name, where=f"{file}:{lines['id']}"))
    if problems:
        raise Problems(problems)
    return data["title"].strip(), exercises


def yaml_problem(error: yaml.YAMLError, file: str, first: int = 1) -> Problem:
    """A YAML error as a Problem; `first` is the file's line on which the YAML begins."""
    mark = getattr(error, "problem_mark", None)
    where = f"{file}:{mark.line + first}" if mark else file
    reason = getattr(error, "problem", None) or error
    return Problem(where, f"no YAML: {reason}; mind quotes around a colon, and the indentation")


def _faults(item: dict) -> Iterator[tuple[str, str]]:
    """What is wrong with one entry, as pairs of a key and a message."""
    name = f"exercise {item.get('id', '?')}"
    for key in item:
        if key not in KEYS + OPTIONAL:
            yield key, f"{name}: unknown key {key}; there are {', '.join(KEYS + OPTIONAL)}"
    for key in KEYS:
        if key not in item:
            yield key, f"{name}: {key} is missing"
    identifier, function = item.get("id", "1.1"), item.get("function", "lstm_ref.a.b")
    if not isinstance(identifier, str) or not ID.fullmatch(identifier):
        yield "id", f'{name}: write the id in quotes, chapter and number: id: "1.1"'
    if not isinstance(function, str) or not FUNCTION.fullmatch(function):
        yield "function", f"{name}: function must be module and name, as in lstm_ref.rnn.rnn_step"
    for key in ("points", "minutes", "lines", "difficulty"):
        value = item.get(key, 1)
        if type(value) is not int or value < 1:
            yield key, f"{name}: {key} is {value!r}; write a whole number from 1"
        elif key == "difficulty" and value > MAX_DIFFICULTY:
            yield key, f"{name}: difficulty is {value}; write a whole number from 1 to {MAX_DIFFICULTY}"
    if item.get("uses", "torch") != "torch":
        yield "uses", f"{name}: uses is {item['uses']!r}; write torch, or leave it out"
    if type(item.get("from_scratch", True)) is not bool:
        yield "from_scratch", f"{name}: from_scratch is {item['from_scratch']!r}; write true, or leave it out"
    elif item.get("from_scratch") and "uses" not in item:
        yield "from_scratch", f"{name}: from_scratch forbids PyTorch's layers; add `uses: torch`"
    if not _is_text(item.get("task", "x")):
        yield "task", f"{name}: task is no text; say in one to four sentences what to do"
    hints = item.get("hints", ["x"])
    if not isinstance(hints, list) or not all(map(_is_text, hints)):
        yield "hints", f"{name}: hints must be a list of texts, each in quotes"
    elif not 1 <= len(hints) <= MAX_HINTS:
        yield "hints", f"{name}: {len(hints)} hints; write one to {MAX_HINTS}, from the gentlest to the plainest"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""
