"""Ends a session whose process does not answer in time."""

import math
import threading
import time
from collections.abc import Callable


class Watchdog:
    """Calls `expire` if `end` is not called within the seconds that `begin` was given.

    One thread serves all requests of a session, since starting a thread costs as much as most requests do.
    """

    def __init__(self, expire: Callable[[], object]) -> None:
        self._expire, self._due, self._wakes = expire, math.inf, math.inf
        self._changed, self._thread, self._is_over = threading.Condition(), None, False

    def begin(self, seconds: float) -> None:
        """Start the clock: `expire` is called after `seconds`."""
        with self._changed:
            self._due = time.monotonic() + seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif self._due < self._wakes:  # else the thread wakes before, and computes then how long is left
                self._changed.notify()

    def end(self) -> None:
        """Stop the clock."""
        with self._changed:
            self._due = math.inf

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._is_over:
                left = self._due - time.monotonic()
                if left <= 0:
                    self._due = math.inf
                    self._expire()
                    continue
                self._wakes = self._due
                self._changed.wait(None if math.isinf(left) else left)
