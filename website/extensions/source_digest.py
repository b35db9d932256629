"""Records what the site was built from, so that its tests can tell whether they look at the site of these sources.

A build of the English site that ends without a warning, other editions included, leaves the digest of its sources
beside the site, in `_build/sources.sha256`. A build that fails leaves none.
"""

from pathlib import Path

from sphinx.application import Sphinx

from course.dependencies import files_digest

SOURCES = (
    ["_config.yml", "_toc.yml", "index.md", "CITATION.cff", "chapters", "solutions", "course", "website"]
    + ["lstm_ref", "translator", "autograde", "tests/exercises", "research/results"]  # what cells execute and read
)
GENERATED = {".pyc", ".mo", ".partial"}
RECORD = "sources.sha256"


def source_files(root: Path) -> list[Path]:
    """Every file that a page of the site may depend on."""
    found = []
    for name in SOURCES:
        place = root / name
        found += place.rglob("*") if place.is_dir() else [place]
    return sorted(path for path in found if path.is_file() and path.suffix not in GENERATED and not _hidden(path, root))


def _hidden(path: Path, root: Path) -> bool:
    """Whether the file or a folder that contains it is hidden, as .ipynb_checkpoints is."""
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def digest(root: Path) -> str:
    """A digest of the names and the contents of all sources."""
    return files_digest(source_files(root), root)


def is_current(root: Path) -> bool:
    """Whether the site in `_build` was built without a warning from the sources as they are now."""
    record, front = root / "_build" / RECORD, root / "_build" / "html" / "index.html"
    return record.exists() and front.exists() and record.read_text("utf8") == digest(root)


def begin(app: Sphinx) -> None:
    """Remove the record of the build before, and note what this one begins with."""
    if _is_the_site(app):
        Path(app.outdir).with_name(RECORD).unlink(missing_ok=True)
        app.source_digest = digest(Path(app.srcdir))


def record(app: Sphinx, exception: Exception | None) -> None:
    """Write the record where the build has ended well: honest_build removes Sphinx's environment after a warning."""
    if _is_the_site(app) and exception is None and Path(app.doctreedir, "environment.pickle").exists():
        Path(app.outdir).with_name(RECORD).write_text(app.source_digest, "utf8")


def _is_the_site(app: Sphinx) -> bool:
    return app.builder.name == "html" and app.config.language == "en"


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("builder-inited", begin)
    app.connect("build-finished", record, priority=950)  # after the other editions, which are built at 900
    return {"parallel_read_safe": True, "parallel_write_safe": True}
