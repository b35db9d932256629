"""Chapter 4: right answers in other styles, `function__style`. Each must get full marks."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lstm_ref.functions import sigmoid
from lstm_ref.lstm import lstm_backward, lstm_forward, lstm_step
from lstm_ref.lstm_layers import lstm_forward_lengths, stack_layers

# ── 4.1 lstm_forward ────────────────────────────────────────────────────────────────────────────────────────────────


def lstm_forward__lists(x, h0, c0, W_ih, W_hh, b):
    steps = [(h0, c0, None)]
    for x_t in x:
        h_prev, c_prev, _ = steps[-1]
        steps.append(lstm_step(x_t, h_prev, c_prev, W_ih, W_hh, b))
    hs, cs, caches = zip(*steps[1:], strict=False)
    return np.stack(hs), hs[-1], cs[-1], list(caches)


def lstm_forward__einsum(x, h0, c0, W_ih, W_hh, b):
    T, N, _ = x.shape
    H = h0.shape[1]
    from_input = np.einsum("tnd,kd->tnk", x, W_ih) + b
    hs, cache = np.zeros((T, N, H), dtype=x.dtype), []
    h, c = h0, c0
    for t in range(T):
        z = from_input[t] + np.einsum("nh,kh->nk", h, W_hh)
        i, f, o = (sigmoid(z[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
        g = np.tanh(z[:, 2 * H : 3 * H])
        c_new = f * c + i * g
        squashed = np.tanh(c_new)
        cache.append((x[t], h, c, i, f, g, o, squashed))
        h, c = o * squashed, c_new
        hs[t] = h
    return hs, h, c, cache


def lstm_forward__per_gate_columns(x, h0, c0, W_ih, W_hh, b):
    (U_i, U_f, U_g, U_o), (V_i, V_f, V_g, V_o) = np.split(W_ih, 4), np.split(W_hh, 4)
    b_i, b_f, b_g, b_o = np.split(b[:, None], 4)
    hs, cache = [], []
    h, c = h0.T.copy(), c0.T.copy()
    for t in range(x.shape[0]):
        x_t = x[t].T
        i = sigmoid(U_i @ x_t + V_i @ h + b_i)
        f = sigmoid(U_f @ x_t + V_f @ h + b_f)
        g = np.tanh(U_g @ x_t + V_g @ h + b_g)
        o = sigmoid(U_o @ x_t + V_o @ h + b_o)
        c_t = f * c + i * g
        tanh_c = np.tanh(c_t)
        cache.append(tuple(a.T for a in (x_t, h, c, i, f, g, o, tanh_c)))
        h, c = o * tanh_c, c_t
        hs.append(h.T)
    return np.array(hs), h.T, c.T, cache


# ── 4.2 lstm_forward_lengths ────────────────────────────────────────────────────────────────────────────────────────


def lstm_forward_lengths__each_sequence_alone(x, lengths, h0, c0, W_ih, W_hh, b):
    hs = np.zeros((x.shape[0], *h0.shape), dtype=x.dtype)
    h_n, c_n = np.empty_like(h0), np.empty_like(c0)
    for n, length in enumerate(lengths):
        one = slice(n, n + 1)
        h, c = h0[one], c0[one]
        for t in range(length):
            h, c, _ = lstm_step(x[t, one], h, c, W_ih, W_hh, b)
            hs[t, one] = h
        h_n[one], c_n[one] = h, c
    return hs, h_n, c_n


def lstm_forward_lengths__factors(x, lengths, h0, c0, W_ih, W_hh, b):
    mask = (np.arange(len(x))[:, None] < lengths).astype(x.dtype)[:, :, None]
    h, c, hs = h0, c0, []
    for x_t, m in zip(x, mask, strict=False):
        h_new, c_new, _ = lstm_step(x_t, h, c, W_ih, W_hh, b)
        h, c = m * h_new + (1 - m) * h, m * c_new + (1 - m) * c
        hs.append(m * h)
    return np.stack(hs), h, c


def lstm_forward_lengths__gather(x, lengths, h0, c0, W_ih, W_hh, b):
    T, N, _ = x.shape
    hs, _, _, cache = lstm_forward(x, h0, c0, W_ih, W_hh, b)
    cells = [c0] + [f * c + i * g for _, _, c, i, f, g, _, _ in cache]
    n = np.arange(N)
    h_n = np.concatenate([h0[None], hs])[lengths, n]
    c_n = np.stack(cells)[lengths, n]
    hs[np.arange(T)[:, None] >= lengths] = 0
    return hs, h_n, c_n


def lstm_forward_lengths__only_those_that_run(x, lengths, h0, c0, W_ih, W_hh, b):
    hs = np.zeros((x.shape[0], x.shape[1], h0.shape[1]), dtype=h0.dtype)
    h, c = np.array(h0), np.array(c0)
    for t in range(x.shape[0]):
        run = np.flatnonzero(lengths > t)
        if run.size == 0:
            break
        h[run], c[run], _ = lstm_step(x[t, run], h[run], c[run], W_ih, W_hh, b)
        hs[t, run] = h[run]
    return hs, h, c


# ── 4.3 bidirectional ───────────────────────────────────────────────────────────────────────────────────────────────


def bidirectional__each_sequence_alone(x, lengths, h0, c0, W_ih, W_hh, b):
    T, N, _ = x.shape
    H = h0.shape[2]
    hs = np.zeros((T, N, 2 * H), dtype=x.dtype)
    h_n, c_n = h0.copy(), c0.copy()
    for n in range(N):
        L = int(lengths[n])
        for k, steps in enumerate([range(L), range(L - 1, -1, -1)]):
            h, c = h0[k, n : n + 1], c0[k, n : n + 1]
            for t in steps:
                h, c, _ = lstm_step(x[t, n : n + 1], h, c, W_ih[k], W_hh[k], b[k])
                hs[t, n, k * H : (k + 1) * H] = h[0]
            h_n[k, n], c_n[k, n] = h[0], c[0]
    return hs, h_n, c_n


def bidirectional__walks_down_with_a_mask(x, lengths, h0, c0, W_ih, W_hh, b):
    T = len(x)
    forwards, h_f, c_f = lstm_forward_lengths(x, lengths, h0[0], c0[0], W_ih[0], W_hh[0], b[0])
    h, c = h0[1], c0[1]
    backwards = np.zeros_like(forwards)
    for t in range(T - 1, -1, -1):
        h_new, c_new, _ = lstm_step(x[t], h, c, W_ih[1], W_hh[1], b[1])
        runs = (t < lengths).reshape(-1, 1)
        h, c = np.where(runs, h_new, h), np.where(runs, c_new, c)
        backwards[t] = np.where(runs, h, 0)
    return np.dstack([forwards, backwards]), np.array([h_f, h]), np.array([c_f, c])


def bidirectional__copies_turned_round(x, lengths, h0, c0, W_ih, W_hh, b):
    def turned(a):
        result = a.copy()
        for n, length in enumerate(lengths):
            result[:length, n] = a[:length, n][::-1]
        return result

    ends, outputs = [], []
    for k in (0, 1):
        hs, *end = lstm_forward_lengths([x, turned(x)][k], lengths, h0[k], c0[k], W_ih[k], W_hh[k], b[k])
        outputs.append(turned(hs) if k else hs)
        ends.append(end)
    return np.concatenate(outputs, axis=-1), np.stack([e[0] for e in ends]), np.stack([e[1] for e in ends])


# ── 4.4 stack_layers ────────────────────────────────────────────────────────────────────────────────────────────────


def stack_layers__recursive(x, h0, c0, layers):
    def on_top_of(x, k):
        hs, h, c, _ = lstm_forward(x, h0[k], c0[k], *layers[k])
        if k == len(layers) - 1:
            return hs, [h], [c]
        top, h_above, c_above = on_top_of(hs, k + 1)
        return top, [h, *h_above], [c, *c_above]

    hs, h_T, c_T = on_top_of(x, 0)
    return hs, np.stack(h_T), np.stack(c_T)


def stack_layers__step_by_step(x, h0, c0, layers):
    h, c = list(h0), list(c0)
    outputs = []
    for x_t in x:
        below = x_t
        for k, (W_ih, W_hh, b) in enumerate(layers):
            h[k], c[k], _ = lstm_step(below, h[k], c[k], W_ih, W_hh, b)
            below = h[k]
        outputs.append(below)
    return np.stack(outputs), np.stack(h), np.stack(c)


def stack_layers__lists(x, h0, c0, layers):
    finals = []
    for start_h, start_c, weights in zip(h0, c0, layers, strict=False):
        x, *final, _ = lstm_forward(x, start_h, start_c, *weights)
        finals.append(final)
    hidden, cells = zip(*finals, strict=False)
    return x, np.array(hidden), np.array(cells)


# ── 4.5 dropout_between_layers ──────────────────────────────────────────────────────────────────────────────────────


def dropout_between_layers__where(x, h0, c0, layers, rate, same_mask, is_training, rng):
    T, N, _ = x.shape
    H, L = h0.shape[2], len(layers)
    ends_h, ends_c = [], []
    for k in range(L):
        x, h, c, _ = lstm_forward(x, h0[k], c0[k], *layers[k])
        ends_h.append(h)
        ends_c.append(c)
        if k + 1 == L or not is_training:
            continue
        u = rng.random((N, H)) if same_mask else rng.random((T, N, H))
        x = np.where(u < rate, 0, x / (1 - rate)).astype(x.dtype)
    return x, np.stack(ends_h), np.stack(ends_c)


def dropout_between_layers__one_layer_at_a_time(x, h0, c0, layers, rate, same_mask, is_training, rng):
    hs, h, c = stack_layers(x, h0[:1], c0[:1], layers[:1])
    h_T, c_T = [h], [c]
    for k in range(1, len(layers)):
        if is_training:
            shape = (1 if same_mask else len(x), *h0.shape[1:])
            draws = rng.random(shape[1:]) if same_mask else rng.random(shape)
            keep = 1.0 - rate
            hs = (hs / keep * np.reshape(draws >= rate, shape)).astype(h0.dtype)
        hs, h, c = stack_layers(hs, h0[k : k + 1], c0[k : k + 1], layers[k : k + 1])
        h_T.append(h)
        c_T.append(c)
    return hs, np.concatenate(h_T), np.concatenate(c_T)


def dropout_between_layers__indexed(x, h0, c0, layers, rate, same_mask, is_training, rng):
    h_T, c_T = np.zeros_like(h0), np.zeros_like(c0)
    last = len(layers) - 1
    for k, weights in enumerate(layers):
        out, h_T[k], c_T[k], _ = lstm_forward(x, h0[k], c0[k], *weights)
        x = out.copy()
        if is_training and k != last:
            if same_mask:
                gone = rng.random(x.shape[1:]) < rate
                x[:, gone] = 0
            else:
                x[rng.random(x.shape) < rate] = 0
            x *= 1 / (1 - rate)
    return x, h_T, c_T


# ── 4.6 adam_step ───────────────────────────────────────────────────────────────────────────────────────────────────


def adam_step__copies(w, dw, m, v, t, lr, beta1, beta2, eps):
    w, m, v = w.copy(), m.copy(), v.copy()
    m *= beta1
    m += (1 - beta1) * dw
    v *= beta2
    v += (1 - beta2) * dw * dw
    w -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w, m, v


def adam_step__moves_towards(w, dw, m, v, t, lr, beta1, beta2, eps):
    m = m + (1 - beta1) * (dw - m)
    v = v + (1 - beta2) * (np.square(dw) - v)
    first, second = 1 - pow(beta1, t), 1 - pow(beta2, t)
    return w - (lr / first) * m / ((v / second) ** 0.5 + eps), m, v


def adam_step__one_weight_at_a_time(w, dw, m, v, t, lr, beta1, beta2, eps):
    new_w, new_m, new_v = np.empty_like(w), np.empty_like(m), np.empty_like(v)
    for i in np.ndindex(*w.shape):
        g = float(dw[i])
        one = beta1 * float(m[i]) + (1 - beta1) * g
        two = beta2 * float(v[i]) + (1 - beta2) * g * g
        new_m[i], new_v[i] = one, two
        new_w[i] = w[i] - lr * (one / (1 - beta1**t)) / ((two / (1 - beta2**t)) ** 0.5 + eps)
    return new_w, new_m, new_v


# ── 4.7 adding_problem ──────────────────────────────────────────────────────────────────────────────────────────────


def adding_problem__draws_again(T, N, rng):
    half = T // 2
    first = rng.integers(0, min(10, half), N)
    second = rng.integers(0, half, N)
    while (same := first == second).any():
        second[same] = rng.integers(0, half, same.sum())
    n = np.arange(N)
    numbers, markers = 2 * rng.random((T, N)) - 1, np.zeros((T, N))
    markers[[0, -1]] = -1
    markers[first, n] = markers[second, n] = 1
    numbers[0, markers[0] == 1] = 0
    y = 0.5 + (numbers[first, n] + numbers[second, n]) / 4
    return np.stack([numbers, markers], axis=2), y


def adding_problem__one_by_one(T, N, rng):
    x, y = np.zeros((T, N, 2)), np.zeros(N)
    for n in range(N):
        a = int(rng.integers(min(10, T // 2)))
        b = int(rng.choice([t for t in range(T // 2) if t != a]))
        values = rng.uniform(-1.0, 1.0, T)
        if a == 0 or b == 0:
            values[0] = 0.0
        for t in range(T):
            is_end = t == 0 or t == T - 1
            x[t, n] = values[t], (1.0 if t in (a, b) else -1.0 if is_end else 0.0)
        y[n] = 0.5 + (values[a] + values[b]) / 4.0
    return x, y


def adding_problem__shifted(T, N, rng):
    half, n = T // 2, np.arange(N)
    a = rng.integers(min(10, half), size=N)
    b = (a + rng.integers(1, half, size=N)) % half  # any step but a
    marks = np.zeros((N, T))
    marks[n, a] += 1
    marks[n, b] += 1
    values = rng.uniform(-1, 1, (N, T))
    values[:, 0] *= 1 - marks[:, 0]
    y = 0.5 + 0.25 * np.einsum("nt,nt->n", values, marks)
    ends = np.zeros(T)
    ends[[0, T - 1]] = -1
    markers = np.where(marks > 0, marks, ends)
    return np.ascontiguousarray(np.stack([values, markers], axis=-1).transpose(1, 0, 2)), y


# ── 4.7b adding_correct ──────────────────────────────────────────────────────────────────────────────────────────────


def adding_correct__between(outputs, y):
    last = outputs[len(outputs) - 1]
    return (last > y - 0.04) & (last < y + 0.04)


def adding_correct__squares(outputs, y):
    return np.square(outputs[-1] - y) < 0.04**2


def adding_correct__one_by_one(outputs, y):
    return np.array([abs(float(o) - float(target)) < 0.04 for o, target in zip(outputs[-1], y, strict=False)])


# ── 4.8 lstm_forward_fused ──────────────────────────────────────────────────────────────────────────────────────────


def lstm_forward_fused__loop_of_steps(x, h0, c0, W_ih, W_hh, b):
    h, c, hs = h0, c0, []
    for x_t in x:
        h, c, _ = lstm_step(x_t, h, c, W_ih, W_hh, b)
        hs.append(h)
    return np.stack(hs), h, c


def lstm_forward_fused__einsum_outside(x, h0, c0, W_ih, W_hh, b):
    z_x = np.einsum("kd,tnd->tnk", W_ih, x, optimize=True) + b
    H = h0.shape[1]
    hs = np.empty((*x.shape[:2], H), dtype=x.dtype)
    h, c = h0, c0
    for t, z in enumerate(z_x):
        z = z + h @ W_hh.T
        c = c / (1 + np.exp(-z[:, H : 2 * H])) + np.tanh(z[:, 2 * H : 3 * H]) / (1 + np.exp(-z[:, :H]))
        h = np.tanh(c) / (1 + np.exp(-z[:, 3 * H :]))
        hs[t] = h
    return hs, h, c


def lstm_forward_fused__columns_and_buffers(x, h0, c0, W_ih, W_hh, b):
    T, N, D = x.shape
    H = h0.shape[1]
    order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]  # the three gates side by side, the candidate last
    U, W, bias = W_ih[order], W_hh[order].copy(), b[order]
    z_x = (U @ x.reshape(T * N, D).T + bias[:, None]).reshape(4 * H, T, N)
    z, scratch = np.empty((4 * H, N), x.dtype), np.empty((H, N), x.dtype)
    h, c = h0.T.copy(), c0.T.copy()
    i, f, o, g = z.reshape(4, H, N)
    gates = z[: 3 * H]
    hs = np.empty((T, N, H), x.dtype)
    for t in range(T):
        np.matmul(W, h, out=z)
        np.add(z, z_x[:, t], out=z)
        np.multiply(gates, 0.5, out=gates)
        np.tanh(z, out=z)
        np.multiply(gates, 0.5, out=gates)
        np.add(gates, 0.5, out=gates)
        np.multiply(c, f, out=c)
        np.multiply(i, g, out=scratch)
        np.add(c, scratch, out=c)
        np.tanh(c, out=scratch)
        np.multiply(o, scratch, out=h)
        hs[t] = h.T
    return hs, h.T.copy(), c.T.copy()


# ── 4.9 LSTMCell ────────────────────────────────────────────────────────────────────────────────────────────────────


class LSTMCell__einsum(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        for name, shape in {"W_ih": (4 * H, D), "W_hh": (4 * H, H), "b": (4 * H,)}.items():
            self.register_parameter(name, nn.Parameter(nn.init.uniform_(torch.empty(shape), -(H**-0.5), H**-0.5)))

    def forward(self, x_t, h_prev, c_prev):
        z = torch.einsum("nd,kd->nk", x_t, self.W_ih) + torch.einsum("nh,kh->nk", h_prev, self.W_hh) + self.b[None]
        i, f, g, o = z.reshape(len(x_t), 4, -1).unbind(1)
        c_t = c_prev * f.sigmoid() + i.sigmoid() * g.tanh()
        return o.sigmoid() * c_t.tanh(), c_t


class LSTMCell__gate_by_gate(nn.Module):
    def __init__(self, D, H):
        nn.Module.__init__(self)
        self.H = H
        self.b = nn.Parameter((2 * torch.rand(4 * H) - 1) / H**0.5)
        self.W_hh = nn.Parameter((2 * torch.rand(4 * H, H) - 1) / H**0.5)
        self.W_ih = nn.Parameter((2 * torch.rand(4 * H, D) - 1) / H**0.5)

    def gate(self, k, x_t, h_prev):
        rows = slice(k * self.H, (k + 1) * self.H)
        return x_t @ self.W_ih[rows].t() + h_prev @ self.W_hh[rows].t() + self.b[rows]

    def forward(self, x_t, h_prev, c_prev):
        kept = torch.sigmoid(self.gate(1, x_t, h_prev)) * c_prev
        new = torch.sigmoid(self.gate(0, x_t, h_prev)) * torch.tanh(self.gate(2, x_t, h_prev))
        return torch.sigmoid(self.gate(3, x_t, h_prev)) * torch.tanh(kept + new), kept + new


class LSTMCell__one_product(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.W_ih, self.W_hh = nn.Parameter(torch.empty(4 * H, D)), nn.Parameter(torch.empty(4 * H, H))
        self.b = nn.Parameter(torch.empty(4 * H))
        self.reset_parameters()

    def reset_parameters(self):
        bound = 1 / self.W_hh.shape[1] ** 0.5
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, x_t, h_prev, c_prev):
        H = h_prev.shape[1]
        z = F.linear(torch.cat([x_t, h_prev], dim=1), torch.cat([self.W_ih, self.W_hh], dim=1), self.b)
        open_ = torch.sigmoid(z)
        c_t = torch.addcmul(open_[:, H : 2 * H] * c_prev, open_[:, :H], torch.tanh(z[:, 2 * H : 3 * H]))
        return open_[:, 3 * H :] * torch.tanh(c_t), c_t


# ── 4.10 LSTMFunction ───────────────────────────────────────────────────────────────────────────────────────────────


class LSTMFunction__saved_tensors(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, c0, W_ih, W_hh, b):
        ctx.save_for_backward(W_ih, W_hh)
        *states, ctx.cache = lstm_forward(*(t.detach().cpu().numpy() for t in (x, h0, c0, W_ih, W_hh, b)))
        return tuple(torch.from_numpy(state) for state in states)

    @staticmethod
    def backward(ctx, *gradients):
        W_ih, W_hh = (t.detach().numpy() for t in ctx.saved_tensors)
        back = lstm_backward(*(g.contiguous().numpy() for g in gradients), ctx.cache, W_ih, W_hh)
        return tuple(torch.as_tensor(g) for g in back)


class LSTMFunction__once_more(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *given):
        ctx.save_for_backward(*given)
        hs, h_T, c_T, _ = lstm_forward(*(t.detach().numpy() for t in given))
        return torch.tensor(hs), torch.tensor(h_T), torch.tensor(c_T)

    @staticmethod
    def backward(ctx, dhs, dh_T, dc_T):
        arrays = [t.detach().numpy() for t in ctx.saved_tensors]
        cache = lstm_forward(*arrays)[-1]
        dx, dh0, dc0, dW_ih, dW_hh, db = lstm_backward(dhs.numpy(), dh_T.numpy(), dc_T.numpy(), cache, *arrays[3:5])
        return tuple(map(torch.tensor, (dx, dh0, dc0, dW_ih, dW_hh, db)))


class LSTMFunction__step_by_step(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, c0, W_ih, W_hh, b):
        h, c, steps, hs = h0, c0, [], torch.empty(len(x), *h0.shape, dtype=x.dtype)
        for t, x_t in enumerate(x):
            z = x_t @ W_ih.T + h @ W_hh.T + b
            i, f, g, o = (torch.tanh(p) if k == 2 else torch.sigmoid(p) for k, p in enumerate(z.chunk(4, dim=1)))
            steps.append((x_t, h, c, i, f, g, o))
            c = f * c + i * g
            hs[t] = h = o * torch.tanh(c)
        ctx.steps, ctx.weights = steps, (W_ih, W_hh)
        return hs, h.clone(), c.clone()

    @staticmethod
    def backward(ctx, dhs, dh, dc):
        W_ih, W_hh = ctx.weights
        dW_ih, dW_hh, db = torch.zeros_like(W_ih), torch.zeros_like(W_hh), 0
        inputs = []
        for dh_t, (x_t, h, c, i, f, g, o) in zip(dhs.flip(0), reversed(ctx.steps), strict=True):
            dh, tanh_c = dh + dh_t, torch.tanh(f * c + i * g)
            dc = dc + dh * o * (1 - tanh_c**2)
            slopes = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2), dh * tanh_c * o * (1 - o)
            dz, dc = torch.cat(slopes, dim=1), dc * f
            inputs.insert(0, dz @ W_ih)
            dW_ih, dW_hh, db = dW_ih + dz.T @ x_t, dW_hh + dz.T @ h, db + dz.sum(0)
            dh = dz @ W_hh
        return torch.stack(inputs), dh, dc, dW_ih, dW_hh, db
