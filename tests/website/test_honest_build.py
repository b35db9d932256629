"""website/extensions/honest_build.py: a build is green only if it was built from what is there."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CONFIG = """
only_build_toc_files: true
execute: {execute_notebooks: cache}
sphinx:
  local_extensions: {honest_build: website/extensions}
  config: {html_theme: alabaster, html_theme_options: {}, html_static_path: []}
"""


def write_notebook(path, *cells):
    """A notebook whose page is headed by its name."""
    cells = [nbformat.v4.new_markdown_cell(f"# {path.stem}"), *cells]
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), path)


def code(source, **metadata):
    return new_code_cell("import sys; sys.path.insert(0, '..')\n" + source, metadata=metadata)


@pytest.fixture
def book(tmp_path):
    """A book of two notebooks, of which one imports lstm_ref.b, and that lstm_ref.a."""
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: c/one}, {file: c/two}]\n")
    (tmp_path / "index.md").write_text("# Book\n")
    shutil.copytree(
        ROOT / "website" / "extensions",
        tmp_path / "website" / "extensions",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    package = tmp_path / "lstm_ref"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("WORD = 'first'\n")
    (package / "b.py").write_text("from .a import WORD\n")
    (package / "other.py").write_text("")
    write_notebook(tmp_path / "c/one.ipynb", code("from lstm_ref.b import WORD\nprint(WORD)"))
    write_notebook(tmp_path / "c/two.ipynb", code("print('alone')"))
    return tmp_path


def build(book):
    command = [Path(sys.executable).with_name("jupyter-book"), "build", book, "-W", "-n", "--keep-going"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf8")


def executed(process):
    return sorted(line.split(".ipynb")[0][-3:] for line in process.stdout.splitlines() if "Executed notebook" in line)


@pytest.fixture(scope="module")
def honest(extension):
    return extension("honest_build")


def test_only_what_changed_is_written_and_runs_again(book):
    """Nothing, a style sheet, a module that one notebook imports."""
    (book / "_static").mkdir()
    sheet, config = book / "_static/course.css", book / "_config.yml"
    sheet.write_text("p { color: red }")
    config.write_text(config.read_text().replace("html_static_path: []", "html_static_path: [_static]"))
    first = build(book)
    assert first.returncode == 0, first.stdout
    assert executed(first) == ["one", "two"]
    again = build(book)
    assert executed(again) == []
    assert "writing output" in first.stdout and "[100%]" not in again.stdout, "nothing changed: no page is written"

    sheet.write_text("p { color: blue }")
    again = build(book)
    assert "blue" in (book / "_build/html/_static/course.css").read_text()
    assert executed(again) == []

    (book / "lstm_ref/a.py").write_text("WORD = 'second'\n")
    again = build(book)
    assert again.returncode == 0, again.stdout
    assert executed(again) == ["one"]
    assert "second" in (book / "_build/html/c/one.html").read_text()


def test_what_is_wrong_is_said_every_time(book):
    """A notebook that fails, and a reference to nothing: a warning each, in a second run too."""
    write_notebook(book / "c/two.ipynb", code("1 / 0"))
    (book / "index.md").write_text("# Book\n\nSee {ref}`nowhere`.\n")
    for attempt in (1, 2):
        process = build(book)
        assert process.returncode != 0, f"run {attempt} is green"
        assert "c/two.ipynb: WARNING: Executing notebook failed" in process.stdout
        assert "nowhere" in process.stdout
    write_notebook(book / "c/two.ipynb", code("1 / 1"))
    (book / "index.md").write_text("# Book\n")
    mended = build(book)
    assert mended.returncode == 0, mended.stdout
    assert executed(mended) == ["two"]  # the other one was cached even by the failed run


def test_digest_sees_what_the_page_depends_on(book, honest):
    notebook = book / "c/one.ipynb"
    seen = {honest.notebook_digest(notebook, book)}

    def changed():
        before = len(seen)
        seen.add(honest.notebook_digest(notebook, book))
        return len(seen) > before

    assert not changed()
    (book / "lstm_ref/other.py").write_text("x = 1\n")  # nobody imports it
    assert not changed()
    (book / "lstm_ref/b.py").write_text("from .a import WORD  # a comment changes nothing\n")
    assert not changed()
    (book / "lstm_ref/a.py").write_text("WORD = 'first'\n\n\ndef unused():\n    pass\n")
    assert not changed()
    (book / "lstm_ref/b.py").write_text("from .a import WORD\nprint('imported')\n")
    assert changed()
    (book / "lstm_ref/__init__.py").write_text("import math\n")
    assert changed()
    (book / "lstm_ref/weights.json").write_text("[1]")
    assert changed()
    write_notebook(notebook, code("from lstm_ref.b import WORD\nprint(WORD)", tags=["remove-output"]))
    assert changed()
    (book / "lstm_ref/a.js").write_text("draw(1);")
    assert changed()
    (book / "lstm_ref/a.js").write_text("draw(2);")
    assert changed()
    (book / "lstm_ref/shared.css").write_text("svg { width: 100% }")
    assert changed()
    (book / "lstm_ref/look.mplstyle").write_text("font.size: 11")
    assert changed()
    (book / "lstm_ref/other.js").write_text("the script of a module that nobody imports")
    assert not changed()
    write_notebook(notebook, code("%time 1"))  # no plain Python: no dependence, and no crash
    assert changed()


def test_a_notebook_that_shows_a_check_depends_on_its_tests(book, honest):
    for folder, text in [("autograde", ""), ("tests/exercises/one", "from lstm_ref.a import WORD\n")]:
        (book / folder).mkdir(parents=True)
        (book / folder / ("__init__.py" if folder == "autograde" else "test_exercises.py")).write_text(text)
    hidden = code("from autograde import check"), new_code_cell("check(f)", metadata={"tags": ["remove-output"]})
    for cells, digests in [((code("from autograde import check\ncheck(f)"),), 3), (hidden, 1)]:
        write_notebook(book / "c/one.ipynb", *cells)
        (book / "lstm_ref/a.py").write_text("WORD = 'first'\n")
        (book / "tests/exercises/one/test_exercises.py").write_text("from lstm_ref.a import WORD\n")
        seen = {honest.notebook_digest(book / "c/one.ipynb", book)}
        (book / "lstm_ref/a.py").write_text("WORD = 'third'\n")
        seen.add(honest.notebook_digest(book / "c/one.ipynb", book))
        (book / "tests/exercises/one/test_exercises.py").write_text("from lstm_ref.a import WORD\nassert WORD\n")
        seen.add(honest.notebook_digest(book / "c/one.ipynb", book))
        assert len(seen) == digests, "what the page does not show matters to nobody"


PAGE = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# Three

```{code-cell} ipython3
import json, sys; sys.path.insert(0, "..")
from lstm_ref.results import FILE
print(json.loads(FILE.read_text())["word"])
```
"""


def test_a_page_runs_again_when_the_results_it_reads_change(book):
    """A page of Markdown with code cells, too; and a notebook that reads none does not."""
    (book / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters: [{file: c/one}, {file: c/two}, {file: c/three}]\n"
    )
    (book / "lstm_ref/results.py").write_text(
        f"from pathlib import Path\nFILE = Path({str(book)!r}, 'research/results/x.json')\n"
    )
    (book / "research/results").mkdir(parents=True)
    (book / "research/results/x.json").write_text('{"word": "before"}')
    (book / "c/three.md").write_text(PAGE)
    first = build(book)
    assert first.returncode == 0, first.stdout
    assert "before" in (book / "_build/html/c/three.html").read_text()
    assert "Executed notebook" not in build(book).stdout

    (book / "research/results/x.json").write_text('{"word": "after"}')
    again = build(book)
    assert again.returncode == 0, again.stdout
    assert [line.rpartition("c/")[2][:8] for line in again.stdout.splitlines() if "Executed notebook" in line] == [
        "three.md"
    ]
    assert "after" in (book / "_build/html/c/three.html").read_text()


def test_definitions_are_searched_only_where_a_source_has_changed(book, honest, monkeypatch):
    docs = {"c/one": book / "c/one.ipynb", "c/two": book / "c/two.ipynb"}
    config = SimpleNamespace(nb_execution_mode="cache", nb_execution_cache_path=str(book / "cache"), language="en")
    app = SimpleNamespace(config=config, outdir=book / "_build/html", srcdir=book)
    searched, search = [], honest.notebook_digest
    monkeypatch.setattr(honest, "notebook_digest", lambda path, root: searched.append(path.stem) or search(path, root))

    def outdated():
        searched.clear()
        env = SimpleNamespace(found_docs={*docs}, doc2path=docs.__getitem__)
        env.course_digests = getattr(app, "digests", {})
        found = honest.drop_outdated_outputs(app, env, set(), set(), set())
        app.digests = env.course_digests
        return found, sorted(searched)

    assert outdated()[1] == ["one", "two"]
    assert outdated() == ([], [])
    (book / "lstm_ref/a.py").write_text("WORD = 'second'\n")
    assert outdated() == (["c/one"], ["one", "two"])
    config.language = "zh_CN"  # another edition has pages of its own
    assert outdated()[1] == ["one", "two"]
