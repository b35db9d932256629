"""The command `evaluate`."""

import argparse

import torch

from translator.commands.log import log
from translator.commands.scoring import print_scores
from translator.data import corpus
from translator.data.corpus import CorpusError
from translator.data.parts import count_overlap, divide
from translator.scores import paired_bootstrap
from translator.translator import Translator


def run(options: argparse.Namespace) -> int:
    """Print a model's scores on the test parts of the named corpora, and on all pairs of files."""
    torch.set_num_threads(options.threads)
    translator = Translator.load(options.model)
    trained_on = translator.about.get("data", [])
    search = {name: getattr(options, name) for name in ("beam", "alpha", "consensus", "top_k", "temperature")}
    for name in options.data or trained_on:
        if name in trained_on or name in ("hsk", "tatoeba"):
            parts = divide([name])
            pairs, title = parts.test, f"{name}, test part"
        else:
            pairs, report = corpus.load(name)
            log(report)
            title = name
        if not pairs:
            raise CorpusError(f"there is no sentence pair in {name}")
        overlap = count_overlap(pairs, divide(trained_on).train) if trained_on else 0
        if overlap:
            log(f"Warning: {overlap:,} of the {len(pairs):,} pairs share a sentence with this model's training part.")
        print_scores(translator, pairs, title, options.seed, **search)
        if options.against:
            other = Translator.load(options.against)
            english = [pair.english for pair in pairs]
            both = [side.translate(english, seed=options.seed, **search) for side in (translator, other)]
            compared = paired_bootstrap(*both, [pair.chinese for pair in pairs], options.seed)
            for metric, (real, low, high, p) in compared.items():
                print(f"  {metric} {real:+.1f} [{low:+.1f}, {high:+.1f}] against {options.against}, p = {p:.3f}")
    return 0
