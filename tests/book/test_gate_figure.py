"""The gate figure of chapter 2: its numbers are the reference's, with and without a script, and keys move it."""

import re

import numpy as np
import pytest

from lstm_ref.lstm import lstm_step

PAGE = "chapters/02_gates"
SLIDERS = ("z_i", "z_f", "z_g", "z_o", "c_prev")


def by_the_reference(z_i, z_f, z_g, z_o, c_prev):
    """What one unit does, by lstm_step: its biases are the sliders, it reads nothing else."""
    b = np.array([z_i, z_f, z_g, z_o], dtype=float)
    nothing = np.zeros((1, 1))
    h_t, c_t, cache = lstm_step(nothing, nothing, np.array([[float(c_prev)]]), np.zeros((4, 1)), np.zeros((4, 1)), b)
    names = dict(zip("ifgo", (a.item() for a in cache[3:7]), strict=True))
    return names | {"c_prev": float(c_prev), "c_t": c_t.item(), "h_t": h_t.item()}


def shown(page):
    """The numbers in the drawing, by name."""
    pairs = page.eval_on_selector_all(".gates [data-v]", "all => all.map(e => [e.dataset.v, e.textContent])")
    return {name: float(text.replace("−", "-")) for name, text in pairs}


def set_sliders(page, values):
    for name, value in zip(SLIDERS, values, strict=True):
        page.locator(f".gates input[data-in={name}]").fill(str(value))


@pytest.fixture
def figure(visit):
    page = visit(PAGE)
    page.locator(".gates .controls").wait_for(state="visible")
    return page


@pytest.mark.parametrize(
    "values",
    [(-1, 3, 0.5, 0, 1.5), (6, -6, -6, 6, 10), (-6, 6, 2, -6, -10), (0, 0, 0, 0, 0), (2.3, 1.7, -0.9, -2.1, 4.4)],
)
def test_the_numbers_are_those_of_lstm_ref(figure, values):
    set_sliders(figure, values)
    expected = by_the_reference(*values)
    assert shown(figure) == {name: pytest.approx(value, abs=5.01e-4) for name, value in expected.items()}
    assert figure.faults == []


def test_without_a_script_it_shows_a_step_that_is_right(html):
    text = (html / f"{PAGE}.html").read_text("utf8")
    figure = text[text.index('<div class="gates"') : text.index("(() => {")]
    numbers = {name: float(value) for name, value in re.findall(r'data-v="(\w+)"[^>]*>(-?[\d.]+)<', figure)}
    first = dict(re.findall(r'data-in="(\w+)"[^>]*value="(-?[\d.]+)"', figure))
    expected = by_the_reference(*(float(first[name]) for name in SLIDERS))
    assert numbers == {name: pytest.approx(value, abs=5.01e-4) for name, value in expected.items()}
    sentence = re.search(r'aria-live="polite">([^<]+)<', figure)[1]
    assert {f"{numbers[name]:.3f}" for name in ("c_prev", "g", "c_t", "h_t")} <= set(re.findall(r"\d\.\d{3}", sentence))


def test_the_keyboard_moves_it_and_the_words_follow(figure):
    set_sliders(figure, (-1, 3, 0.5, 0, 1.5))
    figure.locator(".gates input[data-in=z_i]").focus()
    figure.keyboard.press("Tab")
    assert figure.evaluate("document.activeElement.dataset.in") == "z_f"
    figure.keyboard.press("Home")
    figure.keyboard.press("ArrowRight")
    expected = by_the_reference(-1, -5.9, 0.5, 0, 1.5)
    assert shown(figure)["f"] == pytest.approx(expected["f"], abs=5.01e-4)
    figure.locator(".gates [aria-live=polite]", has_text="The forget gate is shut").wait_for()
    assert f"now holds {expected['c_t']:.3f}" in figure.locator(".gates [aria-live=polite]").inner_text()


def test_next_step_hands_the_cell_on(figure):
    values = (6, 6, 6, 0, 0)
    set_sliders(figure, values)
    button = figure.get_by_role("button", name="Next step")
    c = 0.0
    for _ in range(3):
        c = by_the_reference(*values[:4], c)["c_t"]
        button.focus()
        figure.keyboard.press("Enter")
    assert shown(figure)["c_prev"] == pytest.approx(c, abs=5.01e-4)
    assert shown(figure)["c_t"] == pytest.approx(by_the_reference(*values[:4], c)["c_t"], abs=5.01e-4)
    assert c > 2.9


def test_every_slider_has_a_name_and_a_state(figure):
    for name, says in zip(SLIDERS, ("input", "forget", "candidate", "output", "old cell"), strict=True):
        slider = figure.locator(f".gates input[data-in={name}]")
        assert says in slider.evaluate("e => e.labels[0].textContent")
    opacities = "all => all.map(e => Number(e.getAttribute('fill-opacity')))"
    doors = figure.locator(".gates [data-gate]").evaluate_all(opacities)
    assert len(doors) == 3 and all(0 <= door <= 1 for door in doors)
