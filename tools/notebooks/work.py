"""A learner's work: the cells of a chapter that differ from the generated ones, and how to keep or drop them.

Outputs, execution counts, metadata, empty cells and blank lines at a cell's end do not count: Jupyter adds them.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from nbformat import NotebookNode

from autograde.problem import relative_posix
from notebooks.command import builder_command
from notebooks.notebook import StoredNotebook, as_text, combined_digest, digest, digests, read_stored

WINDOWS = os.name == "nt"
FOLDER = "work"  # for copies; it has the depth of chapters/, so that relative links in a copy still work


@dataclass(frozen=True)
class NotebookState:
    """The notebook on disk compared with the one that its source makes.

    `kind` is missing, current, stale (holds no work: replace it), worked (edited, and its source is unchanged),
    conflict (edited, and its source has changed) or unreadable; `edits` says which cells were edited.
    """

    kind: str
    edits: tuple[str, ...] = ()


def notebook_state(path: Path, new: NotebookNode) -> NotebookState:
    """Compare the notebook at `path` with `new`, the notebook that the source makes now."""
    stored = read_stored(path)
    if stored is None:
        return NotebookState("missing")
    if stored.text == as_text(new):
        return NotebookState("current")
    if stored.cells is None:
        return NotebookState("unreadable")
    found = digests(stored.sources)
    recorded, wanted = stored.course.get("generated"), new.metadata.course.generated
    if combined_digest(found) in (recorded, wanted):
        return NotebookState("stale")
    given = stored.course.get("cells")
    if not isinstance(given, list) or combined_digest(map(str, given)) != recorded:
        given, recorded = list(new.metadata.course.cells), None  # no record, so compare with the new one
    return NotebookState("worked" if recorded == wanted else "conflict", tuple(_edits(given, found, stored, new)))


def _edits(given: list[str], found: list[str], stored: StoredNotebook, new: NotebookNode) -> Iterator[str]:
    """One line for each cell that was edited, added, moved or deleted.

    given : digests of the generated cells
    found : digests of the stored ones
    """
    texts = [(k, source) for k, (_, source) in enumerate(stored.sources, 1) if source.strip()]
    known = {digest(item.cell_type, item.source): item.source for item in new.cells}
    lost = Counter(given) - Counter(found)
    for tag, a, b, c, d in SequenceMatcher(None, given, found, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone = [part for part in given[a:b] if lost[part] > 0]
        for k in range(c, d):
            number, source = texts[k]
            if found[k] in given:
                what = "moved or repeated"
            elif gone:
                what = "edited"
                lost[gone.pop(0)] -= 1
            else:
                what = "added"
            yield f"cell {number} {what}: {_first_line(source)}"
        for part in gone:
            lost[part] -= 1
            yield "a cell deleted" + (f": {_first_line(known[part])}" if part in known else "")


def _first_line(source: str, width: int = 60) -> str:
    line = next(line for line in source.splitlines() if line.strip()).strip()
    return line if len(line) <= width else line[: width - 1] + "…"


def advice(path: Path, root: Path, state: NotebookState) -> list[str]:
    """Lines for the learner whose notebook is not replaced: the edited cells, and how to keep or drop the work."""
    file, source = relative_posix(path, root), f"course/{path.stem}/lesson.md"
    copy = f"{FOLDER}/{path.name}"
    if WINDOWS:
        keep = f"mkdir {FOLDER} & copy {file} {copy}".replace("/", "\\")
    else:
        keep = f"mkdir -p {FOLDER} && cp {file} {copy}"
    drop = builder_command(root, "--discard", path.stem)
    match state.kind:
        case "unreadable":
            what = "cannot be read as a notebook, so it may hold work; left unchanged"
        case "worked":
            what = f"was edited, and {source} makes something else (an author edits the source)"
        case _:
            what = f"holds work, and {source} or what it draws on has changed since; left unchanged"
    edits = [f"  {edit}" for edit in state.edits]
    merging = [f"  to merge both: {builder_command(root, '--merge')}"] if state.kind == "conflict" else []
    return [
        f"{file}: {what}",
        *edits,
        *merging,
        f"  to keep the work: {keep}, then drop it here",
        f"  to drop it: {drop}",
    ]
