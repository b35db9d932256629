"""Every page in a browser: on a desktop, on a phone, in the dark."""

import io
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

PHONE = 390

WIDER_THAN_THE_PAGE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = element => {
        for (let e = element.parentElement; e; e = e.parentElement)
            if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)) return true;
        return false;
    };
    return [...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
        .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${e.textContent.trim().slice(0, 60)}`);
}"""

# Formulas on a line of their own that have to be scrolled.
CUT_FORMULAS = """() => [...document.querySelectorAll('mjx-container[display=true]')]
    .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.scrollWidth - e.clientWidth} too wide: ${e.textContent.replace(/\\s+/g, '').slice(0, 60)}`)"""

# Text that can be seen, with its colour and that of the nearest opaque background behind it.
TEXTS = """() => {
    const rgba = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const [r, g, b, a = 1] = rgba(getComputedStyle(e).backgroundColor);
            if (a > 0.9) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const found = [];
    for (const e of document.querySelectorAll('.bd-article *, .bd-sidebar-primary *, .prev-next-footer *')) {
        const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('').trim();
        const style = getComputedStyle(e);
        if (!text || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
        if (e.closest('mjx-assistive-mml, .headerlink, .copybtn, .visually-hidden')) continue;
        found.push({text: text.slice(0, 40), colour: rgba(style.color), behind: behind(e),
                    large: parseFloat(style.fontSize) >= 24});
    }
    return found;
}"""


def luminance(colour):
    """Relative luminance of an sRGB colour, from 0 to 1 (WCAG 2)."""
    channels = np.array(colour[:3]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    """Contrast of two colours, from 1 to 21 (WCAG 2)."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def unreadable(page):
    """Texts with less contrast than WCAG 2 AA asks for."""
    faint = []
    for text in page.evaluate(TEXTS):
        ratio = contrast(text["colour"], text["behind"])
        if ratio < (3 if text["large"] else 4.5):
            faint.append(f"{text['text']!r}: {ratio:.1f}, {text['colour']} on {text['behind']}")
    return faint


def barriers(page, but=()):
    """What axe finds serious or critical: the rule, and where.

    but : rules that are left out
    """
    rules = {rule: {"enabled": False} for rule in but}
    # With "preload" axe asks for style sheets by addresses of its own making, and the page would be blamed for it.
    options = {"resultTypes": ["violations"], "preload": False, "rules": rules}
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in Axe().run(page, options=options).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_a_page_opens_without_fault(look, doc):
    page = look(doc)
    assert page.faults == []
    assert page.locator("article h1").count() == 1
    assert page.locator("mjx-merror").all_text_contents() == []
    formulas = page.locator("span.math, div.math").count()
    assert page.locator("mjx-container").count() >= formulas
    assert [text for text in page.locator("mjx-assistive-mml").all_text_contents() if "\\" in text] == []
    broken = page.evaluate("() => [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
    assert broken == []


@pytest.mark.parametrize("dark", (False, True), ids=("light", "dark"))
def test_a_page_at_every_width(visit, doc, dark):
    """Nothing sticks out on a phone, a tablet, a desktop; and axe has nothing against the page on a phone."""
    page = visit(doc, width=PHONE, height=844, dark=dark)
    page.wait_for_timeout(500)  # the theme waits a while before it looks what scrolls
    assert barriers(page, but=["color-contrast"]) == []  # axe mistakes the ground of code that a phone cuts
    for width in (PHONE, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(WIDER_THAN_THE_PAGE) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.faults == []
    page.context.close()  # two a page would be too many to keep open


def test_dark_where_the_system_is_dark(look, doc):
    page = look(doc, dark=True)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert luminance([float(x) for x in re.findall(r"[\d.]+", background)]) < 0.05, background
    assert unreadable(page) == []
    assert barriers(page) == []
    assert page.faults == []


def test_light_text_is_readable(look, doc):
    page = look(doc)
    assert unreadable(page) == []
    assert barriers(page) == []


def test_a_formula_fits_between_the_sidebars(look, doc):
    assert look(doc).evaluate(CUT_FORMULAS) == []


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
    section = page.locator("article section section").nth(-3)
    page.goto(f"{address}/chapters/03_bptt.html", wait_until="load")
    anchor = section.get_attribute("id")
    if way == "by its link":
        page.locator(f".bd-sidebar-secondary a[href='#{anchor}']").click()
    else:
        page.goto("about:blank")
        page.goto(f"{address}/chapters/03_bptt.html#{anchor}", wait_until="load")
    page.evaluate("window.formulasReady")
    page.wait_for_timeout(500)
    assert 0 <= section.bounding_box()["y"] < 200
    context.close()


def test_figures_suit_the_dark(look, doc):
    """No white sheet in the dark, and what is drawn stands out from what is behind it."""
    page = look(doc, dark=True)
    for figure in page.locator(".bd-article img").all():
        if not figure.is_visible():  # the light version of a pair
            continue
        figure.scroll_into_view_if_needed()
        page.wait_for_timeout(150)  # code near it is laid out only now, and moves what stands below
        pixels = np.asarray(Image.open(io.BytesIO(figure.screenshot())).convert("L"), dtype=float)
        corners = [pixels[y, x] for y in (8, -8) for x in (8, -8)]
        source = figure.get_attribute("src")
        assert np.median(corners) < 100, f"{source} is a white sheet in the dark"
        assert np.percentile(pixels, 99.5) - np.median(corners) > 80, f"{source} can hardly be seen in the dark"


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
