"""The moving figures on a translated page: in its language with the same numbers, or in English as a whole."""

import json
import re
from html import escape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document

from course.figures.rnn import unrolled_rnn

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "course" / "figures"
PAGE, CODE = "chapters/01_recurrence", "zh_CN"
HAN = re.compile(r"[\u3400-\u9fff]")
NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?")
PLACE = re.compile(r"\{(\w+)\}")
STALE = "a phrase of the figure has no translation: `make translations` lists it, sphinx.po"
SYMBOLS = {"tanh", "RNN", "ih", "hh", "Wih", "Whh"}
# What a figure says and shows: by its parts, as a list of texts.
TEXTS = """root => [root.querySelector('svg').ariaLabel, ...[...root.querySelectorAll(
    '.note, .words, .sums > div, button, label > span, output, svg text')].map(e => e.textContent)]"""


def english_in(texts):
    """Words of two letters and more that are no symbols of a formula or the drawing."""
    return [word for text in texts for word in re.findall("[A-Za-z]{2,}", text) if word not in SYMBOLS]


def numbers_in(texts):
    return [NUMBER.findall(text) for text in texts]


@pytest.fixture(scope="module")
def module(extension):
    return extension("figure_words")


@pytest.fixture
def words():
    with (ROOT / "website" / "locale" / CODE / "LC_MESSAGES" / "sphinx.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file)}


@pytest.fixture(scope="module")
def figures():
    """The HTML of a page's two figures, as the notebook returns them."""
    rng = np.random.default_rng(5)
    sizes = [(4, 2), (3, 2), (3, 3), (3,)], [(3, 1), (2, 1), (2, 2), (2,)]
    return [unrolled_rnn(*(rng.uniform(-1, 1, size).round(2) for size in four)).data for four in sizes]


def spoken(figures):
    """Note, label and sentence of every figure, without tags."""
    parsed = [BeautifulSoup(figure, "html.parser") for figure in figures]
    return [
        element.get("aria-label") or element.get_text()
        for figure in parsed
        for element in figure.select(".note, [aria-label], .words")
    ]


def test_every_phrase_that_a_script_or_a_drawing_says_is_found(module):
    """What is put together before it is handed over would be none: no translator would see it."""
    assert {"Play", "step t", "The state begins at zero."} < {*module.every_phrase(FIGURES)}
    assert "${" not in "".join(module.every_phrase(FIGURES)), "a phrase has places, filled by what follows it"
    for file in FIGURES.iterdir():
        if file.suffix in module.LANGUAGES and file.name != "svg.py":
            calls = re.findall(r"(?<!def )\bphrase\(", file.read_text("utf8"))
            assert len(module.phrases(file)) == len(calls), file.name


def test_a_translation_has_the_places_of_its_phrase(module, words):
    for phrase in filter(words.get, module.every_phrase(FIGURES)):
        assert sorted(PLACE.findall(words[phrase])) == sorted(PLACE.findall(phrase))


def test_the_phrases_beside_the_words_say_the_same(figures):
    for element in (e for figure in figures for e in BeautifulSoup(figure, "html.parser").select("[data-phrases]")):
        english = " ".join(t.format(**values) for t, values in json.loads(element["data-phrases"]))
        assert english == (element.get("aria-label") or element.decode_contents())
    assert "data-phrases" in "".join(figures)


def test_what_python_wrote_is_said_again_with_the_same_numbers(module, figures, words):
    english, chinese = spoken(figures), spoken(module.translate(figures, FIGURES, words.__getitem__))
    assert len(english) == 6
    assert numbers_in(chinese) == numbers_in(english)
    assert english_in(chinese) == [] and english_in(english) != []
    assert all(map(HAN.search, chinese))


def test_a_translated_figure_is_the_english_one_but_for_its_words(module, figures, words):
    """The drawing, the numbers and the scripts stay as they are."""
    kept = ("path", "rect", "text", "style", "script[type]", "script:not([type]):last-child")
    for english, chinese in zip(figures, module.translate(figures, FIGURES, words.__getitem__), strict=True):
        before, after = (BeautifulSoup(html, "html.parser") for html in (english, chinese))
        for selector in kept:
            assert before.select(selector) == after.select(selector) != []


def test_what_belongs_to_html_stays_html(module, tmp_path):
    """Label and sentence are text, the note is HTML; and no word ends the script that carries the dictionary."""
    words = {"It's {a} & {b}.": '"{b}" & {a}。', "b<sub>{a}</sub>": "{a}<sub>b</sub>", "</script>": "<甲>"}
    (tmp_path / "one.js").write_text('phrase("</script>")', "utf8")
    (tmp_path / "shared.js").write_text("", "utf8")

    def data(*said):
        return escape(json.dumps(said))

    note, label = data(["b<sub>{a}</sub>", {"a": "2"}]), data(["It's {a} & {b}.", {"a": "1", "b": "<2>"}])
    two = data(["It's {a} & {b}.", {"a": "1", "b": "{a}"}], ["It's {a} & {b}.", {"a": "3", "b": "4"}])
    figure = (
        f'<div class="moving one"><p class="note" data-phrases="{note}">x</p>'
        f'<svg aria-label="x" data-phrases="{label}"></svg><p class="words" data-phrases="{two}">x</p></div>'
    )
    (html,) = module.translate([figure], tmp_path, words.__getitem__)
    dictionary, _, rest = html.partition("</script>")
    assert json.loads(dictionary.partition(" = ")[2]) == {"</script>": "<甲>"}
    found = BeautifulSoup(rest, "html.parser")
    assert found.select_one(".note").decode_contents() == "2<sub>b</sub>"
    assert found.svg["aria-label"] == '"<2>" & 1。'
    assert found.select_one(".words").string == '"{a}" & 1。"4" & 3。'


def run(module, monkeypatch, figures, words):
    """The figures' HTML and how many are counted as English, after the edition has had its turn."""
    monkeypatch.setattr(module, "_", lambda phrase: words.get(phrase, phrase))
    document = new_document(PAGE)
    document.settings.env = SimpleNamespace(docname=PAGE, app=SimpleNamespace(srcdir=ROOT))  # what Sphinx hands on
    document += [nodes.raw("", html, format="html", classes=["output", "text_html"]) for html in figures]
    module.FigureWords(document).run()
    changed = [node.astext() for node in document.children]
    assert all(node["classes"] == ["output", "text_html"] for node in document.children)
    return changed, document.get("english_figures", 0)


def test_without_one_of_its_phrases_a_figure_is_english_as_a_whole(module, monkeypatch, figures, words):
    assert run(module, monkeypatch, figures, words)[1] == 0
    shown = module.phrases(*(FIGURES / name for name in ("shared.js", "rnn.js", "rnn.py")))
    for phrase in shown:
        rest = {english: chinese for english, chinese in words.items() if english != phrase}
        changed, count = run(module, monkeypatch, figures, rest)
        assert count == "".join(changed).count('<div lang="en" class="moving rnn">') == 2, phrase
        assert [html.replace(' lang="en"', "") for html in changed] == figures, phrase


@pytest.mark.parametrize("part", ["note", "label", "words"])
def test_a_sentence_that_is_no_phrase_keeps_the_figure_english(module, monkeypatch, figures, words, part):
    """In the second figure alone: the first one stays English with it."""
    second = BeautifulSoup(figures[1], "html.parser")
    del second.select_one("[aria-label]" if part == "label" else f".{part}")["data-phrases"]
    changed, count = run(module, monkeypatch, [figures[0], str(second)], words)
    assert count == 2 and "figureWords = " not in "".join(changed) and not HAN.search("".join(changed))


@pytest.fixture
def both(visit):
    """The figure's page in English and in Chinese, the script at work."""
    pages = [visit(name) for name in (PAGE, f"{CODE}/{PAGE}")]
    for page in pages:
        page.locator(".moving.rnn.live").wait_for()
    assert pages[1].locator(".moving.rnn").get_attribute("lang") != "en", STALE
    return pages


def test_on_the_chinese_page_it_speaks_chinese_step_by_step(both):
    """Every text beside its English one: the same numbers, no word of the other language."""
    english, chinese = (page.locator(".moving.rnn") for page in both)
    last = int(english.locator("input").get_attribute("max"))
    for figure in (english, chinese):
        figure.locator("input").focus()
    for t in range(1, last + 1):
        english.locator(".words", has_text=f"Step {t} of {last}.").wait_for()
        chinese.locator(".words", has_text=f"第 {t} 步，共 {last} 步。").wait_for()
        texts, others = chinese.evaluate(TEXTS), english.evaluate(TEXTS)
        assert numbers_in(texts) == numbers_in(others)
        assert english_in(texts) == []
        assert not HAN.search("".join(others))
        for page in both:
            page.keyboard.press("ArrowRight")
    assert [page.faults for page in both] == [[], []]


def test_on_the_chinese_page_its_buttons_are_chinese(both):
    page, figure = both[1], both[1].locator(".moving.rnn")
    assert figure.get_by_role("button").all_inner_texts() == ["上一步", "播放", "下一步"]
    page.clock.install()
    figure.get_by_role("button", name="播放").click()
    assert figure.get_by_role("button").all_inner_texts() == ["上一步", "暂停", "下一步"]
    page.clock.run_for(20_000)
    assert figure.get_by_role("button", name="播放").is_visible()
    assert figure.locator("output").inner_text() == "6 / 6"
    prose = both[1].locator("article p", has_text="滑块").inner_text()
    assert "按下一步或播放" in prose, "the chapter names the buttons as they are"


def test_without_a_script_the_chinese_still_says_what_the_english_one_does(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page, texts = context.new_page(), []
    for name in (PAGE, f"{CODE}/{PAGE}"):
        page.goto(f"{address}/{name}.html", wait_until="domcontentloaded")
        figure = page.locator(".moving.rnn")
        label = figure.locator("svg").get_attribute("aria-label")
        texts.append([label, *figure.locator(".note, .words, svg text").all_text_contents()])
    context.close()
    english, chinese = texts
    assert numbers_in(chinese) == numbers_in(english)
    assert english_in(chinese) == [] and len(english_in(english)) > 40
    assert sum(bool(HAN.search(text)) for text in chinese) == 3


def test_on_the_english_page_nothing_has_changed(visit):
    page = visit(PAGE)
    figure = page.locator(".moving.rnn.live")
    assert page.evaluate("window.figureWords") is None
    figure.locator(".words", has_text="Step 1 of 6.").wait_for()
    assert figure.locator(".words").inner_text() == (
        "Step 1 of 6. The box reads the input 1.00 and the state (0.00, 0.00), and writes the state (0.91, 0.00)."
    )
    assert figure.locator(".sums > div").first.inner_text().startswith("unit 0: tanh( 1.5 · 1.00")
    assert figure.get_by_role("button").all_inner_texts() == ["Back", "Play", "Next"]
    assert figure.locator("label > span").inner_text() == "step t"
    assert figure.locator("output").inner_text() == "1 of 6"
