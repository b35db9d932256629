"""The search: sections with their titles and sentences, and nothing that a page keeps folded."""

import json
import re
from urllib.parse import urldefrag

import pytest

from tests.website.inspection import PHONE, barriers
from tests.website.parsed import anchors, sources


def search(visit, query, **window):
    """The search page once its results stand there."""
    page = visit("search", **window)
    page.goto(f"{page.url}?q={query}")
    page.locator("#search-results [role=status]").wait_for()
    return page


def results(page):
    """Title, page, sentence and address of each result."""
    return page.eval_on_selector_all(
        "#search-results li",
        """all => all.map(one => [one.querySelector('a').textContent, one.querySelector('.where')?.textContent ?? '',
            one.querySelector('.context')?.textContent ?? '', one.querySelector('a').href])""",
    )


def stored(path):
    """The sections of a page as the search has them: title of the page, then (id, title, text)."""
    text = path.read_text("utf8")
    return json.loads("[" + re.match(r"Search\.take\((.*)\)$", text, re.DOTALL)[1] + "]")[1]


def test_a_phrase_finds_sections_with_the_sentence(visit, html, address):
    page = search(visit, "forget+gate")
    found = results(page)
    assert found[0][0] == "forget gate" and "Glossary" in found[0][1]
    assert len({target for *_, target in found}) == len(found) > 5
    in_chapters = [one for one in found if "/chapters/" in one[3]]
    for title, where, sentence, target in in_chapters:
        path, anchor = urldefrag(target.removeprefix(f"{address}/"))
        assert anchor in anchors(html / path) and where
        assert all(word in f"{title} {sentence}".lower() for word in ("forget", "gate"))
        assert "(.pdf)" not in sentence and len(sentence) < 300
    assert len({target.partition("#")[0] for *_, target in in_chapters}) > 1
    assert barriers(page) == []
    assert page.faults == []


@pytest.mark.parametrize(
    ("query", "expected"), [("memories", "memory"), ("initialization", "initiali"), ("rnn_step", "rnn_step")]
)
def test_other_forms_of_a_word_are_found(visit, query, expected):
    found = results(search(visit, query))
    assert found and any(expected in f"{title} {sentence}".lower() for title, _, sentence, _ in found[:3])


@pytest.mark.parametrize("query", ["xyzzyplugh", "the", "((", "%3Cimg+src=x+onerror=alert(1)%3E"])
def test_what_is_not_there_is_said_and_nothing_breaks(visit, query):
    page = search(visit, query)
    assert page.locator("#search-results [role=status]").inner_text().strip()
    assert page.locator("#search-results img").count() == 0
    assert page.faults == []


def test_the_last_search_leaves_no_marks_on_pages(visit):
    page = search(visit, "forget+gate")
    page.locator("#search-results li a").nth(1).click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)  # Sphinx's own script marks words after a moment
    assert page.locator("span.highlighted, .highlight-link").count() == 0
    assert page.faults == []


@pytest.mark.parametrize("width", [1280, PHONE])
def test_the_magnifier_stands_beside_the_words(visit, width):
    page = search(visit, "forget+gate", width=width)
    icon, field = page.locator(".bd-search-container i.fa-magnifying-glass"), page.locator(".bd-search-container input")
    padding = field.evaluate("e => e.getBoundingClientRect().x + parseFloat(getComputedStyle(e).paddingLeft)")
    assert icon.bounding_box()["x"] + icon.bounding_box()["width"] <= padding


def test_no_page_loads_anything_for_the_search(browser, address):
    """Only the search page does, and of the text only that of the pages that it shows."""
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}/chapters/01_recurrence.html", wait_until="load")
    assert [url for url in asked if "search" in url] == []
    asked.clear()
    page.goto(f"{address}/search.html?q=sunspots", wait_until="load")
    page.locator("#search-results li").first.wait_for()
    loaded = [url for url in asked if url.startswith("/search/")]
    assert "/search/chapters/04_lstm.js" in loaded and len(loaded) < 8
    page.close()


def test_it_works_without_a_server(browser, html):
    page = browser.new_page()
    page.goto(f"{(html / 'search.html').as_uri()}?q=forget+gate")
    page.locator("#search-results .context").first.wait_for()
    page.close()


def test_hints_and_answers_are_not_among_the_results(html, pytestconfig):
    for stem, exercises in sources(pytestconfig.rootpath):
        _title, sections = stored(html / f"search/chapters/{stem}.js")
        answers = json.loads((pytestconfig.rootpath / f"solutions/{stem}.ipynb").read_text("utf8"))["cells"]
        for exercise in exercises:
            name = exercise["function"].rpartition(".")[2]
            (card,) = [text for key, _, text in sections if key == f"ex-{name}"]
            assert not any(hint.strip()[:40] in card for hint in exercise["hints"])
        text = "\n".join(text for *_, text in sections)
        for cell in answers:
            if cell["metadata"].get("course", {}).get("exercise"):
                body = "".join(cell["source"]).rpartition('"""')[2].splitlines()
                long = [line.strip() for line in body if len(line.strip()) > 50]
                assert sum(line in text for line in long) <= len(long) / 2, cell["metadata"]
