"""The classic problems: what the papers say of them, held on many draws."""

import re

import numpy as np
import pytest

from lstm_ref.tasks import (
    REBER,
    adding_correct,
    adding_problem,
    classes_correct,
    copy_problem,
    reber_correct,
    reber_stream,
    reber_string,
    temporal_order,
)


@pytest.mark.parametrize("T", [4, 5, 12, 60])
def test_adding(T, rng):
    x, y = adding_problem(T, 300, rng)
    marks = x[:, :, 1]
    assert x.shape == (T, 300, 2) and y.shape == (300,)
    assert ((marks == 1).sum(axis=0) == 2).all()  # two different steps
    assert (marks[-1] == -1).all()
    assert set(np.unique(marks)) <= {-1.0, 0.0, 1.0}
    positions = np.array([np.flatnonzero(column) for column in (marks == 1).T])
    assert positions.max() < T // 2 and positions.min(axis=1).max() < min(10, T // 2)
    first_is_marked = (positions == 0).any(axis=1)
    assert first_is_marked.any() and (x[0, first_is_marked, 0] == 0).all()
    assert (marks[0, ~first_is_marked] == -1).all()
    np.testing.assert_allclose(y, 0.5 + (x[:, :, 0] * (marks == 1)).sum(axis=0) / 4)
    assert np.abs(x[:, :, 0]).max() <= 1 and y.min() >= 0 and y.max() <= 1


def test_adding_is_judged_by_its_last_step():
    y = np.array([0.5, 0.5, 0.5])
    outputs = np.full((6, 3), 0.5)
    outputs[-1] = [0.53, 0.545, 0.46001]
    outputs[0] = 9.0
    assert adding_correct(outputs, y).tolist() == [True, False, True]


def test_copy(rng):
    x, y = copy_problem(9, 200, 4, rng)
    assert x.shape == (9, 200, 7) and (x.sum(axis=2) == 1).all()
    np.testing.assert_array_equal(x[0].argmax(axis=1), y)
    assert (x[-1, :, 2] == 1).all() and x[1:-1, :, :3].sum() == 0
    assert {*y} == {0, 1} and (x[1:-1, :, 3:].sum(axis=(0, 1)) > 0).all()


def test_temporal_order(rng):
    T = 100
    x, y = temporal_order(T, 400, rng)
    assert (x.sum(axis=2) == 1).all() and (x[0, :, 1] == 1).all() and (x[-1, :, 0] == 1).all()
    for n in range(400):
        steps = np.flatnonzero(x[:, n, 6:].any(axis=1))
        assert len(steps) == 2 and 10 <= steps[0] <= 20 and 50 <= steps[1] <= 60
        first, second = x[steps, n, 6:].argmax(axis=1)
        assert y[n] == 2 * first + second
    assert {*y} == {0, 1, 2, 3}


def test_classes_are_judged_by_the_worst_unit():
    outputs = np.array([[0.8, 0.1], [0.8, 0.31], [0.69, 0.0], [0.1, 0.9]])
    assert classes_correct(outputs, np.array([0, 0, 0, 0]), 0.3).tolist() == [True, False, False, False]


def test_reber_strings_follow_the_grammar(rng):
    words = {reber_string(False, rng)[0] for _ in range(500)}
    assert {"BTXSE", "BTSXSE", "BPVVE", "BPTVVE", "BTXXVVE"} <= words
    # The grammar once more, as a regular expression.
    loop = r"T*V(?:PXT*V)*(?:V|PS)"  # from the lower state on: T around, V onwards, P X back
    language = re.compile(rf"B(?:TS*X(?:S|X{loop})|P{loop})E")
    assert all(language.fullmatch(word) for word in words)


def test_embedded_strings_end_with_the_branch_they_began_with(rng):
    for _ in range(200):
        string, successors = reber_string(True, rng)
        assert string[1] == string[-2] and string[1] in "TP" and string[0] == "B" and string[-1] == "E"
        assert string[2] == "B" and string[-3] == "E"
        assert len(string) == len(successors)
        assert all(following in allowed for following, allowed in zip(string[1:], successors, strict=False))
        assert successors[-3] == {string[1]} and successors[-1] == set()
        assert all(1 <= len(allowed) <= 2 for allowed in successors[:-1])


def test_reber_stream_and_its_criterion(rng):
    tokens, allowed = reber_stream(50, rng)
    assert allowed.shape == (len(tokens), 7)
    assert allowed[np.arange(len(tokens) - 1), tokens[1:]].all()
    text = "".join(REBER[t] for t in tokens)
    assert text.count("EB") == 49 and allowed[-1].tolist() == [s == "B" for s in REBER]
    perfect = allowed + 0.01 * rng.random(allowed.shape)
    assert reber_correct(perfect, allowed).all()
    assert not reber_correct(-perfect, allowed).any()
    assert not reber_correct(np.zeros(allowed.shape), allowed).any()  # a tie is no prediction
