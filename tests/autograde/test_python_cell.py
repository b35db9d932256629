"""Builder and grader agree on the Python of a cell: what is a magic, and which names the cell binds."""

import ast

import pytest

from autograde.submissions.python_cell import bound_names, changed_names, parse, without_magics

BOUND = {
    "import numpy as np, os.path\nfrom re import *": {"np": 1, "os": 1, "*": 2},
    "def f(x):\n    y = 1\nclass A:\n    b = 2": {"f": 1, "A": 3},
    "x = y = 1\nx = 2\n(a, *b), c = z": {"x": 1, "y": 1, "a": 3, "b": 3, "c": 3},
    "for n in range(3):\n    with open(p) as file:\n        total += n": {"n": 1, "file": 2, "total": 3},
    "squares = [n for n in range(3)]\nf = lambda x: x": {"squares": 1, "f": 2},
    "seen = any((last := n) > 1 for n in numbers)": {"seen": 1, "last": 1},
    "match point:\n    case {'x': x, **rest}: pass\n    case [first, *others] as whole: pass": {
        "x": 2, "rest": 2, "first": 3, "others": 3, "whole": 3,
    },
    "weights[0] = 1\nmodel.layer.bias = 2\nprint(n)": {},
    "files = !ls *.py\n%timeit f()\nn = 1": {"files": 1, "n": 3},
    "%%time\nn = 1": {"n": 2},
    "%%bash\nn=1": {},
    "x = await f()": {"x": 1},
}  # fmt: skip


@pytest.mark.parametrize("source", BOUND)
def test_each_name_that_a_cell_binds_has_its_first_line(source):
    assert bound_names(parse(source)) == BOUND[source]


def test_a_change_in_place_binds_no_name_but_is_known():
    tree = parse("weights[0] = 1\nmodel.layer.bias = 2\nn = f(x)[1]\ndef g():\n    h[0] = 1")
    assert changed_names(tree) == {"weights", "model"}


@pytest.mark.parametrize(
    "magic", ["%pip list", "!pip install \\\n  numpy", "f?", "?f", "%time 3", "x = %pwd", "lines = !ls | wc"]
)
def test_a_magic_costs_no_line_and_not_the_rest_of_the_cell(magic):
    lines = magic.count("\n") + 1
    source = f"def g(n):\n    {magic}\n    return n\ny = 1"
    assert without_magics(source).count("\n") == source.count("\n")
    assert bound_names(parse(source)) == {"g": 1, "y": lines + 3}
    assert bound_names(parse(f"{magic}\ny = 1"))["y"] == lines + 1


def test_a_cell_of_python_stays_as_it_is():
    source = "remainder = (17\n        % 5)\nquestion = 'why?'"
    assert without_magics(source) == source


@pytest.mark.parametrize("source, line", [("x = 1\ndef f(:", 2), ("%ls\nx = 1 +", 2)])
def test_the_line_of_an_error_is_that_of_the_cell(source, line):
    with pytest.raises(SyntaxError) as caught:
        parse(source)
    assert caught.value.lineno == line


def test_a_null_byte_is_a_syntax_error():
    with pytest.raises(SyntaxError, match="null byte"):
        parse("x = '\0'")


def test_a_long_chain_of_branches_is_no_deep_recursion():
    tree = ast.Module([ast.parse("a = 1").body[0]], [])
    for n in range(5000):
        tree = ast.Module([ast.If(ast.Constant(n), [ast.parse("b = 1").body[0]], tree.body)], [])
    assert set(bound_names(tree)) == {"a", "b"}
