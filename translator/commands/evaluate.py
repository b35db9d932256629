"""The command `evaluate`."""

import argparse

import torch

from translator import scores
from translator.commands.log import say
from translator.commands.scoring import score
from translator.data import corpus
from translator.data.corpus import CorpusError
from translator.data.parts import divide, overlap
from translator.translator import Translator


def run(options: argparse.Namespace) -> int:
    """Score a model on the test parts of the named corpora, and on all pairs of files."""
    torch.set_num_threads(options.threads)
    translator = Translator.load(options.model)
    trained_on = translator.about.get("data", [])
    how = {name: getattr(options, name) for name in ("beam", "alpha", "consensus", "top_k", "temperature")}
    for name in options.data or trained_on:
        if name in trained_on or name in ("hsk", "tatoeba"):
            parts = divide([name])
            pairs, title = parts.test, f"{name}, test part"
        else:
            pairs, report = corpus.load(name)
            say(report)
            title = name
        if not pairs:
            raise CorpusError(f"there is no sentence pair in {name}")
        known = overlap(pairs, divide(trained_on).train) if trained_on else 0
        if known:
            say(f"Mind: a sentence of {known:,} of the {len(pairs):,} pairs stands in the training part of this model.")
        score(translator, pairs, title, options.seed, **how)
        if options.against:
            other = Translator.load(options.against)
            english = [pair.english for pair in pairs]
            both = [side.translate(english, seed=options.seed, **how) for side in (translator, other)]
            compared = scores.paired(*both, [pair.chinese for pair in pairs], options.seed)
            for metric, (real, low, high, p) in compared.items():
                print(f"  {metric} {real:+.1f} [{low:+.1f}, {high:+.1f}] against {options.against}, p = {p:.3f}")
    return 0
