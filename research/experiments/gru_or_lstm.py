"""GRU, LSTM and plain RNN with equal numbers of parameters and equal effort, on a task of memory and on text.

Source: Chung, Gulcehre, Cho and Bengio (2014), "Empirical evaluation of gated recurrent neural networks on sequence
modeling".
"""

import time

import numpy as np
import torch

from lstm_ref import torch_cells
from research.experiments.cells import LastStepReadout, equal_size, layer
from research.experiments.characters import LanguageModel, corpus, train_characters
from research.experiments.memory import train_adding
from research.experiments.rates import at_best_rate
from research.experiments.record import Experiment

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4, 5, 6, 7],
    "tasks": ["memory", "characters"],
    "cells": ["lstm", "gru", "rnn"],
    "rates": [1e-3, 3e-3, 1e-2, 3e-2],  # every run tries them all
    "memory": {"T": 50, "N": 32, "H": 32, "keep": 4, "batches": 1200},
    "characters": {"D": 32, "H": 96, "epochs": 4, "N": 32, "limit": None},
}
QUICK = {
    "seeds": [0, 1],
    "rates": [3e-3, 1e-2],
    "memory": SETTINGS["memory"] | {"T": 10, "H": 8, "batches": 40},
    "characters": SETTINGS["characters"] | {"D": 8, "H": 8, "epochs": 1, "limit": 200},
}


def jobs(settings: dict) -> list[dict]:
    """A run for each task, cell and seed; the same seed is the same data in the same order."""
    return [
        {"task": task, "cell": cell, "seed": seed}
        for task in settings["tasks"]
        for cell in settings["cells"]
        for seed in settings["seeds"]
    ]


def run(settings: dict, task: str, cell: str, seed: int) -> dict:
    """Train one network at each rate, and judge the one that is best on data to choose by; lower scores are better."""
    trained = {"memory": memory, "characters": characters}[task]
    return at_best_rate(settings["rates"], lambda rate: trained(settings[task], cell, rate, seed), seed)


def memory(s: dict, cell: str, rate: float, seed: int) -> dict:
    """The adding problem; the score is the mean absolute error of 2,560 test sequences.

    The rate is chosen by the last point of the learning curve, which is the error of fresh sequences too.
    """
    H = equal_size(cell, 2, s["H"], 1)
    net = LastStepReadout(layer(cell, 2, H, s["keep"]), H, 1)
    begin = time.process_time()
    found = train_adding(net, s["T"], s["N"], s["batches"], rate, np.random.default_rng(seed))
    result = {"H": H, "score": found["error"], "choose": found["curve"]["error"][-1], "curve": found["curve"]}
    return result | {"training": time.process_time() - begin} | step_times(cell, H, s["T"], s["N"], 2)


def characters(s: dict, cell: str, rate: float, seed: int) -> dict:
    """The language model; the score is nats a character of half of the validation sentences.

    The rate is chosen by the other half.
    """
    V = len(corpus(s["limit"])[2])
    H = equal_size(cell, s["D"], s["H"], V)
    model = LanguageModel(layer(cell, s["D"], H), V, s["D"], H)
    begin = time.process_time()
    found = train_characters(model, s["limit"], s["epochs"], s["N"], rate, seed)
    result = {"H": H, "score": found["nats_judge"], "choose": found["nats_choose"], "curve": found["curve"]}
    return result | {"training": time.process_time() - begin} | step_times(cell, H, 30, s["N"], s["D"])


def step_times(cell: str, H: int, T: int, N: int, D: int, repeats: int = 5) -> dict:
    """CPU seconds of one forward and backward pass: of PyTorch's layer, and of the same cell as a loop over time."""
    seconds = {}
    for name, core in [("fast", layer(cell, D, H)), ("loop", getattr(torch_cells, cell.upper())(D, H))]:
        x, times = torch.randn(T, N, D), []
        for _ in range(repeats):
            begin = time.process_time()
            core(x)[0][-1].sum().backward()
            times.append(time.process_time() - begin)
        seconds[name] = float(f"{np.median(times):.3g}")
    return seconds


def verdict(summary: dict) -> str:
    """It agrees if both gated cells beat the RNN on every task, and neither of them is better on all tasks.

    One cell beats another where the interval of their difference does not hold zero.
    """
    gates_help = all(
        summary[f"{task}/rnn-lstm"]["score"]["low"] > 0
        and summary[f"{task}/rnn"]["score"]["low"] > summary[f"{task}/gru"]["score"]["high"]
        for task in SETTINGS["tasks"]
    )
    sides = []
    for task in SETTINGS["tasks"]:
        difference = summary[f"{task}/gru-lstm"]["score"]
        sides.append("gru" if difference["high"] < 0 else "lstm" if difference["low"] > 0 else "neither")
    no_winner = len({*sides}) > 1 or sides[0] == "neither"
    return "agrees" if gates_help and no_winner else "partly" if gates_help or no_winner else "does not"


EXPERIMENT = Experiment(
    name="gru_or_lstm",
    claim="With equal numbers of parameters, units with gates do better than tanh units, and neither the GRU nor the "
    "LSTM is better on all tasks.",
    citation="chung2014",
    criterion="Final score, lower is better: mean absolute error of adding, nats a character of unseen sentences. Each "
    "run tries the same learning rates, and data of its own chooses among them. The same seeds for all cells, so "
    "differences are paired.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["task", "cell"],
    metrics=["score", "training", "fast", "loop"],
    pairs={"field": "cell", "baseline": "lstm", "differences": ["score"], "ratios": ["training", "fast", "loop"]},
    headline=[
        ["memory/gru-lstm", "score", "GRU − LSTM, adding, mean error"],
        ["characters/gru-lstm", "score", "GRU − LSTM, nats a character"],
        ["characters/rnn-lstm", "score", "RNN − LSTM, nats a character"],
        ["characters/gru-lstm", "loop_ratio", "GRU ÷ LSTM, CPU time, both as loops"],
        ["characters/gru-lstm", "fast_ratio", "GRU ÷ LSTM, CPU time, PyTorch's layers"],
    ],
    verdict=verdict,
    note="Our tasks, where the paper had music and speech, and a short training. On adding, all cells start so that "
    "they keep; on text the LSTM starts with a forget bias of 1 and the others as PyTorch does. On a processor PyTorch "
    "runs the LSTM as one call of oneDNN, and neither of the others; written as loops, they differ less in time.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
