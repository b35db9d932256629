"""Scores of a translator, printed."""

from translator import scores
from translator.data.corpus import Pair
from translator.data.parts import Parts
from translator.translator import Translator


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
