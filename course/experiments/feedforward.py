"""Two networks without recurrence that answer yes or no about a sequence: one slot a position, convolution."""

import numpy as np
from numpy import ndarray

from lstm_ref.functions import sigmoid
from lstm_ref.vocabulary import PAD


class SlotNetwork:
    """One hidden layer that reads one-hot tokens side by side; a weight belongs to one token at one position.

    V, slots, units : int   sizes of vocabulary, input and hidden layer
    rng : Generator         the only source of chance
    """

    def __init__(self, V: int, slots: int, units: int, rng: np.random.Generator):
        self.weights = {
            "W_1": rng.normal(0, 0.05, (slots, V, units)).astype(np.float32),
            "b_1": np.zeros(units, np.float32),
            "w_2": rng.normal(0, 0.1, units).astype(np.float32),
            "b_2": np.zeros(1, np.float32),
        }

    def scores(self, tokens: ndarray, lengths: ndarray) -> ndarray:
        """Logit of "yes" for each sequence.

        tokens : (T, N)   at most `slots` steps; empty slots hold padding, so lengths are not read
        lengths : (N,)    number of tokens of each sequence
        Returns z (N,)
        """
        return self._hidden(tokens) @ self.weights["w_2"] + self.weights["b_2"]

    def gradients(self, tokens: ndarray, lengths: ndarray, answers: ndarray) -> dict[str, ndarray]:
        """Gradients of the mean cross-entropy with respect to all weights; answers (N,) are True for "yes"."""
        h = self._hidden(tokens)
        dz = _score_gradient(h @ self.weights["w_2"] + self.weights["b_2"], answers)
        dh = np.outer(dz, self.weights["w_2"]) * (1 - h**2)
        dW_1 = np.zeros_like(self.weights["W_1"])
        filled = self._filled(tokens)
        for slot, row in zip(dW_1, filled, strict=True):
            np.add.at(slot, row, dh)
        return {"W_1": dW_1, "b_1": dh.sum(axis=0), "w_2": h.T @ dz, "b_2": dz.sum(keepdims=True)}

    def _filled(self, tokens):
        slots = len(self.weights["W_1"])
        if len(tokens) > slots:
            raise ValueError(f"a sequence has {len(tokens)} tokens; the network has {slots} slots")
        filled = np.full((slots, tokens.shape[1]), PAD)
        filled[: len(tokens)] = tokens
        return filled

    def _hidden(self, tokens):
        filled = self._filled(tokens)
        # The product of W_1 with one-hot vectors selects one row of weights a slot.
        z = self.weights["W_1"][np.arange(len(filled))[:, None], filled].sum(axis=0)
        return np.tanh(z + self.weights["b_1"])


class Convolution:
    """One convolution, a tanh, the maximum over all positions, and a linear readout.

    V, width, filters : int   sizes of vocabulary, window and output of the convolution
    rng : Generator           the only source of chance
    """

    def __init__(self, V: int, width: int, filters: int, rng: np.random.Generator):
        self.weights = {
            "W": rng.normal(0, 0.5 / np.sqrt(width), (width, V, filters)).astype(np.float32),
            "b": np.zeros(filters, np.float32),
            "w_out": rng.normal(0, 0.1, filters).astype(np.float32),
            "b_out": np.zeros(1, np.float32),
        }

    def scores(self, tokens: ndarray, lengths: ndarray) -> ndarray:
        """Logit of "yes" for each sequence.

        tokens : (T, N)   padded at the end
        lengths : (N,)    number of tokens of each sequence, at least the width
        Returns z (N,)
        """
        pooled, _ = self._pool(tokens, lengths)
        return pooled @ self.weights["w_out"] + self.weights["b_out"]

    def gradients(self, tokens: ndarray, lengths: ndarray, answers: ndarray) -> dict[str, ndarray]:
        """Gradients of the mean cross-entropy with respect to all weights; answers (N,) are True for "yes"."""
        pooled, where = self._pool(tokens, lengths)
        dz = _score_gradient(pooled @ self.weights["w_out"] + self.weights["b_out"], answers)
        dpooled = np.outer(dz, self.weights["w_out"]) * (1 - pooled**2)
        dW = np.zeros_like(self.weights["W"])
        N, filters = pooled.shape
        for k in range(len(dW)):  # the maximum passes the gradient to the window that it came from
            read = tokens[where + k, np.arange(N)[:, None]]
            np.add.at(dW[k], (read, np.arange(filters)), dpooled)
        return {"W": dW, "b": dpooled.sum(axis=0), "w_out": pooled.T @ dz, "b_out": dz.sum(keepdims=True)}

    def _pool(self, tokens, lengths):
        """Largest output of each filter (N, filters), and the first token of its window."""
        width = len(self.weights["W"])
        if lengths.min() < width:
            raise ValueError(f"a sequence has {lengths.min()} tokens; the window needs {width}")
        windows = len(tokens) - width + 1
        z = sum(self.weights["W"][k][tokens[k : k + windows]] for k in range(width)) + self.weights["b"]
        z[np.arange(windows)[:, None] > lengths - width] = -np.inf  # no window reaches into the padding
        return np.tanh(z.max(axis=0)), z.argmax(axis=0)


def _score_gradient(z, answers):
    return (sigmoid(z) - answers).astype(np.float32) / len(z)
