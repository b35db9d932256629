"""Beam search in batches. A sentence gets the same hypotheses alone and in a batch."""

import torch
from torch import Tensor

from lstm_ref.vocabulary import BOS, EOS, PAD
from translator.protocol import TranslationModel
from translator.search.hypothesis import Hypothesis
from translator.search.stepwise import FORBIDDEN, max_lengths


def log_probabilities(logits: Tensor) -> Tensor:
    """Logarithms of the softmax, -inf for the tokens that no translation contains.

    logits : (B, V)   overwritten where they are float32
    Returns log_p (B, V), float32, in nats
    """
    logits = logits.float()
    logits[:, FORBIDDEN] = -torch.inf
    return torch.log_softmax(logits, dim=1)


@torch.inference_mode()
def beam_hypotheses(model: TranslationModel, src: Tensor, lengths: Tensor, beam: int) -> list[list[Hypothesis]]:
    """All hypotheses that a beam search ends with.

    model : TranslationModel   in evaluation mode
    src : (S, N)               sources
    lengths : (N,)             their lengths
    beam : int                 hypotheses a sentence, finished ones counted, at least 1
    Returns hypotheses (list): N lists of Hypothesis, of 1 to `beam`

    `lstm_ref.seq2seq.decoding.beam_search` for all sentences at once.
    """
    source, states = model.begin(src, lengths)
    N, B = src.shape[1], beam
    sentence, limits = torch.arange(N), max_lengths(lengths)
    rows = sentence.repeat_interleave(B)
    source, states = source.rows(rows), tuple(state.index_select(0, rows) for state in states)
    finished = [[] for _ in range(N)]
    tokens = torch.full((N, B, int(limits.max())), PAD)
    sums = torch.full((N, B), -torch.inf)  # -inf: there is no hypothesis in this place
    sums[:, 0] = 0.0  # each sentence begins with one empty hypothesis
    free = torch.full((N,), B)  # live hypotheses that a sentence may still have
    last = torch.full((N * B,), BOS)
    for t in range(tokens.shape[2]):
        logits, states, _ = model.step(last, states, source)
        log_p = log_probabilities(logits)
        V = log_p.shape[1]
        n = len(sentence)
        totals = (sums.view(-1, 1) + log_p).view(n, -1)
        sums, flat = totals.topk(B, dim=1)
        sums = sums.masked_fill(torch.arange(B) >= free[:, None], -torch.inf)
        parent, token = flat // V, flat % V
        tokens = tokens.gather(1, parent[:, :, None].expand_as(tokens))
        tokens[:, :, t] = token
        ended = ((token == EOS) | (limits[sentence] == t + 1)[:, None]) & (sums > -torch.inf)
        owners = sentence[:, None].expand(n, B)[ended].tolist()
        for owner, numbers, total in zip(owners, tokens[ended].tolist(), sums[ended].tolist(), strict=True):
            finished[owner].append(Hypothesis([i for i in numbers if i not in (PAD, EOS)], t + 1, total))
        free = free - ended.sum(dim=1)
        sums = sums.masked_fill(ended, -torch.inf)
        rows = (torch.arange(n)[:, None] * B + parent).view(-1)
        is_live = (sums > -torch.inf).any(dim=1)
        count = int(is_live.sum())
        if count == 0:
            break
        if count <= 0.7 * n:  # finished sentences leave the batch
            rows = rows.view(n, B)[is_live].view(-1)
            source = source.rows(rows)
            sentence, sums, free, tokens, token = (part[is_live] for part in (sentence, sums, free, tokens, token))
        states = tuple(state.index_select(0, rows) for state in states)
        last = token.reshape(-1)
    return finished
