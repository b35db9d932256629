"""What truncated backpropagation loses: the distance to the full gradient, and a task whose first step decides."""

import numpy as np
from numpy import ndarray

from lstm_ref import functions, init, optim, rnn


def lost_share(gain: float, seed: int, pieces: list[int], T: int = 100, N: int = 4, D: int = 4, H: int = 32) -> ndarray:
    """Distance of the truncated dW_hh from the full one, as a share of the full one's norm, for each piece length.

    gain : float    times a random orthogonal W_hh
    pieces : list   piece lengths k; the last is T
    Returns shares (len(pieces),)
    """
    rng = np.random.default_rng(seed)
    W_ih, W_hh, b = init.init_rnn(D, H, rng)
    x, dhs, h0 = rng.normal(size=(T, N, D)), rng.normal(size=(T, N, H)), np.zeros((N, H))
    found = [rnn.truncated_bptt(dhs, x, h0, W_ih, gain * W_hh, b, k)[2] for k in pieces]
    return np.array([np.linalg.norm(dW_hh - found[-1]) for dW_hh in found]) / np.linalg.norm(found[-1])


def marked_batch(T: int, N: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Signs of which the first is marked, and whether the first is positive.

    Returns x (T, N, 2): a sign, and 1 at the marked step; y (N,): truth values
    """
    x = np.zeros((T, N, 2))
    x[:, :, 0] = rng.choice([-1, 1], (T, N))
    x[0, :, 1] = 1
    return x, x[0, :, 0] > 0


def recall_first(k: int, seed: int, T: int = 12, N: int = 32, H: int = 32, batches: int = 400) -> float:
    """Share of 500 fresh sequences whose first sign an RNN tells after the last step.

    k : int   steps a piece in training; the loss is at the last step alone
    """
    rng = np.random.default_rng(seed)
    W_ih, W_hh, b = init.init_rnn(2, H, rng)
    p = {"W_ih": W_ih, "W_hh": W_hh, "b": b, "w": np.zeros(H)}
    adam, h0 = optim.Adam(p, lr=3e-3), np.zeros((N, H))
    for _ in range(batches):
        x, y = marked_batch(T, N, rng)
        _, h_T = rnn.rnn_forward(x, h0, W_ih, W_hh, b)
        dz = (functions.sigmoid(h_T @ p["w"]) - y) / N
        dhs = np.zeros((T, N, H))
        dhs[-1] = np.outer(dz, p["w"])
        _, *grads = rnn.truncated_bptt(dhs, x, h0, W_ih, W_hh, b, k)
        clipped, _ = optim.clip_by_global_norm([*grads, h_T.T @ dz], 1.0)
        adam.step(dict(zip(p, clipped, strict=True)))
    x, y = marked_batch(T, 500, rng)
    _, h_T = rnn.rnn_forward(x, np.zeros((500, H)), W_ih, W_hh, b)
    return float(np.mean((h_T @ p["w"] > 0) == y))
