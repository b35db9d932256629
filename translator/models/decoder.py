"""The decoder: a recurrent layer over the target, with or without attention; its output layer shares the embedding."""

import torch
from torch import Tensor, nn

from lstm_ref.vocabulary import PAD
from translator.models.attention import Attention
from translator.models.dropout import LockedDropout
from translator.models.encoder import CELLS


class Decoder(nn.Module):
    """Scores the next target token, given the tokens before it and the source.

    There is no input feeding, so training computes all steps at once.

    V : int          size of the target vocabulary
    D : int          size of the embedding, which is the output's matrix too
    K : int          hidden size
    M : int          size of a memory row; 0: no attention, the decoder knows the source by its first state alone
    cell : str       "lstm", "gru" or "ours"
    dropout : float  on the embeddings and the state before the output

    Sharing one matrix: Press and Wolf (2017), "Using the output embedding to improve language models".
    """

    def __init__(self, V: int, D: int, K: int, M: int, cell: str, dropout: float):
        super().__init__()
        self.embed = nn.Embedding(V, D, padding_idx=PAD)
        self.rnn = CELLS[cell](D, K)
        self.attention = Attention(K, M) if M else None
        self.combine = nn.Linear(M + K, D)
        self.dropout_in, self.dropout_out = LockedDropout(dropout, 0), LockedDropout(dropout, 1)
        self.output_bias = nn.Parameter(torch.zeros(V))

    def logits(self, s: Tensor) -> Tensor:
        """Scores of all tokens: s (…, D) → (…, V)."""
        return nn.functional.linear(s, self.embed.weight, self.output_bias)

    def combined(self, h: Tensor, memory: Tensor, keys: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
        """h (N, T, K) and the source → s (N, T, D) = tanh(W_s [context; h] + b_s), weights (N, T, S) or None."""
        weights = None
        if self.attention is not None:
            context, weights = self.attention(h, memory, keys, mask)
            h = torch.cat((context, h.to(context.dtype)), dim=2)
        return torch.tanh(self.combine(h)), weights

    def keys(self, memory: Tensor) -> Tensor:
        """The keys of the attention, computed once a source; the memory itself where there is no attention."""
        return memory if self.attention is None else self.attention.keys(memory)

    def forward(self, tgt_in: Tensor, states: tuple[Tensor, ...], memory: Tensor, mask: Tensor) -> Tensor:
        """tgt_in (T, N), states (N, K), memory (N, S, M), mask (N, S) → s (T, N, D), from which `logits` follow."""
        x = self.dropout_in(self.embed(tgt_in))
        first = tuple(state[None] for state in states)
        hs, _ = self.rnn(x, first if len(first) > 1 else first[0])
        s, _ = self.combined(hs.transpose(0, 1).contiguous(), memory, self.keys(memory), mask)
        return self.dropout_out(s).transpose(0, 1)

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], memory: Tensor, keys: Tensor, mask: Tensor
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """One step: last (N,), states (N, K) → logits (N, V), the next states, weights (N, S) or None."""
        x, rnn = self.embed(last), self.rnn
        weights = (rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0)
        if len(states) == 2:
            states = torch.lstm_cell(x, states, *weights)
        else:
            states = (torch.gru_cell(x, states[0], *weights),)
        s, attended = self.combined(states[0][:, None], memory, keys, mask)
        return self.logits(s[:, 0]), states, None if attended is None else attended[:, 0]
