"""An answer in another style is the same answer, and a mistake in another style the same mistake."""

import numpy as np
import pytest
import restyle
from restyling import STYLES, restyled

from autograde.authoring.answers import as_cell, load_answer, right_answers, right_answers_path, run_test_on
from autograde.course import Course
from autograde.judging.bank import WrongAnswer, bank

COURSE = Course()
EACH = 2  # wrong answers of an exercise that the suite tries
FUNCTION = """
def f(a, b, n):
    total, parts = a @ b + np.dot(a, b) + 1, []
    for k in range(n):
        step = (total * total.sum(axis=0, keepdims=True) + a.sum()) * 0.5 * k
        if k % 2:
            sign = -1
        else:
            sign = 1
        parts.append(sign * step**2 - total.T[0].mean() + np.sum(b, axis=1).sum())
    shown = [part.sum() for part in parts if part.any()]
    return parts if n > 2 else [p + sigmoid(total) for p in parts], shown
"""


def value(source):
    namespace = {"np": np, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
    exec(source, namespace)
    rng = np.random.default_rng(3)
    return [namespace["f"](rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), n) for n in (0, 2, 3)]


@pytest.mark.parametrize("style", STYLES)
def test_a_style_changes_the_text_and_only_the_last_digits_of_the_values(style):
    other = restyled(FUNCTION, style)
    assert other != FUNCTION
    for (one, shown), (two, shown_too) in zip(value(FUNCTION), value(other), strict=True):
        assert len(one) == len(two) and all(np.allclose(a, b, rtol=1e-12) for a, b in zip(one, two, strict=True))
        assert np.allclose(shown, shown_too, rtol=1e-12)


def test_where_there_is_nothing_to_rewrite_there_is_no_other_style():
    assert restyled("def f(x):\n    return x", "loops") is None
    assert "@" not in restyled(FUNCTION, "loops") and "np.dot" not in restyled(FUNCTION, "loops")


@pytest.mark.parametrize(
    "name", ["rnn_step", "masked_cross_entropy", "lstm_step_backward", "LSTMCell", "gru_step", "attention"]
)
def test_a_right_answer_stays_right_in_every_style(name):
    exercise = COURSE.by_name[name]
    answer = right_answers(COURSE, exercise)[0]
    source = as_cell(COURSE, right_answers_path(COURSE, exercise), answer.node.name, name)
    for style in STYLES:
        if (other := restyled(source, style)) is not None:
            assert run_test_on(COURSE, exercise, load_answer(COURSE, exercise, other), 1).mismatches == [], style


def test_mistakes_in_another_style_are_recognised_and_none_is_given_a_wrong_cause():
    """Of each exercise a few wrong answers, rewritten in every way at once; the exhaustive tests try all."""
    found = {}
    for exercise in COURSE.exercises:
        for entry in bank(COURSE, exercise)[1 :: len(bank(COURSE, exercise)) // EACH]:
            verdict = restyle.judged(COURSE, exercise, entry, "everything", 1)
            found |= {(exercise.id, entry.name): verdict} if verdict else {}
    assert {key: verdict for key, verdict in found.items() if verdict not in ("right", "missed")} == {}
    right = sum(verdict == "right" for verdict in found.values())
    assert right >= 0.95 * len(found) >= 0.95 * 80


def test_the_command_counts_what_is_recognised_and_what_is_not(capsys, monkeypatch):
    assert restyle.main(["2.4", "--style", "idioms", "--jobs", "1"]) == 0
    assert " right: 100.00 %; a wrong cause for 0" in capsys.readouterr().out
    other = bank(COURSE, COURSE.find("2.4"))
    swapped = [WrongAnswer("another", "…", other[1].function), *other]
    monkeypatch.setattr("autograde.judging.diagnosis.bank", lambda *_: swapped)
    assert restyle.main(["2.4", "--jobs", "1"]) == 1
    said = capsys.readouterr().out
    assert f"2.4 {other[1].name}, renamed: another" in said and "a wrong cause for 0" not in said
    assert restyle.main(["2.44"]) == 2 and "2.44 is no exercise" in capsys.readouterr().err
