"""BLEU of several translators after the same seconds of one core, on the same split.

    python research/benchmarks/translator_quality.py [--data NAME…] [--seconds S…] [--rates R…] [--tune NAME…]
                                             [--seeds N…] [--systems NAME…] [--joeynmt PYTHON]
                                             [--out FILE.json] [--plot FILE.png]

- ours: the course's translator as `python -m translator train` builds it;
- fixed: the same without attention;
- tutorial: the design of PyTorch's own tutorial on sequence-to-sequence translation, written here: a GRU that reads
  one way, additive attention with input feeding, a GRU that decodes step by step;
- joeynmt: JoeyNMT (Kreutzer et al., 2019) with a recurrent encoder and decoder, where --joeynmt names the Python of an
  environment that has it.

Every design gets the same words and characters, one thread, and the same seconds of the processor; each takes its
learning rate from the same grid, by BLEU on the dev part at the shortest budget; designs that --tune names are tuned at
each budget. All translate with a beam of 5 and a length norm of 1; ours also with the search that is best on the dev
part, as its command line does ("bleu_chosen", "chrf_chosen").
Runs that --out already holds are not repeated, so the same command continues after an interruption.
Prints a table and one JSON line a run, {"system", "seconds", "rate", "seed", "bleu", "chrf", "dev_bleu", "steps"}.
The defaults take some minutes and give a first impression; the claims need --data tatoeba --seconds 60 300.
"""

import argparse
import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import torch
from systems.joeynmt import joeynmt
from systems.scoring import bleu_and_chrf
from systems.tutorial import Tutorial

from translator import Parts, TrainConfig, Training, divide
from translator.config import defaults_for
from translator.models.build import MODEL_CLASSES
from translator.training.malloc import keep_freed_memory
from translator.tuning import choose_search

MODEL_CLASSES["tutorial"] = Tutorial
CONFIGS = {
    "ours": TrainConfig(),  # and what `defaults_for` says for the budget
    "fixed": TrainConfig(model="fixed"),
    "tutorial": TrainConfig(model="tutorial", hidden=128, smoothing=0.0, unknown=0.0, dropout=0.1, batch=350),
}


def run(system: str, parts: Parts, seconds: float, rate: float, seed: int) -> dict:
    """Train one design from nothing within the budget and score it."""
    config = CONFIGS[system].replace(rate=rate, seed=seed)
    if system != "tutorial":
        config = config.replace(**defaults_for(len(parts.train), budget=seconds))
    with tempfile.TemporaryDirectory() as folder:
        training = Training(config, parts, Path(folder), budget=seconds, begun=time.process_time())
        translator = training.run(show=False)
        (dev, _), (bleu, chrf) = (
            bleu_and_chrf(lambda lines: translator.translate(lines, beam=5, alpha=1.0), side)
            for side in (parts.dev, parts.test)
        )
        line = {"system": system, "seconds": round(training.history[-1]["seconds"], 1), "budget": seconds, "rate": rate}
        line |= {"seed": seed, "bleu": bleu, "chrf": chrf, "dev_bleu": dev, "steps": training.schedule.done}
        if system == "ours":
            translator.about |= choose_search(translator, parts.dev)
            line["bleu_chosen"], line["chrf_chosen"] = bleu_and_chrf(translator.translate, parts.test)
        return line


def plot(rows: list[dict], path: str) -> None:
    """BLEU against seconds, a line a system."""
    from matplotlib.figure import Figure

    from course import style  # noqa: F401 (its import sets the look)

    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.add_subplot()
    for system in dict.fromkeys(row["system"] for row in rows):
        points = sorted((row["seconds"], row["bleu"]) for row in rows if row["system"] == system)
        axes.plot(*zip(*points, strict=True), "o-", label=system)
    axes.set_xscale("log")
    axes.set_xlabel("seconds of one core")
    axes.set_ylabel("BLEU (zh) on the test part")
    axes.legend()
    figure.savefig(path)


def main() -> None:
    """Tune, run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", nargs="+", default=["hsk"])
    parser.add_argument("--seconds", nargs="+", type=float, default=[20.0])
    parser.add_argument("--tune", nargs="+", default=[], metavar="NAME", help="designs to tune at every budget")
    parser.add_argument("--rates", nargs="+", type=float, default=[2e-3, 4e-3, 8e-3])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--systems", nargs="*", default=[*CONFIGS])
    parser.add_argument("--joeynmt", metavar="PYTHON")
    parser.add_argument("--out")
    parser.add_argument("--plot")
    options = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    parts = divide(options.data)
    print(f"{len(parts.train):,} pairs, {len(parts.test):,} in the test part", file=sys.stderr)
    if options.joeynmt:
        options.systems.append("joeynmt")
    budgets = sorted(options.seconds)
    known = (
        json.loads(Path(options.out).read_text(encoding="utf-8")) if options.out and Path(options.out).exists() else []
    )

    def done(system: str, seconds: float, rate: float, seed: int) -> dict:
        """One run, or its stored result."""
        key = (system, seconds, rate, seed)
        for row in known:
            if (row["system"], row["budget"], row["rate"], row["seed"]) == key:
                return row
        train = partial(joeynmt, options.joeynmt) if system == "joeynmt" else partial(run, system)
        known.append(train(parts, seconds, rate, seed))
        print(json.dumps(known[-1]), flush=True)
        if options.out:
            Path(options.out).write_text(json.dumps(known, indent=1))
        return known[-1]

    rows = []
    for system in options.systems:
        rate = None
        for seconds in budgets:
            if rate is None or system in options.tune:
                tuned = [done(system, seconds, rate, options.seeds[0]) for rate in options.rates]
                rate = max(tuned, key=lambda row: row["dev_bleu"])["rate"]
            rows += [done(system, seconds, rate, seed) for seed in options.seeds]
    print(f"\n{'system':12}{'seconds':>9}{'rate':>9}{'BLEU':>7}{'chrF':>7}")
    for row in rows:
        print(f"{row['system']:12}{row['budget']:9g}{row['rate']:9g}{row['bleu']:7.1f}{row['chrf']:7.1f}")
        if "bleu_chosen" in row:
            print(f"{'  search chosen':30}{row['bleu_chosen']:7.1f}{row['chrf_chosen']:7.1f}")
    if options.plot:
        plot(rows, options.plot)


if __name__ == "__main__":
    main()
