"""An LSTM as PyTorch takes it: a cell that is a module, and an operation that brings its own gradient.

The parameters carry the course's names and shapes: W_ih (4H, D), W_hh (4H, H), b (4H,), gates in the order i, f, g, o.
`torch_cells` has whole layers, under PyTorch's names.

Source: the mathematics is that of `lstm_ref.lstm`; how an operation is added is described in "Extending PyTorch", a
page of PyTorch's documentation.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lstm_ref.lstm import lstm_backward, lstm_forward


class LSTMCell(nn.Module):
    """One step of an LSTM as a PyTorch module, which keeps its own weights.

    Its parameters are W_ih (4H, D), W_hh (4H, H) and b (4H,), gates in the
    order i, f, g, o. Each starts with numbers drawn uniformly from -1/√H to
    1/√H.

    D : int   size of the input
    H : int   size of the two states
    """

    def __init__(self, D: int, H: int):
        super().__init__()
        bound = H**-0.5
        self.W_ih = nn.Parameter(torch.empty(4 * H, D).uniform_(-bound, bound))
        self.W_hh = nn.Parameter(torch.empty(4 * H, H).uniform_(-bound, bound))
        self.b = nn.Parameter(torch.empty(4 * H).uniform_(-bound, bound))

    def forward(
        self, x_t: Float[Tensor, "N D"], h_prev: Float[Tensor, "N H"], c_prev: Float[Tensor, "N H"]
    ) -> tuple[Float[Tensor, "N H"], Float[Tensor, "N H"]]:
        """One step, in operations that PyTorch records.

        x_t : (N, D)      input at time t
        h_prev : (N, H)   hidden state after the step before
        c_prev : (N, H)   cell after the step before
        Returns h_t (N, H), c_t (N, H)
        """
        z = x_t @ self.W_ih.T + h_prev @ self.W_hh.T + self.b
        z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
        i, f, g, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)
        c_t = f * c_prev + i * g
        return o * torch.tanh(c_t), c_t


class LSTMFunction(torch.autograd.Function):
    """`lstm_forward` as a PyTorch operation whose gradient is `lstm_backward`.

    Both are the course's own, in NumPy. One calls
    `LSTMFunction.apply(x, h0, c0, W_ih, W_hh, b)`; PyTorch then calls
    `forward`, and `backward` when gradients are needed.
    """

    @staticmethod
    def forward(
        ctx,
        x: Float[Tensor, "T N D"],
        h0: Float[Tensor, "N H"],
        c0: Float[Tensor, "N H"],
        W_ih: Float[Tensor, "4*H D"],
        W_hh: Float[Tensor, "4*H H"],
        b: Float[Tensor, " 4*H"],
    ) -> tuple[Float[Tensor, "T N H"], Float[Tensor, "N H"], Float[Tensor, "N H"]]:
        """Tensors to arrays, `lstm_forward`, arrays to tensors.

        ctx keeps for `backward` whatever is set on it; each call has its own.

        x : (T, N, D)    the sequence, time first
        h0 : (N, H)      hidden state before the first step
        c0 : (N, H)      cell before the first step
        W_ih : (4H, D)   input weights, gates in the order i, f, g, o
        W_hh : (4H, H)   recurrent weights, same order
        b : (4H,)        bias, same order
        Returns hs (T, N, H), h_T (N, H), c_T (N, H)
        """
        arrays = [tensor.detach().numpy() for tensor in (x, h0, c0, W_ih, W_hh, b)]
        hs, h_T, c_T, ctx.cache = lstm_forward(*arrays)
        ctx.weights = arrays[3:5]
        return torch.from_numpy(hs), torch.from_numpy(h_T), torch.from_numpy(c_T)

    @staticmethod
    def backward(
        ctx, dhs: Float[Tensor, "T N H"], dh_T: Float[Tensor, "N H"], dc_T: Float[Tensor, "N H"]
    ) -> tuple[Tensor, ...]:
        """Gradients of the loss for all arguments of `forward`.

        dhs : (T, N, H)   gradient of the loss with respect to hs
        dh_T : (N, H)     gradient of the loss with respect to h_T
        dc_T : (N, H)     gradient of the loss with respect to c_T
        Returns dx (T, N, D), dh0 (N, H), dc0 (N, H), dW_ih (4H, D),
        dW_hh (4H, H), db (4H,)
        """
        arrived = [gradient.numpy() for gradient in (dhs, dh_T, dc_T)]
        return tuple(map(torch.from_numpy, lstm_backward(*arrived, ctx.cache, *ctx.weights)))
