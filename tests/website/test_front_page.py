"""The front page: its figure's numbers are the reference's, it can be stopped, and its map says what the course has."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from tests.website.parsed import soup, sources
from translator import Translator

SECOND = 1000  # ms


@pytest.fixture(scope="module")
def figure(html):
    return soup(html, "index").select_one("figure.opening")


@pytest.fixture(scope="module")
def sentence(figure):
    return re.match("“(.+?)”", figure.svg["aria-label"])[1]


def test_the_translation_and_its_looks_are_the_translator_s(figure, sentence):
    words, characters, looks = Translator.load().attention(sentence)
    steps = figure.select("[data-t]")
    drawn = [step.find("text").get_text() for step in steps]
    assert drawn == [c.replace("<eos>", "end") for c in characters]
    assert [t.get_text() for t in figure.svg.find_all("text", recursive=False)] == [w.replace("@@", "-") for w in words]
    for step, row in zip(steps, looks, strict=True):
        lines = sorted(float(line["opacity"]) for line in step.find_all("path"))
        assert lines == pytest.approx(sorted(row[row >= 0.05]), abs=0.006)
        assert f"“{words[row.argmax()].replace('@@', '-')}” ({row.max():.2f})" in step["data-say"]


def test_the_heat_map_is_the_forget_gate_of_real_units(figure, sentence):
    """By PyTorch's own cell: the drawing was computed with lstm_ref's."""
    picture = base64.b64decode(figure.find("image")["href"].partition(",")[2])
    drawn = np.asarray(Image.open(io.BytesIO(picture)))[..., 3] / 255  # (units, steps)
    translator = Translator.load()
    model, (_, characters, _) = translator.model, translator.attention(sentence)
    read = [1, *(translator.target.tokens.index(c) for c in characters[:-1])]  # <bos> first
    rnn = model.decoder.rnn
    with torch.no_grad():
        _, (h, c) = model.begin(*translator.encode_batch([sentence]))
        gates = []
        for number in read:
            x = model.decoder.embed(torch.tensor([number]))
            z = x @ rnn.weight_ih_l0.T + rnn.bias_ih_l0 + h @ rnn.weight_hh_l0.T + rnn.bias_hh_l0
            gates.append(torch.sigmoid(z.chunk(4, dim=1)[1])[0].numpy())
            h, c = torch.lstm_cell(x, (h, c), rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0)
    gates = np.array(gates).T
    apart = np.abs(drawn[:, None] - gates[None]).max(axis=2)  # each drawn row against every unit
    assert apart.min(axis=1).max() < 0.003
    assert len(set(apart.argmin(axis=1))) == len(drawn)


def test_it_is_small(figure):
    assert len(str(figure).encode()) < 8 * 1024


def test_without_a_script_it_is_a_whole_picture(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    steps = page.locator(".opening [data-t]")
    assert all(text.is_visible() for text in steps.locator("text").all())
    assert all(line.is_visible() for line in steps.locator("path").all())
    assert not page.locator(".opening button").is_visible()
    context.close()


def visible(page):
    return page.locator(".opening [data-t]:not(.later)").count()


def test_it_moves_and_can_be_stopped(browser, address):
    context = browser.new_context(reduced_motion="no-preference")
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.locator(".opening.ready").wait_for()
    before = visible(page)
    page.wait_for_function(f"document.querySelectorAll('.opening [data-t]:not(.later)').length > {before}")
    button = page.get_by_role("button", name="Pause")
    button.focus()
    page.keyboard.press("Enter")
    stopped = visible(page)
    page.wait_for_timeout(2 * SECOND)
    assert visible(page) == stopped
    assert page.locator(".opening .words").get_attribute("aria-live") == "polite"
    context.close()


def test_who_wants_no_motion_gets_none_and_can_step(visit):
    page = visit("index")  # the fixture asks for reduced motion
    total = page.locator(".opening [data-t]").count()
    page.wait_for_timeout(2 * SECOND)
    assert visible(page) == total
    page.locator(".opening input").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert visible(page) == 2
    assert page.locator(".opening .now path:visible").count() == page.locator(".opening path:visible").count() > 0
    assert page.locator(".opening .words").inner_text().startswith(f"2 of {total}")
    assert page.faults == []


def test_the_map_adds_up(html, pytestconfig):
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in soup(html, "index").select("table.map tr")]
    by_number = {row[0]: row for row in rows if row}
    for stem, exercises in sources(pytestconfig.rootpath):
        row = by_number[stem.partition("_")[0].lstrip("0")]
        assert row[3] == f"{len(exercises)}, {sum(e['points'] for e in exercises)} points"
        minutes = sum(e["minutes"] for e in exercises)
        said = re.fullmatch(r"\d+ min \+ (?:(\d+) min|(\d+)(½?) h)", row[4])
        assert said, row[4]
        shown = int(said[1]) if said[1] else 60 * int(said[2]) + 30 * bool(said[3])
        assert abs(shown - minutes) <= 15
