"""A green build was built from the sources as they are.

A strict build could be green although a source is wrong or has changed. Four causes, and what this extension does:

* Sphinx keeps the pages it has read, so a notebook that failed is a warning in the first run and silence in the
  second. A run with a warning therefore leaves no environment behind, and the next one reads every page again
  (executed notebooks stay cached; failed ones never were).
* The cache of executed notebooks knows a notebook by its code alone. A changed ``lstm_ref`` or a changed cell tag
  would leave old outputs on the page. A notebook is therefore executed again when its digest has changed since: that
  of its cells and of every file behind its outputs.
* Sphinx copies style sheets and scripts only when it writes a page, and a page names the digest of each. When one of
  them has changed, every page is written again; nothing is executed for it.
* Sphinx does not watch the files of these extensions. When one has changed, every page is read again; nothing is
  executed for it either.

A notebook may be a page of MyST Markdown with code cells.
"""

import json
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from course.dependencies import PACKAGES, files_digest, import_closure, imported_names

DATA = {".json", ".safetensors", ".mplstyle"}
WEBSITE = "website"  # the key of the extensions' own digest, beside those of the pages


def names_in(notebook: nbformat.NotebookNode) -> set[str]:
    """Names that the notebook's cells import. A cell that is not plain Python (a magic) counts for nothing."""
    names = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                names |= imported_names(cell.source)
            except SyntaxError:
                continue
    return names


def read_notebook(path: Path) -> nbformat.NotebookNode | None:
    """The notebook that a page is made of; None where it has no code."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    text = path.read_text("utf8")
    return read_myst_markdown_notebook(text, path=path) if is_myst_markdown_notebook(text) else None


def notebook_digest(path: Path, root: Path) -> str:
    """The digest of everything in the repository that the notebook's outputs on the page depend on.

    These are its code cells with their tags, the modules that it imports with their scripts and styles, and the data
    files of their packages; where it imports ``lstm_ref.results``, the results of all experiments; where it imports
    the grader, this chapter's tests and wrong answers, which the grader loads by name.
    """
    notebook = read_notebook(path)
    cells = [[cell.source, cell.metadata] for cell in notebook.cells if cell.cell_type == "code"]
    names = names_in(notebook)
    packages = {name.split(".")[0] for name in names} & set(PACKAGES)
    files = import_closure(names, root)
    if "autograde" in packages:
        files |= set(root.glob("autograde/**/*.py"))
        files |= set(root.glob(f"course/{path.stem}/exercises.yml"))
        for file in root.glob(f"tests/exercises/{path.stem}/*.py"):
            files |= {file} | import_closure(imported_names(file.read_text("utf8")), root)
    for package in packages:
        files |= {file for file in root.joinpath(package).rglob("*") if file.suffix in DATA}
    if root / "lstm_ref/results.py" in files:
        files |= set(root.glob("research/results/*.json"))
    beside = {file.with_name(stem + end) for file in files for stem in (file.stem, "shared") for end in (".js", ".css")}
    files |= {file for file in beside if file.is_file()}
    return files_digest(sorted(files), root, json.dumps(cells, sort_keys=True))


def drop_outdated_outputs(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Drop cached outputs of the notebooks whose digest has changed since they ran; their pages are read again."""
    if app.config.nb_execution_mode != "cache":
        return []
    folder = Path(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache")
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "digests.json"
    before = json.loads(record.read_text("utf8")) if record.exists() else {}
    root = Path(app.srcdir)
    notebooks = {doc: Path(env.doc2path(doc)) for doc in env.found_docs}
    now = {doc: notebook_digest(path, root) for doc, path in notebooks.items() if read_notebook(path)}
    stale = {doc for doc in now if now[doc] != before.get(doc)}
    cache = get_cache(str(folder))
    for entry in cache.list_cache_records():
        # by the end of the path: the repository may have moved since, its cache with it
        if any(Path(entry.uri).as_posix().endswith(f"/{doc}{notebooks[doc].suffix}") for doc in stale):
            cache.remove_cache(entry.pk)
    now[WEBSITE] = website_digest()
    record.write_text(json.dumps(before | now, indent=1, sort_keys=True), "utf8")
    known = getattr(env, "course_digests", {})  # several builds share the cache, and each has pages of its own
    env.course_digests = now
    if now[WEBSITE] != known.get(WEBSITE):
        return sorted(env.found_docs - added - removed)
    return sorted({doc for doc in notebooks if now.get(doc) != known.get(doc)} - added - removed)


def website_digest() -> str:
    """The digest of the extensions, their scripts and their templates."""
    folder = Path(__file__).parents[1]
    files = (file for name in ("extensions", "scripts", "templates") for file in folder.joinpath(name).rglob("*"))
    return files_digest(sorted(file for file in files if file.is_file() and file.suffix != ".pyc"), folder)


def write_all_after_style_change(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, where a static file differs from the copy that the site has; else none."""
    own = [folder for folder in app.config.html_static_path if not Path(folder).is_absolute()]  # not the extensions'
    for folder in own:
        source, target = Path(app.confdir, folder), Path(app.outdir, "_static")
        for file in source.rglob("*"):
            copy = target / file.relative_to(source)
            if file.is_file() and not (copy.exists() and copy.read_bytes() == file.read_bytes()):
                return sorted(env.found_docs)
    return []


def drop_env_after_warning(app: Sphinx, *_: object) -> None:
    """Remove what Sphinx remembers of its pages when this run has warned."""
    # Sphinx 7.4 counts warnings in a private attribute and has no public one; test_honest_build.py fails without it.
    if app._warncount:
        Path(app.doctreedir, "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("env-get-outdated", drop_outdated_outputs)
    app.connect("env-updated", write_all_after_style_change)
    # once as soon as Sphinx has stored it, since a run may be interrupted later
    app.connect("env-check-consistency", drop_env_after_warning)
    app.connect("build-finished", drop_env_after_warning)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
