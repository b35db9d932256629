"""Scores of translations: sacreBLEU's BLEU and chrF, with signatures and bootstrap intervals."""

from dataclasses import dataclass

import numpy as np
from sacrebleu.metrics import BLEU, CHRF

RESAMPLES = 1000


@dataclass(frozen=True)
class Score:
    """One metric of one system.

    name : str        BLEU or chrF
    value : float     0 to 100
    low, high : float   where 95 % of the resampled test sets' scores lie
    signature : str   sacreBLEU's, which says how it was computed
    """

    name: str
    value: float
    low: float
    high: float
    signature: str

    def __str__(self) -> str:
        """The score with its interval, and the signature."""
        return f"{self.name} {self.value:.1f}  [{self.low:.1f}, {self.high:.1f}]  {self.signature}"


def metrics() -> list:
    """BLEU over Chinese characters, and chrF."""
    return [BLEU(tokenize="zh"), CHRF()]


def resampled(metric, hypotheses: list[str], references: list[str], seed: int, resamples: int) -> np.ndarray:
    """The metric on test sets drawn with replacement: (resamples,).

    The same seed draws the same sets, so that two systems can be compared pair by pair.
    """
    counts = np.array(metric._extract_corpus_statistics(hypotheses, [references]))  # (sentences, counts)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(counts), size=(resamples, len(counts)))
    return np.array([metric._compute_score_from_stats(counts[some].sum(0).tolist()).score for some in drawn])


def evaluate(hypotheses: list[str], references: list[str], seed: int = 1, resamples: int = RESAMPLES) -> list[Score]:
    """BLEU (tokenize="zh") and chrF of a test set.

    hypotheses : list   translations
    references : list   the right ones, in the same order
    seed : int          of the bootstrap
    Returns scores (list): two Scores
    """
    scores = []
    for metric in metrics():
        result = metric.corpus_score(hypotheses, [references])
        low, high = np.quantile(resampled(metric, hypotheses, references, seed, resamples), (0.025, 0.975))
        name = "chrF" if result.name.startswith("chrF") else "BLEU"
        scores.append(Score(name, result.score, low, high, str(metric.get_signature())))
    return scores


def paired(ours: list[str], theirs: list[str], references: list[str], seed: int = 1, resamples: int = RESAMPLES):
    """By how much one system is ahead of another on the same sentences.

    ours, theirs : lists   translations of two systems
    references : list      the right ones
    Returns differences (dict): name → difference, low, high (95 %), and the share of test sets where ours is not ahead

    Source: Koehn (2004), "Statistical significance tests for machine translation evaluation".
    """
    found = {}
    for metric in metrics():
        name = "chrF" if isinstance(metric, CHRF) else "BLEU"
        a, b = (resampled(metric, side, references, seed, resamples) for side in (ours, theirs))
        real = metric.corpus_score(ours, [references]).score - metric.corpus_score(theirs, [references]).score
        low, high = np.quantile(a - b, (0.025, 0.975))
        found[name] = (float(real), float(low), float(high), float((a <= b).mean()))
    return found
