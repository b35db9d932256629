"""A class with everything that lies in a real folder of submissions, and a few things that do so on purpose."""

import csv
import io
import json
import os
import re
import zipfile
from pathlib import Path

import jsonschema
import pytest

from autograde import commands
from autograde.batch import reading
from autograde.batch.grader import Grader, Settings
from autograde.batch.inbox import Handin, collect
from autograde.batch.owner import owner_of
from autograde.batch.pool import grade_class
from autograde.batch.times import handed_in, read_times, timestamp
from autograde.course import Course
from autograde.problem import Problem
from autograde.reports.data import SCHEMA
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.sandbox.sandbox import Sandbox
from lstm_ref.course_folder import course_folder

pytestmark = pytest.mark.slow

ROOT = course_folder()

HEAD = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n    "
RIGHT = HEAD + "return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"
NO_BIAS = HEAD + "return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T)"
STUB = HEAD + 'raise NotImplementedError("Exercise 1.1")'
CHAPTER = "01_recurrence"
# Two exercises in a style of somebody's own, long enough to tell: copied, they would be alike whatever the names.
LONG = """
def embed({a}, W_e):
    # {note}
    {out} = np.empty((*{a}.shape, W_e.shape[1]), dtype=W_e.dtype)
    for {t} in range({a}.shape[0]):
        for {n} in range({a}.shape[1]):
            {out}[{t}, {n}] = W_e[{a}[{t}, {n}]]
    return {out}

def embed_backward(dx, {a}, V):
    {out} = np.zeros((V, dx.shape[2]), dtype=dx.dtype)
    for {t} in range({a}.shape[0]):
        for {n} in range({a}.shape[1]):
            {out}[{a}[{t}, {n}]] = {out}[{a}[{t}, {n}]] + dx[{t}, {n}]
    return {out}
"""
LATE = "2026-11-20T10:00+00:00"


def published(*names):
    """The course's own answers, copied from solutions/."""
    cells = json.loads((ROOT / "solutions" / f"{CHAPTER}.ipynb").read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["id"] in names]


def notebook(*sources, chapter=CHAPTER):
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in ("import numpy as np", *sources)]
    return json.dumps({"cells": cells, "metadata": {"course": {"chapter": chapter}}, "nbformat": 4}).encode()


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def fill(folder):
    """The class; each entry's name says whose it is, and the comment what it is for."""
    files = {
        "anna.ipynb": notebook(RIGHT),
        "bert.ipynb": notebook(NO_BIAS),
        "untouched.ipynb": notebook(STUB),
        "also untouched.ipynb": notebook(STUB),
        "corrupt.ipynb": b'{"cells": [',
        "not of this course.ipynb": notebook("x = 1", chapter="x"),
        "=cmd()\nnewline.ipynb": notebook(RIGHT, "# of her own"),
        "copy of anna.ipynb": notebook(RIGHT),
        "maria.ipynb": notebook(LONG.format(a="tokens", out="x", t="t", n="n", note="mine")),
        "mario.ipynb": notebook(LONG.format(a="w", out="rows", t="i", n="j", note="and mine, of course")),
        "deep.ipynb": notebook("x = " + "(" * 5000 + ")" * 5000, "y = " + "-" * 20000 + "1", RIGHT),
        "loop.ipynb": notebook(HEAD + "while True: pass"),
        "exit.ipynb": notebook("import os\n" + HEAD + "os._exit(0)"),
        "bomb.zip": zipped(**{f"a__{CHAPTER}.ipynb": b" " * 3_000_000}),
        "slip.zip": zipped(**{f"..__..__{CHAPTER}.ipynb": notebook(RIGHT)}),
        "broken.zip": b"PK\x03\x04 no zip",
        "essay.pdf": b"%PDF",
        "Eva Moll_4711_assignsubmission_file_/work.ipynb": notebook(RIGHT),
        "Eva Moll_4711_assignsubmission_file_/.ipynb_checkpoints/work-checkpoint.ipynb": notebook(NO_BIAS),
        f"Flo Flat_4712_assignsubmission_file_{CHAPTER}.ipynb": notebook(RIGHT, "# flo"),
        f"canvasstudent_LATE_77_8801_{CHAPTER}.ipynb": notebook(RIGHT, "# c"),
        "canvasstudent_LATE_77_8802_02_gates.ipynb": notebook("def sigmoid(z):\n    return z", chapter="02_gates"),
        "zipper/inner.zip": zipped(**{f"x__{CHAPTER}.ipynb": notebook(NO_BIAS, "# z"), "__MACOSX__._x.ipynb": b"x"}),
        "reader.ipynb": notebook(*published("ex-1-2-answer", "ex-1-5-answer")),
        "twice/old.ipynb": notebook(NO_BIAS, "# t"),
        "twice/new.ipynb": notebook(RIGHT, "# t"),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (timestamp("2026-11-19T10:00+00:00", ""),) * 2)
    os.utime(folder / "twice/new.ipynb", (timestamp("2026-11-21T10:00+00:00", ""),) * 2)
    with open(folder / "huge.ipynb", "wb") as stream:
        stream.truncate(100 * 2**20)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "linked.ipynb").symlink_to("/etc/passwd")
    (folder / "loops").mkdir()
    (folder / "loops" / "again").symlink_to(folder / "loops")
    (folder / ".hidden.ipynb").write_bytes(b"x")


class Class:
    """A folder of submissions, and what `autograde batch` makes of it."""

    def __init__(self, root):
        self.root, self.folder, self.out = root, root / "in", root / "grades.csv"
        self.folder.mkdir()

    def run(self, *more):
        code = commands.main(["batch", str(self.folder), "--out", str(self.out), *more])
        self.rows = {row["student"]: row for row in csv.DictReader(io.StringIO(self.out.read_bytes().decode()))}
        return code

    def card(self, student):
        [path] = [p for p in (self.root / "grades").glob("*.json") if f"{student}-" in p.name]
        return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    school = Class(tmp_path_factory.mktemp("school"))
    fill(school.folder)
    school.code = school.run("--workers", "2", "--due", LATE, "--seed", "3", "--time-limit", "3")
    return school


def test_every_student_has_a_row_and_nobody_is_marked_for_what_could_not_be_read(school):
    assert school.code == 1
    problems = {student: row["problem"] for student, row in school.rows.items() if row["problem"]}
    said = {
        "corrupt": "not a notebook that can be read",
        "not of this course": "no notebook of this course",
        "huge": "clear its outputs",
        "pipe": "no ordinary file",
        "linked": "is a link, which is not followed",
        "loops": "is a link, which is not followed",
        "broken": "not a zip that can be read",
        "essay": "No notebook was handed in, but essay.pdf",
        "bomb": "not a notebook that can be read",
    }
    assert set(problems) == set(said)
    for student, words in said.items():
        assert words in problems[student]
        assert school.rows[student]["points"] == "" and school.rows[student]["1.1 rnn_step"] == ""


def test_marks_are_what_was_deserved_and_the_same_exercises_count_for_all(school):
    marks = {student: row["points"] for student, row in school.rows.items() if not row["problem"]}
    full = {"anna", "copy of anna", "'=cmd() newline", "deep", "slip", "Eva Moll", "Flo Flat", "canvasstudent", "twice"}
    none = {"bert", "untouched", "also untouched", "loop", "exit", "zipper"}
    assert marks == {**dict.fromkeys(full, "2"), **dict.fromkeys(none, "0"), "maria": "5", "mario": "5", "reader": "8"}
    assert {row["max_points"] for row in school.rows.values()} == {"44"}  # chapters 1 and 2: somebody has handed in 2
    assert school.rows["untouched"]["1.1 rnn_step"] == "" and school.rows["bert"]["1.1 rnn_step"] == "0"
    assert {row["seed"] for row in school.rows.values()} == {"3", ""}
    assert "still running after 3 seconds" in school.card("loop")["exercises"][0]["message"]


def test_names_of_platforms_are_taken_apart(school):
    assert school.rows["Eva Moll"]["id"] == "4711" and school.rows["canvasstudent"]["id"] == "77"
    assert owner_of("Group 3_9_assignsubmission_onlinetext", True).student == "Group 3"
    assert owner_of("lopezana_12_345_my_file-1.ipynb").file == "my_file-1.ipynb"
    black = owner_of("Week 1_ab123_attempt_2026-11-20-10-15-30_work.ipynb")
    assert (black.student, black.file) == ("ab123", "work.ipynb") and black.time
    assert owner_of("anna_maria.ipynb").student == "anna_maria"


def test_a_formula_and_a_newline_in_a_name_are_harmless(school):
    assert "'=cmd() newline" in school.rows
    assert all(re.fullmatch(r"[A-Za-z0-9-]+\.json|_class\.json", p.name) for p in (school.root / "grades").iterdir())


def test_late_work_is_flagged_by_the_platform_and_by_the_clock(school):
    late = {student for student, row in school.rows.items() if row["late"] == "yes"}
    assert late >= {"canvasstudent", "twice"} and "anna" not in late


def test_of_two_notebooks_the_newest_counts_and_it_is_said(school):
    assert "more than once; the newest counts: new.ipynb" in school.rows["twice"]["notes"]


def test_the_same_file_and_like_answers_are_flagged_and_untouched_ones_are_not(school):
    same = {student: row["same_file_as"] for student, row in school.rows.items() if row["same_file_as"]}
    assert same["anna"].split("; ") == ["copy of anna", "Eva Moll", "slip"]
    assert "untouched" not in same
    alike = {student: row["alike"] for student, row in school.rows.items() if row["alike"]}
    assert alike == {"maria": "mario (1.3, 1.4)", "mario": "maria (1.3, 1.4)"}
    as_published = {student: row["as_published"] for student, row in school.rows.items() if row["as_published"]}
    assert as_published == {"reader": "1.2; 1.5"}


def test_every_json_is_what_the_schema_says(school):
    schema = json.loads(SCHEMA.read_text())
    paths = [p for p in (school.root / "grades").glob("*.json") if not p.name.startswith("_")]
    assert len(paths) == len(school.rows)
    for path in paths:
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), schema)


def test_the_summary_counts_and_names_mistakes(school):
    page = school.out.with_suffix(".html").read_text(encoding="utf-8")
    assert "leaves out the bias (2)" in page and "essay.pdf" in page and "<script" not in page


def test_nothing_of_a_zip_is_ever_written(school):
    assert sorted(p.name for p in school.root.iterdir()) == ["grades", "grades.csv", "grades.html", "in"]


def test_a_second_run_grades_only_what_has_changed(school, monkeypatch):
    graded = []

    def noting(todo, *rest):
        graded.extend(handin.student for handin in todo)
        return grade_class(todo, *rest)

    monkeypatch.setattr("autograde.commands.batch.grade_class", noting)
    before = school.out.read_bytes()
    school.run("--due", LATE, "--time-limit", "3")  # the seed is that of the run before
    assert graded == [] and school.out.read_bytes() == before
    (school.folder / "bert.ipynb").write_bytes(notebook(RIGHT, "# mended"))
    [broken] = (school.root / "grades").glob("anna-*.json")
    broken.write_text(broken.read_text()[:100])  # as a machine that lost its power may leave it
    school.run("--due", LATE, "--time-limit", "3")
    assert sorted(graded) == ["anna", "bert"] and school.rows["bert"]["points"] == "2"
    assert school.rows["anna"]["points"] == "2"


def test_a_batch_that_is_stopped_keeps_what_is_graded(tmp_path, monkeypatch, capsys):
    school = Class(tmp_path)
    for name in ("a", "b"):
        (school.folder / f"{name}.ipynb").write_bytes(notebook(RIGHT))

    def stopped(todo, *rest):
        for number, done in enumerate(grade_class(todo, *rest)):
            if number == 1:
                raise KeyboardInterrupt
            yield done

    monkeypatch.setattr("autograde.commands.batch.grade_class", stopped)
    assert commands.main(["batch", str(school.folder), "--out", str(school.out)]) == 130
    assert "1 of 2 are graded and kept" in capsys.readouterr().out and not school.out.exists()
    monkeypatch.undo()
    assert school.run() == 0 and school.rows["b"]["points"] == "2"
    assert "1 of 2 are graded already" in capsys.readouterr().out


def test_a_worker_that_dies_or_hangs_costs_its_submission_only(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.ipynb").write_bytes(notebook(RIGHT))
    settings = Settings(str(ROOT), (), ("1.1",), 1, 1.0, True)
    monkeypatch.setattr("autograde.batch.pool._worker_loop", _dies_at_b)
    monkeypatch.setattr("autograde.batch.pool.START_S", 20.0)
    outcomes = {handin.student: outcome for handin, outcome in grade_class(collect(tmp_path), settings, 1, 1)}
    assert "died" in outcomes["b"]["problem"] and outcomes["b"]["content"] == ""
    assert [outcomes[name]["problem"] for name in "ac"] == ["", ""]


def _dies_at_b(connection, settings):
    while (handin := connection.recv()) is not None:
        if handin.student == "b":
            os.abort()
        connection.send({"problem": ""})


def test_without_its_sandbox_nobody_gets_a_mark(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").write_bytes(notebook(RIGHT))
    monkeypatch.setattr("autograde.batch.grader.Sandbox", lambda _: _Gone(allow_isolation=False))
    grader = Grader(Settings(str(ROOT), (), ("1.1",), 1, 1.0, True))
    outcome = grader.grade(collect(tmp_path)[0])
    grader.close()
    assert outcome["card"] is None and "could not be started: gone" in outcome["problem"] and outcome["content"] == ""


class _Gone(Sandbox):
    """A sandbox whose fork server has ended and cannot be started again."""

    isolated, reason = True, ""

    def _open(self, seconds):
        raise NoSandbox("gone")


def test_what_vanishes_between_listing_and_reading_is_a_note(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(b"x")
    [handin] = collect(tmp_path)
    (tmp_path / "a.ipynb").unlink()
    assert "cannot be read: No such file" in reading.read(handin, Course()).problem
    (tmp_path / "a.ipynb").symlink_to("/etc/hostname")
    assert "cannot be read" in reading.read(handin, Course()).problem  # a link put in its place is not followed


def test_a_zip_is_read_no_further_than_a_notebook_may_be_long(tmp_path, monkeypatch):
    monkeypatch.setattr("autograde.batch.reading.SIZE_CAP", 1000)
    (tmp_path / "a.zip").write_bytes(zipped(**{f"{CHAPTER}.ipynb": b" " * 10**7}))
    assert "clear its outputs" in reading.read(collect(tmp_path)[0], Course()).problem


def test_times_come_from_a_table_where_there_is_one(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("Student,Time\nAnna,2026-11-20T12:00\n77,\n")
    times = read_times(path)
    assert handed_in(Handin("anna", time=1.0), times) == timestamp("2026-11-20T12:00", "")
    assert handed_in(Handin("bert", "77", time=1.0), times) == 1.0
    path.write_text("who,when\nAnna,2026\n")
    with pytest.raises(Problem, match="needs a column"):
        read_times(path)
    path.write_text("student,time\nAnna,soon\n")
    with pytest.raises(Problem, match="times.csv:2"):
        read_times(path)


def test_what_is_not_ours_is_not_overwritten(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ipynb").write_bytes(notebook(RIGHT))
    (tmp_path / "grades.csv").write_text("mine")
    assert commands.main(["batch", str(tmp_path / "in"), "--out", str(tmp_path / "grades.csv")]) == 2
    assert "was not written by this command" in capsys.readouterr().err
    assert Path(tmp_path / "grades.csv").read_text() == "mine"
