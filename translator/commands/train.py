"""The command `train`."""

import argparse
import dataclasses
import shlex
import time
from pathlib import Path

import torch

from translator.commands.log import log
from translator.commands.scoring import print_scores_by_corpus
from translator.config import DATA_DEPENDENT, TrainConfig, defaults_for
from translator.data.parts import divide
from translator.plots import plot_losses
from translator.training.malloc import keep_freed_memory
from translator.training.process_group import ProcessGroup
from translator.training.trainer import Training
from translator.translator import MODEL_FILE
from translator.tuning import choose_search

DEFAULT_BUDGET = 300.0


def run(options: argparse.Namespace) -> int:
    """Train a model, choose its search settings on the dev part, and print its scores on the test part."""
    begun = time.process_time() if options.device in (None, "cpu") and not torch.cuda.is_available() else None
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    group = ProcessGroup(options.device)
    if not (options.epochs or options.budget):
        options.budget = DEFAULT_BUDGET
    try:
        parts = divide(options.data, options.data == ["hsk"] if options.dictionary is None else options.dictionary)
        config = TrainConfig().replace(
            **defaults_for(len(parts.train), options.epochs, options.budget) | given_settings(options)
        )
        if group.is_main:
            log("\n".join(map(str, parts.reports)))
            log(f"{len(parts.train):,} pairs to train on, {len(parts.dev):,} dev, {len(parts.test):,} test")
        training = Training(config, parts, Path(options.out), options.epochs, options.budget, group, begun)
        training.translator.about |= {"data": options.data, "command": command_line(options)}
        translator = training.run()
        if not group.is_main:
            return 130 if training.stopped else 0
        if training.history:
            plot_losses(training.history, training.out / "curves.png")
        if training.stopped:
            log(f"Interrupted. {training.out} can translate already; the same command resumes the training.")
            return 130
        translator.model.to("cpu")
        if parts.dev:
            translator.about |= choose_search(translator, parts.dev)
            log(
                "beam {beam}, length norm {alpha}, consensus {consensus}: chosen on the dev part, in {search_seconds} s"
                " more".format(**translator.about)
            )
        translator.about["scores"] = print_scores_by_corpus(translator, parts, options.data, 1)
        translator.save(training.out / MODEL_FILE)
        return 0
    finally:
        group.close()


def given_settings(options: argparse.Namespace) -> dict:
    """The fields of `TrainConfig` that the command line gives."""
    values = {field.name: getattr(options, field.name, None) for field in dataclasses.fields(TrainConfig)}
    return {name: value for name, value in values.items() if value is not None}


def command_line(options: argparse.Namespace) -> str:
    """The command that repeats this training, without `--out`."""
    words = ["python -m translator train --data", *map(shlex.quote, options.data)]
    if options.dictionary is not None:
        words.append("--dictionary" if options.dictionary else "--no-dictionary")
    words.append(f"--budget {options.budget:g}" if options.budget else f"--epochs {options.epochs:g}")
    settings = {**given_settings(options), "seed": options.seed or TrainConfig.seed}
    for name, value in settings.items():
        if name == "seed" or (value != getattr(TrainConfig, name) and name != "bf16") or name in DATA_DEPENDENT:
            words.append(f"--{name.replace('_', '-')} {value}")
    return " ".join(words)
