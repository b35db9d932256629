"""Chapter 4: classic mistakes in the answers that use PyTorch. The docstring of each is what a learner reads."""

import torch
from torch import nn

from autograde import wrong_answer
from lstm_ref.lstm import lstm_backward, lstm_forward

# ── 4.9 LSTMCell ────────────────────────────────────────────────────────────────────────────────────────────────────


def _even(*shape, H):
    return nn.Parameter(torch.empty(*shape).uniform_(-(H**-0.5), H**-0.5))


def _gates(z):
    z_i, z_f, z_g, z_o = z.chunk(4, dim=1)
    return torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)


class _Cell(nn.Module):
    """A right cell, for the mistakes to be made in."""

    def __init__(self, D, H):
        super().__init__()
        self.W_ih, self.W_hh, self.b = _even(4 * H, D, H=H), _even(4 * H, H, H=H), _even(4 * H, H=H)

    def z(self, x_t, h_prev):
        return x_t @ self.W_ih.T + h_prev @ self.W_hh.T + self.b

    def forward(self, x_t, h_prev, c_prev):
        i, f, g, o = _gates(self.z(x_t, h_prev))
        c_t = f * c_prev + i * g
        return o * torch.tanh(c_t), c_t


@wrong_answer("LSTMCell")
class leaves_the_parameters_plain_tensors(_Cell):
    """The weights are tensors, and the module does not know them: an optimiser that is given `parameters()` gets
    nothing to train, and `state_dict()` saves nothing. A list or a dict on self hides them as well."""

    def __init__(self, D, H):
        super().__init__(D, H)
        held = self.W_ih.data, self.W_hh.data, self.b.data
        del self.W_ih, self.W_hh, self.b
        self.W_ih, self.W_hh, self.b = held


@wrong_answer("LSTMCell")
class has_no_bias(_Cell):
    """There is no bias among the parameters. Where do the gates stand when the input and the state are 0? At one half,
    all of them, and no training can change that: a forget gate that begins open is out of reach."""

    def __init__(self, D, H):
        super().__init__(D, H)
        del self.b

    def z(self, x_t, h_prev):
        return x_t @ self.W_ih.T + h_prev @ self.W_hh.T


@wrong_answer("LSTMCell")
class forgets_to_add_the_bias(_Cell):
    """The bias is registered, and no step adds it. It shows as the parameter whose gradient never arrives: an optimiser
    carries it along, and it stays what it was."""

    def z(self, x_t, h_prev):
        return x_t @ self.W_ih.T + h_prev @ self.W_hh.T


@wrong_answer("LSTMCell")
class keeps_two_biases(_Cell):
    """There are two biases, as in `nn.LSTMCell`. They are added to the same numbers, so one is enough; this course has
    b = b_ih + b_hh, and whoever loads weights by name finds no b here."""

    def __init__(self, D, H):
        super().__init__(D, H)
        del self.b
        self.b_ih, self.b_hh = _even(4 * H, H=H), _even(4 * H, H=H)

    def z(self, x_t, h_prev):
        return x_t @ self.W_ih.T + self.b_ih + h_prev @ self.W_hh.T + self.b_hh


@wrong_answer("LSTMCell")
class keeps_its_weights_in_linear_layers(_Cell):
    """The weights live in `nn.Linear` layers, and so their names do, `from_input.weight` and the like. The step may be
    right; the names are what a file of weights is read by, and the task gives them."""

    def __init__(self, D, H):
        super().__init__(D, H)
        del self.W_ih, self.W_hh, self.b
        self.from_input, self.from_state = nn.Linear(D, 4 * H), nn.Linear(H, 4 * H, bias=False)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(H**-0.5), H**-0.5)

    def z(self, x_t, h_prev):
        return self.from_input(x_t) + self.from_state(h_prev)


@wrong_answer("LSTMCell")
class stores_the_weights_transposed(_Cell):
    """The weights stand the other way round, with a column for each gate's unit, and the product is not transposed.
    The step gives the same numbers; but weights that were saved in this course's shape, or in PyTorch's, do not fit."""

    def __init__(self, D, H):
        super().__init__(D, H)
        self.W_ih, self.W_hh = _even(D, 4 * H, H=H), _even(H, 4 * H, H=H)

    def z(self, x_t, h_prev):
        return x_t @ self.W_ih + h_prev @ self.W_hh + self.b


@wrong_answer("LSTMCell")
class gives_the_bias_two_dimensions(_Cell):
    """The bias is a matrix of one row. Broadcasting makes no difference of it, and a state dict does: the shape there
    is that of a vector."""

    def __init__(self, D, H):
        super().__init__(D, H)
        self.b = _even(1, 4 * H, H=H)


@wrong_answer("LSTMCell")
class begins_with_zeros(_Cell):
    """All parameters begin at 0. Then every unit computes the same and gets the same gradient, at this step and at all
    that follow: H units learn what one can."""

    def __init__(self, D, H):
        super().__init__(D, H)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)


@wrong_answer("LSTMCell")
class begins_with_normal_numbers(_Cell):
    """The parameters begin as standard normal numbers. With a sum over H of them, the gates are shut or open from the
    start, where their slope is next to 0; numbers within 1/√H leave them in between."""

    def __init__(self, D, H):
        super().__init__(D, H)
        for parameter in self.parameters():
            nn.init.normal_(parameter)


@wrong_answer("LSTMCell")
class begins_between_zero_and_the_bound(_Cell):
    """The parameters begin between 0 and 1/√H: `torch.rand` draws from 0 to 1, and so no weight is negative. Half of
    the interval is missing."""

    def __init__(self, D, H):
        super().__init__(D, H)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, 0.0, H**-0.5)


@wrong_answer("LSTMCell")
class takes_the_gates_in_another_order(_Cell):
    """The blocks of the weights are read as i, f, o, g. In this course, as in PyTorch, the candidate g is the third and
    the output gate the fourth; weights that are loaded say so."""

    def forward(self, x_t, h_prev, c_prev):
        z_i, z_f, z_o, z_g = self.z(x_t, h_prev).chunk(4, dim=1)
        c_t = torch.sigmoid(z_f) * c_prev + torch.sigmoid(z_i) * torch.tanh(z_g)
        return torch.sigmoid(z_o) * torch.tanh(c_t), c_t


@wrong_answer("LSTMCell")
class returns_the_cell_first(_Cell):
    """The two states come back as c_t, h_t. Both have one shape, so nothing stops you: the next step takes the one for
    the other, and the rest of the network reads the memory instead of what is shown of it."""

    def forward(self, x_t, h_prev, c_prev):
        return super().forward(x_t, h_prev, c_prev)[::-1]


@wrong_answer("LSTMCell")
class shows_the_cell_without_tanh(_Cell):
    """The hidden state is o ⊙ c_t. A cell may grow far beyond 1, and a tanh stands between it and what is shown;
    without it the hidden state has no bound, and the gates of the next step can saturate."""

    def forward(self, x_t, h_prev, c_prev):
        i, f, g, o = _gates(self.z(x_t, h_prev))
        c_t = f * c_prev + i * g
        return o * c_t, c_t


@wrong_answer("LSTMCell")
class cuts_the_gradient_of_the_cell(_Cell):
    """c_prev is detached. Every number is right, and the gradient that runs from cell to cell, for which the LSTM was
    invented, ends after one step. If memory or time is short, the place to cut is between two windows of a sequence,
    and whoever calls the cell does it."""

    def forward(self, x_t, h_prev, c_prev):
        return super().forward(x_t, h_prev, c_prev.detach())


@wrong_answer("LSTMCell")
class cuts_the_gradient_of_the_hidden_state(_Cell):
    """h_prev is detached, so no gate learns what it should have shown a step earlier. (The network of 1997 was trained
    in this way, on purpose. Here the whole gradient is asked for.)"""

    def forward(self, x_t, h_prev, c_prev):
        return super().forward(x_t, h_prev.detach(), c_prev)


@wrong_answer("LSTMCell")
class cuts_both_states(_Cell):
    """Both states are detached at every step. The numbers are right, and each loss trains its own step alone: no
    gradient ever reaches an earlier one."""

    def forward(self, x_t, h_prev, c_prev):
        return super().forward(x_t, h_prev.detach(), c_prev.detach())


@wrong_answer("LSTMCell")
class computes_outside_the_graph(_Cell):
    """The step is computed where PyTorch does not look, in NumPy, on `.data` or under `torch.no_grad()`. The numbers
    are right and nothing is recorded; `backward` finds no way from the loss to any parameter."""

    def forward(self, x_t, h_prev, c_prev):
        with torch.no_grad():
            return super().forward(x_t, h_prev, c_prev)


@wrong_answer("LSTMCell")
class reads_the_parameters_by_data(_Cell):
    """The parameters are read through `.data` or `.detach()`, which gives their numbers without their past. A gradient
    still reaches the input, and none reaches the weights: the loss does not move."""

    def z(self, x_t, h_prev):
        return x_t @ self.W_ih.data.T + h_prev @ self.W_hh.data.T + self.b.data


@wrong_answer("LSTMCell")
class writes_into_the_callers_cell(_Cell):
    """The new cell is written into c_prev. Where that asks for a gradient PyTorch refuses; where it does not, in
    evaluation say, the caller's own state has changed behind its back."""

    def forward(self, x_t, h_prev, c_prev):
        i, f, g, o = _gates(self.z(x_t, h_prev))
        c_prev *= f
        c_prev += i * g
        return o * torch.tanh(c_prev), c_prev


@wrong_answer("LSTMCell")
class keeps_the_states_itself(_Cell):
    """After the first call the module goes on from states that it has kept, and does not look at those it is given. The
    second of two sequences then starts from the last states of the first."""

    def __init__(self, D, H):
        super().__init__(D, H)
        self.kept = None

    def forward(self, x_t, h_prev, c_prev):
        self.kept = super().forward(x_t, *(self.kept or (h_prev, c_prev)))
        return self.kept


# ── 4.10 LSTMFunction ───────────────────────────────────────────────────────────────────────────────────────────────


class _Operation:
    """A right operation, for the mistakes to be made in."""

    @staticmethod
    def forward(ctx, *given):
        arrays = [tensor.detach().numpy() for tensor in given]
        *outputs, ctx.cache = lstm_forward(*arrays)
        ctx.weights = arrays[3:5]
        return tuple(map(torch.from_numpy, outputs))

    @staticmethod
    def arrays(ctx, dhs, dh_T, dc_T):
        return lstm_backward(dhs.numpy(), dh_T.numpy(), dc_T.numpy(), ctx.cache, *ctx.weights)

    @staticmethod
    def tensors(gradients):
        return tuple(None if g is None else torch.from_numpy(g) for g in gradients)


@wrong_answer("LSTMFunction")
class sends_no_gradient_through_the_final_states(torch.autograd.Function):
    """What arrives at h_T and c_T is left out; only dhs is sent back. A loss that looks at the outputs alone does not
    notice. An encoder is read at its final states and nowhere else: it would not learn at all."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        return _Operation.tensors(_Operation.arrays(ctx, dhs, torch.zeros_like(dh_T), torch.zeros_like(dc_T)))


@wrong_answer("LSTMFunction")
class sends_no_gradient_through_the_outputs(torch.autograd.Function):
    """What arrives at the outputs hs is left out; only the final states' share is sent back. All steps but the last are
    then trained by what reaches the end."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        return _Operation.tensors(_Operation.arrays(ctx, torch.zeros_like(dhs), dh_T, dc_T))


@wrong_answer("LSTMFunction")
class counts_the_last_output_twice(torch.autograd.Function):
    """The last output's gradient is added to that of h_T before the backward pass, which adds it again: `lstm_backward`
    takes what arrives at hs and what arrives at h_T apart, though both are the same numbers."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        return _Operation.tensors(_Operation.arrays(ctx, dhs, dh_T + dhs[-1], dc_T))


@wrong_answer("LSTMFunction")
class ignores_what_arrives(torch.autograd.Function):
    """What arrives is not used: the backward pass begins with ones, the gradient of the outputs' sum. Whatever the loss
    is, the answer is the same; the chain rule has lost its first factor."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        return _Operation.tensors(_Operation.arrays(ctx, *map(torch.ones_like, (dhs, dh_T, dc_T))))


@wrong_answer("LSTMFunction")
class gives_no_gradient_to_the_first_states(torch.autograd.Function):
    """For h0 and c0 nothing is returned. Zeros that nobody trains do not miss it; a decoder's first states are an
    encoder's last ones, and this is the only bridge between the two."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        dx, _, _, *weights = _Operation.arrays(ctx, dhs, dh_T, dc_T)
        return _Operation.tensors((dx, None, None, *weights))


@wrong_answer("LSTMFunction")
class gives_no_gradient_to_the_weights(torch.autograd.Function):
    """Only x and the two states get a gradient. PyTorch takes a missing one for "does not matter", and so no weight
    ever moves."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        return _Operation.tensors((*_Operation.arrays(ctx, dhs, dh_T, dc_T)[:3], None, None, None))


@wrong_answer("LSTMFunction")
class swaps_the_gradients_of_the_first_states(torch.autograd.Function):
    """The gradients of h0 and c0 have changed places. They have one shape, so PyTorch cannot see it; the order of what
    `backward` returns is the order of what `forward` takes."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        dx, dh0, dc0, *weights = _Operation.arrays(ctx, dhs, dh_T, dc_T)
        return _Operation.tensors((dx, dc0, dh0, *weights))


@wrong_answer("LSTMFunction")
class gives_the_gradient_of_the_mean(torch.autograd.Function):
    """The weights' gradients are divided by the size of the batch. Whether the loss is a mean or a sum is known to
    whoever made the loss, and stands already in what arrives; an operation adds over the batch, no more."""

    forward = _Operation.forward

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        *first, dW_ih, dW_hh, db = _Operation.arrays(ctx, dhs, dh_T, dc_T)
        N = dhs.shape[1]
        return _Operation.tensors((*first, dW_ih / N, dW_hh / N, db / N))


@wrong_answer("LSTMFunction")
class keeps_the_cache_on_the_class(torch.autograd.Function):
    """What the backward pass needs is kept in one place for all calls, on the class or in a global variable. Two
    layers, or two windows, call the operation twice before any backward pass, and the first backward pass then reads
    what the second call kept. ctx belongs to one call."""

    @staticmethod
    def forward(ctx, *given):
        outputs = _Operation.forward(ctx, *given)
        keeps_the_cache_on_the_class.cache, keeps_the_cache_on_the_class.weights = ctx.cache, ctx.weights
        return outputs

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        return _Operation.tensors(_Operation.arrays(keeps_the_cache_on_the_class, dhs, dh_T, dc_T))


@wrong_answer("LSTMFunction")
class works_in_single_precision(torch.autograd.Function):
    """The outputs are float32, whatever came in: `torch.Tensor(array)` and `torch.FloatTensor` always make that.
    `torch.from_numpy` keeps the dtype."""

    @staticmethod
    def forward(ctx, *given):
        return tuple(output.float() for output in _Operation.forward(ctx, *given))

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        dtype = torch.from_numpy(ctx.weights[0]).dtype
        return _Operation.tensors(_Operation.arrays(ctx, *(g.to(dtype) for g in (dhs, dh_T, dc_T))))


@wrong_answer("LSTMFunction")
class swaps_the_final_states(torch.autograd.Function):
    """h_T and c_T have changed places, in the forward and in the backward pass. Whoever goes on from them takes the
    memory for what was shown of it."""

    @staticmethod
    def forward(ctx, *given):
        hs, h_T, c_T = _Operation.forward(ctx, *given)
        return hs, c_T, h_T

    @staticmethod
    def backward(ctx, dhs, dc_T, dh_T):
        return _Operation.tensors(_Operation.arrays(ctx, dhs, dh_T, dc_T))
