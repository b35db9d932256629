"""Messages of the commands."""

import sys


def say(*words) -> None:
    """A line for whoever sits in front of it; standard output is for results."""
    print(*words, file=sys.stderr)
