"""The moving cell of chapter 2: its numbers are the reference's, with and without a script; sliders and keys."""

import json
import re

import numpy as np
import pytest

from lstm_ref.lstm import lstm_step

PAGE = "chapters/02_gates"
SLIDERS = ("z_i", "z_f", "z_g", "z_o", "c_prev")
SHOWN = ("c_prev", "f", "i", "g", "o", "c_t", "h_t")


def step(z_i, z_f, z_g, z_o, c_prev):
    """What one unit does, by lstm_step: its biases are the sliders, it reads nothing else."""
    b = np.array([z_i, z_f, z_g, z_o], dtype=float)
    nothing = np.zeros((1, 1))
    h_t, c_t, cache = lstm_step(nothing, nothing, np.array([[float(c_prev)]]), np.zeros((4, 1)), np.zeros((4, 1)), b)
    names = dict(zip("ifgo", (a.item() for a in cache[3:7]), strict=True))
    return names | {"c_prev": float(c_prev), "c_t": c_t.item(), "h_t": h_t.item()}


def expected(*values):
    """The numbers that the drawing should show, by name."""
    numbers = step(*values)
    return {name: pytest.approx(numbers[name], abs=5.01e-4) for name in SHOWN}


def shown(page):
    """The numbers in the drawing, by name."""
    pairs = page.eval_on_selector_all(".lstm [data-v]", "all => all.map(e => [e.dataset.v, e.textContent])")
    return {name: float(text.replace("−", "-")) for name, text in pairs}


def set_sliders(page, values):
    for name, value in zip(SLIDERS, values, strict=True):
        page.locator(f".lstm input[data-in={name}]").fill(str(value))


@pytest.fixture(scope="module")
def figure(tabs):
    with tabs() as visit:
        page = visit(PAGE)
        page.locator(".lstm.live").wait_for()
        yield page


@pytest.mark.parametrize(
    "values",
    [(-1, 3, 0.5, 0, 1.5), (6, -6, -6, 6, 10), (-6, 6, 2, -6, -10), (0, 0, 0, 0, 0), (2.3, 1.7, -0.9, -2.1, 4.4)],
)
def test_the_numbers_are_those_of_lstm_ref(figure, values):
    set_sliders(figure, values)
    assert shown(figure) == expected(*values)
    assert figure.faults == []


def test_without_a_script_it_shows_a_step_that_is_right(html):
    text = (html / f"{PAGE}.html").read_text("utf8")
    figure = text[text.index('<div class="moving lstm"') :]
    first = json.loads(re.search(r'<script type="application/json">(.*?)</script>', figure)[1])
    numbers = {name: float(value) for name, value in re.findall(r'data-v="(\w+)"[^>]*>(-?[\d.]+)<', figure)}
    assert numbers == expected(*(first[name] for name in SLIDERS))
    sentence = re.search(r'aria-live="polite">([^<]+)<', figure)[1]
    assert {f"{numbers[name]:.3f}" for name in ("c_prev", "g", "c_t", "h_t")} <= set(re.findall(r"\d\.\d{3}", sentence))


def test_the_keyboard_moves_it_and_the_words_follow(figure):
    set_sliders(figure, (-1, 3, 0.5, 0, 1.5))
    figure.locator(".lstm input[data-in=z_i]").focus()
    figure.keyboard.press("Tab")
    assert figure.evaluate("document.activeElement.dataset.in") == "z_f"
    figure.keyboard.press("Home")
    figure.keyboard.press("ArrowRight")
    assert shown(figure) == expected(-1, -5.9, 0.5, 0, 1.5)
    figure.locator(".lstm .words", has_text="The forget gate is shut").wait_for()
    said = figure.locator(".lstm .words").inner_text()
    assert f"now holds {step(-1, -5.9, 0.5, 0, 1.5)['c_t']:.3f}" in said


def test_a_control_is_moved_by_arrow_keys(figure):
    set_sliders(figure, (-1, 3, 0.5, 0, 1.5))
    control = figure.locator(".lstm [data-control=f]")
    assert control.get_attribute("role") == "slider" and control.get_attribute("aria-label") == "forget gate"
    control.focus()
    for key in ("PageDown", "ArrowDown", "ArrowLeft", "ArrowUp"):
        figure.keyboard.press(key)
    assert shown(figure) == expected(-1, 1.9, 0.5, 0, 1.5)
    assert float(control.get_attribute("aria-valuenow")) == pytest.approx(step(-1, 1.9, 0.5, 0, 1.5)["f"], abs=5.01e-4)
    assert figure.locator(".lstm input[data-in=z_f]").input_value() == "1.9"
    figure.keyboard.press("Tab")
    assert figure.evaluate("document.activeElement.dataset.control") != "f", "the control keeps the keyboard"


def test_a_control_is_dragged(figure):
    """To the bottom it is shut, back to the top it is open, and in between it is what its slider says."""
    set_sliders(figure, (-1, 3, 0.5, 0, 1.5))
    figure.locator(".lstm [data-control=f]").scroll_into_view_if_needed()
    box = figure.locator(".lstm [data-control=f] .ring").bounding_box()
    assert min(box["width"], box["height"]) >= 24
    x, top, bottom = box["x"] + box["width"] / 2, box["y"] + 1, box["y"] + box["height"] - 1
    seen = []
    figure.mouse.move(x, top)
    figure.mouse.down()
    for y in (top, bottom, bottom + 40, (top + bottom) / 2):
        figure.mouse.move(x, y)
        z_f = float(figure.locator(".lstm input[data-in=z_f]").input_value())
        assert shown(figure) == expected(-1, z_f, 0.5, 0, 1.5)
        seen.append(z_f)
    figure.mouse.up()
    assert seen[:3] == [6, -6, -6] and abs(seen[3]) < 0.5
    figure.mouse.move(x, top)
    assert shown(figure)["f"] == pytest.approx(step(-1, seen[3], 0.5, 0, 1.5)["f"], abs=5.01e-4), "it was let go"


def test_next_step_hands_the_cell_on(figure):
    values = (6, 6, 6, 0, 0)
    set_sliders(figure, values)
    button = figure.get_by_role("button", name="Next step")
    c = 0.0
    for _ in range(3):
        c = step(*values[:4], c)["c_t"]
        button.focus()
        figure.keyboard.press("Enter")
    assert shown(figure) == expected(*values[:4], c)
    assert c > 2.9


def test_every_slider_has_a_name(figure):
    for name, says in zip(SLIDERS, ("input", "forget", "candidate", "output", "old cell"), strict=True):
        slider = figure.locator(f".lstm input[data-in={name}]")
        assert says in slider.evaluate("e => e.labels[0].textContent")
