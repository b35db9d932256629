"""Search for a likely translation, one sentence at a time."""

from collections.abc import Callable

import numpy as np

from lstm_ref.shapes import checked


@checked
def beam_search(step: Callable, state: tuple, beam: int, max_length: int, alpha: float) -> tuple[list[int], float]:
    """The best translation that a beam finds.

    At first one hypothesis is live: it is empty and has just read <bos> (1). At
    each step every live one is continued by every token, and the best `beam`
    minus (number of finished ones) continuations are kept, by the sum of their
    log-probabilities. So each finished hypothesis makes the beam narrower by
    one. Of those kept, the ones that end in <eos> (2) are finished and are not
    continued; the others are live. It ends when none is live or when the live
    ones have max_length tokens; these count as finished then. The
    best has the largest

        score = sum of log-probabilities / (number of tokens) ** alpha

    where <eos> counts as a token. beam 1 is greedy search.

    step : callable    step(tokens (B,), state) -> log_p (B, V), state: reads
                       the last token of B hypotheses and their states, gives
                       the log-probability of each next token, and new states
    state : tuple      arrays (1, …), the decoder's states for the sentence; in
                       those of B hypotheses, row b belongs to hypothesis b
    beam : int         how many hypotheses are kept, at least 1
    max_length : int   most tokens of a hypothesis, <eos> counted, at least 1
    alpha : float      0: no length norm; 1: the mean log-probability
    Returns tokens (list), score (): the best hypothesis, without <bos> and
    <eos>, and its score, a float
    """
    live, sums, finished = [[]], np.zeros(1), []
    for _ in range(max_length):
        last = np.array([tokens[-1] if tokens else 1 for tokens in live])
        log_p, state = step(last, state)
        V = log_p.shape[1]
        totals = (sums[:, None] + log_p).ravel()  # (B V,): hypothesis b continued by token v stands at b V + v
        best = np.argsort(-totals, kind="stable")[: beam - len(finished)]
        hypotheses = [(live[i // V] + [int(i % V)], totals[i]) for i in best]
        finished += [(tokens, total) for tokens, total in hypotheses if tokens[-1] == 2]
        rows = best[best % V != 2] // V
        live = [tokens for tokens, _ in hypotheses if tokens[-1] != 2]
        sums, state = totals[best[best % V != 2]], tuple(part[rows] for part in state)
        if not live:
            break
    scored = [(total / len(tokens) ** alpha, tokens) for tokens, total in [*finished, *zip(live, sums, strict=True)]]
    score, tokens = max(scored, key=lambda pair: pair[0])
    return tokens[:-1] if tokens[-1] == 2 else tokens, float(score)
