"""Temporal order with a plain RNN, its gradient clipped and not.

Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural networks".
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from experiments.cells import Reader
from experiments.record import Experiment
from lstm_ref.init import orthogonal
from lstm_ref.tasks import temporal_order

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4, 5, 6, 7],
    "lengths": [20, 30, 50, 75, 100],
    "H": 50,
    "radius": 0.95,  # of the recurrent weights at the start
    "N": 20,
    "batches": 4000,
    "lr": 0.1,
    "max_norm": 1.0,
}
QUICK = {"seeds": [0, 1], "lengths": [20, 30], "H": 10, "batches": 60}
CHECK = 100  # batches between two looks at the validation sequences


def jobs(settings: dict) -> list[dict]:
    """A run for each length, with and without clipping, and each seed."""
    return [
        {"T": T, "clipped": clipped, "seed": seed}
        for T in settings["lengths"]
        for clipped in (True, False)
        for seed in settings["seeds"]
    ]


def batch(T: int, N: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences and classes for PyTorch."""
    x, y = temporal_order(T, N, rng)
    return torch.from_numpy(x).float(), torch.from_numpy(y)


def run(settings: dict, T: int, clipped: bool, seed: int) -> dict:
    """Plain gradient descent until at most one in a hundred of the test sequences is wrong."""
    torch.manual_seed(seed)
    rng, H = np.random.default_rng(seed), settings["H"]
    core = nn.RNN(8, H)
    with torch.no_grad():
        core.weight_hh_l0.copy_(torch.from_numpy(settings["radius"] * orthogonal(H, rng)))
    net = Reader(core, H, 4)
    optimiser = torch.optim.SGD(net.parameters(), lr=settings["lr"])
    x_test, y_test = batch(T, 500, rng)
    longest, wrong, number = 0.0, 1.0, 0
    for number in range(1, settings["batches"] + 1):
        x, y = batch(T, settings["N"], rng)
        optimiser.zero_grad()
        cross_entropy(net(x), y).backward()
        norm = float(nn.utils.clip_grad_norm_(net.parameters(), settings["max_norm"] if clipped else np.inf))
        if not np.isfinite(norm):
            break
        longest = max(longest, norm)
        optimiser.step()
        if number % CHECK == 0:
            with torch.no_grad():
                wrong = float((net(x_test).argmax(dim=1) != y_test).float().mean())
            if wrong < 0.01:
                break
    return {"solved": wrong < 0.01, "wrong": wrong, "batches": number, "longest": float(f"{longest:.4g}")}


def verdict(summary: dict) -> str:
    """It agrees where clipping solves more at some length, and not less at any."""
    gains = [summary[f"{T}/True"]["solved"]["mean"] - summary[f"{T}/False"]["solved"]["mean"] for T in lengths(summary)]
    return "agrees" if max(gains) > 0.5 and min(gains) >= 0 else "partly" if sum(gains) > 0 else "does not"


def lengths(summary: dict) -> list[int]:
    """The lengths tried."""
    return sorted({int(key.split("/")[0]) for key in summary})


EXPERIMENT = Experiment(
    name="clipping",
    claim="A plain RNN trained by gradient descent learns longer temporal orders when the length of its gradient is "
    "clipped.",
    citation="pascanu2013",
    criterion="Solved: fewer than one in a hundred of the test sequences is classified wrongly, within the batches "
    "allowed. Share of seeds that solve it.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["T", "clipped"],
    metrics=["solved", "wrong", "batches", "longest"],
    headline=[
        ["20/True", "solved", "T = 20, clipped: share of seeds that solve it"],
        ["20/False", "solved", "T = 20, not clipped"],
        ["50/True", "solved", "T = 50, clipped"],
        ["50/False", "solved", "T = 50, not clipped"],
    ],
    verdict=verdict,
    note="A small fraction of the paper's batches.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
