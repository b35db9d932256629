"""What a chapter's notebook holds."""

import nbformat
import pytest
from nbformat import NotebookNode

CHAPTER = "chapters/01_loops.ipynb"


@pytest.fixture
def cells(course):
    course.run()
    return {cell["id"]: cell for cell in course.notebook(CHAPTER)["cells"]}


def test_order_of_cells(cells):
    kinds = [key if key.startswith("ex") else cell["cell_type"] for key, cell in cells.items()]
    assert kinds == [
        *("markdown", "code", "code"),
        *("ex-1-1-card", "ex-1-1-stub", "ex-1-1-check", "markdown"),
        *("ex-1-2-card", "ex-1-2-stub", "ex-1-2-check"),
        *("code", "markdown"),
    ]


def test_card(cells):
    assert "".join(cells["ex-1-1-card"]["source"]) == (
        "````{exercise} 1.1 · double\n:label: ex-double\n:nonumber:\n\n"
        "2 points · ●○○○○ · 10 minutes · about 1 line\n\n"
        "Double it.\n\n"
        "```{dropdown} Hint 1\nAdd it\n```\n\n```{dropdown} Hint 2\nto itself.\n```\n````"
    )
    assert "1 point · ●●●○○ · 5 minutes · about 3 lines" in "".join(cells["ex-1-2-card"]["source"])


def test_fences_of_a_card_are_longer_than_those_inside(course):
    course.replace(
        "course/01_loops/exercises.yml",
        "      Double it.\n",
        "      Double it:\n      ````python\n      x\n      ````\n",
    )
    course.replace(
        "course/01_loops/exercises.yml", '["Add it", "to itself."]', '["Write\\n```python\\nx + x\\n```\\n"]'
    )
    course.run()
    card = course.sources(CHAPTER)["ex-1-1-card"]
    assert card.startswith("`````{exercise}") and card.endswith("\n`````")
    assert "\n````{dropdown} Hint 1\nWrite\n```python\nx + x\n```\n````\n" in card


def test_stub_and_check_follow_nbgrader(cells):
    flags = {"locked": False, "schema_version": 3, "task": False}
    assert cells["ex-1-1-stub"]["metadata"] == {
        "course": {"exercise": "1.1"},
        "nbgrader": {**flags, "grade": False, "grade_id": "double", "solution": True},
        "tags": ["exercise"],
    }
    assert cells["ex-1-1-check"]["metadata"] == {
        "nbgrader": {**flags, "grade": True, "grade_id": "test_double", "locked": True, "points": 2, "solution": False},
        "tags": ["check", "remove-output"],
    }
    assert "".join(cells["ex-1-1-check"]["source"]) == "check(double)"


def test_other_cells_come_as_they_are(cells):
    timing = next(cell for cell in cells.values() if "%time" in "".join(cell["source"]))
    assert timing["metadata"]["tags"] == ["hide-input"]
    assert "".join(timing["source"]) == "%time loop.double(np.ones(3))"


def test_what_the_site_folds_is_folded_in_jupyterlab_too(cells):
    def folded(cell):
        return cell["metadata"].get("jupyter", {}).get("source_hidden", False)

    hidden = {key for key, cell in cells.items() if "hide-input" in cell["metadata"].get("tags", [])}
    assert hidden and all(folded(cells[key]) for key in hidden)
    assert {key for key, cell in cells.items() if folded(cell)} == {*hidden, "colab-setup"}


@pytest.mark.parametrize(("tag", "folded"), [("hide-cell", True), ("remove-input", True), ("hide-output", False)])
def test_other_tags_fold_what_they_hide(course, tag, folded):
    course.replace("course/01_loops/lesson.md", ":tags: [hide-input]\n", f":tags: [{tag}]\n:jupyter: {{other: 1}}\n")
    course.run()
    (cell,) = [c for c in course.notebook(CHAPTER)["cells"] if tag in c["metadata"].get("tags", [])]
    assert cell["metadata"]["jupyter"] == {"other": 1, **({"source_hidden": True} if folded else {})}


def test_no_outputs_and_valid(course, cells):
    assert all(
        cell["outputs"] == [] and cell["execution_count"] is None for cell in cells.values() if "outputs" in cell
    )
    nbformat.validate(NotebookNode(course.notebook(CHAPTER)))
    metadata = course.notebook(CHAPTER)["metadata"]
    assert metadata["course"]["chapter"] == "01_loops" and metadata["course"]["kind"] == "chapter"
    assert metadata["kernelspec"]["name"] == "python3"


def test_other_cells_may_use_the_learners_names_inside_functions(course):
    cell = "def other(double):\n    twice_double = double\n    return [double for double in twice_double]"
    course.replace("course/01_loops/lesson.md", ":tags: [hide-input]\n\n%time loop.double(np.ones(3))", cell)
    assert course.run().status == 0


def test_a_chapter_without_exercises_has_no_solutions(course):
    course.write(
        "course/C_questions/lesson.md", course.read("course/01_loops/lesson.md").partition("```{code-cell}")[0]
    )
    course.write("course/C_questions/exercises.yml", "title: Questions\nexercises: []\n")
    assert course.run().status == 0
    assert sorted(course.files()) == [CHAPTER, "chapters/C_questions.ipynb", "solutions/01_loops.ipynb"]
