"""Search in batches: greedy, by beam, and by drawing. A sentence gets the same translation alone and in company."""

from collections.abc import Callable

import torch
from torch import Tensor

from lstm_ref.text import BOS, EOS, PAD, UNK
from lstm_ref.translation.seq2seq import Model

NEVER = (PAD, BOS, UNK)  # no translation holds these


def limits(lengths: Tensor) -> Tensor:
    """The most tokens a translation may have, <eos> counted: lengths (N,) → (N,). Each by its own source alone."""
    return 2 * lengths + 10


def log_probabilities(logits: Tensor) -> Tensor:
    """logits (N, V) → log p (N, V), -inf for the tokens that are never written."""
    logits = logits.float()
    logits[:, NEVER] = -torch.inf
    return torch.log_softmax(logits, dim=1)


@torch.inference_mode()
def write(model: Model, src: Tensor, lengths: Tensor, choose: Callable[[Tensor], Tensor]):
    """One token after the other, as `choose` picks them.

    model : Model       in evaluation mode
    src : (S, N)        sources
    lengths : (N,)      their lengths
    choose : callable   logits (N, V) -> tokens (N,)
    Returns translations (list): N lists of numbers without <eos>; attention (N, T, S) or None

    Sentences that have ended leave the batch once half of it has ended.
    """
    source, states = model.begin(src, lengths)
    N = src.shape[1]
    place = torch.arange(N)  # which sentence each row is
    most = limits(lengths)
    written = torch.full((N, int(most.max())), PAD)
    seen = []
    last = torch.full((N,), BOS)
    alive = torch.ones(N, dtype=torch.bool)
    for t in range(written.shape[1]):
        logits, states, weights = model.step(last, states, source)
        logits[:, NEVER] = -torch.inf
        last = choose(logits)
        alive &= last != EOS
        written[place[alive], t] = last[alive]
        if weights is not None:
            row = weights.new_zeros(N, len(src))
            row[place] = weights
            seen.append(row)
        alive &= most[place] > t + 1
        count = int(alive.sum())
        if count == 0:
            break
        if count <= len(place) // 2:
            keep = alive.nonzero()[:, 0]
            source, states = source.rows(keep), tuple(state.index_select(0, keep) for state in states)
            place, last, alive = place[keep], last[keep], alive[keep]
    translations = [[i for i in row if i != PAD] for row in written.tolist()]
    return translations, torch.stack(seen, dim=1) if seen else None


def greedy(model: Model, src: Tensor, lengths: Tensor) -> list[list[int]]:
    """The likeliest token at each step. Arguments and result as of `write`, without attention."""
    return write(model, src, lengths, lambda logits: logits.argmax(dim=1))[0]


def draw(model: Model, src: Tensor, lengths: Tensor, k: int, temperature: float, generator: torch.Generator):
    """A token drawn among the k likeliest at each step, after a softmax of logits / temperature."""

    def choose(logits: Tensor) -> Tensor:
        best, tokens = (logits.float() / temperature).topk(min(k, logits.shape[1]), dim=1)
        drawn = torch.multinomial(torch.softmax(best, dim=1), 1, generator=generator)
        return tokens.gather(1, drawn)[:, 0]

    return write(model, src, lengths, choose)[0]


@torch.inference_mode()
def beam(model: Model, src: Tensor, lengths: Tensor, size: int, alpha: float) -> tuple[list[list[int]], Tensor]:
    """The best translations that a beam finds, by sum of log-probabilities / (number of tokens) ** alpha.

    model : Model    in evaluation mode
    src : (S, N)     sources
    lengths : (N,)   their lengths
    size : int       hypotheses a sentence, finished ones counted
    alpha : float    0: no length norm; 1: the mean log-probability
    Returns translations (list): N lists of numbers without <eos>; scores (N,)

    `lstm_ref.translation.decoding.beam_search`, for all sentences at once.
    """
    source, states = model.begin(src, lengths)
    N, B = src.shape[1], size
    place, most = torch.arange(N), limits(lengths)
    rows = place.repeat_interleave(B)
    source, states = source.rows(rows), tuple(state.index_select(0, rows) for state in states)
    best, best_score = torch.full((N, int(most.max())), PAD), torch.full((N,), -torch.inf)
    written = torch.full((N, B, best.shape[1]), PAD)
    sums = torch.full((N, B), -torch.inf)  # -inf: no hypothesis here
    sums[:, 0] = 0.0  # to begin with, one that has written nothing
    slots = torch.full((N,), B)  # hypotheses a sentence may still have alive
    last = torch.full((N * B,), BOS)
    for t in range(best.shape[1]):
        logits, states, _ = model.step(last, states, source)
        log_p = log_probabilities(logits)
        V = log_p.shape[1]
        n = len(place)
        totals = (sums.view(-1, 1) + log_p).view(n, -1)
        sums, flat = totals.topk(B, dim=1)
        sums = sums.masked_fill(torch.arange(B) >= slots[:, None], -torch.inf)
        parent, token = flat // V, flat % V
        written = written.gather(1, parent[:, :, None].expand_as(written))
        written[:, :, t] = token
        ended = ((token == EOS) | (most[place] == t + 1)[:, None]) & (sums > -torch.inf)
        scores = torch.where(ended, sums / (t + 1) ** alpha, -torch.inf)
        score, which = scores.max(dim=1)
        better = score > best_score[place]
        best[place[better]] = written[better, which[better]]
        best_score[place[better]] = score[better]
        slots = slots - ended.sum(dim=1)
        sums = sums.masked_fill(ended, -torch.inf)
        rows = (torch.arange(n)[:, None] * B + parent).view(-1)
        alive = (sums > -torch.inf).any(dim=1)
        count = int(alive.sum())
        if count == 0:
            break
        if count <= 0.7 * n:  # sentences that are done leave the batch
            rows = rows.view(n, B)[alive].view(-1)
            source = source.rows(rows)
            place, sums, slots, written, token = place[alive], sums[alive], slots[alive], written[alive], token[alive]
        states = tuple(state.index_select(0, rows) for state in states)
        last = token.reshape(-1)
    translations = [[i for i in row if i not in (PAD, EOS)] for row in best.tolist()]
    return translations, best_score
