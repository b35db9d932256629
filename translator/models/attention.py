"""Attention in PyTorch: the formulas of `lstm_ref.seq2seq.encoder_decoder.attention`, for all target steps at once."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """Attention with Luong's general score h_t W_a memory_s, a softmax over the real source positions, a weighted mean.

    K : int   size of the decoder's state
    M : int   size of a memory row

    Source: Luong, Pham and Manning (2015), "Effective approaches to attention-based neural machine translation".
    """

    def __init__(self, K: int, M: int):
        super().__init__()
        self.score = nn.Linear(M, K, bias=False)  # its weight is W_a

    def keys(self, memory: Tensor) -> Tensor:
        """W_a memory, computed once a source: memory (N, S, M) → keys (N, S, K)."""
        return self.score(memory)

    def forward(self, h: Tensor, memory: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """h (N, T, K), memory (N, S, M), keys (N, S, K), mask (N, S) → context (N, T, M), weights (N, T, S).

        Where a source has no real position, its context and weights are 0.
        """
        scores = torch.bmm(h.to(keys.dtype), keys.transpose(1, 2)).float()
        scores = scores.masked_fill(~mask[:, None], -1e30)  # not -inf: a row of them would make NaN
        weights = torch.softmax(scores, dim=2) * mask[:, None]
        return torch.bmm(weights.to(memory.dtype), memory), weights


class NumpyAttention(nn.Module):
    """Calls a learner's `attention` (exercise 6.7) in place of `Attention`; for decoding only.

    function : callable   attention(h_t (N, K), memory (S, N, M), mask (S, N), W_a (K, M)) -> context, weights
    trained : Attention   the module whose weights the function gets
    """

    def __init__(self, function: Callable, trained: Attention):
        super().__init__()
        self.function = function
        self.trained = trained

    def keys(self, memory: Tensor) -> Tensor:
        """As `Attention.keys`; the learner's function does not use the result and computes keys from memory."""
        return self.trained.keys(memory)

    def forward(self, h: Tensor, memory: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """As `Attention.forward`, but one target step after the other."""
        W_a = self.trained.score.weight.detach().double().numpy()
        rows = memory.detach().transpose(0, 1).double().numpy()
        is_real = mask.T.numpy()
        contexts, weights = zip(
            *(self.function(h_t.detach().double().numpy(), rows, is_real, W_a) for h_t in h.unbind(1)), strict=True
        )
        context, weight = np.stack(contexts, axis=1), np.stack([w.T for w in weights], axis=1)
        return torch.from_numpy(context).to(memory.dtype), torch.from_numpy(weight).float()
