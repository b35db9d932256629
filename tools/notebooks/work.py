"""A learner's work: what in a chapter's notebook is not as it was generated, and how to keep it or drop it.

Outputs, execution counts, metadata, empty cells and blank lines at a cell's end are no work: Jupyter adds them.
"""

import os
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from autograde.problem import shown
from notebooks.command import command
from notebooks.notebook import as_text, digest, digests, read_present, whole

WINDOWS = os.name == "nt"
FOLDER = "work"  # where a copy goes: the same depth, so that its relative links still lead somewhere


@dataclass(frozen=True)
class Standing:
    """How the notebook on disk stands to the one that its source makes.

    `state` is missing, current, stale (nobody's work: replace it), worked (edited, and its source is as it was),
    conflict (edited, and its source has changed) or unreadable; `edits` says which cells were edited.
    """

    state: str
    edits: tuple = ()


def standing(path, new):
    """Compare the notebook at `path` with `new`, the notebook that the source makes now."""
    present = read_present(path)
    if present is None:
        return Standing("missing")
    if present.text == as_text(new):
        return Standing("current")
    if present.cells is None:
        return Standing("unreadable")
    found = digests(present.sources)
    recorded, wanted = present.course.get("generated"), new.metadata.course.generated
    if whole(found) in (recorded, wanted):
        return Standing("stale")
    given = present.course.get("cells")
    if not isinstance(given, list) or whole(map(str, given)) != recorded:
        given, recorded = list(new.metadata.course.cells), None  # no record, so compare with the new one
    return Standing("worked" if recorded == wanted else "conflict", tuple(_edits(given, found, present, new)))


def _edits(given, found, present, new):
    """One line for each cell that was edited, added, moved or deleted."""
    texts = [(k, source) for k, (_, source) in enumerate(present.sources, 1) if source.strip()]
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


def _first_line(source, width=60):
    line = next(line for line in source.splitlines() if line.strip()).strip()
    return line if len(line) <= width else line[: width - 1] + "…"


def advice(path, root, found):
    """What to tell the learner whose notebook is left alone: the cells, and how to keep or drop the work."""
    file, source = shown(path, root), f"course/{path.stem}/lesson.md"
    copy = f"{FOLDER}/{path.name}"
    if WINDOWS:
        keep = f"mkdir {FOLDER} & copy {file} {copy}".replace("/", "\\")
    else:
        keep = f"mkdir -p {FOLDER} && cp {file} {copy}"
    drop = command(root, "--discard", path.stem)
    match found.state:
        case "unreadable":
            what = "cannot be read as a notebook, so it may hold somebody's work; left as it is"
        case "worked":
            what = f"was edited, and {source} makes it otherwise (an author edits the source)"
        case _:
            what = f"holds work, and {source} or what it draws on has changed since; left as it is"
    edits = [f"  {edit}" for edit in found.edits]
    return [f"{file}: {what}", *edits, f"  to keep the work: {keep}, then drop it here", f"  to drop it: {drop}"]
