"""Messages of the commands."""

import sys


def log(*words: object) -> None:
    """Print a message to stderr; stdout is for results."""
    print(*words, file=sys.stderr)
