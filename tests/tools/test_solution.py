"""The worked answers, run by a real kernel."""

import re

import nbclient
import pytest
from jupyter_client.kernelspec import NoSuchKernel
from notebooks import solution

SOLUTION = "solutions/01_loops.ipynb"


@pytest.mark.notebooks
def test_what_a_page_of_solutions_holds(real_course):
    result = real_course.run()
    assert (result.status, result.err) == (0, [])
    sources = real_course.sources(SOLUTION)
    assert list(sources) == ["title", "imports"] + [
        f"ex-1-{n}-{what}" for n in (1, 2) for what in ("statement", "answer", "check", "mistakes")
    ]
    assert (
        sources["title"].startswith("# Loops: worked answers\n") and "(../chapters/01_loops.ipynb)" in sources["title"]
    )
    assert sources["imports"] == "import numpy as np\n\nfrom autograde import check, mistakes"
    assert sources["ex-1-1-statement"] == (
        "## 1.1 · `double`\n\n2 points · ●○○○○ · 10 minutes · about 1 line"
        " · {ref}`the exercise in the chapter <ex-double>`\n\nDouble it."
    )
    assert sources["ex-1-1-answer"].endswith("\n    return x + x")
    assert "{exercise}" not in "".join(sources.values())  # its label stands in the chapter already
    cells = {cell["id"]: cell for cell in real_course.notebook(SOLUTION)["cells"]}
    assert cells["ex-1-1-answer"]["metadata"]["tags"] == ["exercise"]
    stream = {"name": "stdout", "output_type": "stream"}
    assert cells["ex-1-1-check"]["outputs"] == [{**stream, "text": ["double passed\n"]}]
    assert cells["ex-1-2-mistakes"]["outputs"] == [{**stream, "text": ["twice_double has no mistakes\n"]}]
    assert [c["execution_count"] for c in cells.values() if c["cell_type"] == "code"] == list(range(1, 8))
    assert not re.search(r'"(execution|iopub[^"]*|shell[^"]*)":|"version"', real_course.read(SOLUTION))  # no times
    files = real_course.files()
    assert real_course.run("--execute").status == 0
    assert real_course.files() == files


@pytest.mark.notebooks
def test_a_solution_that_raises_names_the_cell_and_is_not_written(real_course):
    real_course.replace("autograde/__init__.py", 'print(function.__name__, "has no mistakes")', "return function.bank")
    result = real_course.run()
    assert result.status == 2 and len(result.err) == 1
    assert result.err[0].startswith(f"error: {SOLUTION}: cell 6 (ex-1-1-mistakes): raises AttributeError: ")
    assert SOLUTION not in real_course.files()


@pytest.mark.notebooks
def test_a_solution_that_kills_its_kernel(real_course):
    real_course.replace("autograde/__init__.py", 'print(function.__name__, "passed")', "import os; os._exit(3)")
    result = real_course.run()
    assert result.status == 2
    assert len(result.err) == 1
    assert result.err[0].startswith(f"error: {SOLUTION}: cell 5 (ex-1-1-check): kills its kernel; correct")


@pytest.mark.notebooks
def test_a_solution_that_never_ends(real_course, monkeypatch):
    monkeypatch.setattr(solution, "CELL_TIMEOUT_S", 1)
    real_course.replace("autograde/__init__.py", 'print(function.__name__, "passed")', "import time; time.sleep(60)")
    result = real_course.run()
    assert result.status == 2
    assert len(result.err) == 1 and result.err[0].startswith(
        f"error: {SOLUTION}: cell 5 (ex-1-1-check): still runs after 1 s; correct"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoSuchKernel("python3"), "there is no Jupyter kernel python3: `make notebooks` installs it"),
        (RuntimeError("Kernel died before replying"), "its kernel does not start: Kernel died before replying; try"),
    ],
)
def test_a_kernel_that_does_not_start(real_course, monkeypatch, error, said):
    def execute(*_, **__):
        raise error

    monkeypatch.setattr(nbclient.NotebookClient, "execute", execute)
    result = real_course.run()
    assert result.status == 2 and len(result.err) == 1
    assert result.err[0].startswith(f"error: {SOLUTION}: {said}")


def test_answers_of_earlier_chapters_are_imported(course):
    course.write(
        "lstm_ref/more.py",
        course.read("lstm_ref/loop.py").replace("def double", "def quadruple").replace("x + x", "double(double(x))"),
    )
    source = course.read("course/01_loops/lesson.md").replace(
        "lstm_ref.loop import double", "lstm_ref.more import quadruple"
    )
    course.write(
        "course/02_more/lesson.md", source.replace(":tags: [exercise]\n\nfrom lstm_ref.loop import twice_double", "")
    )
    entry = course.read("course/01_loops/exercises.yml").partition('  - id: "1.2"')[0]
    course.write(
        "course/02_more/exercises.yml", entry.replace("loop.double", "more.quadruple").replace('"1.1"', '"2.1"')
    )
    assert course.run().err == []
    imports = course.sources("solutions/02_more.ipynb")["imports"]
    assert imports.endswith("import check, mistakes\n\nfrom lstm_ref.loop import double")
