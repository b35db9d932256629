"""Worker processes that grade hand-ins. A worker that dies or hangs fails its hand-in only, and is restarted."""

import contextlib
import math
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any

from autograde.batch.grader import Grader, Settings
from autograde.batch.inbox import Handin

MEMORY = 8 * 2**30  # bytes of address space: a notebook that fills the reader's memory ends the worker only
START_S, PER_EXERCISE_S = 120.0, 10.0  # seconds: to start and read; for each exercise beyond its time limit
UNGRADED = {"content": "", "notes": [], "prints": {}, "alike": {}, "card": None}


def grade_class(
    handins: Iterable[Handin], settings: Settings, workers: int, exercises: int
) -> Iterator[tuple[Handin, dict[str, Any]]]:
    """Yield (handin, outcome) for each hand-in, in the order in which they are done.

    exercises : how many a submission has at most; bounds its time
    """
    context, todo = multiprocessing.get_context("spawn"), deque(handins)
    pool = [_Worker(context, settings) for _ in range(max(1, min(workers, len(todo))))] if todo else []
    limit = START_S + exercises * (settings.seconds + PER_EXERCISE_S)
    try:
        while todo or any(worker.handin for worker in pool):
            for worker in pool:
                if todo and worker.handin is None:
                    worker.send(todo.popleft(), limit)
            busy = [(worker, worker.handin) for worker in pool if worker.handin]
            left = min(worker.deadline for worker, _ in busy) - time.monotonic()
            ready = wait([worker.connection for worker, _ in busy], max(left, 0))
            for worker, handin in busy:
                if worker.connection in ready or worker.deadline < time.monotonic():
                    worker.handin = None
                    yield handin, worker.receive(worker.connection in ready)
    finally:
        for worker in pool:
            worker.stop()


class _Worker:
    """Handle to a worker process; restarts it after a crash."""

    def __init__(self, context: Any, settings: Settings) -> None:
        self._context, self._settings, self._process = context, settings, None
        self.connection: Any = None  # this side's end of the pipe to the process
        self.handin: Handin | None = None
        self.deadline = math.inf  # of the hand-in, on the monotonic clock

    def send(self, handin: Handin, limit: float) -> None:
        """Have the process grade a hand-in, until `limit` seconds from now."""
        if self._process is None:
            self.connection, worker_end = self._context.Pipe()
            self._process = self._context.Process(target=_worker_loop, args=(worker_end, self._settings), daemon=False)
            self._process.start()
            worker_end.close()
        self.handin, self.deadline = handin, time.monotonic() + limit
        self.connection.send(handin)

    def receive(self, is_ready: bool) -> dict[str, Any]:
        """The outcome of the hand-in; a problem where the process has died or is stopped for its time."""
        try:
            if is_ready:
                return self.connection.recv()
            reason = "Grading it took far too long and was stopped"
        except (EOFError, OSError):
            reason = "The grader's process died while it read or graded it"
        self.stop(kill=True)
        return {**UNGRADED, "problem": f"{reason}: look at it by hand."}

    def stop(self, kill: bool = False) -> None:
        """Stop the process: ask it to end if it is idle, else kill it. Its sandbox ends with it."""
        if self._process is None:
            return
        if kill or self.handin is not None:
            self._process.kill()
        else:
            try:
                self.connection.send(None)
            except OSError:
                self._process.kill()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.connection.close()
        self._process = self.handin = None


def _worker_loop(connection: Any, settings: Settings) -> None:
    """The worker's own loop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    _limit_memory()
    grader = Grader(settings)
    try:
        while (handin := connection.recv()) is not None:
            try:
                outcome = grader.grade(handin)
            except (
                Exception
            ) as error:  # a defect of the grader that a file has found: it must cost this submission only
                reason = f"It could not be graded ({type(error).__name__}): look at it by hand."
                outcome = {**UNGRADED, "problem": reason}
            connection.send(outcome)
    except (EOFError, OSError):
        pass  # the process that started this one is gone
    finally:
        grader.close()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY:
        with contextlib.suppress(ValueError):  # macOS refuses it
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
