"""Training on the adding problem, with the stopping rule of its paper."""

import numpy as np
import torch
from torch import nn

from lstm_ref.tasks import adding_correct, adding_problem

IN_A_ROW = 2000  # the paper ends training once so many sequences in a row were right
MEAN_ERROR = 0.01  # and their mean error is below this
POINTS = 40  # of a learning curve


def tensors(x: np.ndarray, y: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch for PyTorch, in float32."""
    return torch.from_numpy(x).float(), torch.from_numpy(y).float()


def learn_adding(net: nn.Module, T: int, N: int, batches: int, lr: float, rng: np.random.Generator) -> dict:
    """Train on fresh sequences and test on others.

    net : Module      x (T, N, 2) → outputs (N, 1)
    T, N : int        steps and sequences a batch
    batches : int     how many
    lr : float        Adam's rate at the start; it falls to a hundredth along a half cosine
    rng : Generator   source of the sequences

    Returns stopped (whether the paper's rule to stop was ever met: 2,000 in a row right, mean error below 0.01),
    sequences (seen by then, or all), error (mean, absolute), squared_error, wrong (off by 0.04 or more) of 2,560 test
    sequences, and curve: the mean error of training sequences before they were learnt from, against sequences seen
    """
    optimiser = torch.optim.Adam(net.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, batches, lr / 100)
    errors, row, met = [], 0, None
    for _ in range(batches):
        x, y = tensors(*adding_problem(T, N, rng))
        off = net(x)[:, 0] - y
        optimiser.zero_grad()
        off.square().mean().backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        error = off.detach().abs().numpy()
        errors.append(error.mean())
        row = row + N if (error < 0.04).all() else int((error[::-1] < 0.04).argmin())
        if met is None and row >= IN_A_ROW and np.mean(errors[-(IN_A_ROW // N) :]) < MEAN_ERROR:
            met = len(errors)
    x, y = adding_problem(T, 2560, rng)
    with torch.no_grad():
        output = net(tensors(x, y)[0]).numpy().astype(np.float64)[None, :, 0]
    off = output[0] - y
    width = max(1, batches // POINTS)
    ends = range(width, batches + 1, width)
    return {
        "stopped": met is not None,
        "sequences": (met or batches) * N,
        "wrong": int((~adding_correct(output, y)).sum()),
        "error": float(np.abs(off).mean()),
        "squared_error": float(np.mean(off**2)),
        "curve": {
            "sequences": [end * N for end in ends],
            "error": [float(f"{np.mean(errors[end - width : end]):.4g}") for end in ends],
        },
    }
