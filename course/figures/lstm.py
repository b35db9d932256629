"""One unit of an LSTM, in which the reader can move every gate, the candidate and the old cell."""

import numpy as np
from IPython.display import HTML

from course.figures.svg import line, number, output, rect, svg, text
from lstm_ref.lstm import lstm_step

WIDE, TALL = 30, 46  # of a control's frame; its filling is 3 smaller on each side
CONTROLS = {  # values that can be dragged: centre, whether the value has a sign
    "c_prev": (24, 84, True),
    "f": (136, 84, False),
    "i": (232, 170, False),
    "g": (232, 268, True),
    "o": (330, 196, False),
}
FLOWS = {  # lines as wide as the value on them: from, to
    "c_prev": (41, 84, 119, 84),
    "kept": (153, 84, 219, 84),
    "g": (232, 243, 232, 195),
    "taken": (232, 145, 232, 97),
    "c_t": (245, 84, 381, 84),
    "squashed": (330, 84, 330, 171),
    "h_t": (330, 221, 330, 262),
}
LABELS = {  # x and y of each number, and the words above it
    "c_prev": (28, 52, "old cell"),
    "f": (136, 140, "forget gate f"),
    "i": (172, 184, "input gate i"),
    "g": (172, 282, "candidate g"),
    "o": (392, 210, "output gate o"),
    "c_t": (398, 52, "new cell c"),
    "h_t": (330, 296, "shown: h"),
}


def lstm_cell(z_i: float, z_f: float, z_g: float, z_o: float, c_prev: float) -> HTML:
    """The figure of one unit; it begins with one step from these pre-activations and this old cell.

    z_i, z_f, z_g, z_o : float   from -6 to 6
    c_prev : float               from -10 to 10
    """
    z = {"z_i": z_i, "z_f": z_f, "z_g": z_g, "z_o": z_o}
    flow = step(z_i, z_f, z_g, z_o, c_prev)
    label = (
        "One unit of an LSTM. The forget gate multiplies the old cell, which comes from the left. The input gate "
        "multiplies the candidate. Their sum is the new cell. Below, the output gate multiplies tanh of the new cell, "
        "which gives the hidden state. The sentence under the figure states the numbers."
    )
    parts = [_flow_line(name, ends, flow[name]) for name, ends in FLOWS.items()]
    parts += [_control(name, *place, flow[name]) for name, place in CONTROLS.items()]
    parts += ['<g class="passive">', _control("c_t", 398, 84, True, flow["c_t"]), "</g>"]
    parts += [rect(219, 71, 26, 26, "frame", rx="13"), text(232, 89, "+"), text(350, 134, "tanh", "name")]
    for name, (x, y, words) in LABELS.items():
        parts += [text(x, y - 17, words, "name"), text(x, y, number(flow[name], 3), "number", data_v=name)]
    words = (
        f"The forget gate keeps {number(flow['kept'], 3)} of {number(c_prev, 3)}. The input gate takes in "
        f"{number(flow['taken'], 3)} of the candidate {number(flow['g'], 3)}. The cell now holds "
        f"{number(flow['c_t'], 3)}, and shows {number(flow['h_t'], 3)}."
    )
    return output("lstm", svg(436, 304, label, parts), words, z | {"c_prev": c_prev})


def step(z_i: float, z_f: float, z_g: float, z_o: float, c_prev: float) -> dict[str, float]:
    """Every number of one step of one unit, by `lstm_step`; the biases are the pre-activations, the weights are 0."""
    none, old = np.zeros((1, 1)), np.array([[float(c_prev)]])
    b = np.array([z_i, z_f, z_g, z_o], dtype=float)
    h_t, c_t, cache = lstm_step(none, none, old, np.zeros((4, 1)), np.zeros((4, 1)), b)
    i, f, g, o, squashed = (part.item() for part in cache[3:])
    return {
        **{"i": i, "f": f, "g": g, "o": o, "c_prev": float(c_prev), "kept": f * c_prev, "taken": i * g},
        **{"c_t": c_t.item(), "squashed": squashed, "h_t": h_t.item()},
    }


def _flow_line(name: str, ends: tuple, flow: float) -> str:
    width = 0.4 if abs(flow) < 0.005 else min(12, 1 + 4 * abs(flow))
    return line(*ends, "flow less" if flow < 0 else "flow", data_flow=name, stroke_width=f"{width:.1f}")


def _control(name: str, x: float, y: float, signed: bool, value: float) -> str:
    """A frame, filled from the bottom for a gate, from the middle for a value with a sign; a cell of ±10 fills it."""
    share = value / 10 if name.startswith("c") else value
    height, bottom = (TALL - 6) * min(1, abs(share)), y + TALL / 2 - 3
    top = bottom - height
    if signed:
        height /= 2
        top = y - height if share > 0 else y
    kind = ("plus" if share > 0 else "minus") if signed else "gate"
    fill = rect(x - WIDE / 2 + 3, round(top, 1), WIDE - 6, round(height, 1), f"fill {kind}")
    size = (x - WIDE / 2, y - TALL / 2, WIDE, TALL)
    middle = line(x - 8, y, x + 8, y) if signed else ""
    ring = rect(x - WIDE / 2 - 4, y - TALL / 2 - 4, WIDE + 8, TALL + 8, "ring", rx="8")
    return f'<g class="handle" data-control="{name}">{rect(*size, "frame", rx="5")}{middle}{fill}{ring}</g>'
