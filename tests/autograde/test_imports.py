"""Imports point one way: a module uses only those that stand before it."""

import ast
import subprocess
import sys

from autograde.course import ROOT
from autograde.isolation import INSIDE

ORDER = [
    "wire", "tensors", "scratch", "problem", "exercise", "course", "slicing", "words", "submission", "session",
    "syscalls", "isolation", "layers", "sandbox", "confine", "execution", "worker", "probe", "outcome", "compare",
    "trial", "modules", "diagnose", "grading", "report", "history", "check", "plugin",
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


def test_what_stands_in_the_sandbox_knows_nothing_of_the_grader():
    """There only the standard library, NumPy, perhaps PyTorch, and these files exist."""
    for name in (*INSIDE, "probe.py"):
        assert not list(imported(ROOT / "autograde" / name)), name


def test_neither_the_grader_nor_the_reference_imports_pytorch():
    """It takes seconds; only an exercise that uses PyTorch pays for it."""
    code = "import sys, autograde, autograde.plugin, lstm_ref; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=ROOT)
