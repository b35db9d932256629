"""A GRU beside an LSTM: one unit of each reads the same sequence, and the reader can move every gate of every step."""

from collections.abc import Iterable

import numpy as np
from IPython.display import HTML
from numpy import ndarray

from course.figures.svg import line, number, output, rect, svg, text
from lstm_ref.gru import gru_forward
from lstm_ref.lstm import lstm_forward

LEFT, CELL = 34, 33  # x of the first step, and the width of a step
TOP, ROW, TALL = 26, 46, 28  # y of the first row, distance to the next row, height of a bar for 1
GATES = "ifozru"
# Rows from the top with their roles; rows with the same role are side by side.
PANELS = {
    "LSTM": {"x": "input", "i": "gate: lets in", "f": "gate: keeps", "o": "gate: shows", "g": "candidate"}
    | {"c": "memory", "h": "shown"},
    "GRU": {"x": "input", "u": "gate: lets in", "z": "gate: keeps", "r": "gate: n sees the old", "n": "candidate"}
    | {"s": "memory, shown as it is"},
}
SYMBOLS = {"u": "1 − z", "s": "h"}  # where the symbol on the page is not the name


def gru_beside_lstm(x: ndarray, gates: dict[str, ndarray]) -> HTML:
    """One LSTM unit and one GRU unit over the same inputs, every gate set by hand.

    The candidates are g = tanh(x_t + h_{t-1}) and n = tanh(x_t + r h_{t-1}).

    x : (T,)       inputs from -1 to 1
    gates : dict   (T,) each: i, f, o of the LSTM, z and r of the GRU, from 0 to 1
    """
    values = states(x, gates)
    panels = []
    for cell, rows in PANELS.items():
        listed = ", ".join(f"{SYMBOLS.get(name, name)} ({job})" for name, job in rows.items())
        one = "an LSTM" if cell == "LSTM" else "a GRU"
        label = f"One unit of {one} over {len(x)} steps, a row of bars each for {listed}."
        band = rect(LEFT + CELL * (len(x) - 1), TOP, CELL, ROW * len(rows), "band")
        drawn = [_row(TOP + ROW * k, name, job, values[name]) for k, (name, job) in enumerate(rows.items())]
        size = LEFT + CELL * len(x) + 46, TOP + ROW * len(rows)
        panels.append(svg(*size, label, [text(LEFT + 2, 14, cell, "left number"), band, *drawn]))
    c, h, s = (number(values[name][-1]) for name in "chs")
    words = f"After step {len(x)} the LSTM's cell holds {c} and {h} is shown; the GRU holds and shows {s}."
    data = {name: np.asarray(values[name], float).tolist() for name in "xifozr"}
    return output("gru", "".join(panels), words, data)


def states(x: ndarray, gates: dict[str, ndarray]) -> dict[str, ndarray]:
    """Every row of both figures, by `lstm_forward` and `gru_forward`; the gates' pre-activations are inputs."""
    # ±50 stands for infinity: σ(50) rounds to 1
    a = {name: np.log(np.maximum(v, 1e-22) / np.maximum(1 - v, 1e-22)) for name, v in gates.items()}
    zero, alone = np.zeros((1, 1)), np.array([[0.0], [0.0], [1.0], [0.0]])  # only the candidate reads h
    lstm_x = np.stack([a["i"], a["f"], x, a["o"]], axis=1)[:, None]
    hs, _, c_T, cache = lstm_forward(lstm_x, zero, zero, np.eye(4), alone, np.zeros(4))
    cs = [*(step[2].item() for step in cache[1:]), c_T.item()]
    gru_x = np.stack([a["r"], a["z"], x], axis=1)[:, None]
    ss, _, gru_cache = gru_forward(gru_x, zero, np.eye(3), alone[:3], np.zeros(3))
    rows = {"x": x, **gates, "u": 1 - gates["z"], "c": np.array(cs), "h": hs[:, 0, 0], "s": ss[:, 0, 0]}
    return rows | {
        "g": np.array([step[5].item() for step in cache]),
        "n": np.array([step[4].item() for step in gru_cache]),
    }


def _row(top: float, name: str, job: str, values: ndarray) -> str:
    """Label, bars and ring of one row, and the number of its last step."""
    below, wide = top + 15 + TALL, CELL * len(values)
    zero = below if name in GATES else below - TALL / 2
    ring = rect(LEFT, top + 12, wide, TALL + 6, "ring", rx="5")
    kinds = ["gate"] if name in GATES else ["plus", "minus"]
    bars = "".join(f'<path class="{kind}" d="{_bars(values, kind, zero)}"/>' for kind in kinds)
    words = [
        text(LEFT - 6, below - 9, SYMBOLS.get(name, name), "right name"),
        text(LEFT + 2, top + 9, job, "left small"),
        text(LEFT + wide + 44, below - 9, number(values[-1]), "right number", data_v=name),
    ]
    kind = "handle row" if name in "xifozr" else "row"
    drawn = [line(LEFT, zero, LEFT + wide, zero), bars, *words, ring]
    return f'<g class="{kind}" data-row="{name}" data-zero="{zero:g}">{"".join(drawn)}</g>'


def _bars(values: Iterable[float], kind: str, zero: float) -> str:
    """A path of bars of one sign; where a value exceeds 1, all bars are scaled down."""
    most = max(1.0, *(abs(v) for v in values))
    reach = (TALL if kind == "gate" else TALL / 2) / most
    some = [(k, v) for k, v in enumerate(values) if kind == "gate" or (v > 0) == (kind == "plus")]
    return "".join(f"M{LEFT + CELL * k + 4} {zero:g}v{-reach * v:.1f}h{CELL - 8}V{zero:g}z" for k, v in some)
