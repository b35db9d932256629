"""Scores of any system that translates."""

from collections.abc import Callable

from translator.data.corpus import Pair
from translator.scores import metrics


def bleu_and_chrf(translate: Callable[[list[str]], list[str]], pairs: list[Pair]) -> list[float]:
    """Scores of a function from sentences to translations."""
    hypotheses = translate([pair.english for pair in pairs])
    references = [[pair.chinese for pair in pairs]]
    return [round(metric.corpus_score(hypotheses, references).score, 2) for metric in metrics()]
