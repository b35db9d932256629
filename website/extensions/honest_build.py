"""What is green was built from what is there.

Four ways in which a strict build would lie, and what stops each:

* Sphinx keeps the pages it has read, so a notebook that failed is a warning in the first run and silence in the
  second. A run with a warning therefore leaves no environment behind, and the next one reads every page again
  (executed notebooks stay cached; failed ones never were).
* The cache of executed notebooks knows a notebook by its code alone. A changed ``lstm_ref`` or a changed cell tag
  would leave old outputs on the page. A notebook is therefore executed again when its cells, or any file that it
  imports from the repository, has changed since; and one that reads the results of experiments, when those have.
* Sphinx copies style sheets and scripts only when it writes a page, and a page names the digest of each. When one of
  them has changed, every page is written again; nothing is executed for it.
* Sphinx knows nothing of these extensions' own files. When one has changed, every page is read again; nothing is
  executed for that either.

A notebook may be a page of MyST Markdown with code cells.
"""

import ast
import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PACKAGES = ("lstm_ref", "translator", "autograde", "course")
OURS = "website"  # under which the extensions' own digest is kept, beside the pages'


@functools.cache  # a file is imported by many notebooks
def imported(code: str, package: tuple[str, ...] = ()) -> frozenset[str]:
    """Dotted names that Python code imports; ``from a.b import c`` gives both ``a.b`` and ``a.b.c``.

    package : where the code stands, for its relative imports
    """
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def files_of(name: str, root: Path) -> list[Path]:
    """Files of the repository that importing ``name`` runs: the module and the packages that it stands in."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return []
    folders = [root.joinpath(*parts[: i + 1], "__init__.py") for i in range(len(parts))]
    return [path for path in [*folders, root.joinpath(*parts).with_suffix(".py")] if path.is_file()]


def closure(names: Iterable[str], root: Path) -> set[Path]:
    """Every file of the repository that importing these names runs, directly or not."""
    found, waiting = set(), [path for name in names for path in files_of(name, root)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            package = path.relative_to(root).parent.parts
            waiting += [file for name in imported(path.read_text("utf8"), package) for file in files_of(name, root)]
    return found


def names_in(notebook: nbformat.NotebookNode) -> set[str]:
    """What the notebook's cells import. A cell that is no plain Python (a magic) counts for nothing."""
    names = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                names |= imported(cell.source)
            except SyntaxError:
                continue
    return names


def read(path: Path) -> nbformat.NotebookNode | None:
    """The notebook that a page is made of; None where it has no code."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    text = path.read_text("utf8")
    return read_myst_markdown_notebook(text, path=path) if is_myst_markdown_notebook(text) else None


def digest(path: Path, root: Path) -> str:
    """A name for everything that the notebook's outputs on the page depend on, as far as the repository holds it.

    Cells with their tags, the modules imported, their data files, the scripts and styles that stand beside a module
    under its name; where ``lstm_ref.results`` is imported, all results; where the grader is, also this chapter's tests
    and wrong answers, which it loads by name.
    """
    notebook = read(path)
    sha = hashlib.sha256()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            sha.update(json.dumps([cell.source, cell.metadata], sort_keys=True).encode())
    names = names_in(notebook)
    files = closure(names, root)
    if any(name.split(".")[0] == "autograde" for name in names):
        files |= set(root.glob("autograde/**/*.py"))
        files |= set(root.glob(f"course/{path.stem}/exercises.yml"))
        for file in [*root.glob(f"tests/exercises/{path.stem}/*.py")]:
            files |= {file} | closure(imported(file.read_text("utf8")), root)
    for package in PACKAGES:
        if any(name.split(".")[0] == package for name in names):
            files |= {file for file in root.joinpath(package).rglob("*") if file.suffix in {".json", ".safetensors"}}
    if root / "lstm_ref/results.py" in files:
        files |= set(root.glob("research/results/*.json"))
    beside = {file.with_suffix(suffix) for file in files for suffix in (".js", ".css")}
    files |= {file for file in beside if file.is_file()}
    for file in sorted(files):
        sha.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()


def forget_outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Drop cached outputs of the notebooks whose digest is another than when they ran; these pages are read again."""
    if app.config.nb_execution_mode != "cache":
        return []
    folder = Path(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache")
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "digests.json"
    before = json.loads(record.read_text("utf8")) if record.exists() else {}
    root = Path(app.srcdir)
    notebooks = {doc: Path(env.doc2path(doc)) for doc in env.found_docs}
    now = {doc: digest(path, root) for doc, path in notebooks.items() if read(path)}
    stale = {doc for doc in now if now[doc] != before.get(doc)}
    cache = get_cache(str(folder))
    for entry in cache.list_cache_records():
        # by the end of the path: the repository may have moved since, its cache with it
        if any(Path(entry.uri).as_posix().endswith(f"/{doc}{notebooks[doc].suffix}") for doc in stale):
            cache.remove_cache(entry.pk)
    now[OURS] = own_digest()
    record.write_text(json.dumps(before | now, indent=1, sort_keys=True), "utf8")
    known = getattr(env, "course_digests", {})  # several builds share the cache, and each has pages of its own
    env.course_digests = now
    if now[OURS] != known.get(OURS):
        return sorted(env.found_docs - added - removed)
    return sorted({doc for doc in notebooks if now.get(doc) != known.get(doc)} - added - removed)


def own_digest() -> str:
    """A name for the extensions, their scripts and their templates."""
    sha = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            sha.update(file.name.encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()


def write_for_changed_looks(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, where a file of ``_static`` is not what the site has; else none."""
    own = [folder for folder in app.config.html_static_path if not Path(folder).is_absolute()]  # not the extensions'
    for folder in own:
        source, target = Path(app.confdir, folder), Path(app.outdir, "_static")
        for file in source.rglob("*"):
            copy = target / file.relative_to(source)
            if file.is_file() and not (copy.exists() and copy.read_bytes() == file.read_bytes()):
                return sorted(env.found_docs)
    return []


def forget_warned(app: Sphinx, *_: object) -> None:
    """Remove what Sphinx remembers of its pages when this run has warned."""
    if app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("env-get-outdated", forget_outdated)
    app.connect("env-updated", write_for_changed_looks)
    app.connect("env-check-consistency", forget_warned)  # as soon as Sphinx has stored it: a run may be cut off later
    app.connect("build-finished", forget_warned)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
