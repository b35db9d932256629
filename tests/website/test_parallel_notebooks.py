"""website/extensions/parallel_notebooks.py: the cache is full before a page is read, failures are reported."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
title: A book
only_build_toc_files: true
exclude_patterns: [_build, website]
execute: {execute_notebooks: cache, exclude_patterns: ["kept/*"]}
sphinx:
  local_extensions: {parallel_notebooks: website/extensions}
  config: {html_static_path: []}
"""


def write(path, source, outputs=()):
    path.parent.mkdir(exist_ok=True)
    cell = new_code_cell(source, outputs=list(outputs))
    notebook = new_notebook(cells=[new_markdown_cell(f"# {path.stem}"), cell])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


@pytest.fixture
def book(tmp_path):
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters: [{file: c/one}, {file: c/two}, {file: kept/three}]\n"
    )
    (tmp_path / "index.md").write_text("# Book\n")
    extensions = tmp_path / "website" / "extensions"
    extensions.mkdir(parents=True)
    shutil.copy(ROOT / "website/extensions/parallel_notebooks.py", extensions)
    write(tmp_path / "c/one.ipynb", "print(20 + 1)")
    write(tmp_path / "c/two.ipynb", "print(20 + 2)")
    shown = nbformat.v4.new_output("stream", name="stdout", text="as stored\n")
    write(tmp_path / "kept/three.ipynb", "print('anew')", [shown])
    return tmp_path


def build(book):
    command = [Path(sys.executable).with_name("jupyter-book"), "build", book, "-W", "-n", "--keep-going"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf8")


def page(book, name):
    return (book / f"_build/html/{name}.html").read_text("utf8")


def test_notebooks_are_executed_ahead_and_only_once(book):
    first = build(book)
    assert first.returncode == 0, first.stdout
    for said in ("executing 2 notebooks", "c/one.ipynb begins", "c/two.ipynb begins", "0 left", "2 notebooks took"):
        assert said in first.stdout, "what is running, how much is left, and how long all of it took"
    assert "Executed notebook" not in first.stdout, "myst-nb finds them in the cache"
    assert "21" in page(book, "c/one") and "22" in page(book, "c/two")
    assert "as stored" in page(book, "kept/three")
    again = build(book)
    assert again.returncode == 0 and "executing" not in again.stdout


def test_a_notebook_that_fails_fails_the_build_and_is_named(book):
    write(book / "c/two.ipynb", "1 / 0")
    process = build(book)
    assert process.returncode != 0
    assert "c/two.ipynb: WARNING: Executing notebook failed" in process.stdout
    assert "21" in page(book, "c/one")


def test_a_kernel_that_does_not_start_is_started_again(book, extension, monkeypatch):
    """Kernels that start at the same time may choose the same port; one that never starts is left to myst-nb."""
    module, starts = extension("parallel_notebooks"), []

    def single_nb_execution(notebook, **options):
        starts.append(options["cwd"])
        if len(starts) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return "ran"

    monkeypatch.setattr(module, "single_nb_execution", single_nb_execution)
    assert module.execute(book / "c/one.ipynb", 60)[1] == "ran" and len(starts) == 2

    def never_starts(notebook, **options):
        raise RuntimeError("it did not start")

    monkeypatch.setattr(module, "single_nb_execution", never_starts)
    assert "did not start" in str(module.execute(book / "c/one.ipynb", 60)[1].err)


def test_the_notebook_that_took_longest_begins_first(tmp_path, extension):
    """One that never ran begins before those that did, the larger before the smaller."""
    for name, size in [("quick", 50), ("slow", 10), ("new", 5), ("large", 70)]:
        (tmp_path / f"{name}.ipynb").write_text("x" * size)
    order = extension("parallel_notebooks").longest_first(
        sorted(tmp_path.glob("*")), {"quick.ipynb": 2.0, "slow.ipynb": 60.0}, tmp_path
    )
    assert [path.stem for path in order] == ["large", "new", "slow", "quick"]
