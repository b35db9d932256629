"""The moving figures on a translated page: in its language with the same numbers, or in English as a whole."""

import json
import re
from html import escape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from babel.messages.pofile import read_po

from course.figures.rnn import unrolled_rnn

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "course" / "figures"
PAGE, CODE = "chapters/01_recurrence", "zh_CN"
HAN = re.compile(r"[\u3400-\u9fff]")
NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?")
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
def body():
    """A page's HTML with two figures, as the notebook returns them."""
    rng = np.random.default_rng(5)
    sizes = [(4, 2), (3, 2), (3, 3), (3,)], [(3, 1), (2, 1), (2, 2), (2,)]
    made = [unrolled_rnn(*(rng.uniform(-1, 1, size).round(2) for size in four)).data for four in sizes]
    return "<h1>A page</h1>" + "<p>and</p>".join(made)


def said(module, body):
    """Note, label and sentence of every figure, without tags."""
    parts = [part for figure in module.FIGURE.finditer(body) for part in module.SAID.finditer(figure[0])]
    return [re.sub("<[^>]*>", "", part[0]) for part in parts]


def test_every_phrase_that_a_script_or_a_drawing_says_is_found(module):
    """What is put together before it is handed over would be none: no translator would see it."""
    assert {"Play", "step t", "The state begins at zero."} < {*module.every_phrase(FIGURES)}
    assert "${" not in "".join(module.every_phrase(FIGURES)), "a phrase has places, filled by what follows it"
    for file in FIGURES.iterdir():
        if file.suffix in module.LANGUAGES and file.name != "html.py":
            calls = re.findall(r"(?<!def )\bphrase\(", file.read_text("utf8"))
            assert len(module.phrases(file)) == len(calls), file.name


def test_a_translation_has_the_places_of_its_phrase(module, words):
    for phrase in filter(words.get, module.every_phrase(FIGURES)):
        assert sorted(module.PLACE.findall(words[phrase])) == sorted(module.PLACE.findall(phrase))


def test_what_python_wrote_is_said_again_with_the_same_numbers(module, body, words):
    english, chinese = said(module, body), said(module, module.translate(body, FIGURES, words.__getitem__))
    assert len(english) == 6
    assert numbers_in(chinese) == numbers_in(english)
    assert english_in(chinese) == [] and english_in(english) != []
    assert all(map(HAN.search, chinese))


def test_what_belongs_to_html_stays_html(module, tmp_path):
    """Label and sentence are text, the note is HTML; and no word ends the script that carries the dictionary."""
    words = {"It's {a} & {b}.": '"{b}" & {a}。', "b<sub>{a}</sub>": "{a}<sub>b</sub>", "</script>": "<甲>"}
    (tmp_path / "one.py").write_text("".join(f"phrase({phrase!r})\n" for phrase in [*words][:2]), "utf8")
    (tmp_path / "one.js").write_text('phrase("</script>")', "utf8")
    (tmp_path / "html.js").write_text("", "utf8")
    page = '<div class="moving one"><p class="note">{}</p><svg aria-label="{}"/><p aria-live="polite">{}</p><script>'
    body = page.format("b<sub>2</sub>", escape("It's 1 & <2>."), escape("It's 1 & 2. It's 3 & 4."))
    dictionary, _, rest = module.translate(body, tmp_path, words.__getitem__).partition("</script>")
    assert rest == page.format("2<sub>b</sub>", escape('"<2>" & 1。'), escape('"2" & 1。"4" & 3。'))
    assert json.loads(dictionary.partition(" = ")[2]) == {"</script>": "<甲>"}


def test_a_place_does_not_swallow_a_sentence(module):
    """Else what nobody has translated would stand in English in the midst of a translation."""
    words = {"{x} is read.": "读入 {x}。"}
    assert module.say_again("0.5 is read. (1, 2) is read.", words) == "读入 0.5。读入 (1, 2)。"
    with pytest.raises(LookupError, match="The state"):
        module.say_again("0.5 is read. The state is new. 1 is read.", words)


def run(module, monkeypatch, body, words):
    """The page's body and how many figures are counted as English, after the edition has had its turn."""
    monkeypatch.setattr(module, "_", lambda phrase: words.get(phrase, phrase))
    context = {"body": body}
    module.translate_figures(SimpleNamespace(srcdir=ROOT), PAGE, "page.html", context, None)
    return context["body"], context.get("english_figures", 0)


def test_without_one_of_its_phrases_a_figure_is_english_as_a_whole(module, monkeypatch, body, words):
    assert run(module, monkeypatch, body, words)[1] == 0
    shown = module.phrases(*(FIGURES / name for name in ("html.js", "rnn.js", "rnn.py")))
    for phrase in shown:
        rest = {english: chinese for english, chinese in words.items() if english != phrase}
        changed, count = run(module, monkeypatch, body, rest)
        assert count == changed.count('<div lang="en" class="moving rnn">') == 2, phrase
        assert changed.replace(' lang="en"', "") == body, phrase


def test_a_sentence_that_is_no_phrase_keeps_the_figure_english(module, monkeypatch, body, words):
    for old, new in [
        ("The state begins", "The note begins"),
        (", writes ", " and writes "),
        ("same weights", "weights"),
    ]:
        assert old in body
        changed, count = run(module, monkeypatch, body.replace(old, new), words)
        assert count == 2 and "figureWords = " not in changed and not HAN.search(changed)


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
    assert figure.locator(".sums > div").first.inner_text().startswith("unit 1: tanh( 1.5 · 1.00")
    assert figure.get_by_role("button").all_inner_texts() == ["Back", "Play", "Next"]
    assert figure.locator("label > span").inner_text() == "step t"
    assert figure.locator("output").inner_text() == "1 of 6"
