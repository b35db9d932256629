"""How long calls take, for comparisons within one run."""

import time
from collections.abc import Callable


def fastest(contest: dict[str, Callable], rounds: int = 15) -> dict[str, float]:
    """The shortest time of each call, in seconds.

    contest : dict   name → function without arguments
    rounds : int     how often each is called

    The calls take turns, so that another program on the machine slows all of them alike.
    """
    best = dict.fromkeys(contest, float("inf"))
    for _ in range(rounds):
        for name, call in contest.items():
            begin = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - begin)
    return best
