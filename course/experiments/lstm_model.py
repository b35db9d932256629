"""The character language model with an LSTM in place of the RNN."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from course.experiments.characters import CharacterModel, zeros
from course.experiments.recurrent import start_lstm
from lstm_ref import functions, lstm, text
from lstm_ref.fused import FusedLSTM, lstm_forward_fused

LONGEST = 80  # steps for which a layer of a batch size is made; a longer batch gets its own


class CharacterLSTM(CharacterModel):
    """An embedding, an LSTM, and a linear readout of every hidden state; arguments as `CharacterModel` has them."""

    def __init__(self, vocabulary: text.CharacterVocabulary, D: int, H: int, rng: np.random.Generator):
        super().__init__(vocabulary, D, H, rng)
        self.weights |= start_lstm(len(vocabulary), D, H, 1.0, rng)
        self._layers: dict[tuple, FusedLSTM] = {}  # each keeps its buffers

    @property
    def cell(self) -> tuple[ndarray, ndarray, ndarray]:
        """W_ih, W_hh and b of the layer."""
        return self.weights["W_ih"], self.weights["W_hh"], self.weights["b"]

    def hidden_states(self, tokens: ndarray) -> ndarray:
        """Hidden state after each token, tokens (T, N) → hs (T, N, H), from states of zeros."""
        zero = zeros(self.weights, tokens)
        return lstm_forward_fused(functions.embed(tokens, self.weights["W_e"]), zero, zero, *self.cell)[0]

    def states(self, tokens: ndarray) -> tuple[ndarray, ndarray]:
        """Hidden state and cell state after each token, (T, N, H) each."""
        states = zeros(self.weights, tokens), zeros(self.weights, tokens)
        kept = []
        for x_t in functions.embed(tokens, self.weights["W_e"]):
            states = self.step(x_t, states)
            kept.append(states)
        hs, cs = map(np.array, zip(*kept, strict=True))
        return hs, cs

    def step(self, x_t: ndarray, states: tuple[ndarray, ...]) -> tuple[ndarray, ...]:
        """Hidden state and cell state (N, H) after one more embedded character x_t (N, D)."""
        return lstm.lstm_step(x_t, *states, *self.cell)[:2]

    def _layer(self, x: ndarray) -> tuple[ndarray, Callable]:
        """The layer as `gradients` needs it."""
        size = max(len(x), LONGEST), *x.shape[1:], self.weights["W_hh"].shape[1]
        if size not in self._layers:
            self._layers[size] = FusedLSTM(*size)
        return run(self._layers[size], self.weights, x)


def run(layer: FusedLSTM, p: dict[str, ndarray], x: ndarray) -> tuple[ndarray, Callable]:
    """Hidden states of a layer that keeps its buffers, from states of zeros, and its backward pass.

    layer : FusedLSTM   large enough for x
    p : dict            has W_ih, W_hh and b
    x : (T, N, D)       embedded characters
    Returns hs (T, N, H), and back: dhs (T, N, H) → dx, dW_ih, dW_hh, db
    """
    start = zeros(p, x)
    hs, _, _ = layer.forward(x, start, start, p["W_ih"], p["W_hh"], p["b"])

    def back(dhs: ndarray) -> tuple[ndarray, ...]:
        dx, _, _, *dweights = layer.backward(dhs, start, start)
        return dx, *dweights

    return hs, back
