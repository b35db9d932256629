"""Equal effort for every network that is compared: each is trained at the same learning rates."""

from collections.abc import Callable

import numpy as np
import torch


def at_best_rate(rates: list, trained: Callable, seed: int) -> dict:
    """The result of the rate with the lowest `choose`, with that rate, and `choose` of all rates as `by_rate`.

    A training that leaves the finite numbers has no `choose`: None in `by_rate`.
    """
    found = []
    for rate in rates:
        torch.manual_seed(seed)  # the same first weights at every rate
        found.append(trained(rate) | {"rate": rate})
    by_rate = [float(f"{r['choose']:.4g}") if np.isfinite(r["choose"]) else None for r in found]
    best = min(found, key=lambda r: r["choose"] if np.isfinite(r["choose"]) else np.inf)
    return best | {"by_rate": by_rate}
