"""The command line, as a learner and a teacher type it."""

import json
import os
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from autograde.course import Course
from autograde.reports.data import SCHEMA
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

COURSE = Course()
FIRST = COURSE.chapters[0]


def run(*args, folder=ROOT):
    """Type `pytest tests/exercises …` and give what came: exit code and text."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(ROOT / "tests" / "exercises"),
        "-p",
        "no:cacheprovider",
        *map(str, args),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, "COLUMNS": "120"})
    return done.returncode, done.stdout + done.stderr


def scorecard(tmp_path, *args):
    code, text = run("--scorecard", tmp_path / "card.json", *args)
    return code, text, json.loads((tmp_path / "card.json").read_text())


@pytest.fixture
def stub_folder(tmp_path, monkeypatch):
    """The chapters as they are handed out, whatever a learner did with chapters/ since."""
    monkeypatch.syspath_prepend(ROOT / "tools")
    from notebooks.chapter import chapter_notebook
    from notebooks.course import read_course
    from notebooks.notebook import as_text

    folder = tmp_path / "chapters"
    folder.mkdir()
    for chapter in read_course(ROOT):
        (folder / f"{chapter.stem}.ipynb").write_text(as_text(chapter_notebook(chapter)), encoding="utf-8")
    return folder


def test_solutions_get_full_marks(tmp_path):
    code, text, card = scorecard(tmp_path)
    assert code == 0, text
    assert card["points"] == card["max_points"] == sum(e.points for e in COURSE.exercises)
    assert card["isolated"] is True
    assert [e["id"] for e in card["exercises"]] == [e.id for e in COURSE.exercises]
    assert set(card["exercises"][0]) == {"id", "name", "points", "max_points", "status", "diagnosis", "message"}
    assert {e["status"] for e in card["exercises"]} == {"passed"}


def test_untouched_chapters_get_nothing_and_no_traceback(tmp_path, stub_folder):
    code, text, card = scorecard(tmp_path, "--submission", stub_folder)
    assert code == 1
    assert card["points"] == 0 and {e["status"] for e in card["exercises"]} == {"not_attempted"}
    assert text.count("not attempted") >= len(COURSE.exercises)
    assert "Traceback" not in text and "NotImplementedError" not in text


def test_one_wrong_answer_costs_one_exercise(tmp_path):
    notebook = json.loads((ROOT / "solutions" / f"{FIRST}.ipynb").read_text())
    source = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    while True: pass"
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": source})
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook))
    code, text, card = scorecard(tmp_path, "--submission", path, "--time-limit", 1)
    wrong = [e for e in card["exercises"] if e["status"] != "passed"]
    assert code == 1 and [e["name"] for e in wrong] == ["rnn_step"]
    assert "still running after 1 seconds" in wrong[0]["message"]
    assert len(card["exercises"]) == len(COURSE.of_chapter(FIRST))


def one_line(args, folder=ROOT):
    code, text = run(*args, folder=folder)
    assert code == 4 and "Traceback" not in text
    lines = [line for line in text.splitlines() if line.startswith("ERROR: ")]
    assert len(lines) == 1 and len(text.strip().splitlines()) <= 2, text
    return lines[0]


def test_what_cannot_be_graded_is_one_clear_line(tmp_path):
    assert "no such file" in one_line(["--submission", tmp_path / "nowhere.ipynb"])
    (tmp_path / "corrupt.ipynb").write_text('{"cells": [')
    assert "not a notebook that can be read" in one_line(["--submission", tmp_path / "corrupt.ipynb"])
    (tmp_path / "other.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    assert "no notebook of this course" in one_line(["--submission", tmp_path / "other.ipynb"])
    assert "did you mean rnn_step?" in one_line(["--exercise", "rnn_stpe"])


def test_one_exercise_alone_by_id_or_by_name(tmp_path):
    for key in ("1.1", "rnn_step"):
        _, _, card = scorecard(tmp_path, "--exercise", key)
        assert [e["name"] for e in card["exercises"]] == ["rnn_step"]


def test_without_a_sandbox_others_work_is_refused_unless_allowed(tmp_path):
    mine = tmp_path / f"{FIRST}.ipynb"
    shutil.copy(ROOT / "solutions" / f"{FIRST}.ipynb", mine)
    code, text = run("--submission", mine, "--no-sandbox")
    assert code == 4 and "--allow-unsandboxed" in text and "Traceback" not in text
    code, text, card = scorecard(
        tmp_path, "--submission", mine, "--no-sandbox", "--allow-unsandboxed", "--exercise", "1.1"
    )
    assert code == 0 and card["isolated"] is False and "not isolated" in text


def test_the_printed_seed_gives_the_same_words_again(tmp_path, stub_folder):
    notebook = json.loads((stub_folder / f"{FIRST}.ipynb").read_text())
    source = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    return np.tanh(x_t @ W_ih.T + 0.9 * h_prev @ W_hh.T + b)"
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": source})
    (tmp_path / "mine.ipynb").write_text(json.dumps(notebook))
    said = []
    for seed in (7, 7, 8):
        card = scorecard(tmp_path, "--submission", tmp_path / "mine.ipynb", "--exercise", "1.1", "--seed", seed)[2]
        said.append(card["exercises"][0]["message"])
    assert said[0] == said[1] != said[2]


def test_every_exercise_stands_on_the_scorecard_though_the_run_stops_early(tmp_path, stub_folder):
    notebook = json.loads((stub_folder / f"{FIRST}.ipynb").read_text())
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": "def rnn_step(*_):\n    return 1"})
    (stub_folder / f"{FIRST}.ipynb").write_text(json.dumps(notebook))
    code, text, card = scorecard(tmp_path, "--submission", stub_folder, "-x")
    assert card["max_points"] == sum(e.points for e in COURSE.exercises)
    assert card["exercises"][0]["status"] == "failed"
    assert card["exercises"][-1]["message"] == "Not graded: the run ended before."


def test_pytests_own_junit_tells_wrong_from_not_attempted(tmp_path, stub_folder):
    notebook = json.loads((stub_folder / f"{FIRST}.ipynb").read_text())
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": "def rnn_step(*_):\n    return 1"})
    (tmp_path / f"{FIRST}.ipynb").write_text(json.dumps(notebook))
    code, _ = run("--submission", tmp_path / f"{FIRST}.ipynb", "--junitxml", tmp_path / "junit.xml")
    cases = {case.get("name"): case for case in ET.parse(tmp_path / "junit.xml").getroot().iter("testcase")}
    assert code == 1 and len(cases) == len(COURSE.of_chapter(FIRST))
    assert "1.1 rnn_step   0 / 2" in cases["test_rnn_step"].find("failure").text
    assert cases["test_rnn_forward"].find("skipped").get("message") == "Not attempted."
    points = {p.get("name"): p.get("value") for p in cases["test_rnn_step"].iter("property")}
    assert points["points"] == "0" and points["max_points"] == "2" and points["status"] == "failed"


def test_the_card_is_the_one_of_the_schema(tmp_path, stub_folder):
    _, _, card = scorecard(tmp_path, "--submission", stub_folder, "--exercise", "1.1")
    jsonschema.validate(card, json.loads(SCHEMA.read_text()))


def test_neither_the_grader_nor_the_reference_imports_torch():
    code = "import sys, autograde, autograde.plugin, lstm_ref; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
