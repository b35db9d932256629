"""Training on a task where the gradient through time explodes: a tanh network with a fixed read-out carries a sign."""

from dataclasses import dataclass

import numpy as np
from numpy import ndarray

from lstm_ref import optim, rnn

LEARNED = 0.25  # mean squared error; an output of 0, which ignores the sign, has 1
LAST = 20  # batches whose mean loss decides whether a run has learned


@dataclass(frozen=True)
class Training:
    """One run.

    losses, norms : (batches,)   loss, and norm of the gradient before clipping, of each batch
    growth : (batches,)          ‖∂L/∂h_0‖ / ‖∂L/∂h_T‖ of the whole batch: what the way back through time multiplies
    weight_growth : float        ‖W_hh‖ after the last update, as a multiple of ‖W_hh‖ at the start
    """

    losses: ndarray
    norms: ndarray
    growth: ndarray
    weight_growth: float

    @property
    def learned(self) -> bool:
        """Is the mean loss of the last batches below LEARNED?"""
        return bool(self.losses[-LAST:].mean() < LEARNED)

    @property
    def doubled(self) -> bool:
        """Has the norm of W_hh more than doubled?"""
        return bool(self.weight_growth > 2)


def sign_batch(T: int, N: int, rng: np.random.Generator) -> tuple[ndarray, ndarray]:
    """Sequences that begin with a sign, and the signs to report after the last step.

    Returns x (T, N, 2): the sign at the first step, and noise of standard deviation 0.3 at each; y (N,): -1 or 1
    """
    y = rng.choice([-1.0, 1.0], N)
    x = np.zeros((T, N, 2))
    x[0, :, 0], x[:, :, 1] = y, 0.3 * rng.normal(size=(T, N))
    return x, y


def train_sign(
    seed: int,
    rate: float,
    max_norm: float = np.inf,
    through_time: bool = True,
    gain: float = 2.0,
    T: int = 40,
    N: int = 16,
    H: int = 32,
    batches: int = 200,
) -> Training:
    """Train W_ih, W_hh and b by gradient descent; the read-out is random and stays as it is.

    seed : int            of weights and sequences: runs of one seed begin alike and read the same batches
    rate : float          learning rate
    max_norm : float      limit of the global norm; without one, nothing is clipped
    through_time : bool   False leaves the gradient of the last step alone: no product of Jacobians is in it
    gain : float          spectral radius, about, of the random W_hh at the start
    T, N, H, batches      steps, sequences a batch, hidden units, number of updates
    """
    rng = np.random.default_rng(seed)
    W_ih, W_hh = rng.normal(size=(H, 2)) / np.sqrt(2), gain * rng.normal(size=(H, H)) / np.sqrt(H)
    weights, h0 = [W_ih, W_hh, np.zeros(H)], np.zeros((N, H))
    readout = rng.normal(size=H) / np.sqrt(H)
    losses, norms, growth = np.empty(batches), np.empty(batches), np.empty(batches)
    for number in range(batches):
        x, y = sign_batch(T, N, rng)
        hs, h_T = rnn.rnn_forward(x, h0, *weights)
        error = h_T @ readout - y
        losses[number] = np.mean(error**2)
        dh_T = np.outer(2 * error / N, readout)
        if through_time:
            _, dh0, *grads = rnn.rnn_backward(np.zeros_like(hs), dh_T, x, h0, hs, *weights[:2])
        else:
            _, dh0, *grads = rnn.rnn_step_backward(dh_T, x[-1], hs[-2], h_T, *weights[:2])
        growth[number] = np.linalg.norm(dh0) / np.linalg.norm(dh_T)
        clipped, norms[number] = optim.clip_by_global_norm(grads, max_norm)
        weights = [w - rate * dw for w, dw in zip(weights, clipped, strict=True)]
    return Training(losses, norms, growth, float(np.linalg.norm(weights[1]) / np.linalg.norm(W_hh)))
