"""Search that follows one hypothesis a sentence: greedy search and sampling."""

from collections.abc import Callable

import torch
from torch import Tensor

from lstm_ref.vocabulary import BOS, EOS, PAD, UNK
from translator.protocol import TranslationModel

FORBIDDEN = (PAD, BOS, UNK)  # tokens that no translation contains


def max_lengths(lengths: Tensor) -> Tensor:
    """The most tokens that a translation may have, <eos> counted.

    lengths : (N,)   of the sources; each limit depends on its own source alone
    Returns limits (N,)
    """
    return 2 * lengths + 10


@torch.inference_mode()
def decode_stepwise(
    model: TranslationModel, src: Tensor, lengths: Tensor, choose: Callable[[Tensor], Tensor]
) -> tuple[list[list[int]], Tensor | None]:
    """One token after the other, as `choose` picks them.

    model : TranslationModel   in evaluation mode
    src : (S, N)               sources
    lengths : (N,)             their lengths
    choose : callable          logits (B, V) -> tokens (B,)
    Returns translations (list), attention (N, T, S): N lists of token numbers without <eos>; attention is None for a
    model without

    Sentences that have ended leave the batch once half of it has ended.
    """
    source, states = model.begin(src, lengths)
    N = src.shape[1]
    sentence = torch.arange(N)  # which sentence each row of the batch is
    limits = max_lengths(lengths)
    tokens = torch.full((N, int(limits.max())), PAD)
    attention = []
    last = torch.full((N,), BOS)
    is_live = torch.ones(N, dtype=torch.bool)
    for t in range(tokens.shape[1]):
        logits, states, weights = model.step(last, states, source)
        logits[:, FORBIDDEN] = -torch.inf
        last = choose(logits)
        is_live &= last != EOS
        tokens[sentence[is_live], t] = last[is_live]
        if weights is not None:
            row = weights.new_zeros(N, len(src))
            row[sentence] = weights
            attention.append(row)
        is_live &= limits[sentence] > t + 1
        count = int(is_live.sum())
        if count == 0:
            break
        if count <= len(sentence) // 2:
            keep = is_live.nonzero()[:, 0]
            source, states = source.rows(keep), tuple(state.index_select(0, keep) for state in states)
            sentence, last, is_live = sentence[keep], last[keep], is_live[keep]
    translations = [[i for i in row if i != PAD] for row in tokens.tolist()]
    return translations, torch.stack(attention, dim=1) if attention else None


def greedy(model: TranslationModel, src: Tensor, lengths: Tensor) -> list[list[int]]:
    """The likeliest token at each step; arguments and translations as of `decode_stepwise`."""
    return decode_stepwise(model, src, lengths, lambda logits: logits.argmax(dim=1))[0]


def sample_top_k(
    model: TranslationModel, src: Tensor, lengths: Tensor, k: int, temperature: float, generator: torch.Generator
) -> list[list[int]]:
    """At each step, a token drawn among the k likeliest, after a softmax of logits / temperature.

    model, src, lengths     as of `decode_stepwise`
    k : int                 at least 1
    temperature : float     above 0; below 1 sharpens, above 1 flattens
    generator : Generator   PyTorch's, the only source of chance
    Returns translations (list)
    """

    def choose(logits: Tensor) -> Tensor:
        best, tokens = (logits.float() / temperature).topk(min(k, logits.shape[1]), dim=1)
        drawn = torch.multinomial(torch.softmax(best, dim=1), 1, generator=generator)
        return tokens.gather(1, drawn)[:, 0]

    return decode_stepwise(model, src, lengths, choose)[0]
