"""The bank of the real course: every wrong answer, planted in a notebook, fails with its own diagnosis."""

import ast
import functools
import inspect

import pytest

from autograde.course import IMPORTS, Course
from autograde.diagnose import bank
from autograde.grading import generator, grade, load_test
from autograde.slicing import Cell, Code
from autograde.submission import Notebook
from autograde.trial import Local, Submitted, repeat_first_case

COURSE = Course()
ENTRIES = [(exercise, entry) for exercise in COURSE.exercises for entry in bank(COURSE, exercise)]


@functools.cache
def planted(path, entry_name, name):
    """The cell a learner would have written: the entry under the exercise's name, with what it uses from its file."""
    code = Code([Cell("bank", path.read_text(encoding="utf-8"))])
    [[_, source, numbers]], _ = code.needed(entry_name, lambda read: read in COURSE.by_name)
    nodes = [ast.parse(source).body[number] for number in numbers]
    nodes = [node for node in nodes if "autograde" not in ast.unparse(node).split("\n")[0]]
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            node.name = name if node.name == entry_name else node.name
    return "\n".join(ast.unparse(node) for node in nodes)


def grade_cells(exercise, sandbox, *sources, seed=None):
    cells = [Cell(f"cell {n}", source) for n, source in enumerate((IMPORTS, *sources), 1)]
    notebook = Notebook(cells, exercise.chapter, f"{exercise.chapter}.ipynb")
    return grade(COURSE, exercise, notebook.answer(COURSE, exercise), sandbox, seed=seed)


@pytest.mark.parametrize("exercise, entry", ENTRIES, ids=[f"{x.id}-{e.name}" for x, e in ENTRIES])
def test_a_planted_mistake_gets_its_own_diagnosis(exercise, entry, sandbox):
    path = COURSE.root / "tests" / "wrong_answers" / f"{exercise.chapter}.py"
    result = grade_cells(exercise, sandbox, planted(path, entry.name, exercise.name))
    assert (result.status, result.points) == ("failed", 0), result.message
    assert result.diagnosis == entry.name, result.message
    assert entry.diagnosis in result.message


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_there_are_at_least_three_and_no_diagnosis_stands_twice(exercise):
    entries = bank(COURSE, exercise)
    assert len(entries) >= 3
    assert len({entry.diagnosis for entry in entries}) == len(entries)


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_no_false_alarm_over_many_seeds(exercise):
    """The reference itself passes whatever the seed; called here, without the sandbox, to try many."""
    test = load_test(COURSE, exercise)
    for seed in range(25):
        submitted = Submitted(exercise, Local(exercise.reference))
        test(submitted, generator(seed, exercise))
        repeat_first_case(submitted)
        assert submitted.mismatches == [], seed
        assert any(case.expected.raised is None for case in submitted.cases), "the reference raises in every case"


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_the_reference_stripped_bare_is_full_marks(exercise, sandbox):
    source = inspect.getsource(inspect.unwrap(exercise.reference))
    bare = ast.parse(source)
    function = bare.body[0]
    function.decorator_list, function.returns = [], None
    for argument in function.args.args:
        argument.annotation = None
    result = grade_cells(exercise, sandbox, ast.unparse(bare))
    assert (result.status, result.points) == ("passed", exercise.points), result.message
