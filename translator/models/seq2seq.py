"""Models that translate: what they have in common, and the encoder-decoder with or without attention."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lstm_ref.text import PAD
from translator.config import Recipe
from translator.models.decoder import Decoder
from translator.models.encoder import Encoder


class Source(NamedTuple):
    """What a model keeps of N sources while it writes; every tensor has one row a source (or hypothesis)."""

    memory: Tensor
    keys: Tensor
    mask: Tensor

    def rows(self, index: Tensor) -> "Source":
        """Those of some rows: index (B,)."""
        return Source(*(part.index_select(0, index) for part in self))


class Model(nn.Module):
    """What every model here can do: give a loss to train on, and write a translation step by step."""

    def states(self, src: Tensor, lengths: Tensor, read: Tensor) -> Tensor:
        """src (S, N), lengths (N,), read (T, N) → s (T, N, D), what the logits of each step are made of."""
        raise NotImplementedError

    def logits(self, s: Tensor) -> Tensor:
        """s (…, D) → scores (…, V)."""
        raise NotImplementedError

    def forward(self, src: Tensor, lengths: Tensor, read: Tensor, say: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss, in nats, summed over the real tokens of `say` (T, N).

        `lstm_ref.seq2seq.loss.sequence_loss` times the number of real tokens.
        """
        logits = self.logits(self.states(src, lengths, read)).flatten(0, 1)  # (T N, V)
        return nn.functional.cross_entropy(
            logits.float(), say.flatten(), ignore_index=PAD, reduction="sum", label_smoothing=smoothing
        )

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[Source, tuple[Tensor, ...]]:
        """src (S, N), lengths (N,) → the source as it is kept, and the first states, one row a source."""
        raise NotImplementedError

    def step(self, last: Tensor, states: tuple[Tensor, ...], source: Source):
        """The last tokens (N,), states and source → logits (N, V), the next states, attention (N, S) or None."""
        raise NotImplementedError


class Seq2Seq(Model):
    """A bidirectional encoder and a decoder, recurrent both.

    V_source, V_target : int   sizes of the vocabularies
    recipe : Recipe            model "attention" or "fixed", sizes, cell and dropout

    Sources: Sutskever, Vinyals and Le (2014), "Sequence to sequence learning with neural networks", for the fixed
    context; Luong, Pham and Manning (2015) for attention.
    """

    def __init__(self, V_source: int, V_target: int, recipe: Recipe):
        super().__init__()
        D, H, K = recipe.embed, recipe.encoder, recipe.hidden
        self.encoder = Encoder(V_source, D, H, K, recipe.cell, recipe.dropout)
        M = 2 * H if recipe.model == "attention" else 0
        self.decoder = Decoder(V_target, D, K, M, recipe.cell, recipe.dropout)
        for module in (self.encoder, self.decoder):
            nn.init.normal_(module.embed.weight, std=D**-0.5)
            with torch.no_grad():
                module.embed.weight[PAD] = 0

    def states(self, src: Tensor, lengths: Tensor, read: Tensor) -> Tensor:
        """src (S, N), lengths (N,), read (T, N) → s (T, N, D)."""
        memory, first = self.encoder(src, lengths)
        return self.decoder(read, first, memory, (src != PAD).T)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, D) → scores (…, V)."""
        return self.decoder.logits(s)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[Source, tuple[Tensor, ...]]:
        """src (S, N), lengths (N,) → the source as it is kept, and the first states (N, K)."""
        memory, first = self.encoder(src, lengths)
        return Source(memory, self.decoder.keys(memory), (src != PAD).T.contiguous()), first

    def step(self, last: Tensor, states: tuple[Tensor, ...], source: Source):
        """The last tokens (N,), states and source → logits (N, V), the next states, attention (N, S) or None."""
        return self.decoder.step(last, states, *source)
