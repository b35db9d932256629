"""Merges a new version of a chapter into a notebook in which a learner has worked.

The notebook's metadata hold the digests of the cells that the builder gave out, so each cell of the learner's is known
to be theirs or the course's. Every cell of theirs stays where it stood, after the same cell of the course. Where both
have changed the same cell, both versions stand side by side below a mark.
"""

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4
from nbformat.v4.rwbase import rejoin_lines

from notebooks.notebook import as_text, cell, combined_digest, digest
from notebooks.work import FOLDER

GENERATED = re.compile(r"(?:markdown|code|raw)-([0-9a-f]{12})-\d+")  # the id of a cell that is no part of an exercise
DEFINES = re.compile(r"^(?:def|class) +(\w+)", re.MULTILINE)
NEW_VERSION = (
    "**The course has changed {what}.** Your cell above is as you left it. This is the new version; "
    "compare them, then delete this cell.\n\n{source}"
)
KEPT = (
    "**Yours.** The course has changed or removed the original of the next cell, which is as you left it. "
    "Compare it with the cells below, then delete what you do not need."
)


@dataclass
class Merged:
    """The merged notebook's text, and how many cells of each kind it has."""

    text: str = ""
    kept: int = 0  # the learner's own: edited or added
    new: int = 0  # of the course, which the notebook did not have
    removed: int = 0  # of the course, which the course has no more
    conflicts: list[str] = field(default_factory=list)  # first lines of cells that both have changed

    def __str__(self) -> str:
        def cells(number: int, what: str) -> str:
            return f"{number} {what}cell{'s' * (number != 1)}"

        said = (
            f"merged: {cells(self.kept, '')} of yours kept, {cells(self.new, 'new or changed ')} of the course added, "
        )
        said += f"{cells(self.removed, 'old ')} replaced or removed"
        if self.conflicts:
            both = ", ".join(f"“{line}”" for line in self.conflicts)
            said += f"; changed by you and by the course, so both versions stand there, marked: {both}"
        return said


def backup(path: Path, root: Path) -> Path:
    """Copy a notebook into work/, under a name that its content decides, so that no copy is replaced by another."""
    content = path.read_bytes()
    copy = root / FOLDER / f"{path.stem}-{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(content)
    return copy


def merge(text: str, new: NotebookNode) -> Merged:
    """The learner's notebook `text`, with what the course has changed since; `new` is the course's notebook now."""
    mine = rejoin_lines(nbformat.from_dict(json.loads(text)))
    merged, places = Merged(), _Places(mine, new)
    versions: dict[int, NotebookNode] = {}  # the learner's version of a cell of the course, by its place
    behind = defaultdict[int, list[NotebookNode]](
        list
    )  # the learner's other cells, by the place that they stand behind
    last = -1
    for item in mine.cells:
        mark = digest(item.cell_type, item.source)
        place = places.find(item, mark, last)
        if place is not None and places.marks[place] == mark and place not in versions:
            versions[place], last = item, place
        elif mark in places.given:  # the course has changed or removed it, or it is a copy
            merged.removed += 1
            last = last if place is None else place
        elif place is not None and place not in versions:
            merged.kept += 1
            versions[place], last = item, place
            if places.marks[place] not in places.given:
                merged.conflicts.append(_first_line(item.source))
                behind[place].append(_new_version(new.cells[place]))
        elif item.source.strip():
            merged.kept += 1
            original = GENERATED.fullmatch(item.get("id", ""))
            if original and original[1] in places.given and original[1] not in places.marks:
                merged.conflicts.append(_first_line(item.source))
                behind[last].append(cell("markdown", KEPT))
            behind[last].append(item)
    cells, taken = [], {item.id for item in new.cells}
    cells += _with_ids(behind[-1], taken)
    for place, item in enumerate(new.cells):
        if place in versions:
            cells.append(_in_place(versions[place], item))
        elif places.marks[place] not in places.given:  # else the learner has deleted it
            merged.new += 1
            cells.append(item)
        cells += _with_ids(behind[place], taken)
    merged.text = as_text(v4.new_notebook(cells=cells, metadata={**mine.metadata, "course": new.metadata.course}))
    return merged


class _Places:
    """Where the cells of a learner's notebook stand in the new one.

    `marks` are the digests of the new notebook's cells; `given` those of the cells that the builder gave out before,
    none where the notebook has no record of them.
    """

    def __init__(self, mine: NotebookNode, new: NotebookNode) -> None:
        course = mine.metadata.get("course")
        recorded = course if isinstance(course, dict) else {}
        given = list(map(str, recorded.get("cells") or []))
        self.given = set(given) if combined_digest(given) == recorded.get("generated") else set[str]()
        self.marks = [digest(item.cell_type, item.source) for item in new.cells]
        self._by_id = {item.id: place for place, item in enumerate(new.cells)}
        stubs = {place: DEFINES.search(item.source) for place, item in enumerate(new.cells) if _exercise(item)}
        self._by_function = {found[1]: place for place, found in stubs.items() if found}

    def find(self, item: NotebookNode, mark: str, last: int) -> int | None:
        """The place of a cell, found by its text, its id or, where a program took the ids away, its function."""
        places = [place for place, other in enumerate(self.marks) if other == mark]
        if places:
            return next((place for place in places if place > last), places[-1])
        if "id" in item:
            return self._by_id.get(item.id)
        return next((self._by_function[n] for n in DEFINES.findall(item.source) if n in self._by_function), None)


def _exercise(item: NotebookNode) -> str:
    return item.metadata.get("course", {}).get("exercise", "")


def _new_version(item: NotebookNode) -> NotebookNode:
    """The course's version of a cell that the learner has changed too, as text, so that it defines nothing."""
    what = f"exercise {_exercise(item)}" if _exercise(item) else "this cell"
    source = f"```python\n{item.source}\n```" if item.cell_type == "code" else item.source
    return cell("markdown", NEW_VERSION.format(what=what, source=source))


def _in_place(version: NotebookNode, item: NotebookNode) -> NotebookNode:
    """The learner's version of a cell, with its outputs, under the id and the metadata of the new one."""
    version["id"], version["metadata"] = item.id, NotebookNode({**version.get("metadata", {}), **item.metadata})
    return version


def _with_ids(cells: list[NotebookNode], taken: set[str]) -> list[NotebookNode]:
    """The cells, each with an id that no other cell has."""
    for item in cells:
        if item.get("id", "x") in taken | {"x"}:
            item["id"] = next(name for k in count(1) if (name := f"own-{k}") not in taken)
        taken.add(item.id)
    return cells


def _first_line(source: str, width: int = 40) -> str:
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return line if len(line) <= width else f"{line[: width - 1]}…"
