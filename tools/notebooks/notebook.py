"""A notebook as the builder writes it: fixed ids, fixed metadata, digests, and the same bytes every time."""

import hashlib
import json
import os
import tempfile
from collections import Counter
from dataclasses import dataclass

import nbformat
from nbformat import v4

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python", "pygments_lexer": "ipython3"}


def cell(kind, source, metadata=None, identifier=None):
    """A new cell; without an identifier, `notebook` gives it one that follows from its text."""
    new = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}[kind]
    return new(source, metadata=metadata or {}, id=identifier or "x")


def notebook(cells, course):
    """A new notebook; `course` goes into its metadata, with the digest of the cells' sources.

    The id of a prose cell is a hash of its text and how often that text has come before, so that a cell put in between
    changes no other cell's id.
    """
    seen = Counter()
    for item in cells:
        if item.id == "x":
            text = digest(item.cell_type, item.source)
            seen[text] += 1
            item.id = f"{item.cell_type}-{text}-{seen[text]}"
    parts = digests((item.cell_type, item.source) for item in cells)
    course = {**course, "generated": whole(parts)}
    metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE, "course": course}
    return v4.new_notebook(cells=cells, metadata=metadata)


def digest(kind, source):
    """Twelve hexadecimal digits for one cell: its kind and text, but for blank lines and blanks at the ends."""
    lines = "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")
    return hashlib.sha256(f"{kind}\n{lines}".encode()).hexdigest()[:12]


def digests(cells):
    """The digests of (kind, source) pairs; empty cells are left out, since Jupyter adds one below the last."""
    return [digest(kind, source) for kind, source in cells if source.strip()]


def whole(parts):
    """One digest for a list of them."""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def as_text(nb):
    """The file's text: nbformat's own, keys sorted, and a newline at the end."""
    nbformat.validate(nb)
    return nbformat.writes(nb) + "\n"


@dataclass(frozen=True)
class Present:
    """A notebook that stands on disk: its text and, where it can be read, its cells and the builder's notes in it."""

    text: str | None
    cells: list | None  # dictionaries; None if this is no notebook
    course: dict

    @property
    def sources(self):
        """The cells as (kind, source) pairs."""
        return [(item["cell_type"], _joined(item["source"])) for item in self.cells]


def read_present(path):
    """The notebook at that path, or None if there is none; what is no notebook has no cells."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except FileNotFoundError:
        return None
    except (IsADirectoryError, PermissionError, ValueError):  # ValueError: neither UTF-8 nor JSON
        return Present(None, None, {})
    try:
        present = Present(text, list(data["cells"]), {})
        present.sources  # noqa: B018 (raises if a cell is none)
        noted = data.get("metadata", {}).get("course", {})
    except (KeyError, TypeError, AttributeError):
        return Present(text, None, {})
    return Present(text, present.cells, noted if isinstance(noted, dict) else {})


def _joined(source):
    return source if isinstance(source, str) else "".join(source)


def write(path, text):
    """Write the text in one step: a reader or a broken run never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
