"""Imports point one way: a module uses only those that stand before it."""

import ast

from autograde.course import ROOT

ORDER = [
    "wire", "problem", "exercise", "course", "slicing", "words", "submission", "session", "syscalls", "isolation",
    "layers", "sandbox", "confine", "worker", "probe", "compare", "trial", "diagnose", "grading", "report", "history",
    "check", "plugin",
]  # fmt: skip


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "autograde":
            yield from [node.module.split(".")[1]] if "." in node.module else [alias.name for alias in node.names]


def test_each_module_stands_in_the_order_once():
    assert sorted(ORDER) == sorted(path.stem for path in (ROOT / "autograde").glob("*.py") if path.stem != "__init__")


def test_a_module_imports_only_those_before_it():
    for number, name in enumerate(ORDER):
        later = set(imported(ROOT / "autograde" / f"{name}.py")) - set(ORDER[:number])
        assert not later, f"autograde/{name}.py imports {', '.join(later)}, which stands after it"


def test_the_worker_knows_nothing_of_the_grader():
    """What stands inside the sandbox finds nothing there but the standard library, NumPy and each other."""
    for name in ("worker", "wire", "confine", "probe"):
        assert not list(imported(ROOT / "autograde" / f"{name}.py"))
