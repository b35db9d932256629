"""The mutants of an answer, and what the tests of the course make of them."""

import subprocess
import sys
import textwrap
from pathlib import Path

import mutants
import pytest
import yaml
from mutation import mutants as all_mutants

from autograde.course import CourseError

ROOT = Path(__file__).resolve().parents[2]
RIGHT = "def hidden_output(o, c_t):\n    return o * np.tanh(c_t)"


def changes(body, arguments="x, y"):
    """The bodies of all mutants of a function, each on one line."""
    source = f"def f({arguments}):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}"
    return {"; ".join(line.strip() for line in text.split("\n")[1:]) for text in all_mutants(source)}


@pytest.mark.parametrize(
    "body, some",
    [
        ("return x - y", {"return x + y", "return x", "return y", "return y - x", "return x - x"}),
        ("return x @ y.T", {"return x @ y", "return x.T @ y.T", "return y.T @ x", "return x * y.T"}),
        ("return -x", {"return x", "return -y"}),
        ("return x < 3", {"return x <= 3", "return x >= 3", "return x < 4", "return x < 2", "return x < -3"}),
        ("return x and not y", {"return x or not y", "return x and y", "return not y"}),
        ("return x[1:y]", {"return x[1:y - 1]", "return x[1:]", "return x[2:y]", "return x[:y]", "return x"}),
        ("return x[y]", {"return x[y + 1]", "return x[y - 1]", "return x"}),
        ("return x.sum(axis=0)", {"return x.sum(axis=1)", "return x.sum()", "return x.mean(axis=0)", "return x"}),
        ("return np.tanh(x.copy())", {"return np.sin(x.copy())", "return x.copy()", "return np.tanh(x)"}),
        ("return f(x, y)", {"return f(y, x)", "return x"}),
        ("return x if y else 1", {"return x", "return 1", "return x if x else 1"}),
        ("return x, y", {"return (y, x)", "return (x,)"}),
        ("a, b = x; return a", {"b, a = x; return a", "pass; return a", "a, b = x; return b"}),
        ("x += y; return x", {"pass; return x", "x = y; return x", "x -= y; return x"}),
        ("x = x + y; return x", {"x += y; return x", "x = y; return x"}),
        ("for a in x: print(a)", {"pass", "for a in list(x)[1:]:; print(a)", "for a in x:; pass"}),
        ("if x: y = 1\nreturn y", {"pass; return y", "if True:; y = 1; return y", "if False:; y = 1; return y"}),
    ],
)
def test_what_is_changed(body, some):
    assert some <= changes(body)


def test_none_is_the_original_and_all_are_python():
    found = all_mutants(mutants.answer("lstm_step"))
    assert len(found) == len(set(found)) > 300 and mutants.answer("lstm_step") not in found
    for source in found:
        compile(source, "<mutant>", "exec")


def test_the_text_of_an_error_is_left_alone():
    assert changes("raise ValueError(f'{x} and {1 + 2}')", "x") == {"pass"} | {"raise f'{x} and {1 + 2}'"}


@pytest.mark.parametrize(
    "body, is_let_through",
    [
        ("return o * np.tanh(c_t)", True),
        ("return np.tanh(c_t) * o", True),
        ("return o * c_t", False),
        ("return o * np.tanh(", None),
        ("while True: o = o + 1", False),
        ("raise ValueError", False),
        ("return 'text'", False),
    ],
)
def test_what_the_exercises_own_test_lets_through(body, is_let_through):
    source = f"def hidden_output(o, c_t):\n    {body}"
    if is_let_through is None:
        with pytest.raises(SyntaxError):
            mutants.passes("hidden_output", source, 1, 0.5)
    else:
        assert mutants.passes("hidden_output", source, 1, 0.5) == is_let_through


def test_a_difference_is_told_by_its_lines():
    assert mutants.answer("hidden_output") == RIGHT
    assert mutants.difference("hidden_output", RIGHT.replace("o *", "o +")) == (
        "return o * np.tanh(c_t)",
        "return o + np.tanh(c_t)",
    )


def run(*arguments):
    command = [sys.executable, str(ROOT / "tools" / "mutants.py"), *arguments, "--jobs", "1"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_command_says_what_it_stopped_and_fails_below_the_threshold():
    done = run("2.4", "rnn_step")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2.4 hidden_output: 11 of 11 stopped" in done.stdout and "100.00 %" in done.stdout
    assert run("2.4", "--threshold", "100.1").returncode == 1


def test_a_survivor_is_shown_and_a_name_that_is_no_exercise_refused():
    done = run("sample", "--seed", "1")
    assert "no mistake" in done.stdout and "passes:" not in done.stdout
    done = run("sampel")
    assert done.returncode == 2 and "did you mean sample?" in done.stderr


@pytest.mark.parametrize(
    "listed", ["sample: 3", "sample: [{lines: a, into: [b]}]", "sample: [{into: [b], why: c}]", "a: b: c"]
)
def test_a_list_that_says_too_little_is_refused(listed, tmp_path, monkeypatch):
    (tmp_path / "tests" / "exercises" / "01_recurrence").mkdir(parents=True)
    (tmp_path / "tests" / "exercises" / "01_recurrence" / "equivalent_mutants.yml").write_text(listed)
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    with pytest.raises(CourseError, match="equivalent_mutants.yml"):
        mutants.equivalents("01_recurrence")


def test_lists_name_chapters_and_exercises_that_exist():
    for path in ROOT.glob("tests/exercises/*/equivalent_mutants.yml"):
        names = {exercise.name for exercise in mutants.course().of_chapter(path.parent.name)}
        assert names and set(yaml.safe_load(path.read_text(encoding="utf-8"))) <= names


def test_what_survives_and_what_is_listed_in_vain_is_printed(capsys, monkeypatch):
    monkeypatch.setattr(mutants, "survivors", lambda *_: [("hidden_output", 2, [RIGHT.replace("o *", "o +")])])
    monkeypatch.setattr(mutants, "equivalents", lambda _: {("hidden_output", "gone", "gone too")})
    assert mutants.main(["2.4"]) == 1
    printed = capsys.readouterr().out
    assert "1 of 2 stopped" in printed and "passes:\n    - return o * np" in printed and "+ return o + np" in printed
    assert "no survivor (any more):\n    - gone\n    + gone too" in printed and "50.00 %" in printed
