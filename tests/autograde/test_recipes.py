"""The recipes, as far as they can be tried without the servers that they are for."""

import ast
import importlib.util
import json
import os
import re
import subprocess

import pytest
import yaml

from autograde.course import Course
from autograde.submissions.slicing import is_stub
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

RECIPES = ROOT / "autograde" / "recipes"
RIGHT = """import numpy as np
def rnn_step(x_t, h_prev, W_ih, W_hh, b):
    return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"""


@pytest.fixture
def gradescope(tmp_path):
    """A folder laid out as Gradescope lays it out; gives exit code and results of a submission's files."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "course").symlink_to(ROOT)
    (tmp_path / "results").mkdir()
    (tmp_path / "submission").mkdir()

    def run(**files):
        for name, text in files.items():
            (tmp_path / "submission" / f"{name}.ipynb").write_text(text)
        environment = {**os.environ, "AUTOGRADER": str(tmp_path), "CHAPTERS": "--chapter 1"}
        done = subprocess.run(
            [RECIPES / "gradescope" / "run_autograder"], env=environment, capture_output=True, text=True
        )
        path = tmp_path / "results" / "results.json"
        return done, json.loads(path.read_text()) if path.exists() else None

    return run


def test_gradescope_gets_points_and_words(gradescope):
    cells = [{"cell_type": "code", "metadata": {}, "source": RIGHT}]
    done, results = gradescope(work=json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    assert done.returncode == 0 and [test["score"] for test in results["tests"]] == [2, 0, 0, 0, 0, 0, 0]


def test_gradescope_is_told_why_a_submission_could_not_be_graded(gradescope):
    done, results = gradescope(work="{")
    assert done.returncode == 0 and results["score"] == 0 and "not a notebook that can be read" in results["output"]


def test_where_the_grader_is_at_fault_gradescope_gets_no_results(gradescope, monkeypatch):
    monkeypatch.setenv("UNSANDBOXED", "--no-sandbox")  # as a container without the right to a sandbox
    cells = [{"cell_type": "code", "metadata": {}, "source": RIGHT}]
    done, results = gradescope(work=json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    assert done.returncode == 1 and results is None and "--allow-unsandboxed" in done.stdout


def test_the_workflow_is_what_the_reporter_of_classroom_asks_for():
    flow = yaml.safe_load((RECIPES / "github" / "autograding.yml").read_text())
    assert flow["name"] == "Autograding Tests" and list(flow["jobs"]) == ["run-autograding-tests"]
    steps = flow["jobs"]["run-autograding-tests"]["steps"]
    [grade] = [step for step in steps if "autograde grade" in step.get("run", "")]
    report = steps[-1]
    assert report["with"]["runners"] == grade["id"]
    assert list(report["env"]) == [f"{grade['id'].upper()}_RESULTS"]
    assert subprocess.run(["bash", "-n", "-c", grade["run"]]).returncode == 0


@pytest.fixture(scope="module")
def make_source():
    spec = importlib.util.spec_from_file_location("make_source", RECIPES / "nbgrader" / "make_source.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nbgraders_source_holds_answers_that_its_release_does_not(make_source):
    course = Course()
    for stem in course.chapters:
        cells = make_source.source_notebook(course, stem)["cells"]
        marked = [(c["metadata"].get("nbgrader"), "".join(c["source"])) for c in cells if "nbgrader" in c["metadata"]]
        ids = [about["grade_id"] for about, _ in marked]
        assert len(set(ids)) == len(ids) == 2 * len(course.of_chapter(stem))
        for about, source in marked:
            tree = ast.parse(source)
            if about["solution"]:
                released = re.sub(
                    r"( *)### BEGIN SOLUTION.*?### END SOLUTION",
                    r"\1raise NotImplementedError()",
                    source,
                    flags=re.DOTALL,
                )
                assert not is_stub(tree.body[-1]) and is_stub(ast.parse(released).body[-1])
            else:
                assert ast.unparse(tree.body[-1]) == f"points({about['grade_id'].removeprefix('test_')})"
