"""The command `train`."""

import argparse
import dataclasses
import shlex
import time
from pathlib import Path

import torch

from translator.commands.log import say
from translator.commands.scoring import score_by_corpus
from translator.config import SUITED, Recipe, suited
from translator.data.parts import divide
from translator.plots import curves
from translator.training.malloc import keep_freed_memory
from translator.training.process_group import Team
from translator.training.trainer import Training
from translator.translator import MODEL_FILE
from translator.tuning import choose_search

DEFAULT_BUDGET = 300.0


def run(options: argparse.Namespace) -> int:
    """Train a model, choose beam and length norm on the dev part, and score both held-out parts."""
    begun = time.process_time() if options.device in (None, "cpu") and not torch.cuda.is_available() else None
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    team = Team(options.device)
    if not (options.epochs or options.budget):
        options.budget = DEFAULT_BUDGET
    try:
        parts = divide(options.data, options.data == ["hsk"] if options.dictionary is None else options.dictionary)
        recipe = Recipe().replace(**suited(len(parts.train), options.epochs, options.budget) | chosen(options))
        if team.leads:
            say("\n".join(map(str, parts.reports)))
            say(f"{len(parts.train):,} pairs to train on, {len(parts.dev):,} dev, {len(parts.test):,} test")
        training = Training(recipe, parts, Path(options.out), options.epochs, options.budget, team, begun)
        training.translator.about |= {"data": options.data, "command": command_line(options)}
        translator = training.run()
        if not team.leads:
            return 130 if training.stopped else 0
        if training.history:
            curves(training.history, training.out / "curves.png")
        if training.stopped:
            say(f"Interrupted. {training.out} can translate already; the same command goes on.")
            return 130
        translator.model.to("cpu")
        if parts.dev:
            translator.about |= choose_search(translator, parts.dev)
            told = "beam {beam}, length norm {alpha}, consensus {consensus}: chosen on the dev part"
            say(f"{told}, in {{search_seconds}} s more".format(**translator.about))
        translator.about["scores"] = score_by_corpus(translator, parts, options.data, 1)
        translator.save(training.out / MODEL_FILE)
        return 0
    finally:
        team.leave()


def chosen(options: argparse.Namespace) -> dict:
    """The choices of a recipe that were made on the command line."""
    values = {field.name: getattr(options, field.name, None) for field in dataclasses.fields(Recipe)}
    return {name: value for name, value in values.items() if value is not None}


def command_line(options: argparse.Namespace) -> str:
    """The command that does the same training: whatever was chosen."""
    words = ["python -m translator train --data", *map(shlex.quote, options.data)]
    if options.dictionary is not None:
        words.append("--dictionary" if options.dictionary else "--no-dictionary")
    words.append(f"--budget {options.budget:g}" if options.budget else f"--epochs {options.epochs:g}")
    choices = {**chosen(options), "seed": options.seed or Recipe.seed}
    for name, value in choices.items():
        if name == "seed" or (value != getattr(Recipe, name) and name != "bf16") or name in SUITED:
            words.append(f"--{name.replace('_', '-')} {value}")
    return " ".join(words)
