"""An ensemble: each model is trained as if alone, and the search averages their probabilities."""

import math

import torch
from torch import Tensor, nn

from lstm_ref.vocabulary import PAD
from translator.models.seq2seq import Model
from translator.protocol import EncodedSource


class MemberSources(tuple):
    """What each member of an ensemble keeps of N sources."""

    def rows(self, index: Tensor) -> "MemberSources":
        """The sources of some rows: index (B,)."""
        return MemberSources(source.rows(index) for source in self)


class Ensemble(Model):
    """Models of one kind that differ in their first weights and in their dropout.

    members : list   of Model

    Source: Hansen and Salamon (1990), "Neural network ensembles".
    """

    def __init__(self, members: list[Model]):
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, src: Tensor, lengths: Tensor, tgt_in: Tensor, tgt_out: Tensor, smoothing: float = 0.0) -> Tensor:
        """The loss, in nats, summed over the real tokens of tgt_out (T, N).

        In training it is the mean of the members' own losses; in evaluation it is the loss of their averaged
        probabilities, without smoothing.
        """
        if self.training:
            return torch.stack([member(src, lengths, tgt_in, tgt_out, smoothing) for member in self.members]).mean()
        log_p = self.logits(self.states(src, lengths, tgt_in))
        return nn.functional.nll_loss(log_p.flatten(0, 1), tgt_out.flatten(), ignore_index=PAD, reduction="sum")

    def states(self, src: Tensor, lengths: Tensor, tgt_in: Tensor) -> Tensor:
        """src (S, N), lengths (N,), tgt_in (T, N) → s (T, N, members · D)."""
        return torch.cat([member.states(src, lengths, tgt_in) for member in self.members], dim=2)

    def logits(self, s: Tensor) -> Tensor:
        """s (…, members · D) → log of the mean probability (…, V)."""
        parts = s.chunk(len(self.members), dim=-1)
        return log_mean_probability([member.logits(part) for member, part in zip(self.members, parts, strict=True)])

    def begin(self, src: Tensor, lengths: Tensor) -> tuple[MemberSources, tuple[Tensor, ...]]:
        """src (S, N), lengths (N,) → the members' sources, and their first states, one member after the other."""
        sources, states = zip(*(member.begin(src, lengths) for member in self.members), strict=True)
        return MemberSources(sources), tuple(state for own in states for state in own)

    def step(
        self, last: Tensor, states: tuple[Tensor, ...], source: tuple[EncodedSource, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """The last tokens (N,), states and sources → log p (N, V), the next states, mean attention (N, S) or None."""
        per_member = len(states) // len(self.members)
        logits, next_states, attention = [], [], []
        for k, (member, own) in enumerate(zip(self.members, source, strict=True)):
            scores, own_states, weights = member.step(last, states[k * per_member : (k + 1) * per_member], own)
            logits.append(scores)
            next_states += own_states
            attention.append(weights)
        mean = None if attention[0] is None else torch.stack(attention).mean(dim=0)
        return log_mean_probability(logits), tuple(next_states), mean


def log_mean_probability(logits: list[Tensor]) -> Tensor:
    """The log of the members' mean probability: a list of logits (…, V) → (…, V)."""
    log_p = torch.stack([torch.log_softmax(scores.float(), dim=-1) for scores in logits])
    return torch.logsumexp(log_p, dim=0) - math.log(len(logits))
