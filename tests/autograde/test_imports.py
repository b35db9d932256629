"""Imports point one way: a module uses only those that stand before it."""

import ast
import subprocess
import sys

from autograde.course import ROOT
from autograde.sandbox.bubblewrap import INSIDE

FOLDER = ROOT / "autograde"
ORDER = [
    "wire", "tensors", "scratch", "files", "problem", "exercise", "course", "slicing", "words", "submission",
    "watch", "session", "syscalls", "isolation", "layers", "sandbox", "confine", "execution", "worker", "probe",
    "outcome", "compare", "trial", "modules", "diagnose", "grading", "answers", "places", "templates", "skeleton",
    "inspection", "rehearsal", "scorecard", "reports.terminal", "reports.data", "reports.junit", "reports.table",
    "reports.gradescope", "reports.classroom", "reports.markup", "reports.page", "reports.notebook",
    "reports.formats", "reports", "history", "check", "plugin", "batch.owner", "batch.inbox", "batch.reading",
    "batch.likeness", "batch.grader", "batch.pool", "batch.journal", "batch.times", "batch.roll", "batch.summary",
    "batch",
]  # fmt: skip
AT_THE_END = ("commands", "recipes", "__main__")  # these use everything, and nothing uses them


def modules():
    """Every module of the package by its dotted name, {name: path}; a package stands for its `__init__`."""
    for path in FOLDER.rglob("*.py"):
        parts = path.relative_to(FOLDER).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name and parts[0] not in AT_THE_END:
            yield name, path


def imported(path):
    """What a file imports of autograde, by dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "autograde":
            inside = node.module.partition(".")[2]
            names = [".".join(filter(None, (inside, alias.name))) for alias in node.names]
            yield from [name if name in dict(modules()) else inside for name in names]


def test_each_module_stands_in_the_order_once():
    assert sorted(ORDER) == sorted(dict(modules()))


def test_a_module_imports_only_those_before_it():
    for name, path in modules():
        later = set(imported(path)) - set(ORDER[: ORDER.index(name)])
        assert not later, f"{path.relative_to(ROOT)} imports {', '.join(later)}, which stands after it"


def test_what_stands_in_the_sandbox_knows_nothing_of_the_grader():
    """There only the standard library, NumPy, perhaps PyTorch, and these files exist."""
    for name in [*INSIDE, "probe.py"]:
        assert not list(imported(FOLDER / name)), name


def test_neither_the_grader_nor_the_reference_imports_pytorch():
    """It takes seconds; only an exercise that uses PyTorch pays for it."""
    code = "import sys, autograde, autograde.plugin, lstm_ref; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=ROOT)
