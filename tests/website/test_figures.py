"""The moving figures in a browser: driven by keys, their numbers held against lstm_ref; small, quiet, usable by all."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest

from lstm_ref import gru, init, lstm, measure, rnn
from tests.website.inspection import PHONE, turn
from tests.website.parsed import soup

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "course" / "figures"


def page_of(name):
    """The first chapter whose lesson imports the figure."""
    use = re.compile(rf"^from course\.figures(\.{name} import |\ import .*\b{name}\b)", re.MULTILINE)
    lessons = [path for path in sorted(ROOT.glob("course/*/lesson.md")) if use.search(path.read_text("utf8"))]
    return f"chapters/{lessons[0].parent.name}" if lessons else None


SCRIPTS = [path.stem for path in sorted(FOLDER.glob("*.js")) if path.stem != "shared"]
PAGES = {name: page for name in SCRIPTS if (page := page_of(name))}
LIGHT = 30_000  # bytes
STOPS = 'button, input, [tabindex="0"]'
NAME = """(() => { const e = document.activeElement;
    return e.ariaLabel || e.textContent || e.labels[0].textContent; })()"""
TARGETS = """root => [...root.querySelectorAll('button, input, .ring')].filter(e => e.checkVisibility())
    .map(e => e.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"""


def value(text):
    """The number that a figure shows."""
    return float(text.replace("−", "-"))


@pytest.fixture
def open_figure(visit):
    """open_figure("rnn") → page and the figure's locator, the script at work."""

    def open_page(name, **how):
        page = visit(PAGES[name], **how)
        page.locator(f".moving.{name}.live").first.wait_for()
        return page, page.locator(f".moving.{name}.live").first

    return open_page


def outputs(html, page=None):
    """Every figure on one page or on the whole site, as it stands there."""
    for name in [page] if page else dict.fromkeys(PAGES.values()):
        yield from soup(html, name).select("div.moving")


def data_of(html, name):
    figure = next(figure for figure in outputs(html) if name in figure["class"])
    return json.loads(figure.select_one("script[type='application/json']").string)


def test_all_scripts_and_styles_together_are_light():
    files = [path for path in FOLDER.iterdir() if path.suffix in (".js", ".css")]
    files = [path for path in files if path.stem != "opening"]  # the front page alone loads it, with its own bound
    assert sum(path.stat().st_size for path in files) < LIGHT


def test_all_that_the_figures_bring_to_the_pages_is_light(html):
    """Drawings, words, numbers, scripts: over the wire, where a server compresses."""
    found = [*outputs(html)]
    assert {name for figure in found for name in figure["class"]} - {"still"} == {*PAGES, "moving"}
    pages = ["".join(map(str, outputs(html, page))) for page in dict.fromkeys(PAGES.values())]
    assert sum(len(gzip.compress(page.encode())) for page in pages) < 2 * LIGHT, "a page is compressed as a whole"
    shared = {str(part) for figure in found for part in figure.find_all(["style", "script"])}
    drawn = [str(part) for figure in found for part in figure.find_all(["svg", "p"])]
    assert len(gzip.compress("".join([*shared, *drawn]).encode())) < LIGHT


@pytest.mark.parametrize("name", PAGES)
def test_the_page_itself_has_a_still_with_words(html, name):
    figure = next(figure for figure in outputs(html) if name in figure["class"])
    assert "live" not in figure["class"]
    for drawing in figure.find_all("svg"):
        assert drawing["role"] == "img" and len(drawing["aria-label"]) > 40
    assert len(figure.select_one("p.words").get_text()) > 40
    assert figure.find_all(["button", "input"]) == [], "a control that does nothing without a script"


def test_without_a_script_the_still_is_seen(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PAGES['rnn']}.html", wait_until="domcontentloaded")
    drawing, number = page.locator(".moving.rnn svg"), page.locator(".moving.rnn .writing .number").last
    assert drawing.bounding_box()["width"] > 200 and number.is_visible()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_figure_suits_a_phone_and_the_dark(open_figure, name):
    """Every target can be hit, nothing sticks out, and the drawing takes the page's colours."""
    page, figure = open_figure(name, width=PHONE, height=844)
    sizes = figure.evaluate(TARGETS)
    assert sizes and min(sizes) >= 24
    box = figure.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE
    turn(page, "dark")
    ink = figure.locator("svg:visible text").first.evaluate("e => getComputedStyle(e).fill")
    assert ink == figure.evaluate("e => getComputedStyle(e).color")
    assert figure.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("name", PAGES)
def test_tab_goes_in_and_out_again(open_figure, name):
    page, figure = open_figure(name)
    figure.evaluate(f"root => [...root.querySelectorAll({STOPS!r})].find(e => e.checkVisibility()).focus()")
    stops = figure.evaluate(f"root => [...root.querySelectorAll({STOPS!r})].filter(e => e.checkVisibility()).length")
    for _ in range(stops):
        assert figure.evaluate("root => root.contains(document.activeElement)")
        assert page.evaluate(NAME).strip()
        page.keyboard.press("Tab")
    assert not figure.evaluate("root => root.contains(document.activeElement)"), "Tab does not lead out of it"
    assert page.faults == []


def test_the_unrolled_network_step_by_step(open_figure, html):
    data = {name: np.array(values) for name, values in data_of(html, "rnn").items()}
    hs, _ = rnn.rnn_forward(data["x"][:, None], np.zeros((1, 2)), data["W_ih"], data["W_hh"], data["b"])
    page, figure = open_figure("rnn")
    figure.locator("input").focus()
    for t, h_t in enumerate(hs[:, 0], 1):
        shown = figure.locator("[data-unit]").all_inner_texts()
        assert [value(text) for text in shown] == pytest.approx([*h_t], abs=5.01e-3)
        assert figure.locator(".step.now").count() == 1
        assert figure.locator(".step.later").count() == len(hs) - t
        numbers = figure.locator(".step.now .writing .number").all_text_contents()
        assert [value(text) for text in numbers] == pytest.approx([*h_t], abs=5.01e-3)
        page.keyboard.press("ArrowRight")
    figure.get_by_role("button", name="Back").focus()
    page.keyboard.press("Enter")
    figure.locator(".words", has_text=f"Step {len(hs) - 1} of {len(hs)}").wait_for()
    assert page.faults == []


def test_play_goes_to_the_end_and_stops(open_figure):
    page, figure = open_figure("rnn")
    last = int(figure.locator("input").get_attribute("max"))
    page.clock.install()
    figure.get_by_role("button", name="Play").click()
    page.clock.run_for(1400)
    assert figure.locator("output").inner_text() == f"3 of {last}"
    page.clock.run_for(20_000)
    assert figure.locator("output").inner_text() == f"{last} of {last}"
    assert figure.get_by_role("button", name="Play").is_visible()


def norms_by_the_reference(name, T, seeds=10):
    """Median norm of ∂s_T / ∂s_{T-t} by distance, as chapter 3 describes the networks."""
    runs = []
    for seed in range(seeds):
        draw, none = np.random.default_rng(seed), np.zeros((1, 32))
        if name.startswith("RNN"):
            W_ih, W_hh, b = init.init_rnn(8, 32, draw)
            W_hh = float(name.split()[1]) * W_hh
            hs, _ = rnn.rnn_forward(draw.normal(size=(T, 1, 8)), none, W_ih, W_hh, b)
            jacobians = measure.rnn_jacobians(hs, W_hh, 0)
        else:
            W_ih, W_hh, b = init.init_lstm(8, 32, 1.0, draw)
            *_, cache = lstm.lstm_forward(draw.normal(size=(T, 1, 8)), none, none, W_ih, W_hh, b)
            jacobians = measure.lstm_jacobians(cache, W_ih, W_hh, 0)
        runs.append(measure.state_jacobian_norms(jacobians)[::-1])
    return np.median(runs, axis=0)


def test_the_explorer_shows_what_is_measured(open_figure, html):
    data = data_of(html, "reach")
    for name in ("RNN 1.2", "LSTM, bias 1"):
        measured = norms_by_the_reference(name, 100)[np.array(data["distance"]) - 1]
        np.testing.assert_allclose(data["curves"][name], measured, rtol=6e-3)
    page, figure = open_figure("reach")
    figure.get_by_role("button", name="LSTM, bias 1").focus()
    page.keyboard.press("Enter")
    assert figure.locator("label:visible").count() == 1, "an LSTM has no slider for the radius"
    figure.locator("input:visible").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    at = data["distance"].index(20) + 3
    left = data["curves"]["LSTM, bias 1"][at]
    figure.locator(".words", has_text=f"LSTM, bias 1: of a nudge {data['distance'][at]} steps back").wait_for()
    said = figure.locator(".words").inner_text()
    factor = value(said.split("a factor of ")[1].split(" ")[0])
    assert factor == pytest.approx(left ** (1 / data["distance"][at]), abs=6e-4)
    assert value(said.split("back, ")[1].split(" ")[0]) == pytest.approx(left, rel=6e-3)
    assert figure.locator(".on").get_attribute("data-curve") == "LSTM, bias 1"
    assert page.faults == []


def both_cells(rows, keeps):
    """c, h of the LSTM's unit and h of the GRU's after the last step, from gates that are given."""
    one = {name: np.array(values)[:, None, None] for name, values in rows.items()}
    c, h, s = np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1))
    W_hh = np.array([[0.0], [0.0], [1.0]])
    for t in range(len(rows["x"])):
        g = np.tanh(one["x"][t] + h)
        c = lstm.cell_update(c, one["i"][t], one["f"][t], g)
        h = lstm.hidden_output(one["o"][t], c)
        z = one["z"][t] if keeps else 1 - one["z"][t]
        shut = np.array([np.log(a.item() + 1e-20) - np.log(1 - a.item() + 1e-20) for a in (one["r"][t], z)])
        s, _ = gru.gru_step(np.zeros((1, 1)), s, np.zeros((3, 1)), W_hh, np.array([*shut, one["x"][t].item()]))
    return {"c": c.item(), "h": h.item(), "s": s.item()}


def test_gru_and_lstm_run_side_by_side(open_figure, html):
    rows = data_of(html, "gru")
    last = len(rows["x"]) - 1
    page, figure = open_figure("gru")

    def shown():
        return {name: value(figure.locator(f"[data-v={name}]").first.text_content()) for name in "chs"}

    def right(keeps=True):
        return {name: pytest.approx(v, abs=5.01e-3) for name, v in both_cells(rows, keeps).items()}

    assert shown() == right()
    figure.locator("[data-row=f]").focus()
    page.keyboard.press("End")
    for _ in range(last):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("PageUp")  # as open as it can be already
    rows["f"] = [1.0] * (last + 1)
    figure.locator("[data-row=i]").focus()  # at the first step now
    page.keyboard.press("End")
    rows["i"][0] = 1.0
    for t in range(1, last + 1):
        page.keyboard.press("ArrowRight")
        for _ in range(5):
            page.keyboard.press("ArrowDown")
        rows["i"][t] = 0.0
    figure.locator("[data-row=z]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    rows["z"][last] = 0.8
    assert shown() == right()
    assert shown()["c"] == pytest.approx(np.tanh(rows["x"][0]), abs=5.01e-3), "the first input is held"
    assert figure.locator("[data-row=z]").get_attribute("aria-valuetext") == f"step {last + 1} of {last + 1}: 0.80"

    figure.get_by_role("button", name="lets in").focus()
    page.keyboard.press("Enter")
    assert shown() == right(keeps=False)
    figure.get_by_role("button", name="again").click()
    rows = data_of(html, "gru")
    assert shown() == right(keeps=False)
    figure.locator(".words", has_text=f"Step {last + 1} of {last + 1}").wait_for()
    assert page.faults == []


def test_a_swipe_paints_a_row(open_figure):
    page, figure = open_figure("gru")
    row = figure.locator("[data-row=z] .ring")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 2, steps=30)
    page.mouse.up()
    figure.locator("[data-row=z]").focus()
    for _ in range(8):
        assert figure.locator("[data-v=z]").text_content() == "1.00"
        page.keyboard.press("ArrowLeft")


@pytest.fixture(scope="module")
def translator():
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from translator import Translator

    return Translator.load()


def test_the_attention_is_the_translators(open_figure, translator):
    page, figure = open_figure("attention")
    sentences = figure.get_by_role("group", name="Sentence").get_by_role("button")
    assert sentences.count() >= 3
    for k, sentence in enumerate(sentences.all_inner_texts()):
        text, _, note = sentence.rpartition(" (")
        assert note in ("in training)", "not in training)")
        words, characters, weights = translator.attention(text)
        sentences.nth(k).focus()
        page.keyboard.press("Enter")
        drawing = figure.locator("svg:visible")
        assert drawing.count() == 1
        drawing.focus()
        for t, row in enumerate(weights):
            numbers = drawing.locator(".number").all_text_contents()
            assert [value(text) for text in numbers] == pytest.approx([*row], abs=6e-3)
            assert drawing.locator(".column.on").count() == 1
            assert drawing.get_attribute("aria-valuenow") == str(t + 1)
            page.keyboard.press("ArrowRight")
        looked = drawing.locator(".word.on").text_content()
        figure.locator(".words", has_text="to write the end").wait_for()
        assert looked == words[weights[-1].argmax()]
    assert page.faults == []


def test_a_touched_column_is_chosen(open_figure):
    page, figure = open_figure("attention", width=390, height=844)
    column = figure.locator("svg:visible .column").nth(3)
    column.scroll_into_view_if_needed()
    box = column.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert figure.locator("svg:visible").get_attribute("aria-valuenow") == "4"


def test_the_beam_is_a_real_search(open_figure, html, translator):
    page, figure = open_figure("beam")
    sentence = figure.locator(".note").inner_text()
    for width in figure.get_by_role("group", name="Beam").get_by_role("button").all_inner_texts():
        figure.get_by_role("button", name=width, exact=True).click()
        slider = figure.locator("input")
        slider.focus()
        steps = int(slider.get_attribute("max"))
        for _ in range(steps):
            kept = figure.locator("tr.kept, tr.finished, tr.the").count()
            assert kept == int(width), "the beam is full at every step"
            scores = [value(text) for text in figure.locator("tr.kept .number, tr.dropped .number").all_inner_texts()]
            assert scores == sorted(scores, reverse=True)
            page.keyboard.press("ArrowRight")
        best = figure.locator("tr.best td").first.inner_text()
        assert best == translator.translate([sentence], beam=int(width), alpha=0.0)[0]
        drawn = figure.locator("svg:visible .best text").all_text_contents()
        assert "".join(drawn).removesuffix("end") == best
    assert page.faults == []
