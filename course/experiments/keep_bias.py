"""How far states and inputs reach, and how soon recall is learnt, by the initial bias of the gate that keeps.

That gate is the LSTM's forget gate f and the GRU's update gate z.
"""

import numpy as np
import torch
from numpy import ndarray

from lstm_ref import gru, gru_backward, init, lstm, measure, tasks

T, D, H = 100, 8, 32  # steps, inputs, hidden units
LIMIT = 120  # batches, after which a training ends in any case


def state_norms(kind: str, bias: float, seed: int) -> ndarray:
    """Norm of ∂s_T / ∂s_t of an untrained network, with s = (h, c) for the "LSTM" and s = h for the "GRU".

    Returns norms (T,), by distance: that of one step first
    """
    jacobians = measure.lstm_jacobians if kind == "LSTM" else measure.gru_jacobians
    return measure.state_jacobian_norms(jacobians(*_untrained(kind, bias, seed, 1), 0))[::-1]


def input_norms(kind: str, bias: float, seed: int) -> ndarray:
    """Norm of ∂h_T / ∂x_t of an untrained "LSTM" or "GRU"; norms (T,), by distance."""
    # One copy of the sequence for each unit: copy j sends back the gradient of entry j of h_T.
    cache, W_ih, W_hh = _untrained(kind, bias, seed, H)
    dhs, dh_T = np.zeros((T, H, H)), np.eye(H)
    if kind == "LSTM":
        dx = lstm.lstm_backward(dhs, dh_T, np.zeros((H, H)), cache, W_ih, W_hh)[0]
    else:
        dx = gru_backward.gru_backward(dhs, dh_T, cache, W_ih, W_hh)[0]
    return np.linalg.norm(dx, 2, axis=(1, 2))[::-1]


def batches_until_learnt(kind: str, bias: float, seed: int, symbols: int = 4, budget: int = 1500) -> int:
    """Batches until the recall task is learnt: mean loss of the last ten below 0.1 nats; LIMIT if it never is.

    kind : str                "LSTM" or "GRU", PyTorch's layer
    bias : float              added to the first bias of f or z
    seed : int                of the weights, and of the sequences, which are the same for both kinds
    symbols, budget : int     noise symbols of the task, parameters of the layer
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    inputs = symbols + 3
    units = measure.match_hidden_size(budget, 4 if kind == "LSTM" else 3, inputs, 2)
    layer, readout = getattr(torch.nn, kind)(inputs, units), torch.nn.Linear(units, 1)
    with torch.no_grad():
        layer.bias_ih_l0[units : 2 * units] += bias  # f and z are both the second block
    parameters = [*layer.parameters(), *readout.parameters()]
    adam, losses = torch.optim.Adam(parameters, lr=1e-2), []
    for batch in range(LIMIT):
        x, y = (torch.from_numpy(a).float() for a in tasks.copy_problem(14, 16, symbols, rng))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(readout(layer(x)[0][-1])[:, 0], y)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        adam.step()
        losses.append(loss.item())
        if batch >= 10 and np.mean(losses[-10:]) < 0.1:
            return batch + 1
    return LIMIT


def _untrained(kind: str, bias: float, seed: int, copies: int) -> tuple[list, ndarray, ndarray]:
    """Cache and weights after a random sequence, repeated as a batch."""
    rng = np.random.default_rng(seed)
    x = np.repeat(rng.normal(size=(T, 1, D)), copies, axis=1)
    none = np.zeros((copies, H))
    if kind == "LSTM":
        weights = init.init_lstm(D, H, bias, rng)
        return lstm.lstm_forward(x, none, none, *weights)[-1], *weights[:2]
    W_ih, W_hh, b = init.init_gru(D, H, rng)
    b[H : 2 * H] = bias
    return gru.gru_forward(x, none, W_ih, W_hh, b)[-1], W_ih, W_hh
