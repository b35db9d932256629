"""Facts about the chapters that pages state, read from course/. Extensions import this module; it is not one itself."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from sphinx.errors import ExtensionError

from autograde.exercise import Exercise, read_exercises
from autograde.problem import Problems

WORDS_A_MINUTE = 200
CODE_CELL = re.compile(r"^(`{3,})\{code-cell\}.*?^\1", re.DOTALL | re.MULTILINE)
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Chapter:
    """One chapter: stem (`01_recurrence`), title, exercises in order, and the number of words of its prose."""

    stem: str
    title: str
    exercises: tuple[Exercise, ...]
    words: int

    @property
    def number(self) -> str:
        """The number that the contents show: 1, or A."""
        return self.stem.partition("_")[0].lstrip("0")

    @property
    def points(self) -> int:
        """The points of all its exercises."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def work(self) -> int:
        """Minutes that its exercises take, as their cards state."""
        return sum(exercise.minutes for exercise in self.exercises)

    @property
    def reading(self) -> int:
        """Minutes that its prose takes to read, rounded up to a multiple of five."""
        return 5 * -(-self.words // (5 * WORDS_A_MINUTE))


def sources(root: Path) -> list[Path]:
    """The files that these facts are read from."""
    return sorted(Path(root).glob("course/*/lesson.md")) + sorted(Path(root).glob("course/*/exercises.yml"))


@functools.cache
def chapters(root: str) -> tuple[Chapter, ...]:
    """Every chapter that has exercises, in order. Raises ExtensionError where a file of exercises is wrong."""
    found = []
    for path in sorted(Path(root).glob("course/*/exercises.yml")):
        try:
            title, exercises = read_exercises(path, Path(root))
        except Problems as problems:
            raise ExtensionError(str(problems)) from None
        prose = CODE_CELL.sub("", path.with_name("lesson.md").read_text("utf8").split("\n---\n", 1)[-1])
        found.append(Chapter(path.parent.name, title, tuple(exercises), len(WORD.findall(prose))))
    return tuple(found)


def hours(minutes: int) -> str:
    """Minutes as text: "50 min", "3 h", "3½ h"; above one hour rounded to half hours."""
    if minutes < 60:
        return f"{minutes} min"
    halves = round(minutes / 30)
    return f"{halves // 2}{'½' if halves % 2 else ''} h"
