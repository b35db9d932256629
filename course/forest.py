"""A forest plot: figures of several results with their intervals, one below the other, grouped by claim."""

import textwrap
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course.style import BLUE, GREY

WIDTH, ROW = 7.4, 0.27  # inches
CLAIM = 78  # characters a line of a claim


class Row(NamedTuple):
    """One figure: what it is, its estimate, and the ends of its interval."""

    what: str
    mean: float
    low: float
    high: float


def forest_plot(groups: dict[str, list[Row]], label: str, reference: float | None = None) -> Figure:
    """Draw every group's heading and, below it, its rows: a dot for the estimate and a line for the interval.

    groups : dict       heading → rows
    label : str         of the x axis
    reference : float   where a dashed line stands, such as no difference
    """
    headings = {heading: textwrap.wrap(heading, CLAIM) for heading in groups}
    lines = sum(len(headings[heading]) + len(rows) + 0.6 for heading, rows in groups.items())
    fig, ax = plt.subplots(figsize=(WIDTH, ROW * lines + 0.6))
    y, ticks = 0.0, {}
    for heading, rows in groups.items():
        for text in headings[heading]:
            ax.text(-0.78, y, text, transform=ax.get_yaxis_transform(), va="center", weight="bold", fontsize=9)
            y += 1
        for row in rows:
            ax.plot([row.low, row.high], [y, y], color=BLUE, lw=2, alpha=0.6, clip_on=False)
            ax.plot(row.mean, y, "o", color=BLUE, ms=5, clip_on=False)
            ticks[y] = row.what
            y += 1
        y += 0.6
    if reference is not None:
        ax.axvline(reference, color=GREY, lw=1, ls="--")
    ax.set(xlabel=label, ylim=(y - 0.6, -0.8), yticks=[*ticks])
    ax.set_yticklabels(ticks.values(), fontsize=9)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", alpha=0.3)
    for side in ("left", "top", "right"):
        ax.spines[side].set_visible(False)
    return fig


def rows_of(result: dict, kind: str) -> list[Row]:
    """The figures of a result's headline that are of one kind.

    result : dict   as `lstm_ref.results.load` returns it
    kind : str      "share": of runs in which something is true; "nats": a difference in nats a character
    """
    found = []
    for group, metric, what in result["headline"]:
        is_share = isinstance(result["runs"][0].get(metric), bool | np.bool_)
        is_nats = group.startswith("characters/") and "-" in group and metric == "score"
        if {"share": is_share, "nats": is_nats}[kind]:
            figure = result["summary"][group][metric]
            found.append(Row(what, figure["mean"], figure["low"], figure["high"]))
    return found
