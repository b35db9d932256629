"""The character language model with an LSTM in place of the RNN."""

import numpy as np
from numpy import ndarray

from course.experiments.characters import CharacterModel
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
        zero = self._zeros(tokens)
        return lstm_forward_fused(functions.embed(tokens, self.weights["W_e"]), zero, zero, *self.cell)[0]

    def states(self, tokens: ndarray) -> tuple[ndarray, ndarray]:
        """Hidden state and cell state after each token, (T, N, H) each."""
        states = self._zeros(tokens), self._zeros(tokens)
        kept = []
        for x_t in functions.embed(tokens, self.weights["W_e"]):
            states = self.step(x_t, states)
            kept.append(states)
        hs, cs = map(np.array, zip(*kept, strict=True))
        return hs, cs

    def step(self, x_t: ndarray, states: tuple[ndarray, ...]) -> tuple[ndarray, ...]:
        """Hidden state and cell state (N, H) after one more embedded character x_t (N, D)."""
        return lstm.lstm_step(x_t, *states, *self.cell)[:2]

    def loss_and_gradients(self, tokens: ndarray, targets: ndarray, mask: ndarray) -> tuple[float, dict[str, ndarray]]:
        """`masked_cross_entropy` of a batch as `text.character_batch` makes it, and its gradients for all weights."""
        p, zero = self.weights, self._zeros(tokens)
        x = functions.embed(tokens, p["W_e"])
        size = max(len(x), LONGEST), *x.shape[1:], zero.shape[1]
        if size not in self._layers:
            self._layers[size] = FusedLSTM(*size)
        layer = self._layers[size]
        hs, _, _ = layer.forward(x, zero, zero, *self.cell)
        logits = self.logits(hs)
        dlogits = functions.masked_cross_entropy_backward(logits, targets, mask)
        dx, _, _, dW_ih, dW_hh, db = layer.backward(dlogits @ p["W_hy"], zero, zero)
        return functions.masked_cross_entropy(logits, targets, mask), {
            "W_e": functions.embed_backward(dx, tokens, len(p["W_e"])),
            "W_ih": dW_ih,
            "W_hh": dW_hh,
            "b": db,
            "W_hy": np.tensordot(dlogits, hs, axes=([0, 1], [0, 1])),
            "b_y": dlogits.sum(axis=(0, 1)),
        }
