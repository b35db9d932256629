"""BLEU: how many of the n-grams of a translation stand in the reference too."""

from collections import Counter

import numpy as np

from lstm_ref.shapes import checked


@checked
def corpus_bleu(hypotheses: list, references: list) -> float:
    """BLEU-4 of a corpus, one reference a sentence, as sacreBLEU computes it.

    <pad> is no token: leave it out everywhere. For each order n from 1 to 4 the
    precision p_n is matches / n-grams of the hypotheses, both added up over the
    corpus. In one sentence an n-gram matches at most as often as it stands in
    the reference. With c tokens in all hypotheses and r in all references,

        BLEU = 100 · min(1, exp(1 - r / c)) · (p_1 p_2 p_3 p_4) ** (1/4)

    An order with n-grams but without a match counts half a match, the next such
    order a quarter, and so on. The score is 0 where no order has a match and
    where an order has no n-grams.

    hypotheses : list   N translations, each a list of tokens (strings)
    references : list   the N right ones, in the same order
    Returns bleu (), a float from 0 to 100

    Source: Papineni et al. (2002), "BLEU: a method for automatic evaluation of
    machine translation"; Post (2018), "A call for clarity in reporting BLEU
    scores".
    """
    hypotheses, references = [[[t for t in s if t != "<pad>"] for s in side] for side in (hypotheses, references)]
    matches, totals = np.zeros(4), np.zeros(4)
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        for n in range(1, 5):
            ours, theirs = (
                Counter(tuple(s[k : k + n]) for k in range(len(s) - n + 1)) for s in (hypothesis, reference)
            )
            matches[n - 1] += (ours & theirs).total()
            totals[n - 1] += ours.total()
    if matches.sum() == 0 or totals.min() == 0:
        return 0.0
    without = matches == 0
    matches[without] = 0.5 ** np.arange(1, 1 + without.sum())
    c, r = (sum(map(len, side)) for side in (hypotheses, references))
    return float(100 * min(1.0, np.exp(1 - r / c)) * np.exp(np.log(matches / totals).mean()))
