"""The reader's progress: kept in the browser, filled from a scorecard, sent nowhere."""

import json
import re

import pytest
import yaml

from tests.website.inspection import PHONE

CARD = {
    "points": 5,
    "max_points": 10,
    "isolated": True,
    "exercises": [
        {"id": "1.1", "name": "rnn_step", "points": 2, "max_points": 2, "status": "passed"},
        {"id": "1.2", "name": "rnn_forward", "points": 0, "max_points": 3, "status": "failed"},
        {"id": "1.3", "name": "embed", "points": 2, "max_points": 2, "status": "passed"},
        {"id": "99.9", "name": "later", "points": 1, "max_points": 1, "status": "passed"},
    ],
}


def ticked(page):
    return page.eval_on_selector_all("input[data-exercise]:checked", "all => all.map(e => e.dataset.exercise)")


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


def choose(page, name, text):
    file = {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    page.locator(".progress-panel input[type=file]").set_input_files(file)
    page.wait_for_function("document.querySelector('.progress-panel [role=status]').textContent !== ''")
    return page.locator(".progress-panel [role=status]").inner_text()


def test_a_box_ticked_on_a_card_is_ticked_everywhere(visit):
    page = visit("chapters/01_recurrence", width=PHONE, height=844)
    assert ticked(page) == []
    page.locator("input[data-exercise='1.2']").check()
    page.locator("input[data-chapter='01_recurrence']").check()
    page.goto(page.url.replace("chapters/01_recurrence", "course/pages/exercises"))
    assert ticked(page) == ["1.2"]
    exercises, chapters = numbers(page.locator(".progress-panel p").first.inner_text())[:2]
    assert (exercises, chapters) == (1, 1)
    assert page.locator(".course-progress progress").evaluate("e => e.value") == 1
    page.locator("input[data-exercise='1.2']").focus()
    page.keyboard.press("Space")
    page.go_back()
    page.wait_for_function("!document.querySelector('input[data-exercise=\"1.2\"]').checked")
    assert page.locator("input[data-chapter='01_recurrence']").is_checked()
    assert page.faults == []


def test_the_bar_counts_to_what_there_is(visit, pytestconfig):
    paths = sorted(pytestconfig.rootpath.glob("course/*/exercises.yml"))
    total = sum(len(yaml.safe_load(path.read_text("utf8"))["exercises"]) for path in paths)
    page = visit("course/pages/notation")
    assert page.locator(".course-progress progress").get_attribute("max") == str(total)
    assert numbers(page.locator(".course-progress").inner_text())[:2] == [0, total]


def test_a_scorecard_ticks_what_passed_and_unticks_nothing(visit):
    page = visit("course/pages/exercises")
    page.locator("input[data-exercise='1.5']").check()
    said = choose(page, "card.json", json.dumps(CARD))
    assert ticked(page) == ["1.1", "1.3", "1.5"]
    assert [n for n in numbers(said) if n] == [3, 2, 1], "solved, new here, not of this course"
    assert page.faults == []


@pytest.mark.parametrize("text", ["no JSON", "[]", "null", '{"exercises": [{"id": 1}]}', '{"exercises": []}'])
def test_a_file_that_is_no_scorecard_is_named_and_changes_nothing(visit, text):
    page = visit("course/pages/exercises")
    page.locator("input[data-exercise='1.5']").check()
    assert "notes.json" in choose(page, "notes.json", text)
    assert ticked(page) == ["1.5"]
    assert page.faults == []


def test_progress_can_be_saved_forgotten_and_taken_back(visit, tmp_path):
    page = visit("course/pages/exercises")
    page.locator("input[data-exercise='2.3']").check()
    page.locator("input[data-chapter='02_gates']").check()
    with page.expect_download() as download:
        page.locator("[data-do=save]").click()
    download.value.save_as(tmp_path / "saved.json")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator("[data-do=forget]").click()
    assert ticked(page) == ["2.3"], "forgotten although the reader said no"
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("[data-do=forget]").click()
    assert ticked(page) == []
    page.reload()
    assert ticked(page) == []
    choose(page, "saved.json", (tmp_path / "saved.json").read_text("utf8"))
    assert ticked(page) == ["2.3"]
    assert page.locator("input[data-chapter='02_gates']").is_checked()
    assert page.faults == []


def test_it_works_from_a_file_too(browser, html):
    context = browser.new_context()
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((html / "course/pages/exercises.html").as_uri())
    page.locator("input[data-exercise='1.1']").check()
    page.reload()
    assert ticked(page) == ["1.1"]
    assert errors == []
    context.close()


def test_without_storage_there_are_no_boxes_and_no_error(browser, address):
    context = browser.new_context()
    context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/course/pages/exercises.html")
    page.locator("html.no-storage").wait_for(state="attached")
    assert not page.locator("input[data-exercise]").first.is_visible()
    assert not page.locator(".progress-panel").is_visible()
    assert [error for error in errors if "full" not in error] == []  # the theme stores its own mode, unasked
    context.close()


def test_what_the_script_fills_has_its_room_without_it(browser, address):
    """Nothing moves when the script runs: the bar, the tables and a card are as high before as after.

    Only our script is kept away: without the theme's there are no colours, and so no borders either.
    """
    places = {
        "course/pages/exercises": [".course-progress", "table.exercises"],
        "chapters/01_recurrence": ["p.facts", "p.read"],
    }
    for doc, selectors in places.items():
        heights = []
        for runs in (False, True):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            if not runs:
                page.route("**/reader.js*", lambda route: route.abort())
            page.goto(f"{address}/{doc}.html")
            heights.append([page.locator(selector).first.bounding_box()["height"] for selector in selectors])
            context.close()
        assert heights[0] == heights[1]


def test_the_script_is_small_and_on_the_course_s_pages_only(html):
    assert (html / "_static/reader.js").stat().st_size < 6 * 1024
    assert "reader.js" in (html / "course/pages/notation.html").read_text("utf8")
    assert "reader.js" not in (html / "search.html").read_text("utf8")
