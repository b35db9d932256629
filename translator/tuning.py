"""The choice of the search settings on the dev part."""

import time
from itertools import product

from translator.data.corpus import Pair
from translator.scores import metrics
from translator.search.hypothesis import select_hypothesis
from translator.translator import Translator

BEAMS, ALPHAS, CONSENSUS = (5, 10), (0.6, 1.0, 1.4), (0.0, 0.5)  # the values to choose from


def choose_search(translator: Translator, dev: list[Pair]) -> dict:
    """The search settings with the highest BLEU on the dev part; among equals, those with the smaller beam.

    translator : Translator
    dev : list                of Pair
    Returns choice (dict): "beam", "alpha", "consensus", "dev_bleu", and "search_seconds", the processor's seconds that
    the choice took
    """
    begun = time.process_time()
    metric, references = metrics()[0], [pair.chinese for pair in dev]
    tried = []
    for beam in BEAMS:
        hypotheses = translator.hypotheses([pair.english for pair in dev], beam)
        for alpha, consensus in product(ALPHAS, CONSENSUS):
            texts = [translator.decode_text(select_hypothesis(some, alpha, consensus)[0]) for some in hypotheses]
            tried.append((metric.corpus_score(texts, [references]).score, -beam, alpha, consensus))
    bleu, beam, alpha, consensus = max(tried)
    spent = round(time.process_time() - begun, 1)
    choice = {"beam": -beam, "alpha": alpha, "consensus": consensus}
    return {**choice, "dev_bleu": round(bleu, 2), "search_seconds": spent}
