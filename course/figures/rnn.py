"""A recurrent network, unrolled: a short sequence, step by step, with every number."""

from collections.abc import Sequence

import numpy as np
from IPython.display import HTML
from numpy import ndarray

from course.figures.svg import MINUS, arrow, bar, line, number, output, phrase, rect, significant, svg, text
from lstm_ref.rnn import rnn_forward

FIRST, COLUMN = 78, 62  # x of the first step's centre, and the distance to the next step
STATE, BOX, INPUT = 54, 126, 206  # y of a state of zero, of the box's upper edge, and of an input of zero


def unrolled_rnn(x: ndarray, W_ih: ndarray, W_hh: ndarray, b: ndarray) -> HTML:
    """The figure of one sequence; its numbers are those of `rnn_forward`, from a state of zeros.

    x : (T, D)      a few steps of one or two inputs, from -1 to 1
    W_ih : (H, D)   input weights of two or three units
    W_hh : (H, H)   recurrent weights
    b : (H,)        bias
    """
    hs = rnn_forward(x[:, None], np.zeros((1, len(b))), W_ih, W_hh, b)[0][:, 0]
    label = phrase(
        "A recurrent network unrolled over {last} steps. At each step the same box reads the input below it and the "
        "state from its left, and writes the state above it.",
        last=len(x),
    )
    parts = [text(22, BOX + 24, _symbol("h", 0), "name")]
    parts += [_step(t, x[t - 1], hs[t - 1]) for t in range(1, len(x) + 1)]
    weights = phrase(
        "In every box the same weights: W<sub>ih</sub> = {W_ih}, W<sub>hh</sub> = {W_hh}, b = {b}.",
        W_ih=_weights(W_ih),
        W_hh=_weights(W_hh),
        b=_weights(b),
    )
    steps = [
        phrase("Step {t}: reads {x_t}, writes {h_t}.", t=t, x_t=_vector(x_t), h_t=_vector(h_t))
        for t, (x_t, h_t) in enumerate(zip(x, hs, strict=True), 1)
    ]
    words = [phrase("The state begins at zero."), *steps]
    data = {"x": x.tolist(), "hs": [[significant(h) for h in h_t] for h_t in hs]}
    data |= {"W_ih": W_ih.tolist(), "W_hh": W_hh.tolist(), "b": b.tolist()}
    width = FIRST + COLUMN * (len(x) - 1) + 32
    return output("rnn", svg(width, 264, label, parts), words, data, weights)


def _step(t: int, x_t: ndarray, h_t: ndarray) -> str:
    at = FIRST + COLUMN * (t - 1)
    before = [arrow(34 if t == 1 else at - COLUMN + 24, BOX + 20, at - 25, BOX + 20)]
    box = [rect(at - 23, BOX, 46, 40, "frame", rx="6"), text(at, BOX + 24.5, "RNN")]
    given = [text(at, 257, _symbol("x", t), "name"), arrow(at, INPUT - 22, at, BOX + 43)]
    made = [text(at, 14, _symbol("h", t), "name"), arrow(at, BOX - 3, at, BOX - 12)]
    reading = [*given, *_bars(at, INPUT, x_t, 18), *_numbers(at, 240, x_t)]
    writing = [*made, *_bars(at, STATE, h_t, 30), *_numbers(at, 112 - 14 * len(h_t) + 14, h_t)]
    groups = {"reading": reading, "writing": [*before, *box, *writing]}
    inside = "".join(f'<g class="{name}">{"".join(parts)}</g>' for name, parts in groups.items())
    return f'<g class="step">{inside}</g>'


def _bars(at: float, zero: float, values: ndarray, reach: float) -> list[str]:
    first = at - 9 * len(values)
    across = line(first - 2, zero, at + 9 * len(values) + 2, zero)
    return [*(bar(first + 18 * k + 2, zero, value, 14, reach) for k, value in enumerate(values)), across]


def _numbers(at: float, y: float, values: ndarray) -> list[str]:
    return [text(at, y + 14 * k, number(value), "number") for k, value in enumerate(values)]


def _symbol(name: str, t: int) -> str:
    return f'{name}<tspan dy="3" class="small">{t}</tspan>'


def _vector(values: Sequence[float]) -> str:
    return f"({', '.join(number(value) for value in values)})" if len(values) > 1 else number(values[0])


def _weights(W: ndarray) -> str:
    """The weights with all their decimals; a matrix of one row or column is written as a vector."""
    if W.ndim == 2 and 1 not in W.shape:
        return f"({', '.join(map(_weights, W))})"
    return f"({', '.join(f'{w:g}' for w in W.ravel())})".replace("-", MINUS)
