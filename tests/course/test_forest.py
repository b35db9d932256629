"""course/forest.py: the figures of results with their intervals, drawn by claim."""

import matplotlib.pyplot as plt
import pytest

from course.forest import Row, forest_plot, rows_of

RESULT = {
    "headline": [
        ["lstm", "solved", "LSTM"],
        ["lstm", "steps", "steps"],
        ["characters/gru-lstm", "score", "GRU − LSTM"],
        ["memory/gru-lstm", "score", "the same, adding"],
    ],
    "runs": [{"solved": True, "steps": 3, "score": 0.5}],
    "summary": {
        "lstm": {
            "solved": {"n": 2, "mean": 1.0, "low": 0.3, "high": 1.0},
            "steps": {"n": 2, "mean": 3.0, "low": 2.0, "high": 4.0},
        },
        "characters/gru-lstm": {"score": {"n": 2, "mean": -0.1, "low": -0.2, "high": 0.1}},
        "memory/gru-lstm": {"score": {"n": 2, "mean": 0.0, "low": -0.2, "high": 0.1}},
    },
}


@pytest.mark.parametrize(
    ("kind", "row"), [("share", Row("LSTM", 1.0, 0.3, 1.0)), ("nats", Row("GRU − LSTM", -0.1, -0.2, 0.1))]
)
def test_rows_are_figures_of_one_kind(kind, row):
    assert rows_of(RESULT, kind) == [row]


def test_each_row_has_its_dot_its_line_and_its_label():
    groups = {"A claim.": [Row("a", 0.5, 0.2, 0.9), Row("b", 0.1, 0.0, 0.3)], "Another one.": [Row("c", 1.0, 0.6, 1.0)]}
    ax = forest_plot(groups, "share", 0.5).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    rows = [row for rows in groups.values() for row in rows]
    lines, dots, reference = ax.lines[0:6:2], ax.lines[1:6:2], ax.lines[6]
    assert [tuple(line.get_xdata()) for line in lines] == [(row.low, row.high) for row in rows]
    assert [dot.get_xdata()[0] for dot in dots] == [row.mean for row in rows]
    assert list(reference.get_xdata()) == [0.5, 0.5]
    heights = [dot.get_ydata()[0] for dot in dots]
    assert heights == sorted(heights) and list(ax.get_yticks()) == heights, "from the top down"
    assert [text.get_text() for text in ax.texts] == [*groups]
    plt.close("all")
