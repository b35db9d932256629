"""How the course's figures look, what several chapters draw alike, and on how many threads a chapter runs.

Importing this module sets the matplotlib style `course.lstm` for every figure of the process and limits the threads. A
chapter imports it before NumPy. BLUE shows what a figure is about and ORANGE what it is compared with; GREEN and PURPLE
show further curves; GREY is for text, axes and reference lines.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

# One thread is faster for matrices as small as the chapters', and the order in which BLAS adds up a sum then does not
# depend on the number of processors. BLAS and OpenMP read these variables when NumPy and PyTorch load them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

if "torch" in sys.modules:  # PyTorch has read the variables already
    sys.modules["torch"].set_num_threads(1)

plt.style.use("course.lstm")
GREY: str = plt.rcParams["text.color"]
BLUE, ORANGE, GREEN, PURPLE = plt.rcParams["axes.prop_cycle"].by_key()["color"]
LABEL_GAP = 0.09  # least distance of two names of curves, as a share of the axes' height


def arrow(ax: Axes, start: tuple, end: tuple, colour: str = GREY, **look: Any) -> None:
    """Draw an arrow between two points in data units; `look` goes to matplotlib's `arrowprops`."""
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4} | look)


def box(ax: Axes, x: float, y: float, label: str, colour: str = BLUE, width: float = 0.6, **font: Any) -> None:
    """Draw a frame of height 0.6 around (x, y), in data units, with the label in its middle."""
    ax.add_patch(Rectangle((x - width / 2, y - 0.3), width, 0.6, facecolor="none", edgecolor=colour, lw=2))
    ax.text(x, y, label, ha="center", va="center", color=colour, **font)


def seed_range(ax: Axes, x: ArrayLike, runs: np.ndarray, colour: str, alpha: float = 0.2) -> None:
    """Fill the band from the lowest to the highest run at each point, runs (seeds, points)."""
    ax.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=alpha, lw=0)


def seed_dots(ax: Axes, x: ArrayLike, scores: np.ndarray, label: str, colour: str = BLUE) -> None:
    """Draw a dot for each seed, scores (points, seeds), and a line through the medians, which the label names."""
    ax.plot(x, scores, "o", color=colour, alpha=0.6)
    ax.plot(x, np.median(scores, axis=1), color=colour, label=label)


def seed_column(ax: Axes, place: float, scores: Sequence[float], colour: str, alpha: float = 1.0) -> None:
    """Draw a dot for each seed, side by side in the order of the scores, around a place on the x axis."""
    around = place + np.linspace(-0.2, 0.2, len(scores))
    ax.plot(around, sorted(scores), "o", color=colour, alpha=alpha, ms=5)


def end_label(ax: Axes, x: float, y: float, label: str, colour: str, **font: Any) -> None:
    """Write the name of a curve to the right of its last point (x, y), in its colour; it may stand outside the axes."""
    ax.annotate(
        label, (x, y), (5, 0), textcoords="offset points", color=colour, va="center", annotation_clip=False, **font
    )


def end_labels(ax: Axes, x: float, ends: dict[str, tuple[float, str]]) -> None:
    """Write the names of several curves to the right of their last points, apart from each other.

    ends : dict   name → height of the last point and colour

    Call it after everything else is drawn and the limits are set.
    """
    ax.autoscale_view()
    into_axes = ax.transData + ax.transAxes.inverted()
    places = {label: float(into_axes.transform((x, y))[1]) for label, (y, _) in ends.items()}
    order = sorted(places, key=lambda label: places[label])
    for below, above in zip(order, order[1:]):  # noqa: B905 (pairs of neighbours)
        places[above] = max(places[above], places[below] + LABEL_GAP)
    for label, (_, colour) in ends.items():
        end_label(ax, x, min(places[label], 1.1), label, colour, xycoords=("data", "axes fraction"))


def log_axis(ax: Axes, name: str, ticks: Sequence[float]) -> None:
    """Make the axis "x" or "y" logarithmic, with these ticks and no others."""
    ax.set(**{f"{name}scale": "log", f"{name}ticks": ticks, f"{name}ticklabels": ticks})
    ax.minorticks_off()


def heat_map(ax: Axes, values: np.ndarray, colours: str, low: float = 0.0) -> AxesImage:
    """Draw each of the values (rows, columns), from `low` to 1, as a rectangle in a colour of this colour map."""
    return ax.imshow(values, aspect="auto", cmap=colours, vmin=low, vmax=1, interpolation="nearest")


def colour_bar(image: AxesImage, axes: Axes | np.ndarray, label: str) -> None:
    """Draw the scale of a heat map beside the axes that show it."""
    image.figure.colorbar(image, ax=axes, label=label).outline.set_edgecolor(GREY)


def character_axis(ax: Axes, line: str, **font: Any) -> None:
    """Label the columns of a heat map: the first is the start symbol, then each has a character of the line."""
    ax.set_xticks(range(len(line) + 1), [">", *line.replace(" ", "_")], **font)
    ax.set_xlabel("character just read")


def legend_above(ax: Axes, columns: int) -> Legend:
    """Put a legend above the axes, at their left edge, where it covers no curve."""
    return ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)
