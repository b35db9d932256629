"""One visit to a page: loaded once on a desktop, then turned dark, then made as narrow as a phone.

Loading a page takes longer than anything that is asked of it, so all tests of a page share what one visit has found.
"""

import io
from dataclasses import dataclass, field

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

PHONE, TABLET, DESKTOP = 390, 768, 1280

WIDER_THAN_THE_PAGE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = element => {
        for (let e = element.parentElement; e; e = e.parentElement)
            if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)) return true;
        return false;
    };
    return [`the page is ${document.documentElement.scrollWidth} wide`, ...[...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
        .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)];
}"""

# Formulas on a line of their own that have to be scrolled.
CUT_FORMULAS = """() => [...document.querySelectorAll('mjx-container[display=true]')]
    .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.scrollWidth - e.clientWidth} too wide: ${e.textContent.replace(/\\s+/g, '').slice(0, 60)}`)"""

PAGE_COLOUR = "getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)"
BROKEN_IMAGES = """async () => {
    const images = [...document.images];
    images.forEach(image => image.loading = 'eager');  // those out of sight too
    await Promise.all(images.map(image => image.decode().catch(() => {})));
    return images.filter(image => !image.naturalWidth).map(image => image.src);
}"""

# Text that can be seen: its colour as it is drawn, the colour behind it, and the first text of each such pair.
TEXTS = """() => {
    const rgba = text => {
        const [r, g, b, a = 1] = (text.match(/[\\d.]+/g) || []).map(Number);
        return [r, g, b, a];
    };
    const over = ([r, g, b, a], ground) => [r, g, b].map((x, i) => a * x + (1 - a) * ground[i]);
    const grounds = new Map([[null, [255, 255, 255]]]), opacities = new Map([[null, 1]]);
    const ground = e => {
        if (!grounds.has(e)) {
            const colour = rgba(getComputedStyle(e).backgroundColor);
            grounds.set(e, colour[3] === 1 ? colour.slice(0, 3) : over(colour, ground(e.parentElement)));
        }
        return grounds.get(e);
    };
    const opacity = e => {
        if (!opacities.has(e)) opacities.set(e, getComputedStyle(e).opacity * opacity(e.parentElement));
        return opacities.get(e);
    };
    const LEFT_OUT = 'script, style, :disabled, [aria-disabled=true], '
        + 'mjx-assistive-mml, .headerlink, .copybtn, .visually-hidden';
    const kinds = new Map(), seen = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim(), e = texts.currentNode.parentElement;
        if (!text || seen.has(e)) continue;
        seen.add(e);
        if (e.closest(LEFT_OUT) || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
        const style = getComputedStyle(e), behind = ground(e);
        const [r, g, b, a] = rgba(e.closest('svg') ? style.fill : style.color);
        const one = {colour: over([r, g, b, a * opacity(e)], behind), behind, large: parseFloat(style.fontSize) >= 24};
        const key = JSON.stringify(one);
        if (!kinds.has(key)) kinds.set(key, {...one, text: text.slice(0, 40)});
    }
    return [...kinds.values()];
}"""


AXE = """options => axe.run(options).then(({violations}) => violations
    .filter(rule => ['serious', 'critical'].includes(rule.impact))
    .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 120)}`)))"""

# A change of theme is over when the page says so and no colour fades any more.
THEME_IS = """theme => document.documentElement.dataset.theme === theme
    && document.getAnimations().every(a => a.playState !== 'running')"""


@dataclass
class Findings:
    """What one visit to a page has found.

    faint, wide : by theme or width, what is wrong there
    """

    faults: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    formulas: int = 0
    typeset: int = 0
    bad_formulas: list[str] = field(default_factory=list)
    broken_images: list[str] = field(default_factory=list)
    cut_formulas: list[str] = field(default_factory=list)
    page_luminance: dict[str, float] = field(default_factory=dict)
    faint: dict[str, list[str]] = field(default_factory=dict)
    dark_figures: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)
    wide: dict[str, list[str]] = field(default_factory=dict)


def inspect(page):
    """Look at a page that was opened on a light desktop; gives its Findings."""
    found = Findings(headings=page.locator("article h1").all_inner_texts())
    found.formulas = page.locator("span.math, div.math").count()
    found.typeset = page.locator("mjx-container").count()
    spoken = page.locator("mjx-assistive-mml").all_text_contents()
    found.bad_formulas = page.locator("mjx-merror").all_text_contents() + [text for text in spoken if "\\" in text]
    found.cut_formulas = page.evaluate(CUT_FORMULAS)
    for theme in ("light", "dark"):
        turn(page, theme)
        found.page_luminance[theme] = luminance(page.evaluate(PAGE_COLOUR))
        found.faint[theme] = faint_texts(page)
    found.dark_figures = figures_that_do_not_suit_the_dark(page)
    for theme in ("dark", "light"):
        turn(page, theme)
        for width in (DESKTOP, TABLET, PHONE):
            page.set_viewport_size({"width": width, "height": 844})
            found.wide[f"{theme}, {width}"] = page.evaluate(WIDER_THAN_THE_PAGE)
    found.barriers = barriers_on_a_phone(page)
    found.broken_images = page.evaluate(BROKEN_IMAGES)
    found.faults = page.faults
    return found


def turn(page, theme):
    """Have the reader's system turn light or dark, and wait until the page has followed."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(THEME_IS, arg=theme)


def luminance(colour):
    """Relative luminance of an sRGB colour, from 0 to 1 (WCAG 2)."""
    channels = np.array(colour[:3]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    """Contrast of two colours, from 1 to 21 (WCAG 2)."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faint_texts(page):
    """Texts with less contrast than WCAG 2 AA asks for, one of each pair of colours."""
    faint = []
    for text in page.evaluate(TEXTS):
        ratio = contrast(text["colour"], text["behind"])
        if ratio < (3 if text["large"] else 4.5):
            colours = (", ".join(f"{channel:.0f}" for channel in text[part]) for part in ("colour", "behind"))
            faint.append(f"{text['text']!r}: {ratio:.1f}, {' on '.join(colours)}")
    return faint


def barriers(page, but=()):
    """What axe finds serious or critical: the rule, and where.

    but : rules that are left out
    """
    rules = {rule: {"enabled": False} for rule in but}
    # With "preload" axe asks for style sheets by addresses of its own making, and the page would be blamed for it.
    page.evaluate(Axe().axe_script)
    return page.evaluate(AXE, {"resultTypes": ["violations"], "preload": False, "rules": rules})


def barriers_on_a_phone(page):
    """What axe finds but for contrast: it mistakes the ground of code that a phone cuts."""
    page.evaluate("window.formulasReady")
    page.wait_for_timeout(500)  # the theme and scrolling.js wait a while before they look what scrolls
    return barriers(page, but=["color-contrast"])


def figures_that_do_not_suit_the_dark(page):
    """Pictures that are a white sheet on a dark page, or whose lines do not stand out from what is behind them."""
    wrong = []
    for figure in page.locator(".bd-article img").all():
        if not figure.is_visible():  # the light version of a pair
            continue
        figure.scroll_into_view_if_needed()
        page.wait_for_timeout(150)  # code near it is laid out only now, and moves what stands below
        pixels = np.asarray(Image.open(io.BytesIO(figure.screenshot())).convert("L"), dtype=float)
        ground = np.median([pixels[y, x] for y in (8, -8) for x in (8, -8)])
        source = figure.get_attribute("src")
        if ground >= 100:
            wrong.append(f"{source} is a white sheet in the dark")
        if np.percentile(pixels, 99.5) - ground <= 80:
            wrong.append(f"{source} can hardly be seen in the dark")
    return wrong
