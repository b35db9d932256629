"""`autograde new`: a whole skeleton in the right places, or nothing at all."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from autograde.commands import main
from autograde.course import Course
from autograde.exercise import read_exercises
from lstm_ref.course_folder import course_folder
from lstm_ref.files import write_all_or_none

ROOT = course_folder()

REFERENCE = '''"""Loops."""

import numpy as np

from lstm_ref.shapes import checked


def first(x):
    """Twice.

    x : (N, D)   numbers
    Returns y (N, D)
    """
    return x + x


def last(x):
    """Thrice.

    x : (N, D)   numbers
    Returns y (N, D)
    """
    return np.multiply(3, x)
'''
YAML = """title: Loops
exercises:
""" + "\n".join(
    f"""  - id: "{number}"
    function: lstm_ref.loops.{name}
    points: 1
    difficulty: 1
    minutes: 5
    lines: 1
    task: |
      Do it.
    hints:
      - "Add?"
"""
    for number, name in (("4.7b", "first"), ("4.10", "last"))
)
CELL = "```{{code-cell}} ipython3\n:tags: [exercise]\n\nfrom lstm_ref.loops import {}\n```\n"
SOURCE = f"# Loops\n\nFirst.\n\n{CELL.format('first')}\nBetween.\n\n{CELL.format('last')}\nThe end.\n"
TESTS = '''"""Chapter 4."""

from autograde import agree


def test_first(first, rng):
    agree(first, rng.normal(size=(2, 3)))


def test_last(last, rng):
    agree(last, rng.normal(size=(2, 3)))
'''
BANK = '''"""Chapter 4."""

from autograde import wrong_answer

# ── 4.7b first ──


@wrong_answer("first")
def thrice(x):
    """It is thrice."""
    return 3 * x


# ── 4.10 last ──


@wrong_answer("last")
def twice(x):
    """It is twice."""
    return 2 * x
'''
FILES = {
    "lstm_ref/loops.py": REFERENCE,
    "course/04_loops/exercises.yml": YAML,
    "course/04_loops/lesson.md": SOURCE,
    "tests/exercises/04_loops/test_exercises.py": TESTS,
    "tests/exercises/04_loops/wrong_answers.py": BANK,
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("__init__.py", "shapes.py", "files.py"):
        shutil.copy(ROOT / "lstm_ref" / name, tmp_path / "lstm_ref")
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def new(folder, *arguments):
    return main(["new", *arguments, "--course", str(folder)])


def test_all_files_get_their_part_in_the_order_of_the_ids(folder, capsys):
    assert new(folder, "4.9", "middle", "--points", "5", "--difficulty", "4", "--minutes", "25") == 0
    _, exercises = read_exercises(folder / "course/04_loops/exercises.yml", folder)
    assert [e.id for e in exercises] == ["4.7b", "4.9", "4.10"]
    made = exercises[1]
    assert (made.function, made.points, made.difficulty, made.minutes) == ("lstm_ref.loops.middle", 5, 4, 25)
    for name, marks in [
        ("lstm_ref/loops.py", ["def first", "def middle", "def last"]),
        (
            "course/04_loops/lesson.md",
            ["import first", "```\n\n```{code-cell}", "import middle\n```\n\nBetween", "import last"],
        ),
        (
            "tests/exercises/04_loops/test_exercises.py",
            ["agree\n", "import numpy as np", "def test_first", "def test_middle(middle"],
        ),
        (
            "tests/exercises/04_loops/wrong_answers.py",
            ["def thrice", "# ── 4.9 middle ─", "_mistake_in_middle", "# ── 4.10 last"],
        ),
        (
            "tests/exercises/04_loops/right_answers.py",
            ['"""Chapter 4', "def middle__first_style", "def middle__third_style"],
        ),
    ]:
        text = (folder / name).read_text(encoding="utf-8")
        places = [text.find(mark) for mark in marks]
        assert -1 not in places and places == sorted(places), (name, places)
        kept = [line for line in FILES.get(name, "").split("\n") if line.strip()]
        assert not set(kept) - set(text.split("\n")), "what stood there still does"
    said = capsys.readouterr().out
    assert "lstm_ref/loops.py:17\n" in said and "autograde doctor 4.9" in said
    for line in said.split("\n")[:6]:
        file, number = line.split(":")
        assert (folder / file).read_text(encoding="utf-8").split("\n")[int(number) - 1].strip(), line


@pytest.mark.parametrize("number, place", [("4.1", 0), ("4.8", 1), ("4.11", 2), ("4.7c", 1)])
def test_first_between_and_last(folder, number, place):
    assert new(folder, number, "another") == 0
    assert [e.name for e in Course(folder).exercises].index("another") == place
    for file in (
        "course/04_loops/lesson.md",
        "tests/exercises/04_loops/test_exercises.py",
        "tests/exercises/04_loops/wrong_answers.py",
    ):
        text = (folder / file).read_text(encoding="utf-8")
        lines = [line for line in text.split("\n") if line.startswith(("from lstm_ref", "def test_", "@wrong_answer"))]
        order = [next(k for k, line in enumerate(lines) if name in line) for name in ("first", "last", "another")]
        assert order[2] == {0: min(order), 1: sorted(order)[1], 2: max(order)}[place], (file, lines)


TORCH = '''"""Modules."""

import torch
from torch import nn
'''


def test_a_module_of_pytorch_gets_a_skeleton_of_its_own_and_the_doctor_knows_it(folder):
    (folder / "lstm_ref/modules.py").write_text(TORCH, encoding="utf-8")
    assert new(folder, "4.9", "Middle", "--module", "lstm_ref.modules") == 0
    _, exercises = read_exercises(folder / "course/04_loops/exercises.yml", folder)
    made = exercises[1]
    assert made.id == "4.9" and made.uses_torch and made.from_scratch
    bank, tests = (
        folder / "tests/exercises/04_loops/wrong_answers_torch.py",
        folder / "tests/exercises/04_loops/test_exercises.py",
    )
    assert bank.read_text(encoding="utf-8").count("_mistake_in_Middle(nn.Module)") == 3
    assert "from autograde import agree, agree_module, as_tensors\n" in tests.read_text(encoding="utf-8")
    assert (folder / "tests/exercises/04_loops/wrong_answers.py").read_text(encoding="utf-8") == BANK, (
        "no NumPy answer pays for it"
    )
    done = doctor(folder, "4.9")
    assert done.returncode == 1 and "lstm_ref/modules.py:7: Middle is not written" in done.stdout, done.stdout
    assert not is_content(done)
    assert done.stdout.count("_mistake_in_Middle is not written") == done.stdout.count("_style is not written") == 3
    write_module(folder)
    done = doctor(folder, "4.9")
    assert is_content(done), done.stdout
    assert new(folder, "4.9b", "Next") == 0, "the module is that of the one before"
    assert "class Next" in (folder / "lstm_ref/modules.py").read_text(encoding="utf-8")


MADE = "super().__init__()\n        self.W = nn.Parameter(torch.zeros(H, D))"


def write_module(folder):
    change(
        folder,
        "course/04_loops/exercises.yml",
        "Say in one to four sentences what to write, and which formula it is.",
        "Map.",
    )
    change(
        folder, "course/04_loops/exercises.yml", "Say where to begin, without giving the line.", "Which product is it?"
    )
    refused = 'raise NotImplementedError("4.9 Middle is not written yet")'
    change(folder, "lstm_ref/modules.py", "Say in one line what it computes.", "A linear map.")
    change(folder, "lstm_ref/modules.py", refused, MADE, 1)
    change(folder, "lstm_ref/modules.py", refused, "return x @ self.W.T", 1)
    for name, first_words, bodies in (
        ("wrong_answers_torch.py", RAISES, ("2 * x @ self.W.T", "x @ self.W.T.detach()", "x @ self.W.T + 1")),
        ("right_answers.py", STYLE, ("x @ self.W.T", "(self.W @ x.T).T", "nn.functional.linear(x, self.W)")),
    ):
        name, first_words = f"tests/exercises/04_loops/{name}", first_words.replace("the function", "the class")
        change(folder, name, "from torch import nn\n", "import torch\nfrom torch import nn\n", 1)
        for number, body in zip(("first", "second", "third"), bodies, strict=True):
            text = (folder / name).read_text(encoding="utf-8")
            text = text.replace(f"{number}_mistake_in_Middle", f"does_{number}").replace(
                f"{number}_style", f"by_{number}"
            )
            text = text.replace(f"never the line that mends it. ({number})", number).replace(
                "Say what the mistake is and what shows it, ", "It takes the "
            )
            text = text.replace(first_words, MADE, 1).replace(first_words, f"return {body}", 1)
            (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("4.7b", "other"), "4.7b is exercise 4.7b first already (course/04_loops/exercises.yml:3)"),
        (("4.9", "last"), "last is exercise 4.10 last already"),
        (("4.x", "other"), "4.x is no id"),
        (("../4.9", "other"), "is no id"),
        (("5.1", "other"), "there is no chapter 5: write course/05_topic/lesson.md"),
        (("4.9", "2nd"), "2nd is no name for a function"),
        (("4.9", "A_b"), "A_b is no name for a function"),
        (("4.9", "Middle"), "4_loops has no exercise yet to take the module from"),
        (("4.9", "class"), "class is no name for a function"),
        (("4.9", "a__b"), "a__b is no name for a function"),
        (("4.9", "test_it"), "leave out the test_"),
        (("4.9", "other", "--module", "lstm_ref.nowhere"), "there is no lstm_ref/nowhere.py"),
        (("4.9", "other", "--module", "os.path"), "os.path is no module of the reference"),
        (("4.9", "checked", "--module", "lstm_ref.shapes"), "lstm_ref/shapes.py:19: defines checked already"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(folder, arguments, said, capsys):
    before = contents(folder)
    assert new(folder, *arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert contents(folder) == before


@pytest.mark.parametrize("option", ["--points=0", "--difficulty=6", "--minutes=soon"])
def test_costs_that_are_none_are_refused(folder, option):
    with pytest.raises(SystemExit) as stopped:
        new(folder, "4.9", "other", option)
    assert stopped.value.code == 2


def test_all_files_or_none(folder, monkeypatch):
    before, replace, moved = contents(folder), os.replace, []

    def fails_at_the_third(part, path):
        moved.append(path)
        if len(moved) == 3:
            raise OSError(28, "No space left on device", str(path))
        replace(part, path)

    monkeypatch.setattr(os, "replace", fails_at_the_third)
    assert new(folder, "4.9", "middle") == 2
    assert len(moved) == 3 and contents(folder) == before


def test_a_file_that_did_not_stand_there_is_gone_again(tmp_path):
    (tmp_path / "blocked").mkdir()
    with pytest.raises(OSError):
        write_all_or_none({tmp_path / "fresh.py": "x", tmp_path / "blocked": "y"})
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


def doctor(folder, *arguments):
    """In a process of its own: the reference is that of the folder."""
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "doctor", *arguments, "--course", str(folder)],
        capture_output=True, text=True, timeout=120, cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "COLUMNS": "200"},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done


def is_content(done):
    """Nothing is wrong, but that a test is slow on a machine that does other things as well."""
    problems = [line for line in done.stdout.split("\n") if re.match(r"\S+\.(py|yml|md)(:\d+)?: ", line)]
    return all("one run takes" in line for line in problems) and done.returncode == bool(problems)


def test_the_doctor_names_what_is_to_be_filled_in_and_is_content_when_it_is(folder):
    assert new(folder, "4.9", "middle") == 0
    done = doctor(folder, "4.9")
    assert done.returncode == 1
    for said in [
        "lstm_ref/loops.py:17: middle is not written",
        "the task of 4.9",
        "hint 1 of 4.9",
        "second_mistake_in",
    ]:
        assert said in done.stdout, done.stdout
    assert done.stdout.count("_mistake_in_middle is not written") == done.stdout.count("_style is not written") == 3
    fill_in(folder)
    done = doctor(folder, "4.9")
    assert is_content(done), done.stdout


def change(folder, name, old, new, times=-1):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, times), encoding="utf-8")


def fill_in(folder):
    change(folder, "lstm_ref/loops.py", "Say in one line what it computes.", "The square of every number.")
    change(folder, "lstm_ref/loops.py", 'raise NotImplementedError("4.9 middle is not written yet")', "return x * x")
    change(
        folder,
        "course/04_loops/exercises.yml",
        "Say in one to four sentences what to write, and which formula it is.",
        "Square.",
    )
    change(folder, "course/04_loops/exercises.yml", "Say where to begin, without giving the line.", "What is a square?")
    for number, body in (("first", "2 * x"), ("second", "x**3"), ("third", "abs(x)")):
        name, words = (
            "tests/exercises/04_loops/wrong_answers.py",
            "Say what the mistake is and what shows it, never the line",
        )
        change(folder, name, f"{number}_mistake_in_middle", f"takes_{number}")
        change(folder, name, f"{words} that mends it. ({number})", f"You took {body}.")
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace(RAISES, f"return {body}", 1)
        (folder / name).write_text(text, encoding="utf-8")
    for number, body in (
        ("first", "x**2"),
        ("second", "-x * -x"),
        ("third", "x * abs(x) * (x > 0) - x * abs(x) * (x <= 0)"),
    ):
        name = "tests/exercises/04_loops/right_answers.py"
        text = (folder / name).read_text(encoding="utf-8").replace(f"{number}_style", f"by_{number}_thought")
        text = text.replace(STYLE, f"return {body}", 1)
        (folder / name).write_text(text, encoding="utf-8")


RAISES = 'raise NotImplementedError("write the mistake, and name the function after it")'
STYLE = 'raise NotImplementedError("answer the exercise in another style, and name it")'
