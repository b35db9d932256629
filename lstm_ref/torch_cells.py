"""The same cells as PyTorch modules: a step written out, gradients left to automatic differentiation.

Parameters carry the names of `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU` with one layer in one direction, so
state dicts pass from one to the other. `forward` takes and returns what those do: x (T, N, D), states (1, N, H).
"""

import math

import torch
from torch import Tensor, nn


class Recurrent(nn.Module):
    """What all cells share: the weights, and the loop over time.

    D : int                size of the input
    H : int                size of the state
    gates : int            blocks of H rows in the weights
    dtype : torch.dtype    float32 unless told otherwise
    """

    def __init__(self, D: int, H: int, gates: int, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.hidden_size = H
        for name, shape in {
            "weight_ih_l0": (gates * H, D),
            "weight_hh_l0": (gates * H, H),
            "bias_ih_l0": (gates * H,),
            "bias_hh_l0": (gates * H,),
        }.items():
            # The same start as torch.nn: uniform within 1 / √H.
            start = torch.empty(shape, dtype=dtype).uniform_(-1 / math.sqrt(H), 1 / math.sqrt(H))
            self.register_parameter(name, nn.Parameter(start))

    def step(self, x_t: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        """One step: x_t (N, D) and states (N, H) → the next states, the hidden one first."""
        raise NotImplementedError

    def run(self, x: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """All steps: x (T, N, D) and states (1, N, H) → hs (T, N, H) and the final states (1, N, H).

        Raises ValueError where a shape does not fit.
        """
        D, H = self.weight_ih_l0.shape[1], self.hidden_size
        if x.ndim != 3 or x.shape[2] != D:
            raise ValueError(f"x has shape {tuple(x.shape)}; expected (T, N, {D})")
        for state in states:
            if state.shape != (1, x.shape[1], H):
                raise ValueError(f"a state has shape {tuple(state.shape)}; expected (1, {x.shape[1]}, {H})")
        states = tuple(state[0] for state in states)
        hs = []
        for x_t in x:
            states = self.step(x_t, *states)
            hs.append(states[0])
        outputs = torch.stack(hs) if hs else x.new_zeros(0, x.shape[1], H)
        return outputs, tuple(state[None] for state in states)

    def zeros(self, x: Tensor) -> Tensor:
        """The state before the first step where none is given: (1, N, H) of zeros."""
        return x.new_zeros(1, x.shape[1], self.hidden_size)


class RNN(Recurrent):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_prev + b_hh); see `lstm_ref.rnn`.

    D : int   size of the input
    H : int   size of the state
    """

    def __init__(self, D: int, H: int, dtype: torch.dtype = torch.float32):
        super().__init__(D, H, 1, dtype)

    def step(self, x_t: Tensor, h_prev: Tensor) -> tuple[Tensor]:
        """x_t (N, D), h_prev (N, H) → h_t (N, H)."""
        from_input = x_t @ self.weight_ih_l0.T + self.bias_ih_l0
        return (torch.tanh(from_input + h_prev @ self.weight_hh_l0.T + self.bias_hh_l0),)

    def forward(self, x: Tensor, h0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x (T, N, D), h0 (1, N, H) → hs (T, N, H), h_T (1, N, H)."""
        hs, (h_T,) = self.run(x, (self.zeros(x) if h0 is None else h0,))
        return hs, h_T


class LSTM(Recurrent):
    """i, f, g, o in this order; c_t = f ⊙ c_prev + i ⊙ g; h_t = o ⊙ tanh(c_t); see `lstm_ref.lstm`.

    D : int   size of the input
    H : int   size of the state
    """

    def __init__(self, D: int, H: int, dtype: torch.dtype = torch.float32):
        super().__init__(D, H, 4, dtype)

    def step(self, x_t: Tensor, h_prev: Tensor, c_prev: Tensor) -> tuple[Tensor, Tensor]:
        """x_t (N, D), h_prev (N, H), c_prev (N, H) → h_t (N, H), c_t (N, H)."""
        z = x_t @ self.weight_ih_l0.T + self.bias_ih_l0 + h_prev @ self.weight_hh_l0.T + self.bias_hh_l0
        z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
        i, f, g, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)
        c_t = f * c_prev + i * g
        return o * torch.tanh(c_t), c_t

    def forward(self, x: Tensor, states: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (T, N, D), states (h0, c0) of (1, N, H) → hs (T, N, H), (h_T, c_T) of (1, N, H)."""
        return self.run(x, (self.zeros(x), self.zeros(x)) if states is None else states)


class GRU(Recurrent):
    """r, z, n in this order, the reset gate after the product; see `lstm_ref.gru.gru_step_torch`.

    D : int   size of the input
    H : int   size of the state
    """

    def __init__(self, D: int, H: int, dtype: torch.dtype = torch.float32):
        super().__init__(D, H, 3, dtype)

    def step(self, x_t: Tensor, h_prev: Tensor) -> tuple[Tensor]:
        """x_t (N, D), h_prev (N, H) → h_t (N, H)."""
        i_r, i_z, i_n = (x_t @ self.weight_ih_l0.T + self.bias_ih_l0).chunk(3, dim=1)
        h_r, h_z, h_n = (h_prev @ self.weight_hh_l0.T + self.bias_hh_l0).chunk(3, dim=1)
        r, z = torch.sigmoid(i_r + h_r), torch.sigmoid(i_z + h_z)
        n = torch.tanh(i_n + r * h_n)
        return (z * h_prev + (1 - z) * n,)

    def forward(self, x: Tensor, h0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x (T, N, D), h0 (1, N, H) → hs (T, N, H), h_T (1, N, H)."""
        hs, (h_T,) = self.run(x, (self.zeros(x) if h0 is None else h0,))
        return hs, h_T
