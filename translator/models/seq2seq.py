"""The base class of all models, and the recurrent encoder-decoder with or without attention."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lstm_ref.vocabulary import PAD
from translator.config import TrainConfig
from translator.models.decoder import Decoder
from translator.models.encoder import Encoder
from translator.protocol import EncodedSource


class EncoderOutput(NamedTuple):
    """What a model keeps of N sources while it decodes; axis 0 of every tensor has one row a source or hypothesis.

    memory : (N, S, M)   the encoder's states
    keys : (N, S, K)     what the model compares its own state with
    mask : (N, S)        True at real positions
    """

    memory: Tensor
    keys: Tensor
    mask: Tensor

    def rows(self, index: Tensor) -> "EncoderOutput":
        """The sources of some rows: index (B,)."""
        return EncoderOutput(*(part.index_select(0, index) for part in self))


class Model(nn.Module):
    """The base class of the models here; `translator.protocol.TranslationModel` describes each method."""

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """src (S, N), lengths (N,), tgt_in (T, N) → s (T, N, D), from which `logits` computes each step's scores."""
        raise NotImplementedError

    def logits(self, s: Tensor) -> Tensor:
        """s (…, D) → scores (…, V)."""
        raise NotImplementedError

    def forward(self, src: Tensor, lengths: Tensor, tgt_in: Tensor, tgt_out: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss, in nats, summed over the real tokens of tgt_out (T, N).

        `lstm_ref.seq2seq.loss.sequence_loss` times the number of real tokens.
        """
        logits = self.logits(self.states(src, lengths, tgt_in)).flatten(0, 1)  # (T N, V)
        return nn.functional.cross_entropy(
            logits.float(), tgt_out.flatten(), ignore_index=PAD, reduction="sum", label_smoothing=smoothing
        )

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncodedSource, tuple[Tensor, ...]]:
        """src (S, N), lengths (N,) → the encoded sources, and the first states, one row a source."""
        raise NotImplementedError

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncodedSource
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """The last tokens (N,), states and source → logits (N, V), the next states, attention (N, S) or None."""
        raise NotImplementedError


class Seq2Seq(Model):
    """A bidirectional recurrent encoder and a recurrent decoder.

    V_source, V_target : int   sizes of the vocabularies
    config : TrainConfig       model "attention" or "fixed", sizes, cell and dropout

    Sources: Sutskever, Vinyals and Le (2014), "Sequence to sequence learning with neural networks", for the fixed
    context; Luong, Pham and Manning (2015) for attention.
    """

    def __init__(self, V_source: int, V_target: int, config: TrainConfig):
        super().__init__()
        D, H, K = config.embed, config.encoder, config.hidden
        self.encoder = Encoder(V_source, D, H, K, config.cell, config.dropout)
        M = 2 * H if config.model == "attention" else 0
        self.decoder = Decoder(V_target, D, K, M, config.cell, config.dropout)
        for module in (self.encoder, self.decoder):
            nn.init.normal_(module.embed.weight, std=D**-0.5)
            with torch.no_grad():
                module.embed.weight[PAD] = 0

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """src (S, N), lengths (N,), tgt_in (T, N) → s (T, N, D)."""
        memory, first = self.encoder(src, lengths)
        return self.decoder(tgt_in, first, memory, (src != PAD).T)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, D) → scores (…, V)."""
        return self.decoder.logits(s)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncoderOutput, tuple[Tensor, ...]]:
        """src (S, N), lengths (N,) → the encoder's output, and the first states (N, K)."""
        memory, first = self.encoder(src, lengths)
        return EncoderOutput(memory, self.decoder.keys(memory), (src != PAD).T.contiguous()), first

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncoderOutput
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """The last tokens (N,), states and source → logits (N, V), the next states, attention (N, S) or None."""
        return self.decoder.step(last, states, *source)
