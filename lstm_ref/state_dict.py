"""Weights in the names of `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU`, read and written without PyTorch.

PyTorch has two biases a layer and names them `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, with
`_reverse` for the backward direction. Gates stand in the same order here, so weights are copied as they are. The RNN
and the LSTM need one bias only, b = b_ih + b_hh; the GRU keeps both, since its reset gate scales a part of b_hh.
"""

import re
from collections.abc import Mapping

import numpy as np
from numpy import ndarray

KINDS = {1: "rnn", 4: "lstm", 3: "gru"}  # by gates


def from_state_dict(state: Mapping) -> tuple[str, list]:
    """Read a recurrent layer's state dict; nothing in it is shared with the result.

    state : mapping   name → tensor on the CPU, or array; with two biases, with `bias_ih` only, or with none
    Returns kind (str), layers (list): as `lstm_ref.network` takes them

    Raises ValueError where a name is unknown (that of a projection, `weight_hr_l0`, is) or the sizes are those of
    none of the three kinds, KeyError where a weight is missing. A state dict does not say which
    nonlinearity an RNN has: here it is tanh.
    """
    unknown = [name for name in state if not re.fullmatch(r"(weight|bias)_(ih|hh)_l\d+(_reverse)?", name)]
    if unknown:
        raise ValueError(f"unknown names in the state dict: {', '.join(unknown)}")
    arrays = {name: np.asarray(value).copy() for name, value in state.items()}
    rows, H = arrays["weight_hh_l0"].shape
    if rows % H or rows // H not in KINDS:
        raise ValueError(f"weight_hh_l0 has shape {(rows, H)}; expected (g * H, H) with g of 1, 3 or 4")
    kind = KINDS[rows // H]
    layers = []
    while f"weight_ih_l{len(layers)}" in arrays:
        directions = []
        for suffix in ("", "_reverse"):
            end = f"_l{len(layers)}{suffix}"
            if f"weight_ih{end}" not in arrays:
                continue
            W_ih, W_hh = arrays.pop(f"weight_ih{end}"), arrays.pop(f"weight_hh{end}")
            zero = np.zeros_like(W_hh[:, 0])
            b_ih, b_hh = arrays.pop(f"bias_ih{end}", zero), arrays.pop(f"bias_hh{end}", zero.copy())
            directions.append((W_ih, W_hh, b_ih, b_hh) if kind == "gru" else (W_ih, W_hh, b_ih + b_hh))
        layers.append(directions)
    if arrays:
        raise KeyError(f"without a weight_ih of their own: {', '.join(sorted(arrays))}")
    return kind, layers


def to_state_dict(layers: list, biases: int = 2) -> dict[str, ndarray]:
    """Write a network's weights under PyTorch's names, as arrays; nothing in the result is shared with them.

    layers : list   as `lstm_ref.network` takes them
    biases : int    2: `bias_ih` and `bias_hh`, as PyTorch has them (the RNN's and LSTM's b in the first, 0 in the
                    second); 1: `bias_ih` only; 0: none, as with `bias=False`
    Returns state (dict): name → array; torch.from_numpy makes each the tensor that `load_state_dict` wants

    Raises ValueError where a bias would be lost: with 0, one that is not 0; with 1, a GRU's b_hn that is not 0, since
    the reset gate scales it.
    """
    state = {}
    for layer, directions in enumerate(layers):
        for weights, suffix in zip(directions, ("", "_reverse"), strict=False):
            end = f"_l{layer}{suffix}"
            W_ih, W_hh, b_ih, *b_hh = weights
            b_hh = b_hh[0] if b_hh else np.zeros_like(b_ih)
            state[f"weight_ih{end}"], state[f"weight_hh{end}"] = W_ih.copy(), W_hh.copy()
            if biases == 2:
                state[f"bias_ih{end}"], state[f"bias_hh{end}"] = b_ih.copy(), b_hh.copy()
            elif biases == 1:
                if len(b_hh) == 3 * W_hh.shape[1] and b_hh[-W_hh.shape[1] :].any():
                    raise ValueError(f"bias_hh{end} has a part that the reset gate scales; one bias cannot hold it")
                state[f"bias_ih{end}"] = b_ih + b_hh
            elif b_ih.any() or b_hh.any():
                raise ValueError(f"the bias of {end[1:]} is not 0 and would be lost")
    return state
