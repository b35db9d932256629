"""What the weights at the end may be: those with the lowest dev loss, or the mean of the last ones."""

from collections.abc import Callable

from torch import Tensor, nn

BEST, MEAN = "best.", "mean."


class Candidates:
    """Copies of a model's weights that are kept while it is trained.

    mean : dict          the mean of the weights that `average` was called with; empty before
    averaged : int       how many they were
    best : dict          the weights with the lowest loss among those that `offer` was called with
    best_loss : float    their loss; None before
    """

    def __init__(self, averaged: int = 0, best_loss: float | None = None):
        self.mean: dict[str, Tensor] = {}
        self.best: dict[str, Tensor] = {}
        self.averaged, self.best_loss = averaged, best_loss

    def average(self, model: nn.Module) -> None:
        """Count the model's present weights into the mean."""
        self.averaged += 1
        for name, tensor in model.state_dict().items():
            if name in self.mean:
                self.mean[name].lerp_(tensor, 1 / self.averaged)
            else:
                self.mean[name] = tensor.clone()

    def offer(self, model: nn.Module, loss: float) -> None:
        """Keep the model's present weights if no loss before was lower."""
        if self.best_loss is None or loss <= self.best_loss:
            self.best_loss = loss
            self.best = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    def choose(self, model: nn.Module, loss: Callable[[], float]) -> float:
        """Give the model the weights with the lowest loss; `loss` computes that of its present ones. Returns it."""
        lowest = self.best_loss
        if self.mean:
            model.load_state_dict(self.mean)
            lowest = min(loss(), self.best_loss)
        if lowest == self.best_loss:
            model.load_state_dict(self.best)
        return lowest

    def tensors(self) -> dict[str, Tensor]:
        """All of them by name, for a checkpoint."""
        kept = ((BEST, self.best), (MEAN, self.mean))
        return {prefix + name: tensor for prefix, weights in kept for name, tensor in weights.items()}

    def restore(self, tensors: dict[str, Tensor], device) -> None:
        """Take from a checkpoint's tensors what `tensors` gave."""
        for prefix, weights in ((BEST, self.best), (MEAN, self.mean)):
            found = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
            weights.update((name, tensor.to(device)) for name, tensor in found.items())

    def about(self) -> dict:
        """What JSON can hold of them."""
        return {"averaged": self.averaged, "best_loss": self.best_loss}
