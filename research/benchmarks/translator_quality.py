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
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lstm_ref.seq2seq.tokens import tokenise
from lstm_ref.vocabulary import PAD
from translator import Parts, TrainConfig, Training, divide
from translator.config import defaults_for
from translator.data.corpus import Pair
from translator.models.build import MODEL_CLASSES
from translator.models.seq2seq import EncoderOutput, Model
from translator.scores import metrics
from translator.training.malloc import keep_freed_memory
from translator.tuning import choose_search


class Tutorial(Model):
    """The tutorial's design: GRUs, additive attention, input feeding.

    Source of the attention: Bahdanau, Cho and Bengio (2015), "Neural machine translation by jointly learning to align
    and translate".
    """

    def __init__(self, V_source: int, V_target: int, config: TrainConfig):
        super().__init__()
        H = config.hidden
        self.embed_source, self.embed = nn.Embedding(V_source, H, PAD), nn.Embedding(V_target, H, PAD)
        self.encoder = nn.GRU(H, H)
        self.query, self.key, self.score = nn.Linear(H, H), nn.Linear(H, H), nn.Linear(H, 1)
        self.cell = nn.GRUCell(2 * H, H)
        self.output = nn.Linear(H, V_target)
        self.dropout = nn.Dropout(config.dropout)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncoderOutput, tuple[Tensor, ...]]:
        """src (S, N) → the source, and the state after its last real word."""
        memory = self.encoder(self.dropout(self.embed_source(src)))[0].transpose(0, 1)
        last = memory[torch.arange(len(lengths)), lengths - 1]
        return EncoderOutput(memory.contiguous(), self.key(memory), (src != PAD).T.contiguous()), (last,)

    def _next(self, x: Tensor, h: Tensor, source: EncoderOutput) -> tuple[Tensor, Tensor]:
        """x (N, H), h (N, H) → the next h, attention (N, S)."""
        scores = self.score(torch.tanh(self.query(h)[:, None] + source.keys))[:, :, 0]
        weights = torch.softmax(scores.float().masked_fill(~source.mask, -1e30), dim=1).to(source.memory.dtype)
        context = torch.bmm(weights[:, None], source.memory)[:, 0]
        return self.cell(torch.cat((x, context.to(x.dtype)), dim=1), h.to(x.dtype)), weights

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """src (S, N), tgt_in (T, N) → h (T, N, H), one step after the other."""
        source, (h,) = self.begin(src, lengths)
        hs = []
        for x in self.dropout(self.embed(tgt_in)):
            h, _ = self._next(x, h, source)
            hs.append(h)
        return torch.stack(hs)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, H) → (…, V)."""
        return self.output(s)

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncoderOutput
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor]:
        """One step of the search."""
        h, weights = self._next(self.embed(last), states[0], source)
        return self.output(h), (h,), weights


MODEL_CLASSES["tutorial"] = Tutorial
CONFIGS = {
    "ours": TrainConfig(),  # and what `defaults_for` says for the budget
    "fixed": TrainConfig(model="fixed"),
    "tutorial": TrainConfig(model="tutorial", hidden=128, smoothing=0.0, unknown=0.0, dropout=0.1, batch=350),
}


JOEYNMT = """
name: benchmark
joeynmt_version: "2.3.0"
model_dir: {folder}/model
use_cuda: False
random_seed: {seed}
data:
  train: {folder}/train
  dev: {folder}/dev
  test: {folder}/test
  dataset_type: plain
  src: {{lang: en, level: word, lowercase: False, max_length: 100, voc_min_freq: 1}}
  trg: {{lang: zh, level: word, lowercase: False, max_length: 100, voc_min_freq: 1}}
testing: {{n_best: 1, beam_size: 5, beam_alpha: 1.0, batch_size: 64, batch_type: sentence, eval_metrics: []}}
training:
  optimizer: adam
  learning_rate: {rate}
  learning_rate_min: 0.0
  scheduling: exponential
  decrease_factor: 0.7
  clip_grad_norm: 1.0
  label_smoothing: 0.1
  batch_size: 64
  batch_type: sentence
  normalization: tokens
  epochs: 1000
  validation_freq: {steps}
  logging_freq: 10
  early_stopping_metric: loss
  keep_best_ckpts: 1
  overwrite: True
model:
  initializer: xavier_uniform
  embed_initializer: normal
  embed_init_weight: 0.1
  bias_initializer: zeros
  init_rnn_orthogonal: False
  lstm_forget_gate: 0.0
  tied_softmax: True
  tied_embeddings: False
  encoder:
    {{type: recurrent, rnn_type: lstm, embeddings: {{embedding_dim: 256, scale: False}}, hidden_size: 128,
     bidirectional: True, dropout: 0.1, num_layers: 1}}
  decoder:
    {{type: recurrent, rnn_type: lstm, embeddings: {{embedding_dim: 256, scale: False}}, hidden_size: 256, dropout: 0.1,
     hidden_dropout: 0.1, num_layers: 1, input_feeding: True, init_hidden: bridge, attention: luong}}
"""


def bleu_and_chrf(translate: Callable[[list[str]], list[str]], pairs: list[Pair]) -> list[float]:
    """Scores of a function from sentences to translations."""
    hypotheses = translate([pair.english for pair in pairs])
    references = [[pair.chinese for pair in pairs]]
    return [round(metric.corpus_score(hypotheses, references).score, 2) for metric in metrics()]


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


def joeynmt(python: str, parts: Parts, seconds: float, rate: float, seed: int) -> dict:
    """JoeyNMT's recurrent model with the same budget; the operating system stops it after these processor seconds.

    The time of its imports is added to the budget. The checkpoint with the lowest dev loss translates.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("PYTHONPATH", None)

    def call(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *words], env=environment, capture_output=True, text=True, **options)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def write(name: str, pairs: list[Pair]) -> None:
            for language, side in (("en", 0), ("zh", 1)):
                lines = (" ".join(tokenise(pair[side], language)) for pair in pairs)
                (folder / f"{name}.{language}").write_text("".join(f"{line}\n" for line in lines))

        write("train", parts.train)
        write("test", parts.test)
        write("dev", parts.dev[:200])  # few, since JoeyNMT validates often, so that its last checkpoint is recent
        config = folder / "config.yaml"
        config.write_text(
            JOEYNMT.format(folder=folder, rate=rate, seed=seed, steps=max(len(parts.train) // 9000, 1) * 10)
        )
        call("-c", "import joeynmt.training", check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        call("-c", "import joeynmt.training", check=True)
        imports = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        limit = int(seconds + imports)
        done = call(
            *("-m", "joeynmt", "train", str(config), "--skip-test"),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5)),
        )
        if not (folder / "model" / "best.ckpt").exists():
            sys.exit(f"JoeyNMT left no checkpoint:\n{done.stderr[-2000:]}")
        write("dev", parts.dev)
        done = call("-m", "joeynmt", "test", str(config), "--output-path", str(folder / "out"))
        if done.returncode:
            sys.exit(f"JoeyNMT did not translate:\n{done.stderr[-2000:]}")
        steps = max(
            map(int, re.findall(r"Step: +(\d+)", (folder / "model" / "train.log").read_text(encoding="utf-8"))),
            default=0,
        )
        outputs = [(folder / f"out.{name}").read_text(encoding="utf-8").splitlines() for name in ("dev", "test")]
        (dev, _), (bleu, chrf) = (
            bleu_and_chrf(lambda _, lines=lines: ["".join(line.split()) for line in lines], side)
            for lines, side in zip(outputs, (parts.dev, parts.test), strict=True)
        )
    line = {"system": "joeynmt", "seconds": seconds, "budget": seconds, "rate": rate, "seed": seed}
    return {**line, "bleu": bleu, "chrf": chrf, "dev_bleu": dev, "steps": steps}


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
