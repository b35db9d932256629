"""A green build was built from the sources as they are.

A strict build could be green although a source is wrong or has changed. Four causes, and what this extension does:

* Sphinx keeps the pages it has read, so a notebook that failed is a warning in the first run and silence in the
  second. A run with a warning therefore leaves no environment behind, and the next one reads every page again
  (executed notebooks stay cached; failed ones never were).
* The cache of executed notebooks knows a notebook by its code alone. A changed ``lstm_ref`` or a changed cell tag
  would leave old outputs on the page. A notebook is therefore executed again when its digest has changed since: that
  of its cells, of every definition that they use (course/definitions.py), and of the data behind its outputs.
* Sphinx copies style sheets and scripts only when it writes a page, and a page names the digest of each. When one of
  them has changed, every page is written again; nothing is executed for it.
* Sphinx does not watch the files of these extensions. When one has changed, every page is read again; nothing is
  executed for it either.

A notebook may be a page of MyST Markdown with code cells.
"""

import contextlib
import json
import re
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from source_digest import source_files
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from course.definitions import mentioned_modules, used_definitions
from course.dependencies import PACKAGES, files_digest, import_closure, imported_names

CHECK = re.compile(r"check\(\w+\)")
DATA = {".json", ".safetensors", ".mplstyle"}
WEBSITE = "website"  # the key of the extensions' own digest, beside those of the pages
SOURCES = "sources"  # the key of the digests of all sources, by language, from which the pages' digests were computed


def read_notebook(path: Path) -> nbformat.NotebookNode | None:
    """The notebook that a page is made of; None where it has no code."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    text = path.read_text("utf8")
    return read_myst_markdown_notebook(text, path=path) if is_myst_markdown_notebook(text) else None


def code_of(notebook: nbformat.NotebookNode) -> str:
    """The notebook's code behind what its page shows.

    It is without the cell that Colab alone runs, and without `check(rnn_step)` where its output is removed: a check
    changes nothing, and the site does not show what it says.
    """
    kept = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        is_hidden_check = "remove-output" in tags and CHECK.fullmatch(cell.source.strip())
        if cell.cell_type == "code" and "colab-setup" not in tags and not is_hidden_check:
            kept.append(cell.source)
    return "\n".join(kept)


def used(notebook: nbformat.NotebookNode, path: Path, root: Path) -> tuple[set[Path], dict[str, str], bool]:
    """What the notebook's code uses of the packages.

    Returns the files that it imports, the definitions that it uses with their text, and whether it shows what the
    grader says. Where a cell is no plain Python, a magic, say, every imported file counts as a whole.
    """
    code = code_of(notebook)
    try:
        definitions = used_definitions(code, root, path.parent)
        graded = any(name.split(".")[0] == "autograde" for name in mentioned_modules(code))
        return {root / key.partition(":")[0] for key in definitions}, definitions, graded
    except SyntaxError:
        names = set()
        for cell in code_cells(notebook):
            with contextlib.suppress(SyntaxError):
                names |= imported_names(cell.source)
        files = import_closure(names, root)
        texts = {file.relative_to(root).as_posix(): file.read_text("utf8") for file in files}
        return files, texts, any(name.split(".")[0] == "autograde" for name in names)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells with code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def notebook_digest(path: Path, root: Path) -> str:
    """The digest of everything in the repository that the notebook's outputs on the page depend on.

    These are its code cells with their tags, the definitions that they use, the scripts and styles beside the modules
    that they import, and the data files of these modules' packages; where they import ``lstm_ref.results``, the results
    of all experiments; where the page shows what the grader says, the grader, and this chapter's tests and wrong
    answers, which the grader loads by name.
    """
    notebook = read_notebook(path)
    modules, texts, graded = used(notebook, path, root)
    files = {file for package in PACKAGES for file in data_files(root / package, modules)}
    if graded:
        files |= set(root.glob("autograde/**/*.py"))
        files |= set(root.glob(f"course/{path.stem}/exercises.yml"))
        for file in root.glob(f"tests/exercises/{path.stem}/*.py"):
            files |= {file} | import_closure(imported_names(file.read_text("utf8")), root)
    if root / "lstm_ref/results.py" in modules:
        files |= set(root.glob("research/results/*.json"))
    files |= {file for module in modules for file in scripts_beside(module)}
    cells = [[cell.source, cell.metadata] for cell in code_cells(notebook)]
    return files_digest(sorted(files), root, json.dumps([cells, texts], sort_keys=True))


def scripts_beside(module: Path) -> set[Path]:
    """The scripts and styles with the module's name, and those beside it that belong to no module."""
    found = {file for file in module.parent.iterdir() if file.suffix in (".js", ".css")}
    return {file for file in found if file.stem == module.stem or not file.with_suffix(".py").exists()}


def data_files(package: Path, modules: set[Path]) -> set[Path]:
    """The data files of a package of which a module is imported."""
    if not any(file.is_relative_to(package) for file in modules):
        return set()
    return {file for file in package.rglob("*") if file.suffix in DATA}


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
    # The search for definitions takes seconds. Where no source has changed, it would find what is recorded.
    sources = files_digest(sorted({*source_files(root), *notebooks.values()}), root)
    if before.get(SOURCES, {}).get(app.config.language) == sources:
        now = {doc: before[doc] for doc in notebooks if doc in before}
    else:
        now = {doc: notebook_digest(path, root) for doc, path in notebooks.items() if read_notebook(path)}
    stale = {doc for doc in now if now[doc] != before.get(doc)}
    cache = get_cache(str(folder))
    for entry in cache.list_cache_records():
        # by the end of the path: the repository may have moved since, its cache with it
        if any(Path(entry.uri).as_posix().endswith(f"/{doc}{notebooks[doc].suffix}") for doc in stale):
            cache.remove_cache(entry.pk)
    now[WEBSITE] = website_digest()
    known_sources = before.get(SOURCES, {}) | {app.config.language: sources}
    record.write_text(json.dumps(before | now | {SOURCES: known_sources}, indent=1, sort_keys=True), "utf8")
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
