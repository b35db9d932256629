"""How the course's figures look, what several chapters draw alike, and on how many threads a chapter runs.

Importing this module takes the style `course.lstm` for every figure of the process and limits the threads; a chapter
imports it before NumPy. BLUE is what a figure is about, ORANGE what stands against it, GREEN and PURPLE are further
curves; GREY is text, axes and lines of reference.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

# One thread: the chapters' matrices are so small that a second one costs more than it saves, and sums are added up in
# the same order on every machine. BLAS and OpenMP read these variables when NumPy and PyTorch load them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

if "torch" in sys.modules:  # it has read the variables already
    sys.modules["torch"].set_num_threads(1)

plt.style.use("course.lstm")
GREY: str = plt.rcParams["text.color"]
BLUE, ORANGE, GREEN, PURPLE = plt.rcParams["axes.prop_cycle"].by_key()["color"]


def arrow(ax: Axes, start: tuple, end: tuple, colour: str = GREY, **look: Any) -> None:
    """An arrow between two points in data units; `look` goes to matplotlib's `arrowprops`."""
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4} | look)


def box(ax: Axes, x: float, y: float, label: str, colour: str = BLUE, width: float = 0.6, **font: Any) -> None:
    """A frame of height 0.6 around (x, y) in data units, and the label in its middle."""
    ax.add_patch(Rectangle((x - width / 2, y - 0.3), width, 0.6, facecolor="none", edgecolor=colour, lw=2))
    ax.text(x, y, label, ha="center", va="center", color=colour, **font)


def seed_range(ax: Axes, x: ArrayLike, runs: np.ndarray, colour: str, alpha: float = 0.2) -> None:
    """A band from the lowest to the highest of several runs, runs (seeds, points)."""
    ax.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=alpha, lw=0)


def seed_dots(ax: Axes, x: ArrayLike, scores: np.ndarray, label: str, colour: str = BLUE) -> None:
    """A dot for each seed, scores (points, seeds), and a line through the medians, which the label names."""
    ax.plot(x, scores, "o", color=colour, alpha=0.6)
    ax.plot(x, np.median(scores, axis=1), color=colour, label=label)


def seed_column(ax: Axes, place: float, scores: Sequence[float], colour: str, alpha: float = 1.0) -> None:
    """A dot for each seed, in order of the scores, side by side around a place of the x axis."""
    around = place + np.linspace(-0.2, 0.2, len(scores))
    ax.plot(around, sorted(scores), "o", color=colour, alpha=alpha, ms=5)


def log_axis(ax: Axes, name: str, ticks: Sequence[float]) -> None:
    """Make the axis "x" or "y" logarithmic, with these ticks and no others."""
    ax.set(**{f"{name}scale": "log", f"{name}ticks": ticks, f"{name}ticklabels": ticks})
    ax.minorticks_off()


def heat_map(ax: Axes, values: np.ndarray, colours: str, low: float = 0.0) -> AxesImage:
    """Values (rows, columns) from `low` to 1, each one a rectangle of its own in a colour of this colour map."""
    return ax.imshow(values, aspect="auto", cmap=colours, vmin=low, vmax=1, interpolation="nearest")


def colour_bar(image: AxesImage, axes: Axes | np.ndarray, label: str) -> None:
    """The scale of a heat map, beside the axes that show it."""
    image.figure.colorbar(image, ax=axes, label=label).outline.set_edgecolor(GREY)


def character_axis(ax: Axes, line: str, **font: Any) -> None:
    """Ticks below a heat map that has a column for the start and one for each character of the line."""
    ax.set_xticks(range(len(line) + 1), [">", *line.replace(" ", "_")], **font)
    ax.set_xlabel("character just read")


def legend_above(ax: Axes, columns: int) -> Legend:
    """A legend above the axes, from their left edge on, where no curve passes behind it."""
    return ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)
