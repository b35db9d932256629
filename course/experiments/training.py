"""Training of a network by gradient descent or by Adam, on batches that a function draws."""

from collections.abc import Callable, Iterable

from lstm_ref import optim


def gradient_descent(network, batches: Iterable[tuple], lr: float) -> None:
    """Move every weight a step of lr times its gradient, for each batch.

    network            has `weights` and `gradients(*batch)`, both dictionaries with the same names
    batches : iterable arguments of `gradients`
    lr : float         learning rate
    """
    for batch in batches:
        for name, slope in network.gradients(*batch).items():
            network.weights[name] -= lr * slope


def train_adam(network, batches: Iterable[tuple], lr: float) -> None:
    """Take a step of Adam for each batch, with the gradients clipped to norm 1; arguments as in `gradient_descent`."""
    adam = optim.Adam(network.weights, lr)
    for batch in batches:
        grads = network.gradients(*batch)
        clipped, _ = optim.clip_by_global_norm(list(grads.values()), 1.0)
        adam.step(dict(zip(grads, clipped, strict=True)))


def draws(draw: Callable[[], tuple], count: int) -> Iterable[tuple]:
    """Call a function that draws a batch, so often."""
    return (draw() for _ in range(count))
