"""Mistakes of the real course in other styles than the bank's, named or not named on purpose."""

import textwrap

import pytest

from autograde.check import mistakes

SIGMOIDS = [
    ("1 / (1 + np.exp(-z))", "overflows_on_the_way"),
    ("np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))", "overflows_on_the_way"),
    ("np.where(z >= 0, 1 / (1 + np.exp(-z)), 1 - 1 / (1 + np.exp(z)))", "overflows_on_the_way"),
    ("np.exp(z) / (np.exp(z) + 1)", "overflows"),
    ("1 / (1 + np.exp(z))", "has_the_sign_wrong"),  # and overflows besides
    ("np.reciprocal(np.exp(-z) + 1).astype(np.float64)", None),  # overflows, and widens float32 besides
]


@pytest.mark.parametrize("formula, name", SIGMOIDS, ids=[formula for formula, _ in SIGMOIDS])
def test_what_overflows_on_the_way_is_named_and_hides_no_other_mistake(formula, name, course, grade_cells):
    result = grade_cells(course.by_name["sigmoid"], f"def sigmoid(z):\n    return {formula}")
    assert (result.status, result.diagnosis) == ("failed", name), result.message
    if name == "overflows_on_the_way":
        assert result.message.startswith("Something overflows on the way")


def test_an_overflow_that_is_silenced_on_purpose_is_the_authors_own_affair(course, grade_cells):
    silenced = "def sigmoid(z):\n    with np.errstate(over='ignore'):\n        return 1 / (1 + np.exp(-z))"
    assert grade_cells(course.by_name["sigmoid"], silenced).status == "passed"


BACKWARD = """
def lstm_step_backward(dh_t, dc_t, cache, W_ih, W_hh):
    x_t, h_prev, c_prev, i, f, g, o, tanh_c = cache
    dc = dc_t + dh_t * o * (1 - tanh_c**2)
    dz = {joined}([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)])
    {then}
    return dz @ W_ih, dz @ W_hh, dc * f, dz.T @ x_t, dz.T @ h_prev, dz.sum(axis=0)
"""


@pytest.mark.parametrize(
    "joined, then, name",
    [
        ("np.vstack", "", "joins_the_gates_along_the_batch"),
        ("np.hstack", "dz = dz[:, 1:]", None),  # the same type, another text
        ("np.hstack", "raise ValueError('no')", None),
    ],
)
def test_what_only_raises_is_named_by_the_text_of_the_error(joined, then, name, course, grade_cells):
    result = grade_cells(course.by_name["lstm_step_backward"], BACKWARD.format(joined=joined, then=then))
    assert result.points == 0 and result.diagnosis == name
    assert "It raises ValueError" in result.message and "of the cell: " in result.message


def test_the_wrong_exception_is_told_from_the_right_one(course, grade_cells):
    clip = """
    def clip_by_global_norm(grads, max_norm):
        norm = float(np.sqrt(sum(np.sum(g.astype(np.float64) ** 2) for g in grads)))
        if not np.isfinite(norm):
            raise ValueError("not finite")
        return [g * min(1.0, max_norm / max(norm, 1e-300)) for g in grads], norm
    """
    result = grade_cells(course.by_name["clip_by_global_norm"], textwrap.dedent(clip))
    assert (
        result.points == 0
        and "It raises ValueError where it should raise FloatingPointError: not finite" in result.message
    )


def test_a_mistake_that_passes_is_shown_as_one_since_notebooks_are_built_before_a_test_is_written(capsys, monkeypatch):
    monkeypatch.setitem(mistakes.__globals__, "load_test", lambda course, exercise: lambda recorded, rng: None)
    mistakes("rnn_step")
    assert "autograde doctor 1.1" in capsys.readouterr().out


def test_the_mistakes_of_an_exercise_are_shown_those_too_that_only_raise(capsys):
    mistakes("lstm_step_backward")
    shown = " ".join(capsys.readouterr().out.split())
    assert "joins_the_gates_along_the_batch It raises ValueError, for N=3 H=5 D=2:" in shown
