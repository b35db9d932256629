"""The wiring diagram in a browser: keys go from equation to equation, and a still beside it stays as it is."""

import pytest

from course.figures import wiring
from course.figures.cells import LSTM


@pytest.fixture
def page(browser):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(error))
    page.clock.install()
    page.set_content(wiring.lstm("forget").data + wiring.lstm_steps().data)
    yield page
    assert page.faults == []
    context.close()


def highlighted(figure):
    """The numbers of nodes and edges that are highlighted, and the sentence of the equation that is."""
    parts = figure.locator("[data-s].on:not(.equation)").count()
    return parts, figure.locator(".equation.on").get_attribute("aria-label")


def wanted(stage):
    nodes, edges = LSTM.parts(stage)
    return len(nodes) + len(edges), str(LSTM.stages[stage].words)


def test_keys_go_from_stage_to_stage(page):
    figure = page.locator(".wiring.live")
    figure.locator("input").focus()
    for stage in LSTM.stages:
        assert highlighted(figure) == wanted(stage)
        page.clock.run_for(300)
        assert figure.locator(".words").inner_text() == wanted(stage)[1]
        page.keyboard.press("ArrowRight")
    figure.get_by_role("button", name="Back").press("Enter")
    assert highlighted(figure) == wanted([*LSTM.stages][-2])


def test_play_ends_at_the_last_stage(page):
    figure = page.locator(".wiring.live")
    figure.get_by_role("button", name="Play").click()
    page.clock.run_for(1400 * len(LSTM.stages))
    assert highlighted(figure) == wanted([*LSTM.stages][-1])
    assert figure.get_by_role("button", name="Play").is_visible()


def test_a_still_has_no_controls_and_stays_as_it_is(page):
    still = page.locator(".wiring.still")
    page.locator(".wiring.live").get_by_role("button", name="Next").click()
    assert still.locator("button, input").count() == 0
    parts, _ = wanted("forget")
    assert still.locator("g.on:not(.equation)").count() == parts
    assert still.locator(".equation.on").text_content() == "f ⊙ ct−1"
