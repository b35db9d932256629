"""What a reader sees first, how wide code and tables are, and how large what a finger must hit."""

import pytest
from printing.pages import page_names

from tests.website.conftest import ROOT
from tests.website.inspection import DESKTOP, PHONE
from tests.website.parsed import soup

KINDS = [
    *("index", "chapters/01_recurrence", "chapters/02_gates", "chapters/06_translator", "solutions/01_recurrence"),
    *(
        "course/pages/exercises",
        "course/pages/papers",
        "course/pages/glossary",
        "course/pages/reference",
        "search",
        "404",
    ),
    "zh_CN/chapters/01_recurrence",
]
FINGER = 44  # CSS pixels
# Targets that can be seen and do not stand in a line of text; for a box to tick, its label counts. The theme's boxes
# that open the sidebars are moved out of sight.
TARGETS = """() => [...document.querySelectorAll('button, summary, select, input, nav a, .open-in a, .start a, .home, '
        + 'a.language-switch, .choices a, .dropdown-item, .prev-next-area a, .search li > a, label.tick, .button, '
        + '.course-progress a, .sidebar-toggle, .toctree-toggle')]
    .filter(e => !e.matches('.sidebar-toggle[type=checkbox], [type=file], label.tick input, :disabled, '
        + 'summary:has(.toctree-toggle)'))
    .filter(e => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width > 0 && (box.width < SIZE - 0.5 || box.height < SIZE - 0.5))
    .map(([e, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${e.outerHTML.slice(0, 100)}`)
""".replace("SIZE", str(FINGER))


@pytest.fixture
def phone(browser, address):
    """phone(doc) opens a page on a phone, whose pointer is a finger."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = context.new_page()

    def open_page(doc):
        page.goto(f"{address}/{doc}.html", wait_until="load")
        page.evaluate("window.formulasReady")
        return page

    yield open_page
    context.close()


@pytest.mark.parametrize("name", KINDS)
def test_a_finger_hits_every_button(phone, name):
    page = phone(name)
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    page.evaluate("document.querySelectorAll('.bd-main details').forEach(e => e.open = true)")
    assert page.evaluate(TARGETS) == []


def test_a_finger_hits_every_entry_of_the_menus(phone):
    page = phone("chapters/01_recurrence")
    page.get_by_label("Toggle primary sidebar").first.tap()
    page.wait_for_timeout(400)  # the drawer slides in
    assert page.locator(".bd-sidebar-primary nav a").first.is_visible()
    assert page.evaluate(TARGETS) == []


def test_a_finger_hits_every_result(phone):
    page = phone("search")
    page.goto(f"{page.url}?q=forget+gate")
    page.locator("#search-results [role=status]").wait_for()
    assert page.evaluate(TARGETS) == []


@pytest.mark.parametrize(("width", "height"), [(DESKTOP, 800), (PHONE, 844)])
def test_the_first_screen_has_name_sentence_figure_and_buttons(visit, width, height):
    page = visit("index", width=width, height=height)
    parts = {
        "name": "article h1",
        "sentence": ".first-screen",
        "start": ".start a >> nth=0",
        "exercise": ".start a >> nth=1",
        "figure": ".opening > svg",
        "other language": ".language-switch >> visible=true",
        "mark": ".home >> visible=true",
    }
    for part, selector in parts.items():
        box = page.locator(selector).first.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= height, part
    assert page.locator(".first-screen").inner_text().count(".") == 1


def test_the_buttons_of_the_first_screen_lead_to_chapter_and_exercise(visit):
    for number, anchor in ((0, ""), (1, "#ex-rnn_step")):
        page = visit("index")
        page.locator(".start a").nth(number).click()
        page.wait_for_url(f"**/chapters/01_recurrence.html{anchor}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_name_leads_to_the_front_page(visit, width):
    page = visit("chapters/02_gates", width=width)
    home = page.locator(".home").locator("visible=true")
    assert home.count() == 1 and "LSTM" in home.inner_text()
    home.click()
    page.wait_for_url("**/index.html")


@pytest.mark.parametrize("name", ["chapters/01_recurrence", "solutions/01_recurrence"])
def test_eighty_columns_of_code_fit_beside_the_sidebars(visit, name):
    """A line of eighty letters, put into a cell of the page, needs no scroll bar."""
    page = visit(name, width=DESKTOP)
    too_wide = page.locator("div.cell_input pre").first.evaluate(
        "e => { e.textContent = 'm'.repeat(80) + '\\n'; return e.scrollWidth - e.clientWidth; }"
    )
    assert too_wide <= 0


def test_code_is_not_small_on_a_phone(visit):
    sizes = visit("chapters/01_recurrence", width=PHONE).eval_on_selector_all(
        ".bd-article pre", "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


def test_a_cell_of_full_width_goes_on_into_the_margin(visit):
    page = visit("course/pages/papers", width=DESKTOP)
    article, cell = (page.locator(part).first.bounding_box() for part in ("article p", ".cell.tag_full-width"))
    assert cell["width"] > article["width"] + 100
    assert cell["x"] + cell["width"] <= DESKTOP


def test_next_leads_from_chapter_to_chapter(html):
    """And from a page of solutions back to its chapter, and on to the next."""
    stems = [name.removeprefix("chapters/") for name in page_names(ROOT) if name.startswith("chapters/")]
    for k, stem in enumerate(stems):
        for folder, before in (("chapters", stems[k - 1] if k else None), ("solutions", stem)):
            page = soup(html, f"{folder}/{stem}")
            targets = [page.select_one(f".prev-next-area a.{side}") for side in ("left-prev", "right-next")]
            found = [target and (html / folder / target["href"]).resolve() for target in targets]
            after = html / f"chapters/{stems[k + 1]}.html" if k + 1 < len(stems) else found[1]
            assert found == [html / f"chapters/{before}.html" if before else found[0], after]


@pytest.mark.parametrize("name", ["chapters/03_bptt", "zh_CN/chapters/01_recurrence"])
def test_everything_in_header_and_foot_is_on_a_phone_s_screen(phone, name):
    page = phone(name)
    for part in page.locator(":is(.bd-header-article .btn, .bd-header-article .home, .prev-next-area i)").all():
        if part.is_visible():
            box = part.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE, part.evaluate("e => e.outerHTML")


def test_a_formula_has_a_phones_whole_width_and_its_number_stands_below(phone):
    page = phone("chapters/03_bptt")
    boxes = page.eval_on_selector_all(
        "div.math:has(> .eqno)",
        "all => all.map(e => [e, ...e.children].map(part => part.getBoundingClientRect())"
        ".map(box => [box.top, box.bottom, box.width]))",
    )
    assert len(boxes) > 10
    for (_, _, whole), (number_top, _, _), (_, formula_bottom, formula) in boxes:
        assert formula > 0.95 * whole and number_top >= formula_bottom - 1
