"""What the pages say is what the course has."""

import importlib
import inspect
import re

import pytest

from tests.website.parsed import soup, sources


def test_every_chapter_is_on_the_site_and_in_the_map(html, pytestconfig):
    table = soup(html, "index").find("table")
    links = {a["href"] for a in table.find_all("a")}
    stems = [stem for stem, _ in sources(pytestconfig.rootpath)]
    assert stems
    assert links == {f"{part}/{stem}.html" for stem in stems for part in ("chapters", "solutions")}


def test_every_exercise_has_its_card(html, pytestconfig):
    for stem, exercises in sources(pytestconfig.rootpath):
        cards = soup(html, f"chapters/{stem}").select("div.exercise")
        titles = [card.select_one(".admonition-title").get_text() for card in cards]
        assert titles == [f"Exercise {e['id']} · {e['function'].rpartition('.')[2]}" for e in exercises]
        for card, exercise in zip(cards, exercises, strict=True):
            text = card.get_text(" ")
            assert re.search(rf"\b{exercise['points']} point", text)
            assert f"{exercise['minutes']} minutes" in text
            assert "●" * exercise["difficulty"] + "○" * (5 - exercise["difficulty"]) in text
            assert len(card.select("details")) == len(exercise["hints"])


def test_no_word_in_angle_brackets_is_lost(html, pytestconfig):
    """<pad> is a tag to a browser, which shows nothing for it."""
    for stem, exercises in sources(pytestconfig.rootpath):
        cards = soup(html, f"chapters/{stem}").select("div.exercise")
        for card, exercise in zip(cards, exercises, strict=True):
            for text in (exercise["task"], *exercise["hints"]):
                lost = [word for word in re.findall(r"<\w+>", text) if word not in card.get_text()]
                assert not lost, f"{exercise['id']}: write `{lost[0]}` in backticks"


def test_every_translation_that_is_judged_has_been_read(html):
    """The judgements of Chapter 6 are of the weights that come with the course."""
    cells = [cell.get_text() for cell in soup(html, "chapters/06_translator").select("td")]
    assert any(text.startswith("wrong: ") for text in cells)
    assert "not read" not in cells


def test_checks_show_nothing_on_the_site(html, pytestconfig):
    """A reader has solved nothing yet: `check` would print "not attempted" under every card."""
    for stem, _ in sources(pytestconfig.rootpath):
        page = soup(html, f"chapters/{stem}")
        assert page.select("div.cell.tag_check")
        assert page.select("div.cell.tag_check .cell_output") == []


def test_every_solution_leads_to_its_check_and_back(html, pytestconfig):
    """That the anchors exist is for test_html.py to see."""
    for stem, exercises in sources(pytestconfig.rootpath):
        solutions = soup(html, f"solutions/{stem}")
        chapter = soup(html, f"chapters/{stem}")
        for card, fold in zip(chapter.select("div.exercise"), chapter.select("details.solution"), strict=True):
            page, _, anchor = fold.select_one(".worked-answer a")["href"].partition("#")
            assert page == f"../solutions/{stem}.html"
            heading = solutions.find(id=anchor).find(["h2", "h3"]).get_text()
            assert card.select_one(".admonition-title").get_text() == f"Exercise {heading.removesuffix('#')}"
        back = [a["href"] for a in solutions.select("article a[href]")]
        labels = [f"ex-{exercise['function'].rpartition('.')[2]}" for exercise in exercises]
        assert [label for label in labels if f"../chapters/{stem}.html#{label}" not in back] == []


def test_the_bibliography_lists_every_entry(html, pytestconfig):
    keys = re.findall(
        r"^@\w+\{(\w+),", (pytestconfig.rootpath / "course" / "references.bib").read_text("utf8"), re.MULTILINE
    )
    entries = soup(html, "course/pages/bibliography").select("div.citation")
    assert len(keys) == len(set(keys)) == len(entries)
    linked = [entry for entry in entries if entry.select_one("a[href^=https]")]
    assert len(linked) >= len(entries) - 1  # a thesis of 1991 has neither DOI nor arXiv number


def parameters(thing):
    """The arguments of a function; of a class those of its own methods, but for self or ctx, the first."""
    if not inspect.isclass(thing):
        return list(inspect.signature(thing).parameters)
    methods = [method for name in vars(thing) if inspect.isfunction(method := getattr(thing, name))]
    return [name for method in methods for name in list(inspect.signature(method).parameters)[1:]]


def test_the_notation_names_every_argument_of_an_exercise(html, pytestconfig):
    """Symbol, code and shape: whoever meets a name in a stub finds it on the page."""
    codes = {code.get_text() for code in soup(html, "course/pages/notation").select("table code")}
    for _, exercises in sources(pytestconfig.rootpath):
        for exercise in exercises:
            module, _, name = exercise["function"].rpartition(".")
            function = inspect.unwrap(getattr(importlib.import_module(module), name))
            missing = set(parameters(function)) - codes
            assert not missing, f"{exercise['id']} {name}: {missing} not on the notation page"


@pytest.mark.parametrize("letter", ["N", "T", "D", "H", "V"])
def test_the_notation_explains_the_legend(html, letter):
    rows = soup(html, "course/pages/notation").select("table tr")
    assert any(row.find("code") and row.find("code").get_text() == letter for row in rows)
