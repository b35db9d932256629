"""How good is a translator after so many seconds of one core? Several designs on the same split, side by side.

    python benchmarks/translator_quality.py [--data NAME…] [--seconds S…] [--rates R…] [--seeds N…] [--out FILE.json]
                                            [--plot FILE.png] [--joeynmt PYTHON]

- ours: the course's translator as `python -m lstm_ref.translation train` builds it;
- fixed: the same without attention;
- tutorial: the design of PyTorch's own tutorial on sequence-to-sequence translation, written here: a GRU that reads
  one way, additive attention with input feeding, a GRU that writes, one step after the other;
- joeynmt: JoeyNMT (Kreutzer et al., 2019) with a recurrent encoder and decoder, where --joeynmt names the Python of an
  environment that has it.

Every design gets the same words and characters, one thread, and the same seconds of the processor; each takes its
learning rate from the same grid, by BLEU on the dev part at the shortest budget. All translate with a beam of 5.
Prints a table and one JSON line a run, {"system", "seconds", "rate", "seed", "bleu", "chrf", "dev_bleu", "steps"}.
The defaults take some minutes and are for a look; the claims need --data tatoeba --seconds 60 300.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from lstm_ref.text import PAD
from lstm_ref.translation import models
from lstm_ref.translation.bitext import Parts, divide
from lstm_ref.translation.memory import keep_freed_memory
from lstm_ref.translation.recipe import Recipe
from lstm_ref.translation.scores import metrics
from lstm_ref.translation.seq2seq import Model, Source
from lstm_ref.translation.training import Training


class Tutorial(Model):
    """The tutorial's design: GRUs, additive attention, input feeding.

    Source of the attention: Bahdanau, Cho and Bengio (2015), "Neural machine translation by jointly learning to align
    and translate".
    """

    def __init__(self, V_source: int, V_target: int, recipe: Recipe):
        super().__init__()
        H = recipe.hidden
        self.embed_source, self.embed = nn.Embedding(V_source, H, PAD), nn.Embedding(V_target, H, PAD)
        self.encoder = nn.GRU(H, H)
        self.query, self.key, self.score = nn.Linear(H, H), nn.Linear(H, H), nn.Linear(H, 1)
        self.cell = nn.GRUCell(2 * H, H)
        self.output = nn.Linear(H, V_target)
        self.dropout = nn.Dropout(recipe.dropout)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[Source, tuple[Tensor, ...]]:
        """src (S, N) → the source, and the state after its last real word."""
        memory = self.encoder(self.dropout(self.embed_source(src)))[0].transpose(0, 1)
        last = memory[torch.arange(len(lengths)), lengths - 1]
        return Source(memory.contiguous(), self.key(memory), (src != PAD).T.contiguous()), (last,)

    def _next(self, x: Tensor, h: Tensor, source: Source) -> tuple[Tensor, Tensor]:
        """x (N, H), h (N, H) → the next h, attention (N, S)."""
        scores = self.score(torch.tanh(self.query(h)[:, None] + source.keys))[:, :, 0]
        weights = torch.softmax(scores.float().masked_fill(~source.mask, -1e30), dim=1).to(source.memory.dtype)
        context = torch.bmm(weights[:, None], source.memory)[:, 0]
        return self.cell(torch.cat((x, context.to(x.dtype)), dim=1), h.to(x.dtype)), weights

    def states(self, src: Tensor, lengths: Tensor, read: Tensor) -> Tensor:
        """src (S, N), read (T, N) → h (T, N, H), one step after the other."""
        source, (h,) = self.begin(src, lengths)
        hs = []
        for x in self.dropout(self.embed(read)):
            h, _ = self._next(x, h, source)
            hs.append(h)
        return torch.stack(hs)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, H) → (…, V)."""
        return self.output(s)

    def step(self, last: Tensor, states: tuple[Tensor, ...], source: Source):
        """One step of the search."""
        h, weights = self._next(self.embed(last), states[0], source)
        return self.output(h), (h,), weights


models.KINDS["tutorial"] = Tutorial
RECIPES = {
    "ours": Recipe(),
    "fixed": Recipe(model="fixed"),
    "tutorial": Recipe(model="tutorial", hidden=128, smoothing=0.0, unknown=0.0, dropout=0.1, batch=350),
}


def bleu_and_chrf(translate, pairs) -> list[float]:
    """Scores of a function from sentences to translations."""
    hypotheses = translate([pair.english for pair in pairs])
    references = [[pair.chinese for pair in pairs]]
    return [round(metric.corpus_score(hypotheses, references).score, 2) for metric in metrics()]


def run(system: str, parts: Parts, seconds: float, rate: float, seed: int) -> dict:
    """Train one design from nothing within the budget and score it."""
    recipe = RECIPES[system].replace(rate=rate, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        training = Training(recipe, parts, Path(folder), budget=seconds, begun=time.process_time())
        translator = training.run(show=False)
        (dev, _), (bleu, chrf) = (
            bleu_and_chrf(lambda lines: translator.translate(lines, beam=5, alpha=1.0), side)
            for side in (parts.dev, parts.test)
        )
        line = {"system": system, "seconds": round(training.history[-1]["seconds"], 1), "budget": seconds, "rate": rate}
        return {**line, "seed": seed, "bleu": bleu, "chrf": chrf, "dev_bleu": dev, "steps": training.schedule.done}


def plot(rows: list[dict], path: str) -> None:
    """BLEU against seconds, a line a system."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.add_subplot()
    for system in dict.fromkeys(row["system"] for row in rows):
        points = sorted((row["seconds"], row["bleu"]) for row in rows if row["system"] == system)
        axes.plot(*zip(*points, strict=True), "o-", label=system)
    axes.set_xscale("log")
    axes.set_xlabel("seconds of one core")
    axes.set_ylabel("BLEU (zh) on the test part")
    axes.legend(frameon=False)
    figure.savefig(path)


def main():
    """Tune, run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", nargs="+", default=["hsk"])
    parser.add_argument("--seconds", nargs="+", type=float, default=[20.0])
    parser.add_argument("--rates", nargs="+", type=float, default=[2e-3, 4e-3, 8e-3])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--systems", nargs="+", default=[*RECIPES])
    parser.add_argument("--out")
    parser.add_argument("--plot")
    options = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    parts = divide(options.data)
    print(f"{len(parts.train):,} pairs, {len(parts.test):,} in the test part", file=sys.stderr)
    rows = []
    shortest, *longer = sorted(options.seconds)
    for system in options.systems:
        tuned = [run(system, parts, shortest, rate, options.seeds[0]) for rate in options.rates]
        best = max(tuned, key=lambda row: row["dev_bleu"])
        more = [(seconds, seed) for seconds in (shortest, *longer) for seed in options.seeds][1:]
        done = [best, *(run(system, parts, seconds, best["rate"], seed) for seconds, seed in more)]
        rows += done
        for row in done:
            print(json.dumps(row), flush=True)
    print(f"\n{'system':12}{'seconds':>9}{'rate':>9}{'BLEU':>7}{'chrF':>7}")
    for row in rows:
        print(f"{row['system']:12}{row['budget']:9g}{row['rate']:9g}{row['bleu']:7.1f}{row['chrf']:7.1f}")
    if options.out:
        Path(options.out).write_text(json.dumps(rows, indent=1))
    if options.plot:
        plot(rows, options.plot)


if __name__ == "__main__":
    main()
