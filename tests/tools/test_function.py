"""What becomes of a function's text on its way to a notebook."""

import ast

import pytest
from notebooks.function import read_function


def function(course, name):
    return read_function(f"lstm_ref.loop.{name}", course.root, "here")


def test_worked_keeps_body_and_docstring_to_the_byte(course):
    module = course.read("lstm_ref/loop.py")
    text = module[module.index('    """Twice x, again') :].rstrip("\n")
    assert function(course, "twice_double").worked == f"def twice_double(x, times=2):\n{text}"


def test_stub_is_signature_docstring_and_exercise(course):
    assert function(course, "double").stub("1.1") == (
        "def double(x):\n"
        '    """Twice x.\n\n    x : (N,)   anything\n    Returns y (N,)\n    """\n'
        '    raise NotImplementedError("Exercise 1.1")'
    )


def test_comment_below_belongs_to_the_function_only_if_indented(course):
    course.replace("lstm_ref/loop.py", "return x + x\n", "return x + x\n# of the module\n    # stray\n")
    assert function(course, "double").worked.endswith("    return x + x")
    course.replace(
        "lstm_ref/loop.py", "return x + x\n# of the module\n", "return x + x\n\n    # last\n# of the module\n"
    )
    assert function(course, "double").worked.endswith("    return x + x\n\n    # last")


def test_text_with_unusual_line_separators_is_cut_at_newlines_only(course):
    course.replace(
        "lstm_ref/loop.py", "anything\n    Returns y (N,)\n    ", "any\u2028thing\x0c\n    Returns y (N,)\n    "
    )
    assert "x : (N,)   any\u2028thing\x0c\n" in function(course, "double").stub("1.1")
    ast.parse(function(course, "double").worked)


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("x: ndarray", "x"),
        ("x: ndarray, /, y: int = 3, *, z: 'str' = \"a, b\"", "x, /, y=3, *, z='a, b'"),
        ("*x: int, **y: ndarray", "*x, **y"),
    ],
)
def test_signature_loses_annotations_only(course, written, bare):
    names = {"*x": ["x"], "x": ["x"]}[bare.split(",")[0]] + [n for n in "yz" if n in bare]
    entries = "\n    ".join(f"{name} : it" for name in names)
    course.replace("lstm_ref/loop.py", "double(x: ndarray)", f"double({written})")
    course.replace("lstm_ref/loop.py", "x : (N,)   anything", entries)
    assert function(course, "double").worked.startswith(f"def double({bare}):\n")


def test_long_signature_is_broken(course):
    names = [f"argument_number_{k}" for k in range(8)]
    course.replace("lstm_ref/loop.py", "double(x: ndarray)", f"double({', '.join(names)})")
    course.replace("lstm_ref/loop.py", "x : (N,)   anything", f"{', '.join(names)} : it")
    course.replace("lstm_ref/loop.py", "return x + x", "return None")
    worked = function(course, "double").worked
    assert max(map(len, worked.partition(":\n")[0].split("\n"))) <= 80
    assert [a.arg for a in ast.parse(worked).body[0].args.args] == names


def test_names_from_outside(course):
    lines = ["y = [len(z) for z in x]", "def inner(a):", "    return a + y + OUT", "return double(inner(np.pi))"]
    course.replace("lstm_ref/loop.py", "return x + x", "\n    ".join(lines))
    assert function(course, "double").uses == (("OUT", "lstm_ref/loop.py:22"), ("np", "lstm_ref/loop.py:23"))


def test_a_changed_module_is_read_again(course):
    assert "x + x" in function(course, "double").worked
    course.replace("lstm_ref/loop.py", "x + x", "2 * x  # longer")
    assert "2 * x  # longer" in function(course, "double").worked
