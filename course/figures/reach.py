"""How far a gradient reaches: the norm of the Jacobian against the distance, for several cells and initialisations."""

import math
from collections.abc import Sequence
from itertools import pairwise

from IPython.display import HTML

from course.figures.svg import MINUS, line, output, significant, svg, text

WIDTH, HEIGHT, LEFT, RIGHT, TOP = 330, 230, 40, 92, 12  # of the plot, and its margins
LOW, HIGH = -20, 10  # powers of ten


def reach_explorer(
    distance: Sequence[int], rnn: dict[float, Sequence[float]], gated: dict[str, Sequence[float]]
) -> HTML:
    """The figure of several cells; the reader chooses a cell, its initialisation and a distance.

    distance : int list   steps from the change to the state that is measured, rising
    rnn : dict            spectral radius of W_hh, rising → norms, one a distance
    gated : dict          name of a cell and its initialisation → norms
    """
    curves = {f"RNN {radius:g}": norms for radius, norms in rnn.items()} | gated
    label = (
        f"Norm of the Jacobian against the distance, 1 to {distance[-1]} steps, on a logarithmic scale, a curve each "
        f"for {', '.join(curves)}. The sentence under the figure says the numbers of one of them."
    )
    powers = range(LOW, HIGH + 1, 10)
    parts = [line(LEFT, _y(p), LEFT + WIDTH, _y(p), "grid" if p else "grid one") for p in powers]
    parts += [text(LEFT - 6, _y(p) + 4, _power(p), "right small") for p in powers]
    parts += [
        text(_x(t, distance), TOP + HEIGHT + 18, str(t), "small") for t in (1, 20, 40, 60, 80, 100) if t <= distance[-1]
    ]
    parts += [text(LEFT + WIDTH / 2, TOP + HEIGHT + 36, "steps back", "small")]
    # All curves that end below the plot have the same height there: a thousandth keeps their labels in order.
    ends = _apart([_y(p) + max(0.0, LOW - p) / 1000 for p in (_log(norms[-1]) for norms in curves.values())])
    for (name, norms), end in zip(curves.items(), ends, strict=True):
        points = " ".join(f"{x:.1f} {y:.1f}" for x, y in _path(distance, norms))
        words = text(LEFT + WIDTH + 6, end + 4, name, "left small")
        parts.append(f'<g data-curve="{name}"><path d="M{points}"/>{words}</g>')
    parts.append('<g class="mark"><path/><circle r="5"/></g>')
    left = ", ".join(f"{name} {norms[-1]:.2g}".replace("-", MINUS) for name, norms in curves.items())
    words = f"What is left of a nudge after {distance[-1]} steps: {left}."
    numbers = {name: [significant(v) for v in norms] for name, norms in curves.items()}
    data = {"distance": [*distance], "radius": [*rnn], "curves": numbers, "gated": [*gated]}
    data["xs"] = [round(_x(t, distance), 1) for t in distance]
    return output("reach", svg(LEFT + WIDTH + RIGHT, TOP + HEIGHT + 42, label, parts), words, data)


def _x(t: float, distance: Sequence[int]) -> float:
    return LEFT + WIDTH * (t - 1) / (distance[-1] - 1)


def _path(distance: Sequence[int], norms: Sequence[float]) -> list[tuple[float, float]]:
    """The points of a curve; a curve that leaves the plot ends on its lower edge."""
    points = []
    for k, (t, value) in enumerate(zip(distance, norms, strict=True)):
        power = _log(value)
        if power < LOW and points:
            before, last = _log(norms[k - 1]), distance[k - 1]
            edge = last + (t - last) * (before - LOW) / (before - power)
            return [*points, (_x(edge, distance), _y(LOW))]
        points.append((_x(t, distance), _y(power)))
    return points


def _y(power: float) -> float:
    return TOP + HEIGHT * (HIGH - min(HIGH, max(LOW, power))) / (HIGH - LOW)


def _log(value: float) -> float:
    return math.log10(max(value, 1e-300))


def _power(p: int) -> str:
    return f'10<tspan dy="-5">{str(p).replace("-", MINUS)}</tspan>' if p else "1"


def _apart(heights: list[float], least: float = 13) -> list[float]:
    """The heights, moved so that labels do not touch and none is below the plot."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = [heights[k] for k in order]
    for _ in range(100):  # two labels that are too near move apart
        for k, (a, b) in enumerate(pairwise(placed)):
            push = max(0.0, least - (b - a)) / 2
            placed[k], placed[k + 1] = a - push, b + push
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], placed[k + 1] - least if k + 1 < len(placed) else TOP + HEIGHT)
    found = dict(zip(order, placed, strict=True))
    return [found[k] for k in range(len(heights))]
