"""`autograde doctor` finds each fault, names its place and the remedy, and is silent where nothing is wrong."""

import textwrap

import pytest

from autograde.authoring import dynamic_checks
from autograde.authoring.dynamic_checks import (
    check_duration,
    check_right_answers,
    check_stubs,
    check_wrong_answers,
    rejection_reason,
)
from autograde.authoring.static_checks import STATIC_CHECKS, locate, share_given_away
from autograde.commands import main
from autograde.course import Course
from autograde.judging.bank import bank_path

YAML = """
title: Tiny
exercises:
  - {{id: "1.1", function: lstm_ref.lstm.hidden_output, points: 2, difficulty: 1, minutes: 5, lines: 1,
     task: "{task}", hints: {hints}}}
"""
TEST = """
import numpy as np
from autograde import agree

def test_hidden_output(hidden_output, rng):
    agree(hidden_output, rng.random((3, 2)), rng.normal(size=(3, 2)))
    agree(hidden_output, rng.random((4, 5)), rng.normal(size=(4, 5)))
"""
BANK = '''
import numpy as np
from autograde import wrong_answer

@wrong_answer("hidden_output")
def without_tanh(o, c_t):
    """The tanh is missing."""
    return o * c_t

@wrong_answer("hidden_output")
def tanh_outside(o, c_t):
    """The tanh is around all."""
    return np.tanh(o * c_t)

@wrong_answer("hidden_output")
def adds(o, c_t):
    """It adds."""
    return o + np.tanh(c_t)
'''
RIGHT = """
import numpy as np

def hidden_output__swapped(o, c_t):
    return np.tanh(c_t) * o

def hidden_output__multiply(o, c_t):
    return np.multiply(o, np.tanh(c_t))

def hidden_output__by_sinh(o, c_t):
    return o * np.sinh(c_t) / np.cosh(c_t)
"""


@pytest.fixture
def make(tmp_path):
    """A course of one exercise, lstm_ref.lstm.hidden_output, with what is given in place of its files."""

    def make(test=TEST, bank=BANK, right=RIGHT, task="Do it.", hints='["How?"]', **others):
        (tmp_path / "lstm_ref").symlink_to(Course().root / "lstm_ref")
        files = {
            "course/01_tiny/exercises.yml": YAML.format(task=task, hints=hints),
            "tests/exercises/01_tiny/test_exercises.py": test,
            "tests/exercises/01_tiny/wrong_answers.py": bank,
            "tests/exercises/01_tiny/right_answers.py": right,
            **others,
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
        return Course(tmp_path)

    return make


def test_a_sound_exercise_has_nothing_wrong(make, capsys):
    course = make()
    assert main(["doctor", "1.1", "--course", str(course.root), "--seeds", "3"]) == 0
    said = capsys.readouterr()
    assert "Nothing is wrong." in said.out and "1.1 hidden_output" in said.out and not said.err


ENTRY = '@wrong_answer("hidden_output")\ndef adds(o, c_t):\n    """It adds."""\n    return o + np.tanh(c_t)\n'
SECOND = "def test_unknown(unknown, rng):\n    pass\n"
FAULTS = {
    "too few wrong answers": (
        {"bank": BANK.replace(ENTRY, "")},
        "tests/exercises/01_tiny/wrong_answers.py: 2 wrong answers to hidden_output; write at least 3",
    ),
    "none at all": ({"bank": "x = 1"}, "0 wrong answers to hidden_output"),
    "a wrong answer that is right": (
        {"bank": BANK.replace("o + np.tanh", "o * np.tanh")},
        "wrong_answers.py:16: the test does not catch adds: add the case in which it differs",
    ),
    "two alike": (
        {"bank": BANK.replace("o + np.tanh(c_t)", "c_t * o")},
        "wrong_answers.py:16: adds looks like without_tanh in every case: add one in which they differ, or drop one",
    ),
    "two that say the same": (
        {"bank": BANK.replace("It adds.", "The tanh is missing.")},
        "wrong_answers.py:16: adds says what another says word for word",
    ),
    "one that does what chance says": (
        {"bank": BANK.replace("o + np.tanh", "np.random.random() + np.tanh")},
        "wrong_answers.py:16: adds is not recognised as itself",
    ),
    "one without a docstring": ({"bank": BANK.replace('    """It adds."""\n', "")}, "adds has no docstring"),
    "one of no exercise": (
        {"bank": BANK.replace('("hidden_output")\ndef adds', '("hidden")\ndef adds')},
        "wrong_answers.py:16: adds: hidden is no exercise of this course; mend the name, or delete it",
    ),
    "a bank that is no Python": ({"bank": "def"}, "tests/exercises/01_tiny/wrong_answers.py:1: is no Python"),
    "too few right answers": (
        {"right": RIGHT[: RIGHT.index("def hidden_output__by")]},
        "tests/exercises/01_tiny/right_answers.py: 2 right answers to hidden_output that differ; write at least 3",
    ),
    "right answers that are one": (
        {"right": RIGHT.replace("np.multiply(o, np.tanh(c_t))", "np.tanh(c_t) * o")},
        "2 right answers to hidden_output that differ",
    ),
    "a right answer that is wrong": (
        {"right": RIGHT.replace("np.cosh", "np.sinh")},
        "right_answers.py:10: hidden_output__by_sinh is rejected (seed 0, first 0): h_t is wrong",
    ),
    "one of another name": (
        {"right": RIGHT.replace("output__swapped", "outputs__swapped")},
        "right_answers.py:4: hidden_outputs__swapped: hidden_outputs is no exercise of this course",
    ),
    "no test": ({"test": "x = 1"}, "01_tiny/test_exercises.py: no test_hidden_output: write `def test_hidden"),
    "a test of no exercise": ({"test": TEST + SECOND}, "test_exercises.py:8: test_unknown: unknown is no exercise"),
    "a test that raises": ({"test": TEST.replace("rng.random((4, 5))", "1 / 0")}, "the test itself raises ZeroDiv"),
    "a test that compares nothing": (
        {"test": "def test_hidden_output(hidden_output, rng):\n    pass\n"},
        "01_tiny/test_exercises.py:1: the stub passes: compare its values with the reference's, by `agree`",
    ),
    "a hint that is the answer": (
        {"hints": '["How?", "Write `return o * np.tanh(c_t)`."]'},
        "course/01_tiny/exercises.yml:4: hint 2 spells out 100 % of the answer",
    ),
    "a task nobody wrote": (
        {"task": "Say in one to four sentences what to write, and which formula it is."},
        "course/01_tiny/exercises.yml:4: the task of 1.1 still is the skeleton's",
    ),
    "a mistake with the skeleton's name": (
        {"bank": BANK.replace("def adds", "def first_mistake_in_hidden_output")},
        "first_mistake_in_hidden_output is the skeleton's name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("changes, said", FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_with_its_place_and_remedy(make, changes, said, capsys):
    assert main(["doctor", "--course", str(make(**changes).root)]) == 1
    assert said in capsys.readouterr().out


def test_a_test_that_takes_long_is_named_with_its_milliseconds(make, monkeypatch, capsys):
    course = make()
    monkeypatch.setattr(dynamic_checks, "MAX_TEST_S", 1e-9)
    assert main(["doctor", "--course", str(course.root)]) == 1
    assert "tests/exercises/01_tiny/test_exercises.py:5: one run takes " in capsys.readouterr().out


def test_fields_that_are_missing_are_listed_before_anything_is_run(make, capsys):
    course = make()
    more = course.root / "course" / "02_more" / "exercises.yml"
    more.parent.mkdir()
    more.write_text("title: x\nexercises:\n  - {id: 2.1, function: a}\n", encoding="utf-8")
    with pytest.raises(Exception, match="points is missing"):
        Course(course.root)
    assert main(["doctor", "--course", str(course.root)]) == 1
    said = capsys.readouterr().out
    assert "course/02_more/exercises.yml:3: exercise 2.1: points is missing" in said and "hints is missing" in said


def test_what_is_no_course_or_no_exercise_is_one_line_and_status_2(make, tmp_path, capsys):
    course = make()
    for arguments, said in [
        (("1.9",), "1.9 is no exercise"),
        (("--course", str(tmp_path / "lstm_ref")), "name the course"),
    ]:
        assert main(["doctor", "--course", str(course.root), *arguments]) == 2
        error = capsys.readouterr().err
        assert said in error and error.count("\n") == 1


@pytest.mark.parametrize(
    "hints, share",
    [
        (["Say what `o` does to `tanh`."], 0),
        (["`np.tanh(x)` bends."], 0),
        (["The formula is {eq}`o * np.tanh(c_t)`."], 0),
        (["", "`h = o * np.tanh(c_t)`"], 0.9),
        (["First `a = b + c`, then `return a`."], 0),
    ],
)
def test_how_much_a_hint_gives_away(hints, share):
    found, number = share_given_away("return o * np.tanh(c_t)", hints)
    assert found == pytest.approx(share, abs=0.1) and (number == len(hints) or not share)


def test_one_line_of_many_may_be_shown():
    body = "a = f(x, y, z) + 1\nb = g(x, y, z) + 2\nc = h(x, y, z) + 3\nreturn a + b + c"
    assert 0 < share_given_away(body, ["`a = f(x, y, z) + 1`; the others have this form."])[0] < 0.5


def test_seeds_find_what_one_does_not(make):
    course = make(right=RIGHT.replace("return np.tanh(c_t) * o", "return np.tanh(c_t) * o + (c_t[0, 0] > 1.2)"))
    exercise = course.exercises[0]
    assert list(check_right_answers(course, exercise, range(1))) == []
    [problem] = check_right_answers(course, exercise, range(40))
    assert "of 40 seeds, first " in problem.text and "hidden_output__swapped" in problem.text
    seed = next(s for s in range(40) if f"first {s})" in problem.text)
    assert not rejection_reason(course, exercise, exercise.reference, seed)


def test_a_reference_that_only_raises_is_an_alarm(make):
    course = make(test=TEST.replace("rng.random((3, 2))", "None").replace("rng.random((4, 5))", "None"))
    assert "in every case" in rejection_reason(course, course.exercises[0], course.exercises[0].reference, 0)


def test_the_questions_can_be_asked_one_by_one(make):
    course = make()
    exercise = course.exercises[0]
    for question in (*STATIC_CHECKS, check_stubs, check_wrong_answers):
        assert list(question(course, exercise)) == []
    assert (
        list(check_duration(course, exercise, 0.049)) == [] and len(list(check_duration(course, exercise, 0.051))) == 1
    )
    assert locate(course, bank_path(course, exercise), "adds") == "tests/exercises/01_tiny/wrong_answers.py:16"
