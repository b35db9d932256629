"""A chapter gives no answer away, in whatever clothes."""

import pytest
from notebooks.course import read_course
from notebooks.leak import leaks

STUB = '''def double(x):
    """Twice x.

    x : (N,)   anything
    Returns y (N,)
    """
    raise NotImplementedError("Exercise 1.1")'''


@pytest.fixture
def tasks(course):
    return [task for chapter in read_course(course.root) for task in chapter.tasks.values()]


@pytest.mark.parametrize(
    "cell",
    [
        "def double(x):\n    return x + x",
        "def double(x):\n    pass",
        "if True:\n    def double(x):\n        return 2 * x",
        "class double:\n    pass",
        STUB.replace("1.1", "1.2"),
        STUB + "\n\ny = 3",
        STUB.replace("raise", "x = x\n    raise"),
        "def other(x):\n    y = 3\n    return ( x  +\n            x )",
        "%time 3\ndef other(x):\n    return x+x",
        "# return x + x",
        "def double(x):\n    ...\n    #    return x + x",
        "text = '''\n    return x + x\n'''",
        "# y = np.asarray(x)\n# for _ in range(times):\n#     y = double(y)  # so\n#\n# return y",
        "y = np.asarray(x)\nfor _ in range(times):\n    y = double(y)\n\ndef f():\n"
        "    y = np.asarray(x)  # so\n    for _ in range(times):\n        y = double(y)\n    return y",
    ],
)
def test_a_leak_is_found(tasks, cell):
    assert len(leaks([("markdown", "x"), ("code", cell)], tasks)) == 1
    assert leaks([("code", cell)], tasks)[0].startswith("cell 1 ")


@pytest.mark.parametrize("cell", [STUB, STUB + "\n", "y = x + x", "check(double)", "def f(x):\n    return x * x", ")("])
def test_no_leak(tasks, cell):
    assert leaks([("code", cell)], tasks) == []


def test_prose_may_show_the_formula(tasks):
    assert leaks([("markdown", "so `return x + x`:\n\n    return x + x")], tasks) == []
