"""The cards: one hint at a time, a solution folded beneath, and no solution in a notebook that learners get."""

import json

import pytest

from tests.website.parsed import soup, sources

PAGE = "chapters/01_recurrence"


def answer(root, stem, exercise):
    """The worked function as the page of solutions has it."""
    for cell in json.loads((root / f"solutions/{stem}.ipynb").read_text("utf8"))["cells"]:
        if cell["metadata"].get("course", {}).get("exercise") == exercise:
            return "".join(cell["source"])
    raise AssertionError(f"no answer to {exercise}")


def test_beneath_every_exercise_its_solution_is_folded(html, pytestconfig):
    for stem, exercises in sources(pytestconfig.rootpath):
        page = soup(html, f"chapters/{stem}")
        folds = page.select("details.solution")
        assert [fold.summary.get_text().split()[-1] for fold in folds] == [e["id"] for e in exercises]
        for fold, exercise in zip(folds, exercises, strict=True):
            assert not fold.has_attr("open")
            assert fold.pre.get_text().strip() == answer(pytestconfig.rootpath, stem, exercise["id"]).strip()
            check = fold.find_previous_sibling("div")
            assert "tag_check" in check["class"]
            assert check.get_text().strip() == f"check({exercise['function'].rpartition('.')[2]})"


def test_the_notebook_to_download_holds_no_solution(html, pytestconfig):
    for stem, exercises in sources(pytestconfig.rootpath):
        (link,) = soup(html, f"chapters/{stem}").select("p.open-in a[download]")
        got = (html / "chapters" / link["href"]).resolve()
        assert got.read_bytes() == (pytestconfig.rootpath / f"chapters/{stem}.ipynb").read_bytes()
        code = "\n".join("".join(c["source"]) for c in json.loads(got.read_text("utf8"))["cells"])
        assert all(answer(pytestconfig.rootpath, stem, e["id"]).strip() not in code for e in exercises)


def visible(page):
    hints = page.locator("div.exercise").first.locator("details.sd-dropdown")
    return [hint.is_visible() for hint in hints.all()]


def test_the_next_hint_shows_once_the_one_before_was_opened(visit):
    page = visit(PAGE, width=390, height=844)
    hints = page.locator("div.exercise").first.locator("details.sd-dropdown summary")
    assert visible(page) == [True, False, False]
    hints.nth(0).focus()
    page.keyboard.press("Enter")
    assert visible(page) == [True, True, False]
    page.keyboard.press("Enter")  # folded again: what was shown stays
    hints.nth(1).click()
    assert visible(page) == [True, True, True]
    assert page.locator("div.exercise details[open]").count() == 1
    assert page.faults == []


@pytest.fixture(scope="module")
def scriptless(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/{PAGE}.html")
    yield page
    context.close()


def test_without_a_script_hints_and_solution_are_folded_and_there_are_no_boxes(scriptless):
    assert visible(scriptless) == [True, True, True]
    solution = scriptless.locator("details.solution").first
    assert not solution.locator("pre").is_visible()
    solution.locator("summary").click()
    assert solution.locator("pre").is_visible()
    assert not scriptless.locator("input[data-exercise]").first.is_visible()
    assert not scriptless.locator(".course-progress").is_visible()
