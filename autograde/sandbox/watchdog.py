"""A clock beside a session: it acts when a question takes longer than it may."""

import math
import threading
import time


class Watch:
    """Calls `expire` once where the time between `begin` and `end` is longer than was said.

    One thread for all questions of a session, since starting one costs as much as most questions do.
    """

    def __init__(self, expire):
        self._expire, self._due, self._wakes = expire, math.inf, math.inf
        self._changed, self._thread, self._is_over = threading.Condition(), None, False

    def begin(self, seconds):
        """Let `seconds` run from now on."""
        with self._changed:
            self._due = time.monotonic() + seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif self._due < self._wakes:  # else it wakes before, and sees then how long is left
                self._changed.notify()

    def end(self):
        """It was in time, unless `expire` has been called."""
        with self._changed:
            self._due = math.inf

    def close(self):
        """No time will run any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def _run(self):
        with self._changed:
            while not self._is_over:
                left = self._due - time.monotonic()
                if left <= 0:
                    self._due = math.inf
                    self._expire()
                    continue
                self._wakes = self._due
                self._changed.wait(None if math.isinf(left) else left)
