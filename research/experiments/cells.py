"""Recurrent layers to compare: PyTorch's own, and LSTMs from which something was taken away.

All take x (T, N, D) and states and return hs (T, N, H) and states, as those of `torch.nn`. Rows of the LSTM's weights
are gates in the order i, f, g, o.
"""

import torch
from torch import Tensor, nn

from lstm_ref import torch_cells
from lstm_ref.measure import count_parameters

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
HELD = {"no_input": 0, "no_forget": 1, "no_output": 3}  # variant → the block of its gate
VARIANTS = ("full", *HELD, "coupled", "no_output_tanh")
OPEN = 50.0  # the sigmoid of this is exactly 1 in float32


class NoOutputTanh(torch_cells.LSTM):
    """An LSTM that shows its cell as it is: h_t = o ⊙ c_t."""

    def step(self, x_t: Tensor, h_prev: Tensor, c_prev: Tensor) -> tuple[Tensor, Tensor]:
        """x_t (N, D), h_prev (N, H), c_prev (N, H) → h_t (N, H), c_t (N, H)."""
        z = x_t @ self.weight_ih_l0.T + self.bias_ih_l0 + h_prev @ self.weight_hh_l0.T + self.bias_hh_l0
        z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
        c_t = torch.sigmoid(z_f) * c_prev + torch.sigmoid(z_i) * torch.tanh(z_g)
        return torch.sigmoid(z_o) * c_t, c_t


def lstm(D: int, H: int, variant: str, forget_bias: float, input_bias: float = 0.0) -> nn.Module:
    """An LSTM, whole or without a part.

    variant : str         `full`; `no_input`, `no_forget`, `no_output`: this gate is always 1; `coupled`: i = 1 − f;
                          `no_output_tanh`: h = o ⊙ c
    forget_bias, input_bias : float   what these gates start with, where they have a bias of their own

    A gate that is always 1 has weights of 0, a bias so large that its sigmoid is 1, and gets no gradient: so PyTorch's
    fast layer serves for nearly all variants. In the coupled one the forget gate's rows are those of the input gate
    with the opposite sign, and stay so, since 1 − σ(z) = σ(−z).
    """
    layer = NoOutputTanh(D, H) if variant == "no_output_tanh" else nn.LSTM(D, H)
    i, f = slice(0, H), slice(H, 2 * H)
    start_bias(layer, f, forget_bias)
    start_bias(layer, i, input_bias)
    with torch.no_grad():
        for name, p in layer.named_parameters():
            if variant in HELD:
                block = slice(HELD[variant] * H, (HELD[variant] + 1) * H)
                p[block] = OPEN if name == "bias_ih_l0" else 0.0
                p.register_hook(lambda gradient, block=block: without(gradient, block))
            elif variant == "coupled":
                p[i] = -p[f]
                p.register_hook(lambda gradient: opposite(gradient, i, f))
    return layer


def start_bias(layer: nn.Module, rows: slice, bias: float) -> None:
    """Let both biases of a gate add up to this number in every unit."""
    with torch.no_grad():
        layer.bias_ih_l0[rows], layer.bias_hh_l0[rows] = bias, 0.0


def without(gradient: Tensor, block: slice) -> Tensor:
    """The gradient with some rows at 0."""
    gradient = gradient.clone()
    gradient[block] = 0
    return gradient


def opposite(gradient: Tensor, i: slice, f: slice) -> Tensor:
    """The gradient of rows i and f where the weights of f are minus those of i."""
    gradient = gradient.clone()
    gradient[i] -= gradient[f]
    gradient[f] = -gradient[i]
    return gradient


def layer(cell: str, D: int, H: int, keep: float | None = None) -> nn.Module:
    """An `rnn`, `gru` or `lstm` of PyTorch.

    keep : float   None: PyTorch's own start, but for the LSTM's forget bias of 1. A number: a start that keeps what is
                   there. The LSTM's forget gates get this bias and its input gates minus this (the paper of 1997 starts
                   them at -3 and -6), the GRU's update gates get it, and the RNN's recurrent weights are a rotation
    """
    if cell == "lstm":
        return lstm(D, H, "full", 1.0 if keep is None else keep, 0.0 if keep is None else -keep)
    made = LAYERS[cell](D, H)
    if keep is not None and cell == "gru":
        start_bias(made, slice(H, 2 * H), keep)  # gates r, z, n; h_t = z ⊙ h_prev + (1 − z) ⊙ n
    elif keep is not None:
        nn.init.orthogonal_(made.weight_hh_l0)
    return made


def size(cell: str, D: int, H: int, O: int) -> int:  # noqa: E741
    """Parameters of a layer and a linear readout of O outputs."""
    return count_parameters(GATES[cell], D, H, 1, 1, 2) + O * (H + 1)


def fair_size(cell: str, D: int, H_lstm: int, O: int) -> int:  # noqa: E741
    """The largest H with which a cell and its readout have no more parameters than an LSTM with H_lstm."""
    H = 1
    while size(cell, D, H + 1, O) <= size("lstm", D, H_lstm, O):
        H += 1
    return H


class Reader(nn.Module):
    """A layer and a linear readout of its hidden states.

    layer : Module   x (T, N, D) → hs (T, N, H), states
    H, O : int       sizes of the state and of the output
    """

    def __init__(self, layer: nn.Module, H: int, O: int):  # noqa: E741
        super().__init__()
        self.layer, self.out = layer, nn.Linear(H, O)

    def forward(self, x: Tensor) -> Tensor:
        """x (T, N, D) → outputs after the last step (N, O)."""
        return self.out(self.layer(x)[0][-1])
