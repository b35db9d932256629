"""Running the cells of a lesson, so that a test can hold its prose to what its cells compute."""

import re
from pathlib import Path

import matplotlib
import pytest

COURSE = Path(__file__).resolve().parents[2] / "course"
CELL = re.compile(
    r"^```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n|(?::[^\n]*\n)+\n?)?(.*?)^```$", re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def run_lesson():
    """A function that runs the cells of a lesson in order, and gives the names that they leave behind."""

    def run(stem: str) -> dict:
        matplotlib.use("template")  # draws nothing
        lesson, names = COURSE / stem / "lesson.md", {}
        for source in CELL.findall(lesson.read_text("utf8")):
            exec(compile(source, lesson.as_posix(), "exec"), names)
            names["plt"].close("all")
        return names

    return run
