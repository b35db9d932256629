"""Dropout for sequences."""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Share(NamedTuple):
    """Which sentences of a batch a process has: those from `rank`, in steps of `size`, of `total`."""

    rank: int
    size: int
    total: int


class LockedDropout(nn.Module):
    """Dropout with one mask for all steps of a sentence.

    rate : float   share of the units that are left out
    time : int     the axis of time, 0 or 1; the mask has size 1 there, and sentences are the other one of these two

    Where several processes share a batch, `share` says which sentences are this one's: each draws the masks of all
    and keeps its own, so that from one seed a sentence gets the same mask however many processes there are.

    Source: Gal and Ghahramani (2016), "A theoretically grounded application of dropout in recurrent neural networks".
    Drawing the mask is what dropout costs on a processor: one mask a sentence instead of one a token.
    """

    def __init__(self, rate: float, time: int):
        super().__init__()
        self.rate, self.time = rate, time
        self.share: Share | None = None

    def forward(self, x: Tensor) -> Tensor:
        """x (T, N, D) or (N, T, D) → the same shape; unchanged in evaluation."""
        if not self.training or self.rate == 0:
            return x
        shape = list(x.shape)
        shape[self.time] = 1
        if self.share:
            shape[1 - self.time] = self.share.total
        chance = torch.rand(shape, device=x.device)
        if self.share:
            own = torch.arange(self.share.rank, self.share.total, self.share.size, device=x.device)
            chance = chance.index_select(1 - self.time, own)
        return x * ((chance >= self.rate) / (1 - self.rate)).to(x.dtype)


def share_masks(model: nn.Module, rank: int, size: int, total: int) -> None:
    """Tell every `LockedDropout` of a model which sentences of the next batch it will see; see `Share`."""
    for module in model.modules():
        if isinstance(module, LockedDropout):
            module.share = Share(rank, size, total)
