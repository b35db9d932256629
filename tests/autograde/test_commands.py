"""The command line, as a learner and a teacher type it."""

import ast
import json
import os
import subprocess
import sys
import tomllib

import jsonschema
import pytest

from autograde import commands
from autograde.reports.data import SCHEMA
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

RIGHT = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"
WRONG = "def embed(tokens, W_e):\n    return W_e[tokens] + 1"
OWN = ["batch", "grade", "progress"]


def notebook(*sources, chapter="01_recurrence"):
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in ("import numpy as np", *sources)]
    return json.dumps({"cells": cells, "metadata": {"course": {"chapter": chapter}}, "nbformat": 4})


@pytest.fixture
def folder(tmp_path):
    """A learner's folder: one exercise right, one wrong, the rest of one chapter open."""
    (tmp_path / "01_recurrence.ipynb").write_text(notebook(RIGHT, WRONG), encoding="utf-8")
    return tmp_path


def typed(capsys, *arguments):
    code = commands.main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_every_command_has_what_the_dispatcher_needs():
    assert set(OWN) <= set(commands.commands())
    for module in commands.commands().values():
        assert module.__doc__ and callable(module.add_arguments) and callable(module.run)


def test_python_m_autograde_and_the_script_are_the_same():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts["autograde"] == "autograde.commands:main"
    command = [sys.executable, "-m", "autograde", "--help"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "99"}
    )
    assert all(name in done.stdout for name in OWN)


def test_grade_writes_a_card_that_the_schema_allows(folder, capsys):
    path = folder / "card.json"
    notebook_path = folder / "01_recurrence.ipynb"
    code, out, _ = typed(capsys, "grade", notebook_path, "--json", path, "--seed", 4)
    card = json.loads(path.read_text())
    jsonschema.validate(card, json.loads(SCHEMA.read_text()))
    assert code == 1 and card["points"] == 2 and card["max_points"] == 20 and card["seed"] == 4 and card["isolated"]
    assert "1.3 embed" in out and "2 / 20" in out
    assert typed(capsys, "grade", notebook_path, "--exercise", "1.1")[0] == 0
    assert json.loads(typed(capsys, "grade", notebook_path, "--exercise", "1.1", "--json", "-")[1])["points"] == 2


def test_a_folder_is_asked_for_every_chapter_and_a_notebook_for_its_own(folder, capsys):
    _, out, _ = typed(capsys, "grade", folder, "--chapter", "1", "--chapter", "02_gates", "--json", "-")
    statuses = {e["id"]: e["status"] for e in json.loads(out)["exercises"]}
    assert statuses["1.1"] == "passed" and statuses["2.1"] == "not_attempted" and "3.1" not in statuses


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["grade", "nowhere.ipynb"], "no such file"),
        (["grade", ".", "--exercise", "rnn_stpe"], "did you mean rnn_step?"),
        (["grade", ".", "--chapter", "9"], "no chapter with exercises"),
        (["batch", "nowhere"], "no such folder"),
        (["batch", ".", "--out", "grades.csv"], "among the submissions"),
        (["batch", "chapters"], "one person"),
        (["batch", "chapters", "--due", "soon"], "is no date"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments, said, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    code, out, err = typed(capsys, *arguments)
    assert code == 2 and said in err and err.count("\n") == 1 and not out


def test_without_a_sandbox_others_work_is_refused_unless_allowed(folder, capsys):
    code, _, err = typed(capsys, "grade", folder, "--no-sandbox")
    assert code == 3 and "--allow-unsandboxed" in err
    arguments = "grade", folder, "--no-sandbox", "--allow-unsandboxed", "--exercise", "1.1"
    code, out, _ = typed(capsys, *arguments)
    assert code == 0 and "not isolated" in out
    (folder / "class").mkdir()
    (folder / "class" / "a.ipynb").write_text(notebook(RIGHT))
    assert typed(capsys, "batch", folder / "class", "--out", folder / "g.csv", "--no-sandbox")[0] == 3
    assert not (folder / "g.csv").exists()


def test_progress_shows_bars_what_is_wrong_a_hint_and_what_comes_next(folder, capsys):
    before = sorted(folder.rglob("*"))
    code, out, _ = typed(capsys, "progress", folder, "--chapter", "1")
    assert code == 0 and "2 / 20" in out and "1 of 7 exercises" in out and "█" in out
    assert "1.3 embed   0 / 2   wrong" in out and "hint 1 of" in out and "hint 2 of" not in out
    assert "Next: 1.2 rnn_forward in 01_recurrence.ipynb" in out
    assert "hint 2 of" in typed(capsys, "progress", folder, "--chapter", "1", "--hints", "2")[1]
    assert sorted(folder.rglob("*")) == before  # nothing is remembered


def test_modules_of_commands_import_no_pytest():
    for path in (ROOT / "autograde" / "commands").glob("*.py"):
        names = {
            a.name for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Import) for a in n.names
        }
        assert "pytest" not in names
