"""Dropout for sequences."""

import torch
from torch import Tensor, nn


class LockedDropout(nn.Module):
    """Dropout with one mask for all steps of a sentence.

    rate : float   share of the units that are left out
    time : int     the axis of time; the mask has size 1 there

    Source: Gal and Ghahramani (2016), "A theoretically grounded application of dropout in recurrent neural networks".
    Drawing the mask is what dropout costs on a processor: one mask a sentence instead of one a token.
    """

    def __init__(self, rate: float, time: int):
        super().__init__()
        self.rate, self.time = rate, time

    def forward(self, x: Tensor) -> Tensor:
        """x of any shape → the same shape; unchanged in evaluation."""
        if not self.training or self.rate == 0:
            return x
        shape = list(x.shape)
        shape[self.time] = 1
        kept = torch.rand(shape, device=x.device) >= self.rate
        return x * (kept / (1 - self.rate)).to(x.dtype)
