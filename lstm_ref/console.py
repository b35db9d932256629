"""What a command prints, on systems whose pipes and consoles do not use UTF-8."""

import sys
from io import TextIOWrapper


def write_utf8():
    """Let standard output be UTF-8, as Python 3.15 has it everywhere (PEP 686), and never fail for a character.

    Returns nothing

    A pipe or a file gets UTF-8. A console keeps its encoding, and a character that it lacks becomes a question mark.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="replace")
