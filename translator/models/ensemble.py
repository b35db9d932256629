"""Several models that translate together: each trained as if alone, their probabilities averaged in the search."""

import math

import torch
from torch import Tensor, nn

from lstm_ref.text import PAD
from translator.models.seq2seq import Model, Source


class Sources(tuple):
    """What each member keeps of N sources."""

    def rows(self, index: Tensor) -> "Sources":
        """Those of some rows: index (B,)."""
        return Sources(source.rows(index) for source in self)


class Ensemble(Model):
    """Models of one kind that differ in their first weights and in their dropout.

    members : list   of Model

    Source: Hansen and Salamon (1990), "Neural network ensembles".
    """

    def __init__(self, members: list[Model]):
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, src: Tensor, lengths: Tensor, read: Tensor, say: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss, summed over the real tokens of `say` (T, N): in training the mean of the members' own losses,
        each its own teacher; in evaluation the loss of their averaged probabilities, without smoothing."""
        if self.training:
            return torch.stack([member(src, lengths, read, say, smoothing) for member in self.members]).mean()
        log_p = self.logits(self.states(src, lengths, read))
        return nn.functional.nll_loss(log_p.flatten(0, 1), say.flatten(), ignore_index=PAD, reduction="sum")

    def states(self, src: Tensor, lengths: Tensor, read: Tensor) -> Tensor:
        """src (S, N), lengths (N,), read (T, N) → s (T, N, members · D)."""
        return torch.cat([member.states(src, lengths, read) for member in self.members], dim=2)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, members · D) → log of the mean probability (…, V)."""
        parts = s.chunk(len(self.members), dim=-1)
        return mixed([member.logits(part) for member, part in zip(self.members, parts, strict=True)])

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[Sources, tuple[Tensor, ...]]:
        """What each member keeps of the sources, and the first states, those of one member after the other."""
        sources, states = zip(*(member.begin(src, lengths) for member in self.members), strict=True)
        return Sources(sources), tuple(state for own in states for state in own)

    def step(self, last: Tensor, states: tuple[Tensor, ...], source: tuple[Source, ...]):
        """The last tokens (N,), states and sources → log p (N, V), the next states, mean attention (N, S) or None."""
        each = len(states) // len(self.members)
        logits, grown, seen = [], [], []
        for k, (member, own) in enumerate(zip(self.members, source, strict=True)):
            scores, states_next, weights = member.step(last, states[k * each : (k + 1) * each], own)
            logits.append(scores)
            grown += states_next
            seen.append(weights)
        return mixed(logits), tuple(grown), None if seen[0] is None else torch.stack(seen).mean(dim=0)


def mixed(logits: list[Tensor]) -> Tensor:
    """The log of the members' mean probability: a list of (…, V) → (…, V)."""
    log_p = torch.stack([torch.log_softmax(scores.float(), dim=-1) for scores in logits])
    return torch.logsumexp(log_p, dim=0) - math.log(len(logits))
