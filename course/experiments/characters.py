"""A character language model: embedding, RNN, and a linear readout of every hidden state."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy import ndarray

from course.experiments.recurrent import start_rnn
from lstm_ref import functions, optim, rnn, text


class CharacterModel:
    """The RNN language model of chapter 1, with the gradients that its training needs.

    vocabulary : CharacterVocabulary   numbers the characters
    D, H : int                         sizes of embedding and hidden state
    rng : Generator                    the only source of chance
    """

    def __init__(self, vocabulary: text.CharacterVocabulary, D: int, H: int, rng: np.random.Generator):
        self.vocabulary, V, limit = vocabulary, len(vocabulary), 1 / np.sqrt(H)
        self.weights = start_rnn(V, D, H, rng) | {
            "W_hy": rng.uniform(-limit, limit, (V, H)).astype(np.float32),
            "b_y": np.zeros(V, np.float32),
        }

    def hidden_states(self, tokens: ndarray) -> ndarray:
        """Hidden state after each token, tokens (T, N) → hs (T, N, H), from a state of zeros."""
        return self._layer(functions.embed(tokens, self.weights["W_e"]))[0]

    def states(self, tokens: ndarray) -> tuple[ndarray, ...]:
        """All that the layer carries from step to step, after each token: arrays (T, N, H), the hidden state first."""
        return (self.hidden_states(tokens),)

    def step(self, x_t: ndarray, states: tuple[ndarray, ...]) -> tuple[ndarray, ...]:
        """The states (N, H) after one more embedded character x_t (N, D)."""
        return (rnn.rnn_step(x_t, *states, self.weights["W_ih"], self.weights["W_hh"], self.weights["b"]),)

    def logits(self, hs: ndarray) -> ndarray:
        """Scores of the next character, hs (…, H) → (…, V)."""
        return hs @ self.weights["W_hy"].T + self.weights["b_y"]

    def nll(self, lines: list[str]) -> tuple[ndarray, ndarray]:
        """Negative log-likelihood of each character of some sentences, in nats: nll (T, N), mask (T, N)."""
        tokens, targets, mask = text.character_batch(lines, self.vocabulary)
        log_p = functions.log_softmax(self.logits(self.hidden_states(tokens)))
        return -np.take_along_axis(log_p, targets[..., None], axis=2)[..., 0], mask

    def loss_and_gradients(self, tokens: ndarray, targets: ndarray, mask: ndarray) -> tuple[float, dict[str, ndarray]]:
        """`masked_cross_entropy` of a batch as `text.character_batch` makes it, and its gradients for all weights."""
        logits, grads = gradients(self.weights, self._layer, tokens, targets, mask)
        return functions.masked_cross_entropy(logits, targets, mask), grads

    def train(self, train: list[str], epochs: int, N: int, lr: float, rng: np.random.Generator) -> Iterator[float]:
        """Train with Adam and clipping; the learning rate falls to 0 over the second half of the batches.

        train : list      sentences
        epochs, N : int   passes over them, sentences a batch
        lr : float        learning rate of the first half
        rng : Generator   source of the order of the sentences
        Yields the mean loss of each pass, after it
        """
        adam, steps = optim.Adam(self.weights, lr), epochs * -(-len(train) // N)
        for _ in range(epochs):
            losses = []
            for batch in text.batches(train, self.vocabulary, N, rng):
                loss, grads = self.loss_and_gradients(*batch)
                clipped, _ = optim.clip_by_global_norm(list(grads.values()), 1.0)
                adam.lr = lr * min(1.0, 2 * (1 - adam.t / steps))
                adam.step(dict(zip(grads, clipped, strict=True)))
                losses.append(loss)
            yield float(np.mean(losses))

    def _layer(self, x: ndarray) -> tuple[ndarray, Callable]:
        """The layer as `gradients` needs it."""
        p, start = self.weights, zeros(self.weights, x)
        hs, _ = rnn.rnn_forward(x, start, p["W_ih"], p["W_hh"], p["b"])

        def back(dhs: ndarray) -> tuple[ndarray, ...]:
            dx, _, *dweights = rnn.rnn_backward(dhs, np.zeros_like(start), x, start, hs, p["W_ih"], p["W_hh"])
            return dx, *dweights

        return hs, back


def zeros(p: dict[str, ndarray], batch: ndarray) -> ndarray:
    """A state (N, H) of zeros for tokens (T, N) or embedded characters (T, N, D)."""
    return np.zeros((batch.shape[1], p["W_hh"].shape[1]), np.float32)


def gradients(
    p: dict[str, ndarray], layer: Callable, tokens: ndarray, targets: ndarray, mask: ndarray
) -> tuple[ndarray, dict[str, ndarray]]:
    """Scores of a batch as `text.character_batch` makes it, and gradients of its `masked_cross_entropy`.

    p : dict           W_e (V, D), the layer's W_ih, W_hh and b, W_hy (V, H) and b_y (V,)
    layer : Callable   x (T, N, D) → hs (T, N, H) and the backward pass, a function dhs (T, N, H) → dx, dW_ih, dW_hh, db
    Returns logits (T, N, V), and a gradient for each name in p
    """
    hs, back = layer(functions.embed(tokens, p["W_e"]))
    logits = hs @ p["W_hy"].T + p["b_y"]
    dlogits = functions.masked_cross_entropy_backward(logits, targets, mask)
    dx, dW_ih, dW_hh, db = back(dlogits @ p["W_hy"])
    return logits, {
        "W_e": functions.embed_backward(dx, tokens, len(p["W_e"])),
        "W_ih": dW_ih,
        "W_hh": dW_hh,
        "b": db,
        "W_hy": np.tensordot(dlogits, hs, axes=([0, 1], [0, 1])),
        "b_y": dlogits.sum(axis=(0, 1)),
    }
