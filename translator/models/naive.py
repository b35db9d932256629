"""The translator of popular articles: an embedding, an LSTM, a linear layer, one target token a source position."""

import torch
from torch import Tensor, nn

from lstm_ref.text import EOS, PAD
from translator.config import Recipe
from translator.models.dropout import LockedDropout
from translator.models.seq2seq import Model, Source


class Naive(Model):
    """Position s of the output is read off position s of the source: no other length, no other order.

    V_source, V_target : int   sizes of the vocabularies
    recipe : Recipe            sizes, cell and dropout

    Targets are cut at the source's length; where they are shorter, <eos> is wanted from there on.
    """

    def __init__(self, V_source: int, V_target: int, recipe: Recipe):
        super().__init__()
        self.embed = nn.Embedding(V_source, recipe.embed, padding_idx=PAD)
        self.rnn = (nn.GRU if recipe.cell == "gru" else nn.LSTM)(recipe.embed, recipe.hidden)
        self.dropout = LockedDropout(recipe.dropout, 0)
        self.output = nn.Linear(recipe.hidden, V_target)

    def forward(self, src: Tensor, lengths: Tensor, read: Tensor, say: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss over all source positions, scaled to the number of real tokens of `say`."""
        S, N = src.shape
        wanted = torch.full_like(src, EOS)
        T = min(S, len(say))
        wanted[:T] = torch.where(say[:T] == PAD, EOS, say[:T])
        real = src != PAD
        logits = self.output(self.dropout(self._read(src))[real])
        mean = nn.functional.cross_entropy(logits.float(), wanted[real], label_smoothing=smoothing)
        return mean * (say != PAD).sum()

    def _read(self, src: Tensor) -> Tensor:
        """src (S, N) → hidden states (S, N, K); padding stands behind a sentence and cannot reach it."""
        return self.rnn(self.dropout(self.embed(src)))[0]

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[Source, tuple[Tensor, ...]]:
        """All there is to say is known at once; the state is the position, (N, 1)."""
        hs = self._read(src).transpose(0, 1).contiguous()
        position = torch.zeros(src.shape[1], 1, dtype=torch.long, device=src.device)
        return Source(hs, hs, (src != PAD).T.contiguous()), (position,)

    def step(self, last: Tensor, states: tuple[Tensor, ...], source: Source):
        """The logits of the next position, whatever `last` was; <eos> behind the source's end."""
        (position,) = states
        N, S, K = source.memory.shape
        here = position.clamp(max=S - 1)
        logits = self.output(source.memory.gather(1, here[:, :, None].expand(N, 1, K))[:, 0]).float()
        over = (position >= S) | ~source.mask.gather(1, here)
        end = torch.full_like(logits, -1e9)
        end[:, EOS] = 0
        return torch.where(over, end, logits), (position + 1,), None
