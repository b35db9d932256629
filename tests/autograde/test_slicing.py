"""Only what a function needs is kept of a notebook."""

import ast

from autograde.submissions import slicing
from autograde.submissions.slicing import Cell, Code, is_stub


def kept(name, *sources, provided=()):
    """The source of the statements that `name` needs."""
    code = Code([Cell(f"cell {n}", source) for n, source in enumerate(sources)])
    needed, _ = code.needed(name, lambda read: read in provided)
    return [ast.unparse(ast.parse(source).body[number]) for _, source, numbers in needed for number in numbers]


def test_definition_helpers_and_imports_are_kept_and_nothing_else():
    sources = [
        "import numpy as np\nimport os",
        "print('hello')\nscale = 2.0\nunused = train()",
        "def helper(x):\n    return scale * x",
        "def f(x):\n    return np.tanh(helper(x))",
        "result = f(3)",
    ]
    assert kept("f", *sources) == ["import numpy as np", "scale = 2.0", sources[2], sources[3]]


def test_a_local_name_does_not_drag_in_the_global_one():
    assert kept("f", "x = train_for_an_hour()", "def f(x):\n    y = x\n    return [x for x in y]") == [
        "def f(x):\n    y = x\n    return [x for x in y]"
    ]


def test_the_last_definition_counts():
    assert kept("f", "def f(): return 1", "def f(): return 2") == ["def f():\n    return 2"]


def test_a_helper_defined_twice_counts_once_and_a_variable_every_time():
    assert kept("f", "def g(): return 1\nn = 1", "def g(): return 2\nn += 1\nn[0] = 3", "def f(): return g() + n") == [
        "n = 1",
        "def g():\n    return 2",
        "n += 1",
        "n[0] = 3",
        "def f():\n    return g() + n",
    ]


def test_a_constant_is_taken_from_the_nearest_cell_and_not_from_a_later_loop():
    later = "import plots\nfor n in range(3): plots.draw(n)"
    assert kept("f", "n = 9", "n = 1\ndef f(): return n", later) == ["n = 1", "def f():\n    return n"]
    assert kept("f", "n = 9", "n = 1", "def f(): return n", later) == ["n = 1", "def f():\n    return n"]
    assert kept("f", "def f(): return n", "n = 1", later) == ["def f():\n    return n", "n = 1"]


def test_what_earlier_exercises_provide_is_not_taken_from_the_notebook():
    assert kept("f", "def g(): return 1/0", "def f(): return g()", provided={"g"}) == ["def f():\n    return g()"]


def test_names_in_nested_functions_defaults_and_decorators_count():
    sources = ["a = 1", "b = 2", "c = 3", "d = 4"]
    sources.append("@c\ndef f(x=b):\n    def inner():\n        return a\n    return inner")
    assert kept("f", *sources)[:-1] == ["a = 1", "b = 2", "c = 3"]


def test_a_variable_of_another_cell_is_a_stranger_and_what_a_function_may_share_is_not():
    sources = [
        "import numpy as np\nT = 5",
        "def helper(): return 1",
        "def f(x, y=2):\n    return np.sum(x + T + y + helper() + K + unset)\nK = 3",
    ]
    code = Code([Cell(f"cell {n}", source) for n, source in enumerate(sources)])
    assert code.foreign_globals("f") == ["T"]


def test_an_import_tried_two_ways_is_kept_whole():
    source = "try:\n    import numpy as np\nexcept ImportError:\n    np = None"
    assert kept("f", source, "def f(): return np") == [source, "def f():\n    return np"]


def test_magics_and_shell_lines_do_not_cost_the_cell():
    for line in ("%matplotlib inline", "!ls", "f?", "%time 3"):
        assert kept("f", f"{line}\ndef f():\n    return 1") == ["def f():\n    return 1"]
    assert kept("f", "%%time\ndef f():\n    return 1") == ["def f():\n    return 1"]
    assert Code([Cell("cell 1", "%%bash\ndef f(): return 1")]).definition("f") is None


def test_a_percent_sign_in_python_is_left_alone():
    source = "def f(x):\n    return (x\n        % 3)"
    assert kept("f", source) == ["def f(x):\n    return x % 3"]


def test_a_cell_that_does_not_parse_costs_only_itself():
    code = Code([Cell("cell 1", "def f(:"), Cell("cell 2", "def g(): pass"), Cell("cell 3", "(" * 10_000)])
    assert code.definition("g") and not code.definition("f")
    assert [cell.label for cell in code.broken] == ["cell 1", "cell 3"]


def test_a_stub_is_known_and_an_answer_is_not():
    def first(source):
        return ast.parse(source).body[0]

    assert is_stub(first('def f(x):\n    """Doc."""\n    raise NotImplementedError("Exercise 1.1")'))
    assert is_stub(first('def f(x):\n    """Doc."""'))
    assert is_stub(first("def f(x):\n    pass"))
    assert not is_stub(first("def f(x):\n    return x"))
    assert not is_stub(first("def f(x):\n    raise ValueError(x)"))
    assert not is_stub(first("f = 3"))


def test_a_cell_is_taken_apart_once_however_often_it_is_read_and_a_huge_one_is_not_kept(monkeypatch):
    calls = []
    monkeypatch.setattr(slicing, "_reads", lambda node: calls.append(node) or frozenset())
    source = "unheard_of = 1  # a text that no other test has"
    first, second = (slicing.Code([slicing.Cell(label, source)]) for label in ("cell 1", "cell 2"))
    assert len(calls) == 1
    assert [s.cell.label for code in (first, second) for s in code.statements] == ["cell 1", "cell 2"]
    huge = source + " " * slicing.CACHE_MAX_CHARS
    assert [len(slicing.Code([slicing.Cell("cell 1", huge)]).statements) for _ in range(2)] == [1, 1]
    assert len(calls) == 3


def test_the_variable_of_a_comprehension_does_not_set_the_notebooks():
    sources = ["n = 9", "squares = [n * n for n in range(3)]", "def f():\n    return n"]
    assert kept("f", *sources) == ["n = 9", "def f():\n    return n"]
