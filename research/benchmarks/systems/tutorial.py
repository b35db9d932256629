"""The design of PyTorch's own tutorial on sequence-to-sequence translation, written here."""

import torch
from torch import Tensor, nn

from lstm_ref.vocabulary import PAD
from translator import TrainConfig
from translator.models.seq2seq import EncoderOutput, Model


class Tutorial(Model):
    """The tutorial's design: GRUs, additive attention, input feeding.

    Source of the attention: Bahdanau, Cho and Bengio (2015), "Neural machine translation by jointly learning to align
    and translate".
    """

    def __init__(self, V_source: int, V_target: int, config: TrainConfig):
        super().__init__()
        H = config.hidden
        self.embed_source, self.embed = nn.Embedding(V_source, H, PAD), nn.Embedding(V_target, H, PAD)
        self.encoder = nn.GRU(H, H)
        self.query, self.key, self.score = nn.Linear(H, H), nn.Linear(H, H), nn.Linear(H, 1)
        self.cell = nn.GRUCell(2 * H, H)
        self.output = nn.Linear(H, V_target)
        self.dropout = nn.Dropout(config.dropout)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncoderOutput, tuple[Tensor, ...]]:
        """src (S, N) → the source, and the state after its last real word."""
        memory = self.encoder(self.dropout(self.embed_source(src)))[0].transpose(0, 1)
        last = memory[torch.arange(len(lengths)), lengths - 1]
        return EncoderOutput(memory.contiguous(), self.key(memory), (src != PAD).T.contiguous()), (last,)

    def _next(self, x: Tensor, h: Tensor, source: EncoderOutput) -> tuple[Tensor, Tensor]:
        """x (N, H), h (N, H) → the next h, attention (N, S)."""
        scores = self.score(torch.tanh(self.query(h)[:, None] + source.keys))[:, :, 0]
        weights = torch.softmax(scores.float().masked_fill(~source.mask, -1e30), dim=1).to(source.memory.dtype)
        context = torch.bmm(weights[:, None], source.memory)[:, 0]
        return self.cell(torch.cat((x, context.to(x.dtype)), dim=1), h.to(x.dtype)), weights

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """src (S, N), tgt_in (T, N) → h (T, N, H), one step after the other."""
        source, (h,) = self.begin(src, lengths)
        hs = []
        for x in self.dropout(self.embed(tgt_in)):
            h, _ = self._next(x, h, source)
            hs.append(h)
        return torch.stack(hs)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, H) → (…, V)."""
        return self.output(s)

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncoderOutput
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor]:
        """One step of the search."""
        h, weights = self._next(self.embed(last), states[0], source)
        return self.output(h), (h,), weights
