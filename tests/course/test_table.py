"""course/table.py: what a table's cells show."""

import numpy as np
import pytest

from course.table import cell_text, table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0123456, "0.0123"),
        (12.0, "12"),
        (1234.5, "1,230"),
        (4.5e6, "4.5e+06"),
        (np.float32(0.5), "0.5"),
        (59211, "59,211"),
        (np.int64(7), "7"),
        (True, "yes"),
        (np.bool_(False), "no"),
        (float("nan"), "nan"),
        ("a < b", "a < b"),
    ],
)
def test_a_cell(value, text):
    assert cell_text(value) == text


def test_a_table_has_a_head_and_a_row_for_each_item():
    html = table(["x", "y"], [(1, 0.25), (2, True)]).data
    assert html.count("<tr>") == 3 and html.count("<th ") == 2 and html.count("<td ") == 4
    assert "0.25" in html and "yes" in html
