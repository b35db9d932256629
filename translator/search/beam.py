"""Search in batches: greedy, by beam, and by drawing. A sentence gets the same translation alone and in company."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_ref.text import BOS, EOS, PAD, UNK
from translator.models.seq2seq import Model
from translator.search.consensus import elect

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


class Hypothesis(NamedTuple):
    """A finished translation: its tokens' numbers without <eos>, how many they are with it, their log-probability."""

    numbers: list[int]
    count: int
    log_p: float


@torch.inference_mode()
def hypotheses(model: Model, src: Tensor, lengths: Tensor, size: int) -> list[list[Hypothesis]]:
    """All translations that a beam ends with: N lists of Hypothesis, `size` at most, none empty.

    model : Model    in evaluation mode
    src : (S, N)     sources
    lengths : (N,)   their lengths
    size : int       hypotheses a sentence, finished ones counted

    `lstm_ref.seq2seq.decoding.beam_search`, for all sentences at once.
    """
    source, states = model.begin(src, lengths)
    N, B = src.shape[1], size
    place, most = torch.arange(N), limits(lengths)
    rows = place.repeat_interleave(B)
    source, states = source.rows(rows), tuple(state.index_select(0, rows) for state in states)
    finished = [[] for _ in range(N)]
    written = torch.full((N, B, int(most.max())), PAD)
    sums = torch.full((N, B), -torch.inf)  # -inf: no hypothesis here
    sums[:, 0] = 0.0  # to begin with, one that has written nothing
    slots = torch.full((N,), B)  # hypotheses a sentence may still have alive
    last = torch.full((N * B,), BOS)
    for t in range(written.shape[2]):
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
        owners = place[:, None].expand(n, B)[ended].tolist()
        for owner, numbers, total in zip(owners, written[ended].tolist(), sums[ended].tolist(), strict=True):
            finished[owner].append(Hypothesis([i for i in numbers if i not in (PAD, EOS)], t + 1, total))
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
    return finished


def pick(found: list[Hypothesis], alpha: float, consensus: float = 0.0) -> tuple[list[int], float]:
    """One of the hypotheses for a sentence.

    found : list        of Hypothesis
    alpha : float       score = log p / (number of tokens) ** alpha; 0: no length norm; 1: the mean log-probability
    consensus : float   0: the highest score wins. Above: the one most like the others (`consensus.elect`), each
                        weighted by its probability, length norm and all, to the power of consensus
    Returns numbers (list), score ()
    """
    scores = np.array([one.log_p / one.count**alpha for one in found])
    if consensus:
        usual = np.mean([one.count**alpha for one in found])  # makes a score a log-probability again
        best = elect([one.numbers for one in found], consensus * scores * usual)
    else:
        best = int(scores.argmax())
    return found[best].numbers, float(scores[best])


def beam(model: Model, src: Tensor, lengths: Tensor, size: int, alpha: float) -> tuple[list[list[int]], Tensor]:
    """The best translations that a beam finds, by their score. Arguments as of `hypotheses` and `pick`.

    Returns translations (list): N lists of numbers without <eos>; scores (N,)
    """
    best = [pick(found, alpha) for found in hypotheses(model, src, lengths, size)]
    return [numbers for numbers, _ in best], torch.tensor([score for _, score in best])
