"""The translator of popular articles: an embedding, an LSTM, a linear layer, one target token a source position."""

import torch
from torch import Tensor, nn

from lstm_ref.vocabulary import EOS, PAD
from translator.config import TrainConfig
from translator.models.dropout import LockedDropout
from translator.models.seq2seq import EncoderOutput, Model


class Naive(Model):
    """Computes output s from source position s: the translation cannot have another length or another order.

    V_source, V_target : int   sizes of the vocabularies
    config : TrainConfig       sizes, cell and dropout

    Targets are cut at the source's length; where a target is shorter, the remaining positions should give <eos>.
    """

    def __init__(self, V_source: int, V_target: int, config: TrainConfig):
        super().__init__()
        self.embed = nn.Embedding(V_source, config.embed, padding_idx=PAD)
        self.rnn = (nn.GRU if config.cell == "gru" else nn.LSTM)(config.embed, config.hidden)
        self.dropout = LockedDropout(config.dropout, 0)
        self.output = nn.Linear(config.hidden, V_target)

    def forward(self, src: Tensor, lengths: Tensor, tgt_in: Tensor, tgt_out: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss over all source positions, in nats, scaled to the number of real tokens of tgt_out."""
        S, N = src.shape
        targets = torch.full_like(src, EOS)
        T = min(S, len(tgt_out))
        targets[:T] = torch.where(tgt_out[:T] == PAD, EOS, tgt_out[:T])
        is_real = src != PAD
        logits = self.output(self.dropout(self._hidden_states(src))[is_real])
        mean = nn.functional.cross_entropy(logits.float(), targets[is_real], label_smoothing=smoothing)
        return mean * (tgt_out != PAD).sum()

    def _hidden_states(self, src: Tensor) -> Tensor:
        """src (S, N) → hidden states (S, N, K); padding follows each sentence and cannot change its states."""
        return self.rnn(self.dropout(self.embed(src)))[0]

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncoderOutput, tuple[Tensor, ...]]:
        """src (S, N) → the hidden states of all positions; the decoder's state is the position, (N, 1)."""
        hs = self._hidden_states(src).transpose(0, 1).contiguous()
        position = torch.zeros(src.shape[1], 1, dtype=torch.long, device=src.device)
        return EncoderOutput(hs, hs, (src != PAD).T.contiguous()), (position,)

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncoderOutput
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """The logits (N, V) of the next position, whatever `last` is; after the source's end only <eos>."""
        (position,) = states
        N, S, K = source.memory.shape
        index = position.clamp(max=S - 1)
        logits = self.output(source.memory.gather(1, index[:, :, None].expand(N, 1, K))[:, 0]).float()
        is_past_end = (position >= S) | ~source.mask.gather(1, index)
        end = torch.full_like(logits, -1e9)
        end[:, EOS] = 0
        return torch.where(is_past_end, end, logits), (position + 1,), None
