"""The encoder: a bidirectional recurrent layer over the source, and the bridge to the decoder's first states."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_ref import torch_cells
from lstm_ref.vocabulary import PAD
from translator.models.dropout import LockedDropout

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "ours": torch_cells.LSTM}


class BidirectionalLSTM(nn.Module):
    """Two of the course's own LSTMs as one bidirectional layer over padded input.

    D : int   size of the input
    H : int   size of each direction's state
    """

    def __init__(self, D: int, H: int):
        super().__init__()
        self.forwards, self.backwards = torch_cells.LSTM(D, H), torch_cells.LSTM(D, H)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (S, N, D), lengths (N,) → memory (S, N, 2H), 0 at padding, and the final h and c, (2, N, H) each."""
        S, N, _ = x.shape
        step = torch.arange(S)[:, None]
        is_real = step < lengths
        reverse = torch.where(is_real, lengths - 1 - step, step)  # padding stays in its place, after the sentence
        column = torch.arange(N)
        directions = []
        for cell, order in ((self.forwards, step.expand(S, N)), (self.backwards, reverse)):
            states = (x.new_zeros(N, cell.hidden_size),) * 2
            hs = []
            for x_t, is_live in zip(x[order, column], is_real[:, :, None], strict=True):
                new = cell.step(x_t, *states)
                states = tuple(torch.where(is_live, *pair) for pair in zip(new, states, strict=True))
                hs.append(states[0] * is_live)
            directions.append((torch.stack(hs)[order, column], states))
        (hs_f, (h_f, c_f)), (hs_b, (h_b, c_b)) = directions
        return torch.cat((hs_f, hs_b), dim=2), (torch.stack((h_f, h_b)), torch.stack((c_f, c_b)))


class Encoder(nn.Module):
    """Embedding, a bidirectional recurrent layer over packed sequences, and the bridge.

    V : int          size of the source vocabulary
    D : int          size of the embedding
    H : int          hidden size of each direction
    K : int          hidden size of the decoder
    cell : str       "lstm", "gru" or "ours"
    dropout : float  on the embeddings and the memory
    """

    def __init__(self, V: int, D: int, H: int, K: int, cell: str, dropout: float):
        super().__init__()
        self.embed = nn.Embedding(V, D, padding_idx=PAD)
        self.rnn = BidirectionalLSTM(D, H) if cell == "ours" else CELLS[cell](D, H, bidirectional=True)
        self.dropout_in, self.dropout_out = LockedDropout(dropout, 0), LockedDropout(dropout, 1)
        self.bridge_h = nn.Linear(2 * H, K)
        self.bridge_c = None if cell == "gru" else nn.Linear(2 * H, K)

    def forward(self, src: Tensor, lengths: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """src (S, N), lengths (N,) on the processor → memory (N, S, 2H), 0 at padding, and the first states (N, K)."""
        x = self.dropout_in(self.embed(src))
        if isinstance(self.rnn, BidirectionalLSTM):
            memory, finals = self.rnn(x, lengths)
        else:
            packed, finals = self.rnn(pack_padded_sequence(x, lengths.cpu(), enforce_sorted=False))
            memory, _ = pad_packed_sequence(packed, total_length=len(src))
        memory = self.dropout_out(memory.transpose(0, 1).contiguous())
        if self.bridge_c is None:
            return memory, (torch.tanh(self.bridge_h(torch.cat((finals[0], finals[1]), dim=1))),)
        h, c = (torch.cat((state[0], state[1]), dim=1) for state in finals)
        return memory, (torch.tanh(self.bridge_h(h)), self.bridge_c(c))
