"""Checks how an exercise is written: its statement, its hints, its answers; each fault is a Problem, nothing is run.

The test suite runs these checks on the whole course, and `autograde doctor` runs them for an author.
"""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

from autograde.authoring.answers import Definition, defined_in, right_answers, right_answers_path
from autograde.authoring.skeleton import is_placeholder
from autograde.course import Course
from autograde.docstring import described_arguments, described_result
from autograde.exercise import Exercise
from autograde.judging.bank import bank, bank_path
from autograde.judging.exercise_test import test_path
from autograde.problem import Problem, relative_posix
from autograde.submissions.slicing import is_stub

MIN_ANSWERS = 3  # wrong answers, and right ones in other styles


def locate(course: Course, path: Path, name: str | None = None) -> str:
    """FILE:LINE of a name's definition in a file; FILE alone where the file does not define it."""
    node = defined_in(path).get(name or "")
    file = relative_posix(path, course.root)
    return f"{file}:{node.lineno}" if node else file


def check_reference(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """The answer is written, and its docstring says the shape of every array."""
    path = course.root / (exercise.module.replace(".", "/") + ".py")
    node = defined_in(path).get(exercise.name)
    if node is None:
        yield Problem(
            exercise.where, f"{relative_posix(path, course.root)} defines no {exercise.name}: write the answer there"
        )
        return
    where = locate(course, path, exercise.name)
    if is_stub(node):
        yield Problem(where, f"{exercise.name} is not written: put the answer there, and shapes into its docstring")
        return
    if is_placeholder(ast.get_docstring(node) or ""):
        yield Problem(
            where, f"the docstring of {exercise.name} still is the skeleton's: it is the exercise's statement"
        )
    elif isinstance(node, ast.FunctionDef):
        yield from _shapes(exercise, where)


def _shapes(exercise: Exercise, where: str) -> Iterator[Problem]:
    docstring = exercise.reference.__doc__ or ""
    described = described_arguments(docstring)
    for name, parameter in inspect.signature(exercise.reference).parameters.items():
        if name not in described:
            yield Problem(where, f"the docstring says nothing of {name}: add `{name} : shape   what`")
        elif hasattr(parameter.annotation, "dim_str") and not re.search(r"\(.*\)|array", described[name].kind):
            text = f"the docstring gives no shape of {name}: write `{name} : (N, H)   what it is`"
            yield Problem(where, text)
    if not described_result(docstring):
        yield Problem(where, "the docstring does not say what comes back: add a line `Returns h_t (N, H)`")


def check_statement(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """The author has replaced the task and the hints that `autograde new` wrote."""
    if is_placeholder(exercise.task):
        yield Problem(exercise.where, f"the task of {exercise.id} still is the skeleton's: say what to write")
    for number, hint in enumerate(exercise.hints, 1):
        if is_placeholder(hint):
            yield Problem(exercise.where, f"hint {number} of {exercise.id} still is the skeleton's: say where to begin")


def check_hints(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """No hint spells the answer out."""
    node = defined_in(course.root / (exercise.module.replace(".", "/") + ".py")).get(exercise.name)
    if node is None or is_stub(node):
        return
    share, number = share_given_away(ast.unparse(_without_docstring(node)), exercise.hints)
    if share > MAX_SHARE_GIVEN:
        text = f"hint {number} spells out {100 * share:.0f} % of the answer: say what to do, not how it is written"
        yield Problem(exercise.where, text)


MAX_SHARE_GIVEN = 0.6
MIN_TOKEN_RUN = 5  # tokens in a row that the answer has too; shorter runs agree by chance


def share_given_away(body: str, texts: Iterable[str]) -> tuple[float, int]:
    """The largest share of an answer that the code in one hint gives away, 0 to 1; and that hint's number.

    body : the answer's statements
    """
    tokens, best = _tokens(body), (0.0, 0)
    for number, text in enumerate(texts, 1):
        taken = 0
        for span in re.findall(r"(?<!\})`([^`]+)`", text):
            blocks = SequenceMatcher(None, tokens, _tokens(span), autojunk=False).get_matching_blocks()
            taken += sum(block.size for block in blocks if block.size >= MIN_TOKEN_RUN)
        best = max(best, (min(taken / max(len(tokens), 1), 1.0), number))
    return best


def _tokens(code: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", code)


def _without_docstring(node: Definition) -> ast.Module:
    return ast.Module([s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))], [])


def check_wrong_answers(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """There are enough wrong answers, each is written, and no two have the same diagnosis."""
    path, entries = bank_path(course, exercise), bank(course, exercise)
    file = relative_posix(path, course.root)
    if len(entries) < MIN_ANSWERS:
        yield Problem(file, f"{_count(len(entries), 'wrong answer')} to {exercise.name}; write at least {MIN_ANSWERS}")
    counts = Counter(entry.diagnosis for entry in entries)
    for entry in entries:
        where = locate(course, path, entry.name)
        if is_stub(defined_in(path).get(entry.name)):
            yield Problem(where, f"{entry.name} is not written: write the mistake, and as its docstring what shows it")
        elif is_placeholder(entry.diagnosis):
            yield Problem(
                where, f"{entry.name} has the skeleton's docstring: say what the mistake is and what shows it"
            )
        elif is_placeholder(entry.name):
            yield Problem(where, f"{entry.name} is the skeleton's name: name the mistake")
        if counts[entry.diagnosis] > 1:
            yield Problem(where, f"{entry.name} says what another says word for word: say what is its own")


def check_right_answers(course: Course, exercise: Exercise) -> Iterator[Problem]:
    """There are enough right answers in other styles, no two alike, and each is written."""
    path, answers = right_answers_path(course, exercise), right_answers(course, exercise)
    nodes = [answer.node for answer in answers]
    bodies = {ast.unparse(node) if is_stub(node) else "\n".join(map(ast.unparse, node.body)) for node in nodes}
    if len(bodies) < MIN_ANSWERS:
        text = f"{_count(len(bodies), 'right answer')} to {exercise.name} that differ; write at least {MIN_ANSWERS}"
        yield Problem(relative_posix(path, course.root), text)
    for answer in answers:
        if is_stub(answer.node):
            where = locate(course, path, answer.node.name)
            yield Problem(where, f"{answer.node.name} is not written: answer the exercise in a style of its own")
        elif is_placeholder(answer.node.name):
            yield Problem(where, f"{answer.node.name} is the skeleton's name: name the style")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + "s" * (number != 1)


def find_orphans(course: Course) -> Iterator[Problem]:
    """Definitions in the test folders that belong to no exercise, and exercises without a test."""
    for exercise in course.exercises:
        path = test_path(course, exercise.chapter)
        if f"test_{exercise.name}" not in defined_in(path):
            text = f"no test_{exercise.name}: write `def test_{exercise.name}({exercise.name}, rng)`"
            yield Problem(relative_posix(path, course.root), text)
    for file, owner in (("test_exercises", _tested), ("wrong_answers", _mistaken), ("right_answers", _answered)):
        for path in sorted(course.root.glob(f"tests/exercises/*/{file}*.py")):
            stem = path.parent.name
            for node in defined_in(path).values():
                name = owner(node)
                exercise = course.by_name.get(name) if name else None
                if name is None or exercise is not None and exercise.chapter == stem:
                    continue
                where = locate(course, path, node.name)
                remedy = f"move it to the file of {exercise.chapter}" if exercise else "mend the name, or delete it"
                owned = "belongs to another chapter" if exercise else "is no exercise of this course"
                yield Problem(where, f"{node.name}: {name} {owned}; {remedy}")


def _tested(node: Definition) -> str | None:
    return node.name.removeprefix("test_") if node.name.startswith("test_") else None


def _mistaken(node: Definition) -> str | None:
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="wrong_answer"), args=[ast.Constant(value=str(name))]):
                return name
    return None


def _answered(node: Definition) -> str | None:
    return None if node.name.startswith("_") else node.name.partition("__")[0]


STATIC_CHECKS = (check_reference, check_statement, check_hints, check_wrong_answers, check_right_answers)
