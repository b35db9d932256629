"""What the pages say of the course's size: read from course/, never typed. Extensions import this; it is none."""

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
    """One chapter: stem (`01_recurrence`), title, exercises in order, and how many words of prose it has."""

    stem: str
    title: str
    exercises: tuple[Exercise, ...]
    words: int

    @property
    def number(self) -> str:
        """As it stands in the contents: 1, or A."""
        return self.stem.partition("_")[0].lstrip("0")

    @property
    def points(self) -> int:
        """What its exercises are worth."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def work(self) -> int:
        """Minutes that its exercises take, by their cards."""
        return sum(exercise.minutes for exercise in self.exercises)

    @property
    def reading(self) -> int:
        """Minutes that its prose takes, to the next five."""
        return 5 * -(-self.words // (5 * WORDS_A_MINUTE))


def sources(root: Path) -> list[Path]:
    """The files that all this is read from."""
    return sorted(Path(root).glob("course/*/lesson.md")) + sorted(Path(root).glob("course/*/exercises.yml"))


@functools.cache
def chapters(root: str) -> tuple[Chapter, ...]:
    """Every chapter that has exercises, in order. Raises ExtensionError where a file of exercises is wrong."""
    chapters = []
    for path in sorted(Path(root).glob("course/*/exercises.yml")):
        try:
            title, exercises = read_exercises(path, Path(root))
        except Problems as found:
            raise ExtensionError(str(found)) from None
        prose = CODE_CELL.sub("", path.with_name("lesson.md").read_text("utf8").split("\n---\n", 1)[-1])
        chapters.append(Chapter(path.parent.name, title, tuple(exercises), len(WORD.findall(prose))))
    return tuple(chapters)


def hours(minutes: int) -> str:
    """Minutes as a reader says them: "50 min", "3 h", "3½ h"; to the half hour above one hour."""
    if minutes < 60:
        return f"{minutes} min"
    halves = round(minutes / 30)
    return f"{halves // 2}{'½' if halves % 2 else ''} h"
