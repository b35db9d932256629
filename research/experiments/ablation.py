"""An LSTM without one of its parts at a time, on a task of memory and on text.

Source: Greff, Srivastava, Koutník, Steunebrink and Schmidhuber (2017), "LSTM: a search space odyssey".
"""

import numpy as np

from research.experiments.cells import VARIANTS, LastStepReadout, lstm
from research.experiments.characters import LanguageModel, corpus, train_characters
from research.experiments.memory import train_adding
from research.experiments.rates import at_best_rate
from research.experiments.record import Experiment

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4, 5],
    "variants": list(VARIANTS),
    "rates": [1e-2, 3e-2],  # every run tries them all
    "memory": {"T": 50, "N": 32, "H": 32, "forget_bias": 4, "input_bias": -4, "batches": 1200},
    "characters": {
        "D": 32,
        "H": 64,
        "forget_bias": 1,
        "input_bias": 0,
        "epochs": 3,
        "N": 32,
        "limit": None,
    },
}
QUICK = {
    "seeds": [0, 1],
    "rates": [1e-2, 3e-2],
    "memory": SETTINGS["memory"] | {"T": 10, "H": 8, "batches": 40},
    "characters": SETTINGS["characters"] | {"D": 8, "H": 8, "epochs": 1, "limit": 200},
}


def jobs(settings: dict) -> list[dict]:
    """A run for each task, variant and seed."""
    return [
        {"task": task, "variant": variant, "seed": seed}
        for task in ("memory", "characters")
        for variant in settings["variants"]
        for seed in settings["seeds"]
    ]


def run(settings: dict, task: str, variant: str, seed: int) -> dict:
    """Train one variant at each rate; the score is the mean absolute error of adding, or nats a character."""
    trained = {"memory": memory, "characters": characters}[task]
    return at_best_rate(settings["rates"], lambda rate: trained(settings[task], variant, rate, seed), seed)


def memory(s: dict, variant: str, rate: float, seed: int) -> dict:
    """The adding problem; the rate is chosen by the last point of the learning curve."""
    net = LastStepReadout(lstm(2, s["H"], variant, s["forget_bias"], s["input_bias"]), s["H"], 1)
    found = train_adding(net, s["T"], s["N"], s["batches"], rate, np.random.default_rng(seed))
    return {"score": found["error"], "choose": found["curve"]["error"][-1], "curve": found["curve"]}


def characters(s: dict, variant: str, rate: float, seed: int) -> dict:
    """The language model; the rate is chosen by half of the validation sentences and judged by the other half."""
    V = len(corpus(s["limit"])[2])
    core = lstm(s["D"], s["H"], variant, s["forget_bias"], s["input_bias"])
    found = train_characters(LanguageModel(core, V, s["D"], s["H"]), s["limit"], s["epochs"], s["N"], rate, seed)
    return {"score": found["nats_judge"], "choose": found["nats_choose"], "curve": found["curve"]}


def verdict(summary: dict) -> str:
    """It agrees if, on text, removing the forget gate or the output's tanh does most harm, and coupling does none."""
    harm = {v: summary[f"characters/{v}-full"]["score"] for v in VARIANTS if v != "full"}
    worst_two = sorted(harm, key=lambda v: -harm[v]["mean"])[:2]
    parts = [{*worst_two} == {"no_forget", "no_output_tanh"}, harm["coupled"]["low"] <= 0]
    return "agrees" if all(parts) else "partly" if any(parts) or harm["no_forget"]["low"] > 0 else "does not"


EXPERIMENT = Experiment(
    name="ablation",
    claim="The forget gate and the output's tanh are the parts that an LSTM can least do without; coupling the input "
    "gate to the forget gate costs nothing.",
    citation="greff2017",
    criterion="Final score after a fixed number of batches, lower is better: mean absolute error of adding, nats a "
    "character of unseen sentences. Each run tries the same learning rates, and data of its own chooses among them. "
    "Differences to the whole LSTM are paired by seed.",
    settings=SETTINGS,
    quick=QUICK,
    jobs=jobs,
    run=run,
    by=["task", "variant"],
    metrics=["score"],
    pairs={"field": "variant", "baseline": "full", "differences": ["score"], "ratios": []},
    headline=[
        ["characters/no_forget-full", "score", "more nats a character without forget gate"],
        ["characters/no_output_tanh-full", "score", "without output tanh"],
        ["characters/coupled-full", "score", "with coupled gates"],
        ["characters/no_input-full", "score", "without input gate"],
        ["characters/no_output-full", "score", "without output gate"],
    ],
    verdict=verdict,
    note="Our tasks, where the paper had speech, handwriting and music, and a short training. On adding, the runs "
    "start with forget gates almost open and input gates almost shut, so there is little to forget.",
)

if __name__ == "__main__":
    EXPERIMENT.main()
