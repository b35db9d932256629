"""Imports point one way, and PyTorch is imported only where an exercise uses it."""

import ast
import subprocess
import sys
from pathlib import Path

from lstm_ref.course_folder import course_folder

ROOT = course_folder()
INSIDE = ROOT / "autograde" / "inside"


def test_the_contracts_on_imports_are_kept():
    """`[tool.importlinter]` in pyproject.toml says who may import whom."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf8")
    assert done.returncode == 0, done.stdout


def test_what_stands_in_the_sandbox_knows_nothing_of_the_host():
    """There only the standard library, NumPy, perhaps PyTorch, and these files exist."""
    siblings = {path.stem for path in INSIDE.glob("*.py")}
    allowed = {*sys.stdlib_module_names, "numpy", "torch", *siblings}
    for path in INSIDE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed, f"{path.name}:{node.lineno}"


def test_neither_the_grader_nor_the_reference_imports_pytorch():
    """It takes seconds; only an exercise that uses PyTorch pays for it."""
    code = "import sys, autograde, autograde.plugin, lstm_ref; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=ROOT)
