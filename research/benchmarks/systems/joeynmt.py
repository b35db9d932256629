"""JoeyNMT (Kreutzer et al., 2019) with a recurrent encoder and decoder, trained for some processor seconds."""

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lstm_ref.seq2seq.tokens import tokenise
from systems.scoring import bleu_and_chrf
from translator import Parts
from translator.data.corpus import Pair

CONFIG = """
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
            CONFIG.format(folder=folder, rate=rate, seed=seed, steps=max(len(parts.train) // 9000, 1) * 10)
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
