"""Candidates for the final weights: those with the lowest dev loss, and the mean of the last ones."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

BEST, MEAN = "best.", "mean."


class Candidates:
    """Copies of a model's weights, kept during training.

    mean : dict          the mean of the weights given to `add_to_mean`; empty before the first call
    averaged : int       how many weights the mean is of
    best : dict          the weights with the lowest loss among those given to `keep_if_best`
    best_loss : float    their loss; None before the first call
    """

    def __init__(self, averaged: int = 0, best_loss: float | None = None):
        self.mean: dict[str, Tensor] = {}
        self.best: dict[str, Tensor] = {}
        self.averaged, self.best_loss = averaged, best_loss

    def add_to_mean(self, model: nn.Module) -> None:
        """Include the model's present weights in the mean."""
        self.averaged += 1
        for name, tensor in model.state_dict().items():
            if name in self.mean:
                self.mean[name].lerp_(tensor, 1 / self.averaged)
            else:
                self.mean[name] = tensor.clone()

    def keep_if_best(self, model: nn.Module, loss: float) -> None:
        """Copy the model's present weights if no earlier loss was lower."""
        if self.best_loss is None or loss <= self.best_loss:
            self.best_loss = loss
            self.best = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    def load_best(self, model: nn.Module, loss: Callable[[], float]) -> float:
        """Load the candidate with the lowest loss into the model.

        model : Module
        loss : callable   computes the loss of the model's present weights
        Returns loss (): the lowest
        """
        lowest = self.best_loss
        if self.mean:
            model.load_state_dict(self.mean)
            lowest = min(loss(), self.best_loss)
        if lowest == self.best_loss:
            model.load_state_dict(self.best)
        return lowest

    def tensors(self) -> dict[str, Tensor]:
        """All candidates as tensors by name, for a checkpoint."""
        candidates = ((BEST, self.best), (MEAN, self.mean))
        return {prefix + name: tensor for prefix, weights in candidates for name, tensor in weights.items()}

    def restore(self, tensors: dict[str, Tensor], device: torch.device) -> None:
        """Take the candidates from a checkpoint's tensors; those that `tensors` returned are among them."""
        for prefix, weights in ((BEST, self.best), (MEAN, self.mean)):
            found = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
            weights.update((name, tensor.to(device)) for name, tensor in found.items())

    def about(self) -> dict:
        """The numbers that a checkpoint keeps beside the tensors."""
        return {"averaged": self.averaged, "best_loss": self.best_loss}
