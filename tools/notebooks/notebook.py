"""A notebook as the builder writes it: fixed ids, fixed metadata, digests, and the same bytes every time."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Tags of cells whose code the site folds or leaves out.
HIDDEN = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}


def cell(kind: str, source: str, metadata: dict | None = None, identifier: str | None = None) -> NotebookNode:
    """A new cell; where no identifier is given, `notebook` derives one from the cell's text.

    JupyterLab knows no tags, so a code cell that the site folds says in JupyterLab's own words that it is folded.
    """
    metadata = dict(metadata or {})
    if kind == "code" and HIDDEN.intersection(metadata.get("tags") or []):
        metadata["jupyter"] = {**metadata.get("jupyter", {}), "source_hidden": True}
    new = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}[kind]
    return new(source, metadata=metadata, id=identifier or "x")


def notebook(cells: list[NotebookNode], course: dict) -> NotebookNode:
    """A new notebook; `course` goes into its metadata, with the digest of the cells' sources.

    The id of a prose cell is a hash of its text and the number of earlier cells with the same text. So a new cell
    changes the id of no cell with another text.
    """
    seen: Counter[str] = Counter()
    for item in cells:
        if item.id == "x":
            text = digest(item.cell_type, item.source)
            seen[text] += 1
            item.id = f"{item.cell_type}-{text}-{seen[text]}"
    parts = digests((item.cell_type, item.source) for item in cells)
    course = {**course, "generated": combined_digest(parts)}
    metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE, "course": course}
    return v4.new_notebook(cells=cells, metadata=metadata)


def digest(kind: str, source: str) -> str:
    """Twelve hexadecimal digits for one cell's kind and text; blanks at the ends of lines and text do not count."""
    lines = "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")
    return hashlib.sha256(f"{kind}\n{lines}".encode()).hexdigest()[:12]


def digests(cells: Iterable[tuple[str, str]]) -> list[str]:
    """The digests of (kind, source) pairs; empty cells are left out, since Jupyter adds one below the last."""
    return [digest(kind, source) for kind, source in cells if source.strip()]


def combined_digest(parts: Iterable[str]) -> str:
    """One digest for a list of digests."""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def as_text(nb: NotebookNode) -> str:
    """The file's text: nbformat's own, keys sorted, and a newline at the end."""
    nbformat.validate(nb)
    return nbformat.writes(nb) + "\n"


@dataclass(frozen=True)
class StoredNotebook:
    """A notebook file: its text and, where it can be read, its cells and the metadata that the builder wrote."""

    text: str | None
    cells: list[dict] | None  # None if the file is no notebook
    course: dict

    @property
    def sources(self) -> list[tuple[str, str]]:
        """The cells as (kind, source) pairs."""
        return [(item["cell_type"], _joined(item["source"])) for item in self.cells or []]


def read_stored(path: Path) -> StoredNotebook | None:
    """The notebook at that path, or None if there is no file; a file that is no notebook has no cells."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except FileNotFoundError:
        return None
    except (IsADirectoryError, PermissionError, ValueError):  # ValueError: neither UTF-8 nor JSON
        return StoredNotebook(None, None, {})
    try:
        stored = StoredNotebook(text, list(data["cells"]), {})
        stored.sources  # noqa: B018 (raises if an item of the list is no cell)
        course = data.get("metadata", {}).get("course", {})
    except (KeyError, TypeError, AttributeError):
        return StoredNotebook(text, None, {})
    return StoredNotebook(text, stored.cells, course if isinstance(course, dict) else {})


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
