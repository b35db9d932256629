"""A small transformer, to compare with at equal budget: it has the same vocabularies, trainer and search."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from lstm_ref.vocabulary import PAD
from translator.config import TrainConfig
from translator.models.seq2seq import EncoderOutput, Model

HEADS = 4


def positions(T: int, D: int) -> Tensor:
    """Sines and cosines of T positions: (T, D)."""
    angle = torch.arange(T)[:, None] * torch.exp(torch.arange(0, D, 2) * (-math.log(10000.0) / D))
    return torch.stack((angle.sin(), angle.cos()), dim=2).view(T, D)


class MultiHeadAttention(nn.Module):
    """Attention with four heads over a memory of keys and values.

    D : int   width
    """

    def __init__(self, D: int):
        super().__init__()
        self.query, self.key_value, self.output = nn.Linear(D, D), nn.Linear(D, 2 * D), nn.Linear(D, D)

    def memory(self, x: Tensor) -> Tensor:
        """Keys and values of x (N, S, D), side by side: (N, S, 2D)."""
        return self.key_value(x)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        """x (N, T, D), memory (N, S, 2D), mask (N, S) → (N, T, D)."""
        N, T, D = x.shape
        q, k, v = (
            part.view(N, -1, HEADS, D // HEADS).transpose(1, 2)
            for part in (self.query(x), *memory.to(x.dtype).chunk(2, dim=2))
        )
        mask = None if mask is None else mask[:, None, None]
        y = scaled_dot_product_attention(q.to(v.dtype), k, v, attn_mask=mask, is_causal=causal)
        return self.output(y.transpose(1, 2).reshape(N, T, D))


class Layer(nn.Module):
    """One layer of the encoder or, with cross=True, of the decoder; each part normalises its input first.

    D : int           width
    inner : int       width of the feed-forward part
    dropout : float   after each part and inside the feed-forward one
    cross : bool      whether the layer attends to the source too
    """

    def __init__(self, D: int, inner: int, dropout: float, cross: bool):
        super().__init__()
        self.self_attention, self.norm_self = MultiHeadAttention(D), nn.LayerNorm(D)
        self.cross_attention, self.norm_cross = (MultiHeadAttention(D), nn.LayerNorm(D)) if cross else (None, None)
        self.feed_forward, self.norm_feed_forward = (
            nn.Sequential(nn.Linear(D, inner), nn.ReLU(), nn.Dropout(dropout), nn.Linear(inner, D)),
            nn.LayerNorm(D),
        )
        self.dropout = nn.Dropout(dropout)

    def own_memory(self, x: Tensor) -> Tensor:
        """Keys and values of the self-attention: x (N, T, D) → (N, T, 2D)."""
        return self.self_attention.memory(self.norm_self(x))

    def forward(
        self,
        x: Tensor,
        own: Tensor,
        mask: Tensor | None = None,
        causal: bool = False,
        source: Tensor | None = None,
        source_mask: Tensor | None = None,
    ) -> Tensor:
        """x (N, T, D), own (N, T', 2D) as of `own_memory`, masks (N, T'), (N, S), source (N, S, 2D) → (N, T, D)."""
        x = x + self.dropout(self.self_attention(self.norm_self(x), own, mask, causal))
        if self.cross_attention is not None:
            x = x + self.dropout(self.cross_attention(self.norm_cross(x), source, source_mask))
        return x + self.dropout(self.feed_forward(self.norm_feed_forward(x)))


class Transformer(Model):
    """Encoder and decoder of `config.layers` layers each.

    V_source, V_target : int   sizes of the vocabularies
    config : TrainConfig       embed is the width; hidden, times 2, the inner one

    Source: Vaswani et al. (2017), "Attention is all you need"; the norms as in Xiong et al. (2020).
    """

    def __init__(self, V_source: int, V_target: int, config: TrainConfig):
        super().__init__()
        D, inner = config.embed, 2 * config.hidden
        self.embed_source = nn.Embedding(V_source, D, padding_idx=PAD)
        self.embed = nn.Embedding(V_target, D, padding_idx=PAD)
        for embed in (self.embed_source, self.embed):
            nn.init.normal_(embed.weight, std=D**-0.5)
        self.encoder = nn.ModuleList(Layer(D, inner, config.dropout, False) for _ in range(config.layers))
        self.decoder = nn.ModuleList(Layer(D, inner, config.dropout, True) for _ in range(config.layers))
        self.norm_source, self.norm = nn.LayerNorm(D), nn.LayerNorm(D)
        self.dropout = nn.Dropout(config.dropout)
        self.output_bias = nn.Parameter(torch.zeros(V_target))

    def _embed(self, embed: nn.Embedding, tokens: Tensor, first: int = 0) -> Tensor:
        """tokens (T, N), the first of them at position `first` → (N, T, D)."""
        D, T = embed.embedding_dim, len(tokens)
        waves = positions(first + T, D)[first:].to(tokens.device)
        return self.dropout(embed(tokens.T) * math.sqrt(D) + waves)

    def _encode(self, src: Tensor) -> EncoderOutput:
        """src (S, N) → keys and values for each decoder layer, (N, S, layers · 2D)."""
        mask = (src != PAD).T.contiguous()
        x = self._embed(self.embed_source, src)
        for layer in self.encoder:
            x = layer(x, layer.own_memory(x), mask)
        x = self.norm_source(x)
        memory = torch.cat([layer.cross_attention.memory(x) for layer in self.decoder], dim=2)
        return EncoderOutput(memory, mask, mask)

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """src (S, N), tgt_in (T, N) → s (T, N, D)."""
        source = self._encode(src)
        x = self._embed(self.embed, tgt_in)
        for layer, memory in zip(self.decoder, source.memory.chunk(len(self.decoder), dim=2), strict=True):
            own = layer.own_memory(x)
            x = layer(x, own, causal=True, source=memory, source_mask=source.mask)
        return self.dropout(self.norm(x)).transpose(0, 1)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, D) → scores (…, V)."""
        return nn.functional.linear(s, self.embed.weight, self.output_bias)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[EncoderOutput, tuple[Tensor, ...]]:
        """The source, and as states the keys and values of each layer so far: (N, 0, 2D)."""
        source = self._encode(src)
        D = self.embed.embedding_dim
        return source, tuple(source.memory.new_zeros(src.shape[1], 0, 2 * D) for _ in self.decoder)

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: EncoderOutput
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """The last tokens (N,), states and source → logits (N, V), the next states, None."""
        x = self._embed(self.embed, last[None], first=states[0].shape[1])
        next_states = []
        memories = source.memory.chunk(len(self.decoder), dim=2)
        for layer, own, memory in zip(self.decoder, states, memories, strict=True):
            own = torch.cat((own, layer.own_memory(x).to(own.dtype)), dim=1)
            x = layer(x, own, source=memory, source_mask=source.mask)
            next_states.append(own)
        return self.logits(self.norm(x)[:, 0]), tuple(next_states), None
