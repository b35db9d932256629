"""Worker processes that grade hand-ins: one that dies or hangs costs its submission, and another takes its place."""

import multiprocessing
import signal
import time
from collections import deque
from multiprocessing.connection import wait

from autograde.batch.grader import Grader

MEMORY = 8 * 2**30  # bytes of address space: a notebook that is a bomb for the reader ends the worker and not us
START, EACH = 120.0, 10.0  # seconds: to start and read; for each exercise beyond its time limit
TRY_AGAIN = {"content": "", "notes": [], "prints": {}, "alike": {}, "card": None}


def grade_class(handins, settings, workers, exercises):
    """Yield (handin, outcome) for each hand-in, in the order in which they are done.

    exercises : how many a submission has at most; bounds its time
    """
    context, todo = multiprocessing.get_context("spawn"), deque(handins)
    team = [_Worker(context, settings) for _ in range(max(1, min(workers, len(todo))))] if todo else []
    limit = START + exercises * (settings.seconds + EACH)
    try:
        while todo or any(worker.handin for worker in team):
            for worker in team:
                if todo and worker.handin is None:
                    worker.give(todo.popleft(), limit)
            busy = [worker for worker in team if worker.handin]
            left = min(worker.deadline for worker in busy) - time.monotonic()
            ready = wait([worker.connection for worker in busy], max(left, 0))
            for worker in busy:
                if worker.connection in ready or worker.deadline < time.monotonic():
                    handin, worker.handin = worker.handin, None
                    yield handin, worker.take(worker.connection in ready)
    finally:
        for worker in team:
            worker.end()


class _Worker:
    """One process, seen from outside; it is started anew when it is gone."""

    def __init__(self, context, settings):
        self._context, self._settings, self._process = context, settings, None
        self.handin = self.connection = self.deadline = None

    def give(self, handin, limit):
        """Have a hand-in graded."""
        if self._process is None:
            self.connection, theirs = self._context.Pipe()
            self._process = self._context.Process(target=_work, args=(theirs, self._settings), daemon=False)
            self._process.start()
            theirs.close()
        self.handin, self.deadline = handin, time.monotonic() + limit
        self.connection.send(handin)

    def take(self, is_ready):
        """What came of it."""
        try:
            if is_ready:
                return self.connection.recv()
            said = "Grading it took far too long and was stopped"
        except (EOFError, OSError):
            said = "The grader's process died while it read or graded it"
        self.end(kill=True)
        return {**TRY_AGAIN, "problem": f"{said}: look at it by hand."}

    def end(self, kill=False):
        """Stop the process, politely if it is idle; its sandbox ends with it."""
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


def _work(connection, settings):
    """The worker's own loop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started us
    _limit_memory()
    grader = Grader(settings)
    try:
        while (handin := connection.recv()) is not None:
            try:
                outcome = grader.grade(handin)
            except Exception as error:  # whatever a file has found in us: it must cost this submission only
                said = f"It could not be graded ({type(error).__name__}): look at it by hand."
                outcome = {**TRY_AGAIN, "problem": said}
            connection.send(outcome)
    except (EOFError, OSError):
        pass  # who started us is gone
    finally:
        grader.close()


def _limit_memory():
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
