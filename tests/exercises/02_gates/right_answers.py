"""Chapter 2: right answers in other styles than the reference's. Each must get full marks."""

import numpy as np

from lstm_ref.functions import sigmoid
from lstm_ref.lstm import cell_update, hidden_output, lstm_step, split_gates

# ── 2.1 sigmoid ─────────────────────────────────────────────────────────────────────────────────────────────────────


def sigmoid__tanh(z):
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))


def sigmoid__softplus(z):
    return np.exp(-np.logaddexp(0, -z))


def sigmoid__two_masks(z):
    z = np.asarray(z)
    out = np.empty(z.shape, np.result_type(z, np.float32))
    high = z >= 0
    out[high] = 1 / (1 + np.exp(-z[high]))
    e = np.exp(z[~high])
    out[~high] = e / (1 + e)
    return out


def sigmoid__minima(z):
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def sigmoid__mirrored(z):
    upper = 1 / (1 + np.exp(-np.abs(z)))
    lower = np.exp(-np.abs(z)) * upper
    return np.where(np.asarray(z) < 0, lower, upper)


# ── 2.2 split_gates ─────────────────────────────────────────────────────────────────────────────────────────────────


def split_gates__slices(z):
    H = z.shape[1] // 4
    return z[:, :H], z[:, H : 2 * H], z[:, 2 * H : 3 * H], z[:, 3 * H :]


def split_gates__hsplit(z):
    return np.hsplit(z, 4)


def split_gates__reshape(z):
    N, width = z.shape
    return tuple(z.reshape(N, 4, width // 4).transpose(1, 0, 2))


def split_gates__of_the_transpose(z):
    return tuple(block.T for block in np.split(z.T, 4))


def split_gates__columns(z):
    H = z.shape[1] // 4
    return tuple(np.stack([z[:, gate * H + j] for j in range(H)], axis=1) for gate in range(4))


# ── 2.3 cell_update ─────────────────────────────────────────────────────────────────────────────────────────────────


def cell_update__einsum(c_prev, i, f, g):
    return np.einsum("nh,nh->nh", i, g) + np.einsum("nh,nh->nh", f, c_prev)


def cell_update__loops(c_prev, i, f, g):
    c_t = np.zeros_like(c_prev)
    for n in range(c_prev.shape[0]):
        for j in range(c_prev.shape[1]):
            c_t[n, j] = c_prev[n, j] * f[n, j] + g[n, j] * i[n, j]
    return c_t


def cell_update__gates_and_contents_stacked(c_prev, i, f, g):
    return (np.stack([f, i]) * np.stack([c_prev, g])).sum(axis=0)


def cell_update__in_a_copy(c_prev, i, f, g):
    c_t = c_prev.copy()
    c_t *= f
    c_t += i * g
    return c_t


# ── 2.4 hidden_output ───────────────────────────────────────────────────────────────────────────────────────────────


def hidden_output__multiply(o, c_t):
    return np.multiply(np.tanh(c_t), o)


def hidden_output__by_sigmoid(o, c_t):
    return o * (2 * sigmoid(2 * c_t) - 1)


def hidden_output__loops(o, c_t):
    return np.array([[g * np.tanh(c) for g, c in zip(*row, strict=True)] for row in zip(o, c_t, strict=True)])


def hidden_output__in_place(o, c_t):
    h_t = np.tanh(c_t)
    h_t *= o
    return h_t


# ── 2.5 lstm_step ───────────────────────────────────────────────────────────────────────────────────────────────────


def lstm_step__per_gate(x_t, h_prev, c_prev, W_ih, W_hh, b):
    H = h_prev.shape[1]

    def layer(k):
        rows = slice(k * H, (k + 1) * H)
        return x_t @ W_ih[rows].T + h_prev @ W_hh[rows].T + b[rows]

    i, f, o = sigmoid(layer(0)), sigmoid(layer(1)), sigmoid(layer(3))
    g = np.tanh(layer(2))
    c_t = i * g + f * c_prev
    tanh_c = np.tanh(c_t)
    return tanh_c * o, c_t, (x_t, h_prev, c_prev, i, f, g, o, tanh_c)


def lstm_step__einsum(x_t, h_prev, c_prev, W_ih, W_hh, b):
    H = len(b) // 4
    z = np.einsum("nd,khd->knh", x_t, W_ih.reshape(4, H, -1)) + np.einsum("nj,khj->knh", h_prev, W_hh.reshape(4, H, H))
    z += b.reshape(4, 1, H)
    i, f, o = sigmoid(z[[0, 1, 3]])
    g = np.tanh(z[2])
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


def lstm_step__one_product(x_t, h_prev, c_prev, W_ih, W_hh, b):
    z = (np.hstack([W_ih, W_hh]) @ np.hstack([x_t, h_prev]).T).T + b
    z_i, z_f, z_g, z_o = split_gates(z)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c_t = cell_update(c_prev, i, f, g)
    return [hidden_output(o, c_t), c_t, [x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t)]]


def lstm_step__sequence_by_sequence(x_t, h_prev, c_prev, W_ih, W_hh, b):
    gates = [[], [], [], []]
    for x, h in zip(x_t, h_prev, strict=True):
        for k, z in enumerate(np.split(W_ih @ x + W_hh @ h + b, 4)):
            gates[k].append(np.tanh(z) if k == 2 else sigmoid(z))
    i, f, g, o = (np.array(rows) for rows in gates)
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t, (x_t, h_prev, c_prev, i, f, g, o, np.tanh(c_t))


# ── 2.6 latch_weights ───────────────────────────────────────────────────────────────────────────────────────────────


def latch_weights__just_strong_enough():
    W_ih = np.array([[0.0, 20.0], [0.0, -20.0], [3.0, 0.0], [0.0, 0.0]])
    return W_ih, np.zeros((4, 1)), np.array([-10.0, 10.0, 0.0, 3.0])


def latch_weights__enormous():
    W_ih = np.zeros((4, 2))
    W_ih[0, 1], W_ih[1, 1], W_ih[2, 0] = 1e4, -1e4, 1e4
    return W_ih, np.zeros((4, 1)), np.array([-5e3, 5e3, 0.0, 1e4])


def latch_weights__state_feeds_the_candidate():
    W_ih = np.array([[0.0, 60.0], [0.0, -60.0], [20.0, 0.0], [0.0, 0.0]])
    return W_ih, np.array([[0.0], [0.0], [2.0], [1.0]]), np.array([-30.0, 30.0, 0.0, 10.0])


def latch_weights__output_gate_half_reads_the_command():
    gates = {"i": (0, 50, -25), "f": (0, -50, 25), "g": (8, 0, 0), "o": (0, 2, 6)}
    rows = np.array(list(gates.values()), dtype=float)
    return rows[:, :2].copy(), np.zeros((4, 1)), rows[:, 2].copy()


# ── 2.7 init_lstm ───────────────────────────────────────────────────────────────────────────────────────────────────


def init_lstm__svd(D, H, forget_bias, rng):
    blocks = []
    for _ in range(4):
        U, _, Vt = np.linalg.svd(rng.standard_normal((H, H)))
        blocks.append(U @ Vt)
    b = np.concatenate([np.zeros(H), np.full(H, float(forget_bias)), np.zeros(2 * H)])
    return rng.normal(0.0, D**-0.5, (4 * H, D)), np.vstack(blocks), b


def init_lstm__four_at_once(D, H, forget_bias, rng):
    Q, R = np.linalg.qr(rng.normal(size=(4, H, H)))
    Q = Q * np.sign(np.diagonal(R, axis1=1, axis2=2))[:, None, :]
    b = np.repeat([0.0, forget_bias, 0.0, 0.0], H)
    return rng.standard_normal((D, 4 * H)).T / np.sqrt(D), Q.reshape(4 * H, H), b


def init_lstm__gram_schmidt(D, H, forget_bias, rng):
    W_hh = rng.normal(size=(4 * H, H))
    for begin in range(0, 4 * H, H):
        for row in range(begin, begin + H):
            for _ in range(2):  # once more, for the digits that the first pass lost
                for before in range(begin, row):
                    W_hh[row] -= (W_hh[row] @ W_hh[before]) * W_hh[before]
                W_hh[row] /= np.sqrt(W_hh[row] @ W_hh[row])
    b = np.zeros((4, H))
    b[1] += forget_bias
    return np.vstack([rng.normal(scale=1 / np.sqrt(D), size=(H, D)) for _ in range(4)]), W_hh, b.ravel()


def init_lstm__reflections(D, H, forget_bias, rng):
    """A product of H random mirrors a gate: orthogonal by construction."""
    W_hh = np.empty((4 * H, H))
    for k in range(4):
        Q = np.eye(H)
        for _ in range(H):
            v = rng.normal(size=H)
            Q = Q - 2 * np.outer(Q @ v, v) / (v @ v)
        W_hh[k * H : (k + 1) * H] = Q
    b = np.array([float(forget_bias) if H <= j < 2 * H else 0.0 for j in range(4 * H)])
    return rng.normal(size=(4 * H, D)) * np.sqrt(1 / D), W_hh, b


# ── 2.8 lstm_step_peephole ──────────────────────────────────────────────────────────────────────────────────────────


def lstm_step_peephole__per_gate(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    H = len(p_i)

    def layer(k):
        return x_t @ W_ih[k * H : (k + 1) * H].T + h_prev @ W_hh[k * H : (k + 1) * H].T + b[k * H : (k + 1) * H]

    i, f, g = sigmoid(layer(0) + c_prev * p_i), sigmoid(layer(1) + c_prev * p_f), np.tanh(layer(2))
    c_t = i * g + f * c_prev
    o = sigmoid(layer(3) + c_t * p_o)
    tanh_c = np.tanh(c_t)
    return tanh_c * o, c_t, (x_t, h_prev, c_prev, c_t, i, f, g, o, tanh_c)


def lstm_step_peephole__diagonal_matrices(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    z_i, z_f, z_g, z_o = split_gates(x_t @ W_ih.T + h_prev @ W_hh.T + b)
    i, f = sigmoid(z_i + c_prev @ np.diag(p_i)), sigmoid(z_f + c_prev @ np.diag(p_f))
    g = np.tanh(z_g)
    c_t = cell_update(c_prev, i, f, g)
    o = sigmoid(z_o + c_t @ np.diag(p_o))
    return hidden_output(o, c_t), c_t, (x_t, h_prev, c_prev, c_t, i, f, g, o, np.tanh(c_t))


def lstm_step_peephole__einsum(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    z = np.einsum("nd,gd->gn", x_t, W_ih) + np.einsum("nk,gk->gn", h_prev, W_hh) + b[:, None]
    z = z.reshape(4, len(p_i), -1).swapaxes(1, 2)
    i, f = sigmoid(z[:2] + np.einsum("nh,ph->pnh", c_prev, np.stack([p_i, p_f])))
    g = np.tanh(z[2])
    c_t = f * c_prev + i * g
    o = sigmoid(z[3] + np.einsum("nh,h->nh", c_t, p_o))
    return o * np.tanh(c_t), c_t, [x_t, h_prev, c_prev, c_t, i, f, g, o, np.tanh(c_t)]


def lstm_step_peephole__plain_step_with_moved_biases(x_t, h_prev, c_prev, W_ih, W_hh, b, p_i, p_f, p_o):
    """A peephole shifts a bias, by another amount for each sequence: run the plain step on one at a time."""
    rows = []
    for n in range(len(x_t)):
        one, H = slice(n, n + 1), len(p_i)
        moved = b.copy()
        moved[:H] += p_i * c_prev[n]
        moved[H : 2 * H] += p_f * c_prev[n]
        c_t = lstm_step(x_t[one], h_prev[one], c_prev[one], W_ih, W_hh, moved)[1]
        moved[3 * H :] += p_o * c_t[0]
        h_t, _, (x, h, c, i, f, g, o, tanh_c) = lstm_step(x_t[one], h_prev[one], c_prev[one], W_ih, W_hh, moved)
        rows.append((h_t, c_t, x, h, c, c_t, i, f, g, o, tanh_c))
    h_t, c_t, *cache = (np.concatenate(column) for column in zip(*rows, strict=True))
    return h_t, c_t, tuple(cache)
