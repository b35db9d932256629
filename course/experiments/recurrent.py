"""A recurrent network that reads a sequence of tokens and answers yes or no from its last hidden state."""

import numpy as np
from numpy import ndarray

from lstm_ref import functions, fused, init, rnn


def start_rnn(V: int, D: int, H: int, rng: np.random.Generator, recurrent: str = "orthogonal") -> dict[str, ndarray]:
    """Initial weights of an embedding and an RNN, float32.

    V, D, H : int     sizes of vocabulary, embedding and hidden state
    rng : Generator   the only source of chance
    recurrent : str   distribution of W_hh: "orthogonal"; "normal", of variance 1 / H; or "uniform" on ±1 / √H,
                      PyTorch's default
    Returns W_e (V, D), W_ih (H, D), W_hh (H, H), b (H,)
    """
    limit = 1 / np.sqrt(H)
    weights = {
        "W_e": rng.normal(size=(V, D)),
        "W_ih": rng.uniform(-limit, limit, (H, D)),
        "W_hh": _recurrent_matrix(H, recurrent, rng),
        "b": np.zeros(H),
    }
    return {name: w.astype(np.float32) for name, w in weights.items()}


def start_lstm(
    V: int, D: int, H: int, forget_bias: float, rng: np.random.Generator, recurrent: str = "orthogonal"
) -> dict[str, ndarray]:
    """Initial weights of an embedding and an LSTM, float32; gates in the order i, f, g, o.

    V, D, H : int         sizes of vocabulary, embedding and hidden state
    forget_bias : float   initial bias of the forget gate
    rng : Generator       the only source of chance
    recurrent : str       distribution of each gate's block of W_hh, as in `start_rnn`
    Returns W_e (V, D), W_ih (4H, D), W_hh (4H, H), b (4H,)
    """
    W_e = rng.normal(size=(V, D))
    W_ih, W_hh, b = init.init_lstm(D, H, forget_bias, rng)
    if recurrent != "orthogonal":
        W_hh = np.concatenate([_recurrent_matrix(H, recurrent, rng) for _ in range(4)])
    return {name: w.astype(np.float32) for name, w in {"W_e": W_e, "W_ih": W_ih, "W_hh": W_hh, "b": b}.items()}


class RecurrentClassifier:
    """Embedding, RNN or LSTM, and a linear readout of the hidden state after the last token.

    weights : dict   what `start_rnn` or `start_lstm` returned; W_ih has H rows for an RNN and 4H for an LSTM
    """

    def __init__(self, weights: dict[str, ndarray]):
        H = weights["W_hh"].shape[1]
        self.weights = weights | {"w_out": np.zeros(H, np.float32), "b_out": np.zeros(1, np.float32)}
        self.is_lstm = len(weights["W_hh"]) == 4 * H

    def scores(self, tokens: ndarray, lengths: ndarray) -> ndarray:
        """Logit of "yes" for each sequence.

        tokens : (T, N)   padded at the end
        lengths : (N,)    number of tokens of each sequence
        Returns z (N,)
        """
        return self._forward(tokens, lengths)[-1]

    def gradients(self, tokens: ndarray, lengths: ndarray, answers: ndarray) -> dict[str, ndarray]:
        """Gradients of the mean cross-entropy with respect to all weights, by backpropagation through time.

        tokens, lengths   as in `scores`
        answers : (N,)    True for "yes"
        Returns dict: name → array of the weight's shape
        """
        p, N = self.weights, len(lengths)
        x, hs, back, z = self._forward(tokens, lengths)
        dz = (functions.sigmoid(z) - answers).astype(np.float32) / N
        dhs = np.zeros_like(hs)
        dhs[lengths - 1, np.arange(N)] = np.outer(dz, p["w_out"])  # the loss reads the last hidden state only
        dx, dW_ih, dW_hh, db = back(dhs)
        return {
            "W_e": functions.embed_backward(dx, tokens, len(p["W_e"])),
            "W_ih": dW_ih,
            "W_hh": dW_hh,
            "b": db,
            "w_out": hs[lengths - 1, np.arange(N)].T @ dz,
            "b_out": dz.sum(keepdims=True),
        }

    def _forward(self, tokens, lengths):
        p, (T, N) = self.weights, tokens.shape
        x = functions.embed(tokens, p["W_e"])
        start = np.zeros((N, p["W_hh"].shape[1]), np.float32)  # pyright: ignore[reportGeneralTypeIssues] (a matrix)
        cell = (p["W_ih"], p["W_hh"], p["b"])
        if self.is_lstm:
            layer = fused.FusedLSTM(T, N, x.shape[2], start.shape[1])
            hs = layer.forward(x, start, start, *cell)[0].copy()

            def back(dhs):
                dx, _, _, *dweights = layer.backward(dhs, start, start)
                return dx, *dweights

        else:
            hs, _ = rnn.rnn_forward(x, start, *cell)

            def back(dhs):
                dx, _, *dweights = rnn.rnn_backward(dhs, start, x, start, hs, p["W_ih"], p["W_hh"])
                return dx, *dweights

        z = hs[lengths - 1, np.arange(N)] @ p["w_out"] + p["b_out"]
        return x, hs, back, z


def _recurrent_matrix(H, kind, rng):
    if kind == "orthogonal":
        return init.orthogonal(H, rng)
    if kind == "normal":
        return rng.normal(size=(H, H)) / np.sqrt(H)
    if kind == "uniform":
        return rng.uniform(-1, 1, (H, H)) / np.sqrt(H)
    raise ValueError(f"recurrent is {kind!r}; choose orthogonal, normal or uniform")
