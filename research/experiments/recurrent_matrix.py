"""The recall task for LSTMs whose recurrent weights are drawn in three ways, with two forget biases.

Source: Saxe, McClelland and Ganguli (2014), "Exact solutions to the nonlinear dynamics of learning in deep linear
neural networks".
"""

import numpy as np

from course.experiments.recall import SYMBOLS, train_recall
from course.experiments.recurrent import start_lstm
from research.experiments.record import Experiment

SETTINGS = {
    "seeds": [*range(10)],
    "matrices": ["orthogonal", "normal", "uniform"],
    "biases": [1, 3],
    "T": [20, 40, 80],
    "batches": 200,
    "longer": {"matrix": "orthogonal", "bias": 1, "T": [40, 80], "batches": 1000},
    "D": 8,
    "H": 32,
    "N": 32,
    "lr": 3e-3,
    "solved": 0.95,
}
QUICK = {"seeds": [0, 1], "T": [4, 40], "batches": 2, "longer": SETTINGS["longer"] | {"batches": 4}, "H": 4}


def jobs(settings: dict) -> list[dict]:
    """A run for each matrix, bias, number of steps and seed, and the longer runs."""
    few, longer = settings["batches"], settings["longer"]
    kinds = [(m, b, T, few) for m in settings["matrices"] for b in settings["biases"] for T in settings["T"]]
    kinds += [(longer["matrix"], longer["bias"], T, longer["batches"]) for T in longer["T"]]
    return [
        {"matrix": matrix, "bias": bias, "T": T, "batches": batches, "seed": seed}
        for matrix, bias, T, batches in kinds
        for seed in settings["seeds"]
    ]


def run(settings: dict, matrix: str, bias: int, T: int, batches: int, seed: int) -> dict:
    """Train one LSTM; correct is its share of correct answers to 500 fresh sequences."""
    rng = np.random.default_rng(seed)
    weights = start_lstm(SYMBOLS, settings["D"], settings["H"], float(bias), rng, matrix)
    correct = train_recall(weights, T, rng, batches, settings["N"], settings["lr"])
    return {"correct": correct, "solved": correct >= settings["solved"]}


def verdict(summary: dict) -> str:
    """It agrees if, with bias 1 over 40 steps, orthogonal blocks are solved more often than both others."""
    of = {matrix: summary[f"{matrix}/1/40/{batches(summary)}"]["solved"] for matrix in SETTINGS["matrices"]}
    better = [of["orthogonal"]["low"] > of[matrix]["high"] for matrix in ("normal", "uniform")]
    return "agrees" if all(better) else "partly" if any(better) else "does not"


def batches(summary: dict) -> str:
    """The number of batches of the shorter runs, as the keys of a summary have it."""
    return min((key.split("/")[3] for key in summary), key=int)


EXPERIMENT = Experiment(
    name="recurrent_matrix",
    claim="An LSTM learns to keep a symbol more often if its recurrent matrices start orthogonal.",
    citation="saxe2014",
    criterion="Share of correct answers to 500 fresh sequences after a fixed number of batches. Solved: at least 0.95 "
    "of them; 0.5 is guessing.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["matrix", "bias", "T", "batches"],
    metrics=["correct", "solved"],
    headline=[
        ["orthogonal/1/40/200", "solved", "orthogonal, forget bias 1, 40 steps, share of seeds that solve it"],
        ["normal/1/40/200", "solved", "normal of variance 1 / H"],
        ["uniform/1/40/200", "solved", "uniform within 1 / √H"],
        ["orthogonal/3/40/200", "solved", "orthogonal, forget bias 3"],
        ["orthogonal/1/40/1000", "solved", "orthogonal, forget bias 1, five times the training"],
    ],
    verdict=verdict,
    note="The paper is about deep linear networks, not about LSTMs: the claim is our extension of it.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
