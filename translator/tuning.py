"""The choice of the search on the dev part."""

import time
from itertools import product

from translator import scores
from translator.data.corpus import Pair
from translator.search import beam as search
from translator.translator import Translator

BEAMS, ALPHAS, CONSENSUS = (5, 10), (0.6, 1.0, 1.4), (0.0, 0.5)  # what is tried on the dev part


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
