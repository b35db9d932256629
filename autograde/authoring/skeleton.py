"""The skeleton of a new exercise: what `autograde new` puts into each file of the course, and where.

`plan_files` gives the files as they are to be and writes nothing. `is_placeholder` recognises a text that the author
has not replaced, so that `autograde doctor` can report it.
"""

import keyword
import re
from pathlib import Path
from types import SimpleNamespace

from autograde.authoring.answers import right_answers_path
from autograde.authoring.placement import (
    insert_into_lesson,
    insert_into_python,
    insert_into_yaml,
    neighbours,
    ownership,
)
from autograde.authoring.templates import CELL, ENTRY, FUNCTION, HEADS, MODULE, NUMBERS, SENTENCES
from autograde.course import Course, CourseError
from autograde.exercise import ID, Exercise
from autograde.judging.bank import bank_path
from autograde.judging.exercise_test import test_path
from autograde.problem import relative_posix

WIDTH = 120
IS_MODULE = re.compile(r"[A-Z][a-zA-Z0-9]*")


def is_placeholder(text: str) -> bool:
    """Whether the author has left a text, or the name of a function, as the skeleton has it."""
    one_line = " ".join(text.split())
    named = re.match(rf"({'|'.join(NUMBERS)})_mistake_in_|\w+__({'|'.join(NUMBERS)})_style$", text)
    return bool(named) or any(sentence in one_line for sentence in SENTENCES.values() if sentence != "say what it is")


def plan_files(
    course: Course, number: str, name: str, module: str | None = None, **costs: int
) -> dict[Path, tuple[str, int]]:
    """The files that a new exercise changes, as {path: (text, line of what is new)}; nothing is written.

    number : its id, "4.9"
    name : of the function; one with a capital is a module of PyTorch
    module : where the answer is to stand; that of the exercise before it where none is named
    costs : points, difficulty, minutes, lines
    Raises CourseError, in one line, where that cannot be.
    """
    stem = _chapter(course, number)
    _refuse_taken(course, number, name)
    kind = MODULE if IS_MODULE.fullmatch(name) else FUNCTION
    before, after = neighbours(course.of_chapter(stem), number)
    module = module or _module_of_others(course, stem, before, after, kind is MODULE)
    words = {"id": number, "name": name, "module": module, "chapter": number.partition(".")[0], **SENTENCES, **costs}
    words["uses"] = kind.uses

    def filled(template: str) -> str:
        return template.format_map(words)

    def in_turn(template: str) -> str:
        return "\n\n\n".join(template.format_map({**words, "number": number}) for number in NUMBERS)

    head = f"# ── {number} {name} "
    head += "─" * max(3, WIDTH - len(head))
    source, like = course.root / "course" / stem / "lesson.md", SimpleNamespace(chapter=stem, uses_torch=kind is MODULE)
    mistakes, styles = (f"{head}\n\n\n{in_turn(template)}" for template in (kind.mistake, kind.style))
    code = [
        (_module_path(course, module), filled(kind.answer), "", kind.answer_imports),
        (test_path(course, stem), filled(kind.test), filled(HEADS["tests"]), kind.test_imports),
        (bank_path(course, like), mistakes, filled(HEADS["wrong"]), kind.mistake_imports),
        (right_answers_path(course, like), styles, filled(HEADS["right"]), kind.style_imports),
    ]
    entry = source.with_name("exercises.yml")
    files = {
        entry: insert_into_yaml(course, entry, filled(ENTRY), after),
        source: insert_into_lesson(source, filled(CELL), before, after),
    }
    for path, block, first, imports in code:
        files[path] = insert_into_python(course, path, block, first, imports, ownership(course, stem, number))
    return files


def _chapter(course: Course, number: str) -> str:
    if not ID.fullmatch(number):
        raise CourseError(f"{number} is no id: write chapter and number, 4.9 or 4.9b or A.1")
    chapter = number.partition(".")[0]
    wanted = f"{int(chapter):02d}" if chapter.isdigit() else chapter
    found = [
        path.parent.name
        for path in sorted(course.root.glob("course/*/lesson.md"))
        if path.parent.name.partition("_")[0] == wanted
    ]
    if not found:
        raise CourseError(
            f"there is no chapter {chapter}: write course/{wanted}_topic/lesson.md and exercises.yml first"
        )
    return found[0]


def _refuse_taken(course: Course, number: str, name: str) -> None:
    for key in (number, name):
        if exercise := course.by_id.get(key) or course.by_name.get(key):
            raise CourseError(f"{key} is exercise {exercise.id} {exercise.name} already ({exercise.where})")
    is_function = re.fullmatch(r"[a-z][a-z0-9]*(_[a-zA-Z0-9]+)*", name)
    if not (is_function or IS_MODULE.fullmatch(name)) or keyword.iskeyword(name):
        raise CourseError(
            f"{name} is no name for a function: small letters, digits and single underscores, as lstm_step; "
            "nor for a module of PyTorch: capitals and no underscore, as LSTMCell"
        )
    if name.startswith("test_"):
        raise CourseError(f"{name} would be taken for a test: leave out the test_")


def _module_of_others(
    course: Course, stem: str, before: Exercise | None, after: Exercise | None, uses_torch: bool
) -> str:
    """The module of the neighbours' answers; a PyTorch module does not go among the answers in NumPy."""
    beside = [exercise for exercise in (before, after) if exercise]
    if uses_torch:
        beside += reversed(course.exercises)
    for exercise in beside:
        if exercise.uses_torch == uses_torch:
            return exercise.module
    raise CourseError(f"{stem} has no exercise yet to take the module from: name one, --module lstm_ref.rnn")


def _module_path(course: Course, module: str) -> Path:
    path = course.root / (module.replace(".", "/") + ".py")
    if not re.fullmatch(r"lstm_ref(\.[a-z_][a-z0-9_]*)+", module):
        raise CourseError(f"{module} is no module of the reference: write it as in lstm_ref.rnn")
    if not path.is_file():
        raise CourseError(f"there is no {relative_posix(path, course.root)}: write the module with its docstring first")
    return path
