"""What holds for the translator's modules together: their order, and which of them need PyTorch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_ref import translation

FOLDER = Path(translation.__file__).parent
FILES = [path for path in sorted(FOLDER.glob("*.py")) if path.name != "__init__.py"]


def test_every_module_has_its_place():
    assert sorted(path.stem for path in FILES) == sorted(translation.MODULES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_module_imports_only_modules_before_it(path):
    before = translation.MODULES[: translation.MODULES.index(path.stem)]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "lstm_ref.translation":
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lstm_ref.translation."):
            imported = [node.module.split(".")[2]]
        else:
            continue
        for name in imported:
            assert name in before, f"{path.name} imports {name}"


def test_corpora_and_the_command_line_wait_for_no_torch():
    code = "import sys, lstm_ref.translation.glosses, lstm_ref.translation.__main__\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
