"""Interruption of a training by the user or the system."""

import contextlib
import signal
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def on_interrupt(callback: Callable[[], None]) -> Iterator[None]:
    """Inside the `with` block, SIGINT (Ctrl-C) and SIGTERM call a function instead of ending the process.

    callback : callable   called in the main thread, between two instructions
    """

    def handle(number, frame):
        callback()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
