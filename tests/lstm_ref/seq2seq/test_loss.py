"""The loss against PyTorch and against chapter 1."""

import numpy as np
import pytest
import torch

from lstm_ref.functions import masked_cross_entropy
from lstm_ref.seq2seq.loss import sequence_loss


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_agrees_with_pytorch(rng, smoothing):
    logits, targets = rng.normal(size=(5, 3, 7)), rng.integers(1, 7, size=(5, 3))
    targets[3:, 1] = 0
    theirs = torch.nn.functional.cross_entropy(
        torch.tensor(logits).flatten(0, 1), torch.tensor(targets).flatten(), ignore_index=0, label_smoothing=smoothing
    )
    assert sequence_loss(logits, targets, targets != 0, smoothing) == pytest.approx(theirs.item(), abs=1e-12)


def test_without_smoothing_it_is_the_cross_entropy_of_chapter_1(rng):
    logits, targets, mask = rng.normal(size=(4, 3, 5)), rng.integers(5, size=(4, 3)), rng.random((4, 3)) < 0.6
    assert sequence_loss(logits, targets, mask, 0.0) == pytest.approx(masked_cross_entropy(logits, targets, mask))
    assert sequence_loss(logits, targets, np.zeros_like(mask), 0.1) == 0.0
