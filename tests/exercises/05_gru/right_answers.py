"""Chapter 5: right answers in other styles than the reference's; each deserves full marks."""

import numpy as np

from lstm_ref.functions import sigmoid
from lstm_ref.measure import count_parameters

# ── 5.1 gru_step ────────────────────────────────────────────────────────────────────────────────────────────────────


def gru_step__fused_gates(x_t, h_prev, W_ih, W_hh, b):
    H = h_prev.shape[1]
    from_input = x_t @ W_ih.T + b
    gates = sigmoid(from_input[:, : 2 * H] + h_prev @ W_hh[: 2 * H].T)
    r, z = gates[:, :H], gates[:, H:]
    n = np.tanh(from_input[:, 2 * H :] + np.dot(r * h_prev, W_hh[2 * H :].T))
    return n + z * (h_prev - n), (x_t, h_prev, r, z, n)


def gru_step__einsum(x_t, h_prev, W_ih, W_hh, b):
    H = h_prev.shape[1]
    W_ih, W_hh, b = W_ih.reshape(3, H, -1), W_hh.reshape(3, H, H), b.reshape(3, H)
    read = np.einsum("nd,ghd->gnh", x_t, W_ih) + b[:, None]
    r, z = (sigmoid(read[g] + np.einsum("nk,hk->nh", h_prev, W_hh[g])) for g in (0, 1))
    n = np.tanh(read[2] + np.einsum("nk,nk,hk->nh", r, h_prev, W_hh[2]))
    return (1 - z) * n + z * h_prev, (x_t, h_prev, r, z, n)


def gru_step__one_sequence_at_a_time(x_t, h_prev, W_ih, W_hh, b):
    H = h_prev.shape[1]
    rows = []
    for x, h in zip(x_t, h_prev, strict=True):
        a = W_ih @ x + b
        r = sigmoid(a[:H] + W_hh[:H] @ h)
        z = sigmoid(a[H : 2 * H] + W_hh[H : 2 * H] @ h)
        n = np.tanh(a[2 * H :] + W_hh[2 * H :] @ (r * h))
        rows.append((z * h + (1 - z) * n, r, z, n))
    h_t, r, z, n = (np.stack(column) for column in zip(*rows, strict=True))
    return h_t, (x_t, h_prev, r, z, n)


def gru_step__columns(x_t, h_prev, W_ih, W_hh, b):
    x, h, b = x_t.T, h_prev.T, b[:, None]
    H = len(h)
    a = np.matmul(W_ih, x) + b
    r = 0.5 * (1 + np.tanh((a[:H] + W_hh[:H] @ h) / 2))
    z = 0.5 * (1 + np.tanh((a[H:-H] + W_hh[H:-H] @ h) / 2))
    n = np.tanh(a[-H:] + W_hh[-H:] @ (r * h))
    return (z * h + (1 - z) * n).T, (x_t, h_prev, r.T, z.T, n.T)


# ── 5.2 gru_step_torch ──────────────────────────────────────────────────────────────────────────────────────────────


def gru_step_torch__per_gate(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    H = h_prev.shape[1]
    r_rows, z_rows, n_rows = slice(0, H), slice(H, 2 * H), slice(2 * H, 3 * H)
    r = sigmoid(x_t @ W_ih[r_rows].T + b_ih[r_rows] + h_prev @ W_hh[r_rows].T + b_hh[r_rows])
    z = sigmoid(x_t @ W_ih[z_rows].T + b_ih[z_rows] + h_prev @ W_hh[z_rows].T + b_hh[z_rows])
    h_n = h_prev @ W_hh[n_rows].T + b_hh[n_rows]
    n = np.tanh(x_t @ W_ih[n_rows].T + b_ih[n_rows] + r * h_n)
    return (1 - z) * n + z * h_prev, (x_t, h_prev, r, z, n, h_n)


def gru_step_torch__einsum(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    H = h_prev.shape[1]
    i_r, i_z, i_n = np.einsum("nd,ghd->gnh", x_t, W_ih.reshape(3, H, -1)) + b_ih.reshape(3, 1, H)
    h_r, h_z, h_n = np.einsum("nk,ghk->gnh", h_prev, W_hh.reshape(3, H, H)) + b_hh.reshape(3, 1, H)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return n - z * n + z * h_prev, (x_t, h_prev, r, z, n, h_n)


def gru_step_torch__one_matrix(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    # [x, 1, h, 1] against one matrix for the gates; the candidate's two halves stay apart.
    (N, D), H = x_t.shape, h_prev.shape[1]
    one = np.ones((N, 1), dtype=x_t.dtype)
    read = np.concatenate([x_t, one, h_prev, one], axis=1)
    W = np.concatenate([W_ih, b_ih[:, None], W_hh, b_hh[:, None]], axis=1)
    gates = 0.5 + 0.5 * np.tanh(0.5 * (read @ W[: 2 * H].T))
    r, z = gates[:, :H], gates[:, H:]
    h_n = read[:, D + 1 :] @ W[2 * H :, D + 1 :].T
    n = np.tanh(read[:, : D + 1] @ W[2 * H :, : D + 1].T + r * h_n)
    return z * h_prev + (1 - z) * n, [x_t, h_prev, r, z, n, h_n]


def gru_step_torch__loop(x_t, h_prev, W_ih, W_hh, b_ih, b_hh):
    N, H = h_prev.shape
    r, z, n, h_n, h_t = (np.empty_like(h_prev) for _ in range(5))
    for k in range(N):
        for j in range(H):
            of_input = [W_ih[g * H + j] @ x_t[k] + b_ih[g * H + j] for g in range(3)]
            of_state = [W_hh[g * H + j] @ h_prev[k] + b_hh[g * H + j] for g in range(3)]
            r[k, j], z[k, j] = (sigmoid(np.array(of_input[g] + of_state[g])) for g in (0, 1))
            h_n[k, j] = of_state[2]
            n[k, j] = np.tanh(of_input[2] + r[k, j] * of_state[2])
            h_t[k, j] = z[k, j] * h_prev[k, j] + (1 - z[k, j]) * n[k, j]
    return h_t, (x_t, h_prev, r, z, n, h_n)


# ── 5.3 gru_backward ────────────────────────────────────────────────────────────────────────────────────────────────


def gru_backward__per_gate(dhs, dh_T, cache, W_ih, W_hh):
    H = W_hh.shape[1]
    W_ir, W_iz, W_in = W_ih[:H], W_ih[H : 2 * H], W_ih[2 * H :]
    W_hr, W_hz, W_hn = W_hh[:H], W_hh[H : 2 * H], W_hh[2 * H :]
    dW = {name: np.zeros_like(w) for name, w in zip("ir iz in hr hz hn".split(), 3 * [W_ir] + 3 * [W_hr], strict=True)}
    db = [np.zeros(H, dtype=W_hh.dtype) for _ in range(3)]
    dx, dh = [], dh_T
    for t in range(len(dhs) - 1, -1, -1):
        x_t, h_prev, r, z, n = cache[t]
        dh = dh + dhs[t]
        dz, dn = dh * (h_prev - n), dh * (1 - z)
        da_z, da_n = dz * z * (1 - z), dn * (1 - n * n)
        ds = da_n @ W_hn
        da_r = ds * h_prev * r * (1 - r)
        for name, da, read in [("r", da_r, h_prev), ("z", da_z, h_prev), ("n", da_n, r * h_prev)]:
            dW[f"i{name}"] += da.T @ x_t
            dW[f"h{name}"] += da.T @ read
            db["rzn".index(name)] += da.sum(axis=0)
        dx.insert(0, da_r @ W_ir + da_z @ W_iz + da_n @ W_in)
        dh = dh * z + ds * r + da_r @ W_hr + da_z @ W_hz
    dW_ih = np.concatenate([dW["ir"], dW["iz"], dW["in"]])
    dW_hh = np.concatenate([dW["hr"], dW["hz"], dW["hn"]])
    return np.stack(dx), dh, dW_ih, dW_hh, np.concatenate(db)


def gru_backward__weights_at_the_end(dhs, dh_T, cache, W_ih, W_hh):
    # Only the carried gradient needs the loop; the products for the weights can wait and be done at once.
    H = W_hh.shape[1]
    x, h_prev, r, z, n = (np.stack(column) for column in zip(*cache, strict=True))
    da = np.empty((*dhs.shape[:2], 3 * H), dtype=dhs.dtype)
    dh = dh_T
    for t in reversed(range(len(dhs))):
        dh = dh + dhs[t]
        da[t, :, H : 2 * H] = dh * (h_prev[t] - n[t]) * z[t] * (1 - z[t])
        da[t, :, 2 * H :] = dh * (1 - z[t]) * (1 - n[t] ** 2)
        at_reset = da[t, :, 2 * H :] @ W_hh[2 * H :]
        da[t, :, :H] = at_reset * h_prev[t] * r[t] * (1 - r[t])
        dh = dh * z[t] + at_reset * r[t] + da[t, :, : 2 * H] @ W_hh[: 2 * H]
    rows = da.reshape(-1, 3 * H)
    dW_gates = rows[:, : 2 * H].T @ h_prev.reshape(-1, H)
    dW_candidate = rows[:, 2 * H :].T @ (r * h_prev).reshape(-1, H)
    return da @ W_ih, dh, rows.T @ x.reshape(len(rows), -1), np.vstack([dW_gates, dW_candidate]), rows.sum(axis=0)


def gru_backward__einsum(dhs, dh_T, cache, W_ih, W_hh):
    T, N, H = dhs.shape
    V, U = W_ih.reshape(3, H, -1), W_hh.reshape(3, H, H)
    dx, dV, dU = np.zeros((T, N, V.shape[2]), dhs.dtype), np.zeros_like(V), np.zeros_like(U)
    db, dh = np.zeros((3, H), W_hh.dtype), dh_T.copy()
    for t in range(T)[::-1]:
        x_t, h_prev, r, z, n = cache[t]
        dh += dhs[t]
        da = np.empty((3, N, H), dhs.dtype)
        da[1] = dh * (h_prev - n) * (z - z**2)
        da[2] = dh * (1 - z) * (1 + n) * (1 - n)
        ds = np.einsum("nj,jk->nk", da[2], U[2])
        da[0] = ds * h_prev * (r - r**2)
        dx[t] = np.einsum("gnj,gjd->nd", da, V)
        dV += np.einsum("gnj,nd->gjd", da, x_t)
        dU += np.einsum("gnj,gnk->gjk", da, np.stack([h_prev, h_prev, r * h_prev]))
        db += np.einsum("gnj->gj", da)
        dh = dh * z + ds * r + np.einsum("gnj,gjk->nk", da[:2], U[:2])
    return dx, dh, dV.reshape(3 * H, -1), dU.reshape(3 * H, H), db.reshape(-1)


def gru_backward__one_sequence_at_a_time(dhs, dh_T, cache, W_ih, W_hh):
    T, N, H = dhs.shape
    dx = np.zeros((T, N, W_ih.shape[1]), dtype=dhs.dtype)
    dh0, dW_ih, dW_hh, db = np.zeros_like(dh_T), np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[:, 0])
    for k in range(N):
        dh = dh_T[k]
        for t in range(T - 1, -1, -1):
            x, h, r, z, n = (a[k] for a in cache[t])
            dh = dh + dhs[t, k]
            d_n = dh * (1 - z) * (1 - n**2)
            d_s = W_hh[2 * H :].T @ d_n
            delta = np.hstack([d_s * h * r * (1 - r), dh * (h - n) * z * (1 - z), d_n])
            dx[t, k] = W_ih.T @ delta
            dW_ih += np.outer(delta, x)
            dW_hh[: 2 * H] += np.outer(delta[: 2 * H], h)
            dW_hh[2 * H :] += np.outer(d_n, r * h)
            db += delta
            dh = z * dh + r * d_s + W_hh[: 2 * H].T @ delta[: 2 * H]
        dh0[k] = dh
    return dx, dh0, dW_ih, dW_hh, db


def gru_backward__reversed_pairs(dhs, dh_T, cache, W_ih, W_hh):
    H, dh = W_hh.shape[1], dh_T.copy()
    parts = []
    for dh_direct, (x_t, h_prev, r, z, n) in zip(dhs[::-1], cache[::-1], strict=True):
        dh = dh + dh_direct
        da_n = (dh - dh * z) * (1 - np.square(n))
        ds = np.dot(da_n, W_hh[-H:])
        da = np.hstack([ds * h_prev * r * (1 - r), dh * (h_prev - n) * z * (1 - z), da_n])
        read = np.stack([h_prev, h_prev, r * h_prev])
        dW = np.concatenate([d.T @ s for d, s in zip(np.split(da, 3, axis=1), read, strict=True)])
        parts.append((da @ W_ih, da.T @ x_t, dW, da.sum(0)))
        dh = ds * r + dh * z + np.dot(da[:, :-H], W_hh[:-H])
    dx, *of_weights = zip(*parts, strict=True)
    return np.stack(dx[::-1]), dh, *(np.sum(dw, axis=0) for dw in of_weights)


# ── 5.4 count_parameters ────────────────────────────────────────────────────────────────────────────────────────────


def count_parameters__closed_form(gates, D, H, layers, directions, biases):
    first = D + H + biases
    above = directions * H + H + biases
    return gates * H * directions * (first + (layers - 1) * above)


def count_parameters__sizes_of_arrays(gates, D, H, layers, directions, biases):
    shapes = []
    for layer in range(layers):
        for _ in range(directions):
            shapes += [(gates * H, H * directions if layer else D), (gates * H, H)] + biases * [(gates * H,)]
    return int(sum(np.prod(shape) for shape in shapes))


def count_parameters__recursive(gates, D, H, layers, directions, biases):
    def layer(width):
        return directions * sum(H * width + H * H + biases * H for _ in range(gates))

    def stack(width, left):
        return layer(width) + stack(directions * H, left - 1) if left else 0

    return stack(D, layers)


def count_parameters__numpy_integer(gates, D, H, layers, directions, biases):
    widths = np.array([D] + (layers - 1) * [directions * H])
    return (directions * gates * H * (widths + H + biases)).sum()


# ── 5.5 match_hidden_size ───────────────────────────────────────────────────────────────────────────────────────────


def match_hidden_size__quadratic(budget, gates, D, biases):
    linear = D + biases
    return int((-linear + (linear**2 + 4 * budget / gates) ** 0.5) / 2 + 1e-12)


def match_hidden_size__integer_root(budget, gates, D, biases):
    square = (D + biases) ** 2 + 4 * (budget // gates)
    root = int(np.sqrt(square))
    while root * root > square:
        root -= 1
    while (root + 1) * (root + 1) <= square:
        root += 1
    return (root - (D + biases)) // 2


def match_hidden_size__bisection(budget, gates, D, biases):
    low, high = 0, budget + 1
    while high - low > 1:
        middle = (low + high) // 2
        if count_parameters(gates, D, middle, 1, 1, biases) <= budget:
            low = middle
        else:
            high = middle
    return low


def match_hidden_size__downwards(budget, gates, D, biases):
    H = int(np.sqrt(budget)) + 1
    while H > 0 and gates * (H * D + H * H + H * biases) > budget:
        H -= 1
    return H


# ── 5.6 compare_models ──────────────────────────────────────────────────────────────────────────────────────────────


def compare_models__by_hand(a, b, t_value):
    differences = [x - y for x, y in zip(a, b, strict=True)]
    S = len(differences)
    mean = sum(differences) / S
    variance = sum((d - mean) ** 2 for d in differences) / (S - 1)
    error = (variance / S) ** 0.5
    return mean, error, mean - t_value * error, mean + t_value * error


def compare_models__covariance(a, b, t_value):
    (var_a, cov), (_, var_b) = np.cov(a, b)
    mean, error = a.mean() - b.mean(), np.sqrt(max(var_a + var_b - 2 * cov, 0.0) / len(a))
    return mean, error, mean - t_value * error, mean + t_value * error


def compare_models__raw_moments(a, b, t_value):
    S, differences = len(a), np.subtract(a, b)
    total, squares = np.sum(differences), np.dot(differences, differences)
    error = np.sqrt(max(squares - total**2 / S, 0.0) / (S - 1) / S)
    mean = total / S
    low, high = (mean + sign * t_value * error for sign in (-1, 1))
    return [mean, error, low, high]


def compare_models__vector(a, b, t_value):
    d = a - b
    error = np.linalg.norm(d - np.mean(d)) / np.sqrt(len(d) * (len(d) - 1))
    return tuple(np.mean(d) + error * np.array([0, 0, -t_value, t_value]) + np.array([0, error - np.mean(d), 0, 0]))
