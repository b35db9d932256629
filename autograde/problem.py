"""A fault in a file of the course: one line that says where it is and what to do."""

from collections.abc import Iterable
from pathlib import Path


class Problem(Exception):
    """One fault of an input: `where` is a file with its line or cell, `text` says what and how to mend it."""

    def __init__(self, where: object, text: object) -> None:
        """Keep both parts; whitespace in `text` is folded, so that the message stays on one line."""
        self.where, self.text = where, " ".join(str(text).split())
        super().__init__(f"{self.where}: {self.text}")


class Problems(Exception):
    """Several faults found in one go, as a list of `Problem`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the list in the order in which the faults were found."""
        self.problems = list({str(problem): problem for problem in problems}.values())  # each once
        super().__init__("\n".join(map(str, self.problems)))


def relative_posix(path: Path, root: Path) -> str:
    """The path as messages write it: relative to the course's root, with forward slashes."""
    return path.relative_to(root).as_posix()
