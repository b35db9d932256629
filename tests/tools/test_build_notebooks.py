"""The command: the same bytes every time, no work done twice, and `--check`."""

import os

import pytest

CHAPTER, SOLUTION = "chapters/01_loops.ipynb", "solutions/01_loops.ipynb"


def test_running_twice_changes_nothing(course):
    first = course.run()
    assert (first.status, first.err, course.runs) == (0, [], 1)
    assert [line for line in first.out if line.startswith("wrote")] == [f"wrote {CHAPTER}", f"wrote {SOLUTION}"]
    files = course.files()
    times = {name: os.stat(course.root / name).st_mtime_ns for name in files}
    second = course.run()
    assert (second.status, second.out, course.runs) == (0, ["chapters/ and solutions/ are up to date"], 1)
    assert course.files() == files
    assert times == {name: os.stat(course.root / name).st_mtime_ns for name in files}


def test_building_again_from_nothing_gives_the_same_bytes(course):
    course.run()
    files = course.files()
    for name in files:
        (course.root / name).unlink()
    course.run()
    assert course.files() == files and course.runs == 2
    assert all(text.endswith(b"}\n") and b"\r" not in text for text in files.values())


def test_inserting_a_cell_changes_no_other_id(course):
    course.run()
    before = course.sources(CHAPTER)
    cell = "```{code-cell} ipython3\nx = 1\n```\n"
    course.replace("course/01_loops/lesson.md", "Between.\n", f"Between.\n\n{cell}\n{cell}")
    course.run()
    after = course.sources(CHAPTER)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 2  # the same text twice has two ids


def test_changed_prose_changes_that_cell_only(course):
    course.run()
    before = course.sources(CHAPTER)
    course.replace("course/01_loops/lesson.md", "Between.", "In between.")
    course.run()
    after = course.sources(CHAPTER)
    assert [text for key, text in before.items() if key not in after] == ["Between."]
    assert [text for key, text in after.items() if key not in before] == ["In between."]
    assert course.runs == 1  # the solutions hold none of it


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("lstm_ref/loop.py", "x + x", "2 * x"),
        ("course/01_loops/exercises.yml", "Add it", "Add"),
        ("tests/exercises/01_loops/test_exercises.py", "# the tests", "# new tests"),
        ("tests/exercises/01_loops/wrong_answers.py", "# the bank", "# a new bank"),
    ],
)
def test_solutions_run_again_when_what_they_show_has_changed(course, file, old, new):
    course.run()
    course.replace(file, old, new)
    assert course.run("--check").out == [
        *([f"{CHAPTER}: stale; run python tools/build_notebooks.py"] if file.endswith("yml") else []),
        f"{SOLUTION}: stale; run python tools/build_notebooks.py",
    ]
    course.run()
    assert course.runs == 2
    course.run()
    assert course.runs == 2


def test_other_changes_to_the_reference_run_nothing(course):
    course.run()
    course.replace("lstm_ref/loop.py", "SCALE = 2", "SCALE = 3")
    assert course.run("--check").status == 0
    course.run()
    assert course.runs == 1


def test_execute_runs_again_and_gives_the_same_bytes(course):
    course.run()
    files = course.files()
    assert course.run("--execute").status == 0
    assert course.runs == 2 and course.files() == files


@pytest.mark.parametrize("change", ["outputs", "cleared", "none", "count", "answer"])
def test_a_solution_that_was_run_or_edited_by_hand_is_made_again(course, change):
    course.run()
    files = course.files()

    def alter(data):
        cell = data["cells"][3]
        if change == "outputs":
            cell["outputs"][0]["text"] = ["0.1 s\n"]
        elif change == "cleared":
            cell["outputs"] = []
        elif change == "none":
            cell["outputs"] = ["text"]
        elif change == "count":
            cell["execution_count"] = 17
        else:
            cell["source"] = ["pass"]

    course.edit(SOLUTION, alter)
    assert course.run("--check").out == [f"{SOLUTION}: stale; run python tools/build_notebooks.py"]
    course.run()
    assert course.files() == files


def test_a_solution_that_lost_its_metadata_is_written_without_a_run(course):
    course.run()
    files = course.files()
    course.edit(SOLUTION, lambda data: data["cells"][3]["metadata"].pop("nbgrader"))
    course.run()
    assert course.files() == files and course.runs == 1


def test_a_solution_that_cannot_be_read_is_made_again(course):
    course.run()
    files = course.files()
    course.write(SOLUTION, "<<<<<<< mine\n")
    assert course.run("--check").status == 1
    course.run()
    assert course.files() == files


def test_check_writes_nothing_and_lists_everything(course):
    result = course.run("--check")
    remedy = "missing; run python tools/build_notebooks.py"
    assert (result.status, result.out) == (1, [f"{CHAPTER}: {remedy}", f"{SOLUTION}: {remedy}"])
    assert course.files() == {} and course.runs == 0
    course.run()
    result = course.run("--check")
    assert (result.status, result.out) == (0, ["chapters/ and solutions/ are what course/ and lstm_ref/ make"])
    course.replace("course/01_loops/lesson.md", "Between.", "In between.")
    files = course.files()
    result = course.run("--check")
    assert (result.status, result.out) == (1, [f"{CHAPTER}: stale; run python tools/build_notebooks.py"])
    assert course.files() == files


def test_a_broken_run_leaves_the_old_file_and_no_other(course, monkeypatch):
    course.run()
    files = course.files()
    course.replace("course/01_loops/lesson.md", "Between.", "In between.")

    def fail(*_):
        raise OSError(28, "No space left on device", "chapters/01_loops.ipynb")

    monkeypatch.setattr(os, "replace", fail)
    result = course.run()
    assert (result.status, result.err) == (2, ["error: chapters/01_loops.ipynb: No space left on device"])
    assert course.files() == files
    assert [path.name for path in (course.root / "chapters").iterdir()] == ["01_loops.ipynb"]


def test_rights_of_a_file_stay(course):
    course.run()
    path = course.root / CHAPTER
    path.chmod(0o640)
    course.replace("course/01_loops/lesson.md", "Between.", "In between.")
    course.run()
    assert path.stat().st_mode & 0o777 == 0o640
