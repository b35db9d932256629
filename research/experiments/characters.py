"""A character language model on the course's English sentences."""

from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lstm_ref.text import PAD, CharacterVocabulary, batches, character_batch, sentences, split


class LanguageModel(nn.Module):
    """An embedding, a recurrent layer and a linear readout.

    layer : Module   x (T, N, D) → hs (T, N, H), states
    V, D, H : int    sizes of vocabulary, embedding and state
    """

    def __init__(self, layer: nn.Module, V: int, D: int, H: int):
        super().__init__()
        self.embedding, self.layer, self.out = nn.Embedding(V, D), layer, nn.Linear(H, V)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (T, N) → logits (T, N, V)."""
        return self.out(self.layer(self.embedding(tokens))[0])


@cache
def corpus(limit: int | None) -> tuple[list[str], list[str], CharacterVocabulary]:
    """Training sentences, validation sentences, and the vocabulary of the former.

    limit : int   at most so many sentences of each; None for all
    """
    train, valid = (part[:limit] for part in split(sentences()))
    return train, valid, CharacterVocabulary(train)


def summed_loss(model: nn.Module, tokens: np.ndarray, targets: np.ndarray) -> Tensor:
    """Sum of the negative log-likelihoods of a batch, in nats; padding does not count."""
    logits = model(torch.from_numpy(tokens))
    return cross_entropy(logits.flatten(0, 1), torch.from_numpy(targets).flatten(), ignore_index=PAD, reduction="sum")


def train_characters(model: nn.Module, limit: int | None, epochs: int, N: int, lr: float, seed: int) -> dict:
    """Train a model for some epochs.

    limit : int         largest number of sentences, see `corpus`
    epochs, N : int     passes over the sentences, sentences in a batch
    lr : float          Adam's initial learning rate; it falls to a tenth along a half cosine
    seed : int          of the order of the sentences

    Returns nats, a character of the validation sentences after the last pass; nats_choose and nats_judge, the same for
    two halves of these sentences, one to choose a learning rate by and one to compare by; and curve: nats after each
    pass
    """
    train, valid, vocabulary = corpus(limit)
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * -(-len(train) // N), lr / 10)
    tokens, targets, mask = character_batch(valid, vocabulary)
    nats = []
    for _ in range(epochs):
        for batch_tokens, batch_targets, batch_mask in batches(train, vocabulary, N, rng):
            optimiser.zero_grad()
            (summed_loss(model, batch_tokens, batch_targets) / batch_mask.sum()).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        with torch.no_grad():
            nats.append(float(summed_loss(model, tokens, targets) / mask.sum()))
    with torch.no_grad():
        halves = [character_batch(valid[part::2], vocabulary) for part in (0, 1)]
        choose, judge = (float(summed_loss(model, *half) / mask.sum()) for *half, mask in halves)
    curve = {"epoch": [*range(1, epochs + 1)], "nats": [float(f"{n:.4g}") for n in nats]}
    return {"nats": nats[-1], "nats_choose": choose, "nats_judge": judge, "curve": curve}
