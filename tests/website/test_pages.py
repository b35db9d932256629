"""Every page in a browser, in every language: on a desktop, on a phone, in the dark. One visit serves all its tests."""

import functools
import re

import pytest
from printing.pages import page_names

from tests.website.conftest import ROOT
from tests.website.inspection import PHONE, barriers, barriers_on_a_phone, inspect

CATALOGUES = ROOT / "website" / "locale"
TRANSLATED = sorted(
    f"{folder.parent.name}/{path.relative_to(folder).with_suffix('').as_posix()}"
    for folder in CATALOGUES.glob("*/LC_MESSAGES")
    for path in folder.rglob("*.po")
    if path.name != "sphinx.po"
)
EVERY_PAGE = [*page_names(ROOT), *TRANSLATED]
# axe's own rule of contrast takes seconds a page. On the other pages inspection.py's is enough, which reads all text.
WITH_CONTRAST = ["course/pages/exercises", "chapters/02_gates"]


@pytest.fixture(scope="session")
def visited(tabs):
    """visited(name) gives what one visit to a page has found; a page is visited once in each process of pytest."""

    @functools.cache
    def inspect_once(name):
        with tabs() as visit:
            return inspect(visit(name))

    return inspect_once


@pytest.fixture(params=EVERY_PAGE)
def findings(request, visited):
    """What one visit to a page has found."""
    return visited(request.param)


def test_a_page_opens_without_fault(findings):
    assert findings.faults == []
    assert len(findings.headings) == 1
    assert findings.broken_images == []


def test_every_formula_is_typeset(findings):
    assert findings.bad_formulas == []
    assert findings.typeset >= findings.formulas


def test_a_formula_fits_between_the_sidebars(findings):
    assert findings.cut_formulas == []


def test_nothing_sticks_out_at_any_width(findings):
    assert {where: wide for where, wide in findings.wide.items() if wide} == {}


def test_the_page_is_dark_where_the_system_is_dark(findings):
    assert findings.page_luminance["dark"] < 0.05
    assert findings.page_luminance["light"] > 0.8


def test_text_is_readable(findings):
    assert findings.faint == {"light": [], "dark": []}


def test_axe_finds_no_barrier(findings):
    assert findings.barriers == []


def test_figures_suit_the_dark(findings):
    assert findings.dark_figures == []


def barriers_by_axe(visit, name, themes_on_a_phone):
    """What axe finds on a page that is opened anew each time: on a desktop in both themes with contrast, on a phone."""
    found = {}
    for theme in ("light", "dark"):
        page = visit(name, dark=theme == "dark")
        assert page.locator("html").get_attribute("data-theme") == theme
        found[theme] = barriers(page)
    for theme in themes_on_a_phone:
        page = visit(name, width=PHONE, height=844, dark=theme == "dark")
        found[f"{theme}, on a phone"] = barriers_on_a_phone(page)
        assert page.faults == []
    return {way: barriers for way, barriers in found.items() if barriers}


@pytest.mark.parametrize("name", WITH_CONTRAST)
def test_axe_finds_no_barrier_in_either_theme(visit, name):
    assert barriers_by_axe(visit, name, ["light"]) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_axe_finds_no_barrier_on_any_page_in_either_theme(visit, name):
    assert barriers_by_axe(visit, name, ["light", "dark"]) == {}


def test_a_formula_is_typeset_when_it_comes_into_sight(browser, address):
    """The other tests have all formulas typeset at once, as printing does; a reader scrolls."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/chapters/03_bptt.html", wait_until="load")
    formula = page.locator("article div.math").last
    formula.scroll_into_view_if_needed()
    formula.locator("mjx-container mjx-math").wait_for()
    context.close()


def test_marks_that_were_left_out_had_no_colour(html, extension):
    """website/extensions/lean_code.py drops them from all code."""
    sheet = (html / "_static" / "pygments.css").read_text("utf8")
    colours = re.findall(r'data-theme="(\w+)"\] \.highlight ?(?:\.(\w+))? *\{[^}]*?\bcolor: *(#\w+)([^}]*)', sheet)
    for theme in ("light", "dark"):
        styles = {mark: (colour, rest.strip(" ;")) for name, mark, colour, rest in colours if name == theme}
        assert [mark for mark in extension("lean_code").PLAIN if styles.get(mark, styles[""]) != styles[""]] == []


@pytest.mark.parametrize("way", ("opened at it", "by its link"))
def test_a_jump_to_a_section_ends_there(browser, address, way):
    """Formulas above it are typeset later, and are larger than what stood in their place; so is code."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="no-preference")
    page = context.new_page()
    page.goto(f"{address}/chapters/03_bptt.html", wait_until="load")
    anchor = page.locator(".bd-sidebar-secondary a[href^='#']").nth(-3).get_attribute("href").removeprefix("#")
    section = page.locator(f"[id='{anchor}']")
    if way == "by its link":
        page.locator(f".bd-sidebar-secondary a[href='#{anchor}']").click()
    else:
        page.goto("about:blank")
        page.goto(f"{address}/chapters/03_bptt.html#{anchor}", wait_until="load")
    page.evaluate("window.formulasReady")
    page.wait_for_timeout(500)
    assert 0 <= section.bounding_box()["y"] < 200
    context.close()


def test_the_menu_works_on_a_phone(visit):
    page = visit("index", width=PHONE, height=844)
    page.get_by_label("Toggle primary sidebar").first.click()
    link = page.locator(".bd-sidebar-primary").get_by_role("link", name="Notation")
    link.wait_for(state="visible")
    page.wait_for_timeout(400)  # the drawer slides in
    link.click()
    page.wait_for_url("**/course/pages/notation.html")
    assert page.locator("article h1").inner_text().startswith("Notation")
    assert page.faults == []


def test_the_theme_can_be_switched_and_is_kept(visit):
    page = visit("index")
    assert page.locator("html").get_attribute("data-theme") == "light"
    button = page.locator(".theme-switch-button:visible").first
    for _ in range(3):
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
        button.click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.goto(page.url.replace("index", "course/pages/notation"))
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.faults == []


def test_search_finds_a_name_of_the_code(visit):
    page = visit("search")
    page.goto(page.url + "?q=W_hh")
    page.locator("#search-results li", has_text="Notation").first.wait_for()  # results come one after the other
    assert page.faults == []
