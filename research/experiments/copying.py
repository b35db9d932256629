"""Copying the first symbol over fifty steps, for the RNN and for LSTMs with two forget biases, at three rates.

Source: Hochreiter and Schmidhuber (1997), "Long short-term memory", section 5.2, in its form without local
regularities.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from lstm_ref.tasks import classes_correct, copy_problem
from research.experiments.cells import LastStepReadout, equal_size, layer, lstm
from research.experiments.record import Experiment
from research.experiments.summary import by_best_rate

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4, 5],
    "networks": ["rnn", "lstm_1", "lstm_4"],  # after the underscore: the forget bias
    "T": 50,
    "symbols": 8,
    "H": 16,  # of the LSTM; the RNN has at most as many parameters
    "N": 32,
    "batches": 400,
    "rates": [1e-3, 3e-3, 1e-2],
    "tolerance": 0.25,
    "test": 10_000,  # sequences in a row, of which none may be wrong
}
QUICK = {"seeds": [0, 1], "T": 6, "H": 4, "batches": 20, "rates": [3e-3, 1e-2], "test": 100}
CURVE_EVERY = 10  # batches


def jobs(settings: dict) -> list[dict]:
    """A run for each network, rate and seed."""
    return [
        {"network": network, "rate": rate, "seed": seed}
        for network in settings["networks"]
        for rate in settings["rates"]
        for seed in settings["seeds"]
    ]


def run(settings: dict, network: str, rate: float, seed: int) -> dict:
    """Train one network for a fixed number of batches, then test it on fresh sequences."""
    torch.manual_seed(seed)
    rng, D = np.random.default_rng(seed), settings["symbols"] + 3
    if network == "rnn":
        H = equal_size("rnn", D, settings["H"], 2)
        net = LastStepReadout(layer("rnn", D, H, 0.0), H, 2)
    else:
        H = settings["H"]
        net = LastStepReadout(lstm(D, H, "full", float(network.split("_")[1])), H, 2)
    optimiser, shares = torch.optim.Adam(net.parameters(), lr=rate), []
    for _ in range(settings["batches"]):
        x, y = copy_problem(settings["T"], settings["N"], settings["symbols"], rng)
        logits = net(torch.from_numpy(x).float())
        optimiser.zero_grad()
        binary_cross_entropy_with_logits(logits, one_hot(torch.from_numpy(y), 2).float()).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        shares.append(share_correct(logits, y, settings["tolerance"]))
    x, y = copy_problem(settings["T"], settings["test"], settings["symbols"], rng)
    with torch.no_grad():
        correct = share_correct(net(torch.from_numpy(x).float()), y, settings["tolerance"])
    ends = range(CURVE_EVERY, settings["batches"] + 1, CURVE_EVERY)
    curve = {"batch": [*ends], "correct": [float(f"{np.mean(shares[end - CURVE_EVERY : end]):.3g}") for end in ends]}
    return {"H": H, "solved": correct == 1, "correct": correct, "curve": curve}


def share_correct(logits: torch.Tensor, y: np.ndarray, tolerance: float) -> float:
    """The share of sequences for which no output unit is off by the tolerance or more."""
    outputs = torch.sigmoid(logits.detach()).numpy().astype(np.float64)
    return float(classes_correct(outputs, y, tolerance).mean())


def verdict(summary: dict) -> str:
    """It agrees if every LSTM with a bias of 4 solves it at its best rate, and fewer of those with a bias of 1 do."""
    best = by_best_rate(summary, "solved")
    four, one = best["lstm_4"]["solved"], best["lstm_1"]["solved"]
    if four["mean"] == 1 and one["high"] < 1 and one["mean"] < 1:
        return "agrees"
    return "partly" if four["mean"] > one["mean"] else "does not"


EXPERIMENT = Experiment(
    name="copying",
    claim="An LSTM whose forget gates start open learns to copy a symbol over fifty steps.",
    citation="hochreiter1997",
    criterion="T = 50, eight distractors. Correct: no output unit is off by 0.25 or more. Solved: all of 10,000 test "
    "sequences are correct after 400 batches of 32.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["network", "rate"],
    metrics=["solved", "correct"],
    headline=[
        ["lstm_4/0.01", "solved", "LSTM with forget bias 4, rate 0.01, share of seeds that solve it"],
        ["lstm_1/0.01", "solved", "LSTM with forget bias 1, rate 0.01"],
        ["rnn/0.003", "solved", "orthogonal RNN, rate 0.003"],
    ],
    verdict=verdict,
    note="The length and the number of batches are ours. Every network is trained at the same three rates with the "
    "same seeds. The RNN starts from an orthogonal recurrent matrix.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
