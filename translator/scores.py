"""Scores of translations: sacreBLEU's BLEU and chrF, with signatures and bootstrap intervals."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.metrics.helpers import extract_all_char_ngrams

RESAMPLES = 1000


@dataclass(frozen=True)
class Score:
    """One metric of one system.

    name : str          "BLEU" or "chrF"
    value : float       0 to 100
    low, high : float   the interval that holds 95 % of the resampled test sets' scores
    signature : str     sacreBLEU's description of how the score was computed
    """

    name: str
    value: float
    low: float
    high: float
    signature: str

    def __str__(self) -> str:
        """The score with its interval, and the signature."""
        return f"{self.name} {self.value:.1f}  [{self.low:.1f}, {self.high:.1f}]  {self.signature}"


def metrics() -> list[BLEU | CHRF]:
    """BLEU over Chinese characters, and chrF."""
    return [BLEU(tokenize="zh"), CHRF()]


def metric_name(metric: BLEU | CHRF) -> str:
    """The metric's name on the page, "BLEU" or "chrF"."""
    return "chrF" if isinstance(metric, CHRF) else "BLEU"


def sentence_counts(metric: BLEU | CHRF, hypotheses: list[str], references: list[str]) -> np.ndarray:
    """The counts of each sentence; the metric of a test set depends on their sum alone.

    metric : BLEU or CHRF   from `metrics`
    hypotheses : list       N translations
    references : list       the right ones, in the same order
    Returns counts (N, C), integers
    """
    if isinstance(metric, CHRF):
        return np.array([_chrf_counts(metric, *pair) for pair in zip(hypotheses, references, strict=True)])
    scores = [metric.corpus_score([h], [[r]]) for h, r in zip(hypotheses, references, strict=True)]
    return np.array([[*score.counts, *score.totals, score.sys_len, score.ref_len] for score in scores])


def score_from_counts(metric: BLEU | CHRF, counts: np.ndarray) -> float:
    """The metric of a test set.

    metric : BLEU or CHRF   from `metrics`
    counts : (C,)           the sum of the counts of its sentences
    Returns score (): 0 to 100
    """
    if isinstance(metric, CHRF):
        return _chrf(metric, counts)
    *by_order, sys_len, ref_len = counts.tolist()
    half = len(by_order) // 2
    return BLEU.compute_bleu(by_order[:half], by_order[half:], sys_len, ref_len).score


def _chrf_counts(metric: CHRF, hypothesis: str, reference: str) -> list[int]:
    """For each order, the n-grams of the hypothesis, those of the reference, and those in common."""
    counts = []
    sides = (extract_all_char_ngrams(side, metric.char_order, metric.whitespace) for side in (hypothesis, reference))
    for ours, theirs in zip(*sides, strict=True):
        ours, theirs = Counter(ours), Counter(theirs)
        counts += [ours.total() if theirs else 0, theirs.total(), (ours & theirs).total()]
    return counts


def _chrf(metric: CHRF, counts: np.ndarray) -> float:
    """The F-score of the mean precision and the mean recall over the orders that occur on both sides."""
    by_order = [order for order in counts.reshape(-1, 3).tolist() if order[0] and order[1]]
    if not by_order:
        return 0.0
    precision = sum(match / ours for ours, _, match in by_order) / len(by_order)
    recall = sum(match / theirs for _, theirs, match in by_order) / len(by_order)
    if not precision + recall:
        return 0.0
    factor = metric.beta**2
    return 100 * (1 + factor) * precision * recall / (factor * precision + recall)


def bootstrap(
    metric: BLEU | CHRF, hypotheses: list[str], references: list[str], seed: int, resamples: int
) -> np.ndarray:
    """The metric on test sets drawn with replacement.

    metric, hypotheses, references   as in `sentence_counts`
    seed : int                       the same seed draws the same sets, so that two systems can be compared on each
    resamples : int                  how many sets
    Returns scores (resamples,)
    """
    counts = sentence_counts(metric, hypotheses, references)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(counts), size=(resamples, len(counts)))
    return np.array([score_from_counts(metric, counts[indices].sum(axis=0)) for indices in drawn])


def evaluate(hypotheses: list[str], references: list[str], seed: int = 1, resamples: int = RESAMPLES) -> list[Score]:
    """BLEU (tokenize="zh") and chrF of a test set.

    hypotheses : list   translations
    references : list   the right ones, in the same order
    seed : int          of the bootstrap
    resamples : int     of the bootstrap
    Returns scores (list): two Scores
    """
    scores = []
    for metric in metrics():
        value = metric.corpus_score(hypotheses, [references]).score
        low, high = np.quantile(bootstrap(metric, hypotheses, references, seed, resamples), (0.025, 0.975))
        signature = str(metric.get_signature())
        scores.append(Score(metric_name(metric), value, float(low), float(high), signature))
    return scores


def paired_bootstrap(
    ours: list[str], theirs: list[str], references: list[str], seed: int = 1, resamples: int = RESAMPLES
) -> dict[str, tuple[float, float, float, float]]:
    """How far one system is ahead of another on the same sentences.

    ours, theirs : list   translations of two systems
    references : list     the right ones
    seed : int            of the bootstrap
    resamples : int       of the bootstrap
    Returns differences (dict): name → difference, low, high (95 %), and the share of test sets where ours is not ahead

    Source: Koehn (2004), "Statistical significance tests for machine translation evaluation".
    """
    differences = {}
    for metric in metrics():
        a, b = (bootstrap(metric, side, references, seed, resamples) for side in (ours, theirs))
        real = metric.corpus_score(ours, [references]).score - metric.corpus_score(theirs, [references]).score
        low, high = np.quantile(a - b, (0.025, 0.975))
        differences[metric_name(metric)] = (float(real), float(low), float(high), float((a <= b).mean()))
    return differences
