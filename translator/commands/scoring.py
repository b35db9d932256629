"""Scores of a translator, printed."""

from translator.data.corpus import Pair
from translator.data.parts import Parts
from translator.scores import Score, evaluate
from translator.translator import Translator


def print_scores_by_corpus(translator: Translator, parts: Parts, names: list[str], seed: int) -> dict:
    """Print the scores of each corpus's test part.

    translator : Translator
    parts : Parts             the parts of all corpora
    names : list              names of the corpora
    seed : int                of the bootstrap
    Returns scores (dict): {corpus: {"BLEU": …, "chrF": …, "sentences": …}}
    """
    by_corpus = {}
    for name in names:
        test = [pair for pair, origin in zip(parts.test, parts.origin, strict=True) if origin == name]
        scores = print_scores(translator, test, f"{name}, test part", seed)
        by_corpus[name] = {score.name: round(score.value, 2) for score in scores} | {"sentences": len(test)}
    return by_corpus


def print_scores(translator: Translator, pairs: list[Pair], title: str, seed: int, **search) -> list[Score]:
    """Translate pairs, and print BLEU and chrF with their intervals.

    translator : Translator
    pairs : list              of Pair
    title : str               first words of the output
    seed : int                of the sampling and of the bootstrap
    search                    further arguments of `Translator.translate`
    Returns scores (list): two Scores
    """
    hypotheses = translator.translate([pair.english for pair in pairs], seed=seed, **search)
    scores = evaluate(hypotheses, [pair.chinese for pair in pairs], seed)
    print(f"{title}: {len(pairs):,} sentences")
    print("\n".join(f"  {score}" for score in scores))
    return scores
