"""Recurrent layers to compare: PyTorch's own, and LSTMs without one of their parts.

Each takes x (T, N, D) and states and returns hs (T, N, H) and states, as the layers of `torch.nn` do. Rows of the
LSTM's weights are gates in the order i, f, g, o.
"""

import torch
from torch import Tensor, nn

from lstm_ref import torch_cells
from lstm_ref.measure import count_parameters

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
CONSTANT_GATES = {"no_input": 0, "no_forget": 1, "no_output": 3}  # variant → the block of the gate that is always 1
VARIANTS = ("full", *CONSTANT_GATES, "coupled", "no_output_tanh")
GATE_WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
OPEN_GATE_BIAS = 50.0  # the sigmoid of this is exactly 1 in float32


class NoOutputTanh(torch_cells.LSTM):
    """An LSTM whose hidden state is the gated cell state itself: h_t = o ⊙ c_t."""

    def step(self, x_t: Tensor, h_prev: Tensor, c_prev: Tensor) -> tuple[Tensor, Tensor]:
        """x_t (N, D), h_prev (N, H), c_prev (N, H) → h_t (N, H), c_t (N, H)."""
        W_ih, W_hh, b_ih, b_hh = (self.get_parameter(name) for name in GATE_WEIGHTS)
        z = x_t @ W_ih.T + b_ih + h_prev @ W_hh.T + b_hh
        z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
        c_t = torch.sigmoid(z_f) * c_prev + torch.sigmoid(z_i) * torch.tanh(z_g)
        return torch.sigmoid(z_o) * c_t, c_t


def lstm(D: int, H: int, variant: str, forget_bias: float, input_bias: float = 0.0) -> nn.Module:
    """An LSTM, whole or without a part.

    variant : str         `full`; `no_input`, `no_forget`, `no_output`: this gate is always 1; `coupled`: i = 1 − f;
                          `no_output_tanh`: h = o ⊙ c
    forget_bias, input_bias : float   initial biases of these gates, where they have a bias of their own

    A gate that is always 1 has weights of 0, a bias so large that its sigmoid is 1, and gets no gradient. So nearly all
    variants can use PyTorch's fast layer. In the coupled variant the forget gate's rows are, and remain, minus those of
    the input gate, since 1 − σ(z) = σ(−z).
    """
    layer = NoOutputTanh(D, H) if variant == "no_output_tanh" else nn.LSTM(D, H)
    i, f = slice(0, H), slice(H, 2 * H)
    set_gate_bias(layer, f, forget_bias)
    set_gate_bias(layer, i, input_bias)
    with torch.no_grad():
        for name, p in layer.named_parameters():
            if variant in CONSTANT_GATES:
                block = slice(CONSTANT_GATES[variant] * H, (CONSTANT_GATES[variant] + 1) * H)
                p[block] = OPEN_GATE_BIAS if name == "bias_ih_l0" else 0.0
                p.register_hook(lambda gradient, block=block: zero_rows(gradient, block))
            elif variant == "coupled":
                p[i] = -p[f]
                p.register_hook(lambda gradient: coupled_gradient(gradient, i, f))
    return layer


def set_gate_bias(layer: nn.Module, rows: slice, bias: float) -> None:
    """Set the biases of a gate so that their sum is this number in every unit."""
    with torch.no_grad():
        layer.get_parameter("bias_ih_l0")[rows] = bias
        layer.get_parameter("bias_hh_l0")[rows] = 0.0


def zero_rows(gradient: Tensor, block: slice) -> Tensor:
    """The gradient with these rows set to 0."""
    gradient = gradient.clone()
    gradient[block] = 0
    return gradient


def coupled_gradient(gradient: Tensor, i: slice, f: slice) -> Tensor:
    """The gradient of rows i and f where the weights of f are minus those of i."""
    gradient = gradient.clone()
    gradient[i] -= gradient[f]
    gradient[f] = -gradient[i]
    return gradient


def layer(cell: str, D: int, H: int, keep: float | None = None) -> nn.Module:
    """An `rnn`, `gru` or `lstm` of PyTorch.

    keep : float   None: PyTorch's own initialisation, with a forget bias of 1 for the LSTM. A number: an
                   initialisation with which the state persists. The number is the bias of the LSTM's forget gates and
                   of the GRU's update gates, and minus the bias of the LSTM's input gates (the paper of 1997 starts
                   them at -3 and -6); the RNN's recurrent weights are orthogonal
    """
    if cell == "lstm":
        return lstm(D, H, "full", 1.0 if keep is None else keep, 0.0 if keep is None else -keep)
    made = LAYERS[cell](D, H)
    if keep is not None and cell == "gru":
        set_gate_bias(made, slice(H, 2 * H), keep)  # gates r, z, n; h_t = z ⊙ h_prev + (1 − z) ⊙ n
    elif keep is not None:
        nn.init.orthogonal_(made.get_parameter("weight_hh_l0"))
    return made


def parameter_count(cell: str, D: int, H: int, O: int) -> int:  # noqa: E741
    """Number of parameters of a layer and a linear readout with O outputs."""
    return count_parameters(GATES[cell], D, H, 1, 1, 2) + O * (H + 1)


def equal_size(cell: str, D: int, H_lstm: int, O: int) -> int:  # noqa: E741
    """The largest H for which a cell and its readout have at most the parameters of an LSTM with H_lstm."""
    H = 1
    while parameter_count(cell, D, H + 1, O) <= parameter_count("lstm", D, H_lstm, O):
        H += 1
    return H


class LastStepReadout(nn.Module):
    """A layer and a linear readout of its last hidden state.

    layer : Module   x (T, N, D) → hs (T, N, H), states
    H, O : int       sizes of the state and of the output
    """

    def __init__(self, layer: nn.Module, H: int, O: int):  # noqa: E741
        super().__init__()
        self.layer, self.out = layer, nn.Linear(H, O)

    def forward(self, x: Tensor) -> Tensor:
        """x (T, N, D) → outputs after the last step (N, O)."""
        return self.out(self.layer(x)[0][-1])
