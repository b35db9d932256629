"""How to call the builder, for messages that say what to do."""

import sys
from pathlib import Path


def command(root, *arguments):
    """The builder's command as somebody who stands in the course's root can type it, with no environment activated."""
    python = Path(sys.executable)
    name = str(python.relative_to(root)) if python.is_relative_to(root) else "python"
    return " ".join([name, str(Path("tools", "build_notebooks.py")), *arguments])
