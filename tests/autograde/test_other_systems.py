"""macOS and Windows, planted on Linux: the project runs without what these systems lack (see planted_platform)."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lstm_ref.course_folder import course_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these systems are planted on Linux; here one is real")

ROOT = course_folder()
PLANT = Path(__file__).with_name("planted_platform.py")
COURSE = "autograde course lstm_ref research tests/exercises tools translator website chapters solutions".split()
SEARCHED = ("autograde/inside", "tools", "website/extensions")  # their modules are imported by their bare names
NOT_ISOLATED = "not isolated: bubblewrap exists on Linux only"

HEAD = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    "
RIGHT = HEAD + "return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"
NO_BIAS = HEAD + "return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T)"
ENDLESS = HEAD + "while True: pass"
# A shell without a kernel, which would take seconds to start.
SHELL = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for source in sys.argv[1:]:
    shell.run_cell(source, store_history=True).raise_error()
"""
IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def planted(folder, platform, course):
    """A function that runs Python with arguments where the course's files see that platform."""
    spec = importlib.util.spec_from_file_location("planted_platform", PLANT)
    plant = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plant)
    python, variables = plant.interpreter(folder, platform, course)

    def run(*arguments, typed=None, **more):
        command = [python, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=course, env=variables | more, input=typed, capture_output=True, encoding="utf-8", check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return SimpleNamespace(status=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture(scope="module", params=["darwin", "win32"])
def run(request, tmp_path_factory):
    """Runs Python in the checkout on each planted platform."""
    return planted(tmp_path_factory.mktemp(request.param), request.param, ROOT)


def notebook(path, *sources):
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in ("import numpy as np", *sources)]
    course = {"course": {"chapter": "01_recurrence"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": course, "nbformat": 4}), encoding="utf-8")
    return path


def modules(*folders):
    """The modules in these folders, by the name that they are imported by."""
    for folder in folders:
        base = ROOT / folder
        for path in sorted(base.rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            if parts[-1] not in ("__init__", "__main__") and "benchmarks" not in parts:  # benchmarks are Linux's
                yield ".".join(parts if folder in SEARCHED else (folder, *parts))


def test_the_platform_is_planted_for_the_files_of_the_course_alone(run):
    """Else the other tests would see Linux and pass."""
    asked = "sys.platform, hasattr(socket, 'SO_PASSCRED'), hasattr(os, 'memfd_create')"
    assert run("-c", f"import os, socket, sys; print({asked})").out.split() == ["linux", "True", "True"]
    in_a_file = f"exec(compile({f'print({asked})'!r}, {str(ROOT / 'autograde' / 'text.py')!r}, 'exec'))"
    assert run("-c", f"import os, socket, sys; {in_a_file}").out.split()[1:] == ["False", "False"]


def test_a_check_names_the_mistake_and_says_that_nothing_isolates(run):
    start = "import numpy as np\nfrom autograde import check, hint, mistakes"
    said = run("-c", SHELL, start, NO_BIAS, "check(rnn_step)", RIGHT, "check(rnn_step)", 'hint("1.1")').out
    assert "1.1 rnn_step   0 / 2   wrong" in said and "bias" in said
    assert "1.1 rnn_step   2 / 2" in said and "Hint 1 of" in said
    assert said.count(f"({NOT_ISOLATED})") == 2


def test_own_work_is_graded_and_an_endless_loop_is_stopped(run, tmp_path):
    path, card, page = notebook(tmp_path / "01_recurrence.ipynb", ENDLESS), tmp_path / "c.json", tmp_path / "r.html"
    few = ["--exercise", "1.1", "--time-limit", "1", "--allow-unsandboxed"]
    done = run("-m", "autograde", "grade", path, *few, "--json", card, "--html", page)
    data = json.loads(card.read_text(encoding="utf-8"))
    assert done.status == 1 and not data["isolated"]
    assert "still running after 1 seconds" in data["exercises"][0]["message"]
    assert NOT_ISOLATED in page.read_text(encoding="utf-8")


def test_a_class_is_refused_until_it_is_trusted(run, tmp_path):
    for student, answer in {"Anna": RIGHT, "Ben": NO_BIAS}.items():
        notebook(tmp_path / "class" / student / "01_recurrence.ipynb", answer)
    command = ["-m", "autograde", "batch", tmp_path / "class", "--out", tmp_path / "grades.csv", "--exercise", "1.1"]
    refused = run(*command)
    assert refused.status == 3 and "--allow-unsandboxed" in refused.err
    assert run(*command, "--allow-unsandboxed").status == 0
    rows = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3 and rows[1].startswith("Anna,,2,2") and rows[2].startswith("Ben,,0,2")


def test_learners_and_authors_have_their_commands(run):
    assert run("-m", "autograde", "progress", "--chapter", "1").status == 0
    assert run("-m", "autograde", "doctor", "1.1").status == 0


@pytest.fixture(scope="module")
def windows(tmp_path_factory):
    """Runs Python on the planted Windows, in a checkout whose lines end as git ends them there."""
    root = tmp_path_factory.mktemp("course")
    for name in COURSE:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, root)
    for path in root.rglob("*.*"):
        if path.suffix in (".py", ".md", ".yml", ".ipynb", ".json", ".js", ".css"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return planted(tmp_path_factory.mktemp("windows"), "win32", root)


@pytest.mark.slow
def test_every_module_can_be_imported(windows):
    folders = ["autograde", "lstm_ref", "translator", "course", "research"]
    done = windows("-c", f"import sys; sys.path[:0] = {SEARCHED}{IMPORT}", *modules(*SEARCHED, *folders))
    assert done.status == 0, done.err


@pytest.mark.slow
def test_a_sentence_is_translated_in_a_pipe(windows):
    done = windows("-m", "translator", "translate", typed="I am a teacher.\n")
    assert done.status == 0 and re.search("[\u4e00-\u9fff]", done.out)


@pytest.mark.slow
def test_the_checkout_is_in_order_and_solutions_get_full_marks(windows, tmp_path):
    done = windows("tools/build_notebooks.py", "--check")
    assert done.status == 0, done.out
    assert windows("-m", "autograde", "grade", "solutions", "--json", tmp_path / "card.json").status == 0
    data = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert data["points"] == data["max_points"] and not data["isolated"]
    assert f"not isolated: {data['reason']}" == NOT_ISOLATED
