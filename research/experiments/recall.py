"""Storing one bit over a growing number of steps: RNNs with three initialisations, LSTMs with four forget biases.

Source: Bengio, Simard and Frasconi (1994), "Learning long-term dependencies with gradient descent is difficult".
"""

import numpy as np

from course.experiments.recall import SYMBOLS, train_recall
from course.experiments.recurrent import start_lstm, start_rnn
from research.experiments.record import Experiment

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    "models": [
        "rnn orthogonal",
        "rnn normal",
        "rnn uniform",
        "lstm bias 0",
        "lstm bias 1",
        "lstm bias 3",
        "lstm bias 5",
    ],
    "T": [10, 20, 40, 80, 160],
    "batches": 200,
    "longer": {"model": "rnn orthogonal", "T": [80], "batches": 1000},  # does more training make up for the distance?
    "D": 8,
    "H": 32,
    "N": 32,
    "lr": 3e-3,
    "solved": 0.95,
}
QUICK = {
    "seeds": [0, 1],
    "T": [3, 6, 160],
    "batches": 4,
    "longer": SETTINGS["longer"] | {"T": [6], "batches": 8},
    "H": 4,
}


def jobs(settings: dict) -> list[dict]:
    """A run for each model, number of steps and seed, and the longer runs."""
    kinds = [(model, T, settings["batches"]) for model in settings["models"] for T in settings["T"]]
    longer = settings["longer"]
    kinds += [(longer["model"], T, longer["batches"]) for T in longer["T"]]
    return [
        {"model": model, "T": T, "batches": batches, "seed": seed}
        for model, T, batches in kinds
        for seed in settings["seeds"]
    ]


def run(settings: dict, model: str, T: int, batches: int, seed: int) -> dict:
    """Train one network; correct is its share of correct answers to 500 fresh sequences."""
    rng, sizes = np.random.default_rng(seed), (SYMBOLS, settings["D"], settings["H"])
    kind, option = model.split(" ", 1)
    weights = start_rnn(*sizes, rng, option) if kind == "rnn" else start_lstm(*sizes, float(option.split()[-1]), rng)
    correct = train_recall(weights, T, rng, batches, settings["N"], settings["lr"])
    return {"correct": correct, "solved": correct >= settings["solved"]}


def verdict(summary: dict) -> str:
    """It agrees if fewer of the orthogonal RNNs solve the longest task than the shortest: the intervals are apart."""
    shares = {int(key.split("/")[1]): s["solved"] for key, s in summary.items() if key.startswith("rnn orthogonal/")}
    return "agrees" if shares[max(shares)]["high"] < shares[min(shares)]["low"] else "does not"


EXPERIMENT = Experiment(
    name="recall",
    claim="The longer a network must store a bit, the less often gradient descent finds weights that do it.",
    citation="bengio1994",
    criterion="Share of correct answers to 500 fresh sequences after a fixed number of batches. Solved: at least 0.95 "
    "of them; 0.5 is guessing.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["model", "T", "batches"],
    metrics=["solved"],
    headline=[
        ["rnn orthogonal/20/200", "solved", "orthogonal RNN, 20 steps, share of seeds that solve it"],
        ["rnn orthogonal/80/200", "solved", "orthogonal RNN, 80 steps"],
        ["rnn orthogonal/160/200", "solved", "orthogonal RNN, 160 steps"],
        ["rnn orthogonal/80/1000", "solved", "orthogonal RNN, 80 steps, five times the training"],
        ["lstm bias 1/80/200", "solved", "LSTM, forget bias 1, 80 steps"],
        ["lstm bias 5/80/200", "solved", "LSTM, forget bias 5, 80 steps"],
    ],
    verdict=verdict,
    note="The paper's latching task gives a real-valued input and asks for a class; ours gives symbols. The networks "
    "have 32 units and are trained with Adam and clipping, which the paper did not have.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
