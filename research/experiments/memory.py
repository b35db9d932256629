"""Training on the adding problem, with the paper's rule to stop."""

import numpy as np
import torch
from torch import nn

from lstm_ref.tasks import adding_correct, adding_problem

CORRECT_IN_A_ROW = 2000  # the paper ends training once this many consecutive sequences were right
MAX_MEAN_ERROR = 0.01  # and their mean error is below this
CURVE_POINTS = 40  # of a learning curve


def batch_tensors(x: np.ndarray, y: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch for PyTorch, in float32."""
    return torch.from_numpy(x).float(), torch.from_numpy(y).float()


def train_adding(net: nn.Module, T: int, N: int, batches: int, lr: float, rng: np.random.Generator) -> dict:
    """Train on fresh sequences and test on others.

    net : Module      x (T, N, 2) → outputs (N, 1)
    T, N : int        steps and sequences a batch
    batches : int     number of batches
    lr : float        Adam's initial learning rate; it falls to a hundredth along a half cosine
    rng : Generator   source of the sequences

    Returns stopped (whether the paper's rule to stop was met: 2,000 consecutive sequences right, mean error below
    0.01), sequences (their number by then, or all), and for 2,560 test sequences error (mean, absolute), squared_error
    and wrong (number with an error of 0.04 or more); and curve: the mean error of each training batch before its
    update, against the number of sequences
    """
    optimiser = torch.optim.Adam(net.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, batches, lr / 100)
    errors, correct, met_at = [], 0, None
    for _ in range(batches):
        x, y = batch_tensors(*adding_problem(T, N, rng))
        difference = net(x)[:, 0] - y
        optimiser.zero_grad()
        difference.square().mean().backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        error = difference.detach().abs().numpy()
        errors.append(error.mean())
        correct = correct + N if (error < 0.04).all() else int((error[::-1] < 0.04).argmin())
        last = errors[-(CORRECT_IN_A_ROW // N) :]
        if met_at is None and correct >= CORRECT_IN_A_ROW and np.mean(last) < MAX_MEAN_ERROR:
            met_at = len(errors)
    x, y = adding_problem(T, 2560, rng)
    with torch.no_grad():
        output = net(batch_tensors(x, y)[0]).numpy().astype(np.float64)[None, :, 0]
    differences = output[0] - y
    width = max(1, batches // CURVE_POINTS)
    ends = range(width, batches + 1, width)
    return {
        "stopped": met_at is not None,
        "sequences": (met_at or batches) * N,
        "wrong": int((~adding_correct(output, y)).sum()),
        "error": float(np.abs(differences).mean()),
        "squared_error": float(np.mean(differences**2)),
        "curve": {
            "sequences": [end * N for end in ends],
            "error": [float(f"{np.mean(errors[end - width : end]):.4g}") for end in ends],
        },
    }
