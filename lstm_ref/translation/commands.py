"""What the commands do."""

import argparse
import dataclasses
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice, product
from pathlib import Path

import torch

from lstm_ref.translation import corpus, scores, search
from lstm_ref.translation.bitext import Parts, divide, overlap
from lstm_ref.translation.corpus import CorpusError, Pair
from lstm_ref.translation.distributed import Team
from lstm_ref.translation.memory import keep_freed_memory
from lstm_ref.translation.pictures import curves, heat_map
from lstm_ref.translation.recipe import SUITED, Recipe, suited
from lstm_ref.translation.training import Training
from lstm_ref.translation.translator import MODEL_FILE, Translator

BEAMS, ALPHAS, CONSENSUS = (5, 10), (0.6, 1.0, 1.4), (0.0, 0.5)  # what is tried on the dev part
CHUNK = 256  # lines that are read before they are translated, when nobody waits for each
DEFAULT_BUDGET = 300.0


def say(*words) -> None:
    """A line for whoever sits in front of it; standard output is for results."""
    print(*words, file=sys.stderr)


def train(options: argparse.Namespace) -> int:
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
    words = ["python -m lstm_ref.translation train --data", *map(shlex.quote, options.data)]
    if options.dictionary is not None:
        words.append("--dictionary" if options.dictionary else "--no-dictionary")
    words.append(f"--budget {options.budget:g}" if options.budget else f"--epochs {options.epochs:g}")
    choices = {**chosen(options), "seed": options.seed or Recipe.seed}
    for name, value in choices.items():
        if name == "seed" or (value != getattr(Recipe, name) and name != "bf16") or name in SUITED:
            words.append(f"--{name.replace('_', '-')} {value}")
    return " ".join(words)


def choose_search(translator: Translator, dev: list[Pair]) -> dict:
    """The search with the highest BLEU on the dev part.

    Returns choice (dict): "beam", "alpha", "consensus", "dev_bleu", and "search_seconds" of the processor that it took
    """
    begun = time.process_time()
    metric, references = scores.metrics()[0], [pair.chinese for pair in dev]
    tried = []
    for beam in BEAMS:
        found = translator.hypotheses([pair.english for pair in dev], beam)
        for alpha, consensus in product(ALPHAS, CONSENSUS):
            said = [translator.written(search.pick(some, alpha, consensus)[0]) for some in found]
            tried.append((metric.corpus_score(said, [references]).score, -beam, alpha, consensus))
    bleu, beam, alpha, consensus = max(tried)  # of equals the smaller beam
    spent = round(time.process_time() - begun, 1)
    chosen = {"beam": -beam, "alpha": alpha, "consensus": consensus}
    return {**chosen, "dev_bleu": round(bleu, 2), "search_seconds": spent}


def score_by_corpus(translator: Translator, parts: Parts, names: list[str], seed: int, **how) -> dict:
    """Print the scores of each corpus's test part; returns them as {corpus: {"BLEU": …, "chrF": …, "sentences": …}}."""
    found = {}
    for name in names:
        test = [pair for pair, origin in zip(parts.test, parts.origin, strict=True) if origin == name]
        results = score(translator, test, f"{name}, test part", seed, **how)
        found[name] = {result.name: round(result.value, 2) for result in results} | {"sentences": len(test)}
    return found


def score(translator: Translator, pairs: list[Pair], title: str, seed: int, **how) -> list[scores.Score]:
    """Translate pairs, and print BLEU and chrF with their intervals."""
    hypotheses = translator.translate([pair.english for pair in pairs], seed=seed, **how)
    results = scores.evaluate(hypotheses, [pair.chinese for pair in pairs], seed)
    print(f"{title}: {len(pairs):,} sentences")
    print("\n".join(f"  {result}" for result in results))
    return results


def evaluate(options: argparse.Namespace) -> int:
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


def translate(options: argparse.Namespace) -> int:
    """Translate standard input; at a terminal, answer each line at once."""
    torch.set_num_threads(options.threads)
    translator = Translator.load(options.model)
    how = {name: getattr(options, name) for name in ("beam", "alpha", "consensus", "top_k", "temperature", "seed")}
    at_terminal = sys.stdin.isatty()
    for lines in chunks(prompted() if at_terminal else plain(), 1 if at_terminal else CHUNK):
        for translation in translator.translate(lines, **how):
            print(translation, flush=at_terminal)
        if options.attention and lines:
            heat_map(*translator.attention(lines[0]), options.attention)
            options.attention = None
    return 0


def plain() -> Iterator[str]:
    """The lines of standard input; what is not UTF-8 in them is replaced, so that line n stays line n."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n").removeprefix("\ufeff")


def prompted() -> Iterator[str]:
    """Lines that somebody types, until Ctrl-D."""
    say("An English sentence and Enter; Ctrl-D ends.")
    while True:
        try:
            yield input("> ")
        except EOFError:
            say("")
            return


def chunks(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of `size` lines; the last may be shorter."""
    lines = iter(lines)
    while chunk := list(islice(lines, size)):
        yield chunk


def export(options: argparse.Namespace) -> int:
    """Write a model to one small file."""
    translator = Translator.load(options.model)
    translator.save(options.to, options.kind)
    print(f"{options.to}: {Path(options.to).stat().st_size / 1e6:.2f} MB, {options.kind}")
    return 0
