"""A small transformer, for comparison at equal budget: same vocabularies, same trainer, same search."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from lstm_ref.text import PAD
from translator.config import Recipe
from translator.models.seq2seq import Model, Source

HEADS = 4


def positions(T: int, D: int) -> Tensor:
    """Sines and cosines of T positions: (T, D)."""
    angle = torch.arange(T)[:, None] * torch.exp(torch.arange(0, D, 2) * (-math.log(10000.0) / D))
    return torch.stack((angle.sin(), angle.cos()), dim=2).view(T, D)


class Heads(nn.Module):
    """Attention with several heads over a memory.

    D : int   width
    """

    def __init__(self, D: int):
        super().__init__()
        self.query, self.both, self.output = nn.Linear(D, D), nn.Linear(D, 2 * D), nn.Linear(D, D)

    def memory(self, x: Tensor) -> Tensor:
        """Keys and values of x (N, S, D), side by side: (N, S, 2D)."""
        return self.both(x)

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
    """One layer, of the encoder or (cross=True) of the decoder; the norm comes first in each part.

    D, inner : int   width, and width of the part that looks at one position
    """

    def __init__(self, D: int, inner: int, dropout: float, cross: bool):
        super().__init__()
        self.own, self.norm_own = Heads(D), nn.LayerNorm(D)
        self.cross, self.norm_cross = (Heads(D), nn.LayerNorm(D)) if cross else (None, None)
        self.inner, self.norm_inner = (
            nn.Sequential(nn.Linear(D, inner), nn.ReLU(), nn.Dropout(dropout), nn.Linear(inner, D)),
            nn.LayerNorm(D),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, own: Tensor, mask=None, causal=False, source=None, source_mask=None) -> Tensor:
        """x (N, T, D); own (N, S, 2D), what it attends to of itself; source (N, S, 2D) → (N, T, D)."""
        x = x + self.dropout(self.own(self.norm_own(x), own, mask, causal))
        if self.cross is not None:
            x = x + self.dropout(self.cross(self.norm_cross(x), source, source_mask))
        return x + self.dropout(self.inner(self.norm_inner(x)))


class Transformer(Model):
    """Encoder and decoder of `recipe.layers` layers each.

    V_source, V_target : int   sizes of the vocabularies
    recipe : Recipe            embed is the width; hidden, times 2, the inner one

    Source: Vaswani et al. (2017), "Attention is all you need"; the norms as in Xiong et al. (2020).
    """

    def __init__(self, V_source: int, V_target: int, recipe: Recipe):
        super().__init__()
        D, inner = recipe.embed, 2 * recipe.hidden
        self.embed_source = nn.Embedding(V_source, D, padding_idx=PAD)
        self.embed = nn.Embedding(V_target, D, padding_idx=PAD)
        for embed in (self.embed_source, self.embed):
            nn.init.normal_(embed.weight, std=D**-0.5)
        self.encoder = nn.ModuleList(Layer(D, inner, recipe.dropout, False) for _ in range(recipe.layers))
        self.decoder = nn.ModuleList(Layer(D, inner, recipe.dropout, True) for _ in range(recipe.layers))
        self.norm_source, self.norm = nn.LayerNorm(D), nn.LayerNorm(D)
        self.dropout = nn.Dropout(recipe.dropout)
        self.output_bias = nn.Parameter(torch.zeros(V_target))

    def _embedded(self, embed: nn.Embedding, tokens: Tensor, first: int = 0) -> Tensor:
        """tokens (T, N), the first of them at position `first` → (N, T, D)."""
        D, T = embed.embedding_dim, len(tokens)
        place = positions(first + T, D)[first:].to(tokens.device)
        return self.dropout(embed(tokens.T) * math.sqrt(D) + place)

    def _source(self, src: Tensor) -> Source:
        """src (S, N) → keys and values for each decoder layer, (N, S, layers · 2D)."""
        mask = (src != PAD).T.contiguous()
        x = self._embedded(self.embed_source, src)
        for layer in self.encoder:
            x = layer(x, layer.own.memory(layer.norm_own(x)), mask)
        x = self.norm_source(x)
        memory = torch.cat([layer.cross.memory(x) for layer in self.decoder], dim=2)
        return Source(memory, mask, mask)

    def states(self, src: Tensor, lengths: Tensor, read: Tensor) -> Tensor:
        """src (S, N), read (T, N) → s (T, N, D)."""
        source = self._source(src)
        x = self._embedded(self.embed, read)
        for layer, memory in zip(self.decoder, source.memory.chunk(len(self.decoder), dim=2), strict=True):
            own = layer.own.memory(layer.norm_own(x))
            x = layer(x, own, causal=True, source=memory, source_mask=source.mask)
        return self.dropout(self.norm(x)).transpose(0, 1)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, D) → scores (…, V)."""
        return nn.functional.linear(s, self.embed.weight, self.output_bias)

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[Source, tuple[Tensor, ...]]:
        """The source, and as states the keys and values of each layer so far: (N, 0, 2D)."""
        source = self._source(src)
        D = self.embed.embedding_dim
        return source, tuple(source.memory.new_zeros(src.shape[1], 0, 2 * D) for _ in self.decoder)

    def step(self, last: Tensor, states: tuple[Tensor, ...], source: Source):
        """The last tokens (N,), states and source → logits (N, V), the next states, None."""
        x = self._embedded(self.embed, last[None], first=states[0].shape[1])
        grown = []
        memories = source.memory.chunk(len(self.decoder), dim=2)
        for layer, own, memory in zip(self.decoder, states, memories, strict=True):
            own = torch.cat((own, layer.own.memory(layer.norm_own(x)).to(own.dtype)), dim=1)
            x = layer(x, own, source=memory, source_mask=source.mask)
            grown.append(own)
        return self.logits(self.norm(x)[:, 0]), tuple(grown), None
