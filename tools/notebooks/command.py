"""The builder's command line, for messages that say what to do."""

import sys
from pathlib import Path


def builder_command(root: Path, *arguments: str) -> str:
    """The command that runs the builder from the course's root, where no environment is activated."""
    python = Path(sys.executable)
    name = str(python.relative_to(root)) if python.is_relative_to(root) else "python"
    return " ".join([name, str(Path("tools", "build_notebooks.py")), *arguments])
