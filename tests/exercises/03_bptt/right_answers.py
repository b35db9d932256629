"""Chapter 3: right answers in other styles than the reference's. Each must get full marks."""

import math

import numpy as np

from lstm_ref.lstm import lstm_step_backward
from lstm_ref.rnn import rnn_backward, rnn_forward, rnn_step, rnn_step_backward

# ── 3.1 numeric_gradient ────────────────────────────────────────────────────────────────────────────────────────────


def numeric_gradient__unit_vectors(f, x):
    x, eps = np.array(x, dtype=np.float64), 1e-6
    slopes = []
    for k in range(x.size):
        nudge = np.zeros(x.size)
        nudge[k] = eps
        nudge = nudge.reshape(x.shape)
        slopes.append((f(x + nudge) - f(x - nudge)) / (2 * eps))
    return np.array(slopes).reshape(x.shape)


def numeric_gradient__flat_view(f, x):
    point = x.astype(np.float64)
    flat, gradient = point.reshape(-1), np.empty(x.size)
    for k, kept in enumerate(flat.copy()):
        values = []
        for sign in (1, -1):
            flat[k] = kept + sign * 3e-6
            values.append(f(point))
        flat[k] = kept
        gradient[k] = (values[0] - values[1]) / 6e-6
    return gradient.reshape(x.shape)


def numeric_gradient__step_in_proportion(f, x):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        above, below = x.astype(float), x.astype(float)
        eps = np.cbrt(np.finfo(float).eps) * max(1.0, abs(float(x[index])))
        above[index] += eps
        below[index] -= eps
        gradient[index] = (f(above) - f(below)) / (above[index] - below[index])
    return gradient


def numeric_gradient__nditer(f, x):
    x = np.array(x, dtype="float64")
    gradient = np.zeros_like(x)
    walk = np.nditer(x, flags=["multi_index"])
    for _ in walk:
        i, old = walk.multi_index, float(x[walk.multi_index])
        x[i] = old + 1e-5
        plus = f(x.copy())
        x[i] = old - 1e-5
        minus = f(x.copy())
        x[i] = old
        gradient[i] = 0.5 * (plus - minus) / 1e-5
    return gradient


# ── 3.2 rnn_step_backward ───────────────────────────────────────────────────────────────────────────────────────────


def rnn_step_backward__einsum(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    dz = dh_t - dh_t * h_t * h_t
    return (
        np.einsum("nh,hd->nd", dz, W_ih),
        np.einsum("nh,hk->nk", dz, W_hh),
        np.einsum("nh,nd->hd", dz, x_t),
        np.einsum("nh,nk->hk", dz, h_prev),
        np.einsum("nh->h", dz),
    )


def rnn_step_backward__sequence_by_sequence(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    dx_t, dh_prev = np.zeros_like(x_t), np.zeros_like(h_prev)
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(h_t[0])
    for n in range(len(x_t)):
        dz = (1 + h_t[n]) * (1 - h_t[n]) * dh_t[n]
        dx_t[n], dh_prev[n] = W_ih.T @ dz, W_hh.T @ dz
        dW_ih += np.outer(dz, x_t[n])
        dW_hh += np.outer(dz, h_prev[n])
        db += dz
    return dx_t, dh_prev, dW_ih, dW_hh, db


def rnn_step_backward__transposed(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    dz = (dh_t * (1 - np.square(h_t))).T
    return (W_ih.T @ dz).T, (W_hh.T @ dz).T, (x_t.T @ dz.T).T, (h_prev.T @ dz.T).T, np.sum(dz, axis=1)


def rnn_step_backward__everything_read_in_one_product(dh_t, x_t, h_prev, h_t, W_ih, W_hh):
    D, ones = x_t.shape[1], np.ones((len(x_t), 1), x_t.dtype)
    dz = dh_t * (1 - h_t**2)
    into_states = dz @ np.concatenate([W_ih, W_hh], axis=1)
    into_weights = dz.T @ np.concatenate([x_t, h_prev, ones], axis=1)
    return into_states[:, :D], into_states[:, D:], into_weights[:, :D], into_weights[:, D:-1], into_weights[:, -1]


# ── 3.3 rnn_backward ────────────────────────────────────────────────────────────────────────────────────────────────


def rnn_backward__sums_at_the_end(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    before = np.concatenate([h0[None], hs[:-1]])
    dzs, dh = np.empty_like(hs), dh_T
    for t in range(len(x) - 1, -1, -1):
        dzs[t] = (dhs[t] + dh) * (1 - hs[t] ** 2)
        dh = dzs[t] @ W_hh
    dW_ih, dW_hh = np.einsum("tnh,tnd->hd", dzs, x), np.einsum("tnh,tnk->hk", dzs, before)
    return dzs @ W_ih, dh, dW_ih, dW_hh, dzs.sum(axis=(0, 1))


def rnn_backward__lists(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    states, dh, found = [h0, *hs], dh_T, []
    for t in range(len(x))[::-1]:
        found.append(rnn_step_backward(dhs[t] + dh, x[t], states[t], states[t + 1], W_ih, W_hh))
        dh = found[-1][1]
    dx, _, dW_ih, dW_hh, db = zip(*found, strict=True)
    return np.array(dx[::-1]), dh, sum(dW_ih), sum(dW_hh), sum(db)


def rnn_backward__recursive(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    if len(x) == 0:
        return x, dh_T, np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[0])
    later, dh, *of_later = rnn_backward__recursive(dhs[1:], dh_T, x[1:], hs[0], hs[1:], W_ih, W_hh)
    dx_t, dh0, *of_step = rnn_step_backward(dhs[0] + dh, x[0], h0, hs[0], W_ih, W_hh)
    return np.concatenate([dx_t[None], later]), dh0, *(a + b for a, b in zip(of_later, of_step, strict=True))


def rnn_backward__gradients_at_all_states_first(dhs, dh_T, x, h0, hs, W_ih, W_hh):
    T = len(x)
    dh_all = dhs.copy()
    dh_all[T - 1] += dh_T
    for t in range(T - 1, 0, -1):
        dh_all[t - 1] += (dh_all[t] * (1 - hs[t] ** 2)) @ W_hh
    steps = [rnn_step_backward(dh_all[t], x[t], h0 if t == 0 else hs[t - 1], hs[t], W_ih, W_hh) for t in range(T)]
    dW_ih, dW_hh, db = (np.stack([step[k] for step in steps]).sum(axis=0) for k in (2, 3, 4))
    return np.stack([step[0] for step in steps]), steps[0][1], dW_ih, dW_hh, db


# ── 3.4 lstm_step_backward ──────────────────────────────────────────────────────────────────────────────────────────


def lstm_step_backward__per_gate(dh_t, dc_t, cache, W_ih, W_hh):
    x_t, h_prev, c_prev, i, f, g, o, tanh_c = cache
    H = h_prev.shape[1]
    dc = dh_t * o * (1 - tanh_c * tanh_c) + dc_t
    dz = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g * g), dh_t * tanh_c * o * (1 - o)]
    dx_t, dh_prev = np.zeros_like(x_t), np.zeros_like(h_prev)
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(W_hh[:, 0])
    for k in range(4):
        rows = slice(k * H, (k + 1) * H)
        dx_t += dz[k] @ W_ih[rows]
        dh_prev += dz[k] @ W_hh[rows]
        dW_ih[rows], dW_hh[rows], db[rows] = dz[k].T @ x_t, dz[k].T @ h_prev, dz[k].sum(axis=0)
    return dx_t, dh_prev, dc * f, dW_ih, dW_hh, db


def lstm_step_backward__einsum(dh_t, dc_t, cache, W_ih, W_hh):
    x_t, h_prev, c_prev, i, f, g, o, tanh_c = cache
    dc = dc_t + np.einsum("nh,nh,nh->nh", dh_t, o, 1 - tanh_c**2)
    partner, slope = np.stack([g, c_prev, i, tanh_c]), np.stack([i - i**2, f - f**2, 1 - g**2, o - o**2])
    dz = np.stack([dc, dc, dc, dh_t]) * partner * slope
    H = len(dc[0])
    return (
        np.einsum("knh,khd->nd", dz, W_ih.reshape(4, H, -1)),
        np.einsum("knh,khj->nj", dz, W_hh.reshape(4, H, H)),
        np.einsum("nh,nh->nh", f, dc),
        np.einsum("knh,nd->khd", dz, x_t).reshape(W_ih.shape),
        np.einsum("knh,nj->khj", dz, h_prev).reshape(W_hh.shape),
        np.einsum("knh->kh", dz).reshape(4 * H),
    )


def lstm_step_backward__sequence_by_sequence(dh_t, dc_t, cache, W_ih, W_hh):
    dx, dh, dc_prev, dW_ih, dW_hh, db = [], [], [], 0, 0, 0
    for dh_n, dc_n, x, h, c, i, f, g, o, tanh_c in zip(dh_t, dc_t, *cache, strict=True):
        dc = dc_n + dh_n * o * (1 - tanh_c**2)
        di, df, dg, do = dc * g, dc * c, dc * i, dh_n * tanh_c
        dz = np.hstack([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)])
        dx.append(W_ih.T @ dz)
        dh.append(W_hh.T @ dz)
        dc_prev.append(dc * f)
        dW_ih, dW_hh, db = dW_ih + np.outer(dz, x), dW_hh + np.outer(dz, h), db + dz
    return np.array(dx), np.array(dh), np.array(dc_prev), dW_ih, dW_hh, db


def lstm_step_backward__transposed(dh_t, dc_t, cache, W_ih, W_hh):
    x_t, h_prev, c_prev, i, f, g, o, tanh_c = (a.T for a in cache)
    dh, dc = dh_t.T, dc_t.T
    dc = dc + o * (1 - tanh_c**2) * dh
    dz = np.vstack([g * i * (1 - i) * dc, c_prev * f * (1 - f) * dc, i * (1 - g**2) * dc, tanh_c * o * (1 - o) * dh])
    return (W_ih.T @ dz).T, (W_hh.T @ dz).T, (f * dc).T, dz @ x_t.T, dz @ h_prev.T, dz.sum(axis=1)


# ── 3.5 lstm_backward ───────────────────────────────────────────────────────────────────────────────────────────────


def lstm_backward__lists(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    dh, dc, found = dh_T, dc_T, []
    for dh_out, step in zip(dhs[::-1], cache[::-1], strict=True):
        found.insert(0, lstm_step_backward(dh_out + dh, dc, step, W_ih, W_hh))
        _, dh, dc, *_ = found[0]
    return np.stack([step[0] for step in found]), dh, dc, *(sum(step[k] for step in found) for k in (3, 4, 5))


def lstm_backward__sums_at_the_end(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    x, h_prev, c_prev, i, f, g, o, tanh_c = (np.stack(column) for column in zip(*cache, strict=True))
    dz, dh, dc = np.empty((*dhs.shape[:2], len(W_hh)), dhs.dtype), dh_T, dc_T
    for t in range(len(dhs) - 1, -1, -1):
        dh = dhs[t] + dh
        dc = dc + dh * o[t] * (1 - tanh_c[t] ** 2)
        parts = dc * g[t] * i[t] * (1 - i[t]), dc * c_prev[t] * f[t] * (1 - f[t]), dc * i[t] * (1 - g[t] ** 2)
        dz[t] = np.concatenate([*parts, dh * tanh_c[t] * o[t] * (1 - o[t])], axis=1)
        dh, dc = dz[t] @ W_hh, dc * f[t]
    return dz @ W_ih, dh, dc, np.einsum("tng,tnd->gd", dz, x), np.einsum("tng,tnh->gh", dz, h_prev), dz.sum((0, 1))


def lstm_backward__recursive(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    if not cache:
        dx = np.empty((0, dhs.shape[1], W_ih.shape[1]), dhs.dtype)
        return dx, dh_T, dc_T, np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros(len(W_hh), W_hh.dtype)
    later, dh, dc, *sums = lstm_backward__recursive(dhs[1:], dh_T, dc_T, cache[1:], W_ih, W_hh)
    dx_t, dh, dc, *here = lstm_step_backward(dhs[0] + dh, dc, cache[0], W_ih, W_hh)
    return np.insert(later, 0, dx_t, axis=0), dh, dc, *(a + b for a, b in zip(sums, here, strict=True))


def lstm_backward__sequence_by_sequence(dhs, dh_T, dc_T, cache, W_ih, W_hh):
    columns = []
    for n in range(dhs.shape[1]):
        dh, dc, total, dx = dh_T[n : n + 1], dc_T[n : n + 1], None, []
        for t in reversed(range(len(dhs))):
            step = tuple(a[n : n + 1] for a in cache[t])
            dx_t, dh, dc, *here = lstm_step_backward(dhs[t, n : n + 1] + dh, dc, step, W_ih, W_hh)
            total = here if total is None else [a + b for a, b in zip(total, here, strict=True)]
            dx = [dx_t, *dx]
        columns.append((np.array(dx), dh, dc, total))
    dx, dh0, dc0 = (np.concatenate([c[k] for c in columns], axis=axis) for k, axis in [(0, 1), (1, 0), (2, 0)])
    return dx, dh0, dc0, *(sum(c[3][k] for c in columns) for k in range(3))


# ── 3.6 truncated_bptt ──────────────────────────────────────────────────────────────────────────────────────────────


def truncated_bptt__forwards_once(dhs, x, h0, W_ih, W_hh, b, k):
    hs, _ = rnn_forward(x, h0, W_ih, W_hh, b)
    sums = [np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros_like(b)]
    for start in range(0, len(x), k):
        end = min(start + k, len(x))
        begin = h0 if start == 0 else hs[start - 1]
        back = rnn_backward(dhs[start:end], np.zeros_like(h0), x[start:end], begin, hs[start:end], W_ih, W_hh)
        sums = [total + part for total, part in zip(sums, back[2:], strict=True)]
    return hs, *sums


def truncated_bptt__one_loop_that_drops_the_carry(dhs, x, h0, W_ih, W_hh, b, k):
    states = [h0]
    for x_t in x:
        states.append(rnn_step(x_t, states[-1], W_ih, W_hh, b))
    dz, dh = [None] * len(x), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        if (t + 1) % k == 0:
            dh = np.zeros_like(h0)
        dz[t] = (dhs[t] + dh) * (1 - states[t + 1] ** 2)
        dh = dz[t] @ W_hh
    dz, before = np.stack(dz), np.stack(states[:-1])
    return np.stack(states[1:]), np.einsum("tnh,tnd->hd", dz, x), np.einsum("tnh,tnk->hk", dz, before), dz.sum((0, 1))


def truncated_bptt__array_split(dhs, x, h0, W_ih, W_hh, b, k):
    cuts, h, outputs, gradients = np.arange(k, len(x), k), h0, [], []
    for dhs_p, x_p in zip(np.split(dhs, cuts), np.split(x, cuts), strict=True):
        hs_p, h_end = rnn_forward(x_p, h, W_ih, W_hh, b)
        gradients.append(rnn_backward(dhs_p, 0 * h_end, x_p, h, hs_p, W_ih, W_hh)[2:])
        outputs, h = [*outputs, hs_p], h_end
    return np.concatenate(outputs), *map(sum, zip(*gradients, strict=True))


def truncated_bptt__piece_after_piece_recursive(dhs, x, h0, W_ih, W_hh, b, k):
    hs, h_end = rnn_forward(x[:k], h0, W_ih, W_hh, b)
    *_, dW_ih, dW_hh, db = rnn_backward(dhs[:k], np.zeros_like(h0), x[:k], h0, hs, W_ih, W_hh)
    if len(x) <= k:
        return hs, dW_ih, dW_hh, db
    rest = truncated_bptt__piece_after_piece_recursive(dhs[k:], x[k:], h_end, W_ih, W_hh, b, k)
    return np.concatenate([hs, rest[0]]), dW_ih + rest[1], dW_hh + rest[2], db + rest[3]


# ── 3.7 clip_by_global_norm ─────────────────────────────────────────────────────────────────────────────────────────


def clip_by_global_norm__one_long_vector(grads, max_norm):
    norm = float(np.linalg.norm(np.concatenate([g.ravel() for g in grads])))
    if not np.isfinite(norm):
        raise FloatingPointError("gradients are not finite")
    return [g * (max_norm / norm) if norm > max_norm else g.copy() for g in grads], norm


def clip_by_global_norm__hypot(grads, max_norm):
    norm = math.hypot(*(float(entry) for g in grads for entry in g.flat))
    if math.isnan(norm) or math.isinf(norm):
        raise FloatingPointError(norm)
    factor = max_norm / max(norm, max_norm)
    return [(factor * g).astype(g.dtype) for g in grads], norm


def clip_by_global_norm__norm_of_norms(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g.reshape(-1)) for g in grads])
    if not np.isfinite(norm):
        raise FloatingPointError("the norm is " + str(norm))
    if norm <= max_norm:
        return [np.array(g) for g in grads], norm
    return [np.asarray(g / norm * max_norm, dtype=g.dtype) for g in grads], norm


def clip_by_global_norm__loops_in_copies(grads, max_norm):
    squares = 0.0
    for g in grads:
        squares += float(np.vdot(g, g))
    norm = squares**0.5
    if norm != norm or norm == float("inf"):
        raise FloatingPointError("not finite")
    clipped = []
    for g in grads:
        new = g.copy()
        if norm > max_norm:
            new *= max_norm / norm
        clipped.append(new)
    return tuple(clipped), norm


def clip_by_global_norm__as_pytorch_does(grads, max_norm):
    norm = float(np.linalg.norm([np.linalg.norm(g) for g in grads]))
    if not np.isfinite(norm):
        raise FloatingPointError("gradients are not finite")
    coefficient = min(1.0, max_norm / (norm + 1e-6))
    return [g * coefficient for g in grads], norm


# ── 3.8 state_jacobian_norms ────────────────────────────────────────────────────────────────────────────────────────


def state_jacobian_norms__singular_values(jacobians):
    norms, product = [], None
    for jacobian in jacobians[::-1]:
        product = jacobian if product is None else product @ jacobian
        norms.insert(0, np.linalg.svd(product, compute_uv=False)[0])
    return np.array(norms)


def state_jacobian_norms__each_product_anew(jacobians):
    T, S, _ = jacobians.shape
    norms = np.zeros(T, jacobians.dtype)
    for t in range(T):
        product = np.eye(S, dtype=jacobians.dtype)
        for s in range(t, T):
            product = jacobians[s] @ product
        norms[t] = np.linalg.norm(product, ord=2)
    return norms


def state_jacobian_norms__eigenvalues(jacobians):
    norms, row = np.empty_like(jacobians[:, 0, 0]), np.identity(jacobians.shape[2], jacobians.dtype)
    for t in range(len(jacobians) - 1, -1, -1):
        row = np.einsum("ij,jk->ik", row, jacobians[t])
        norms[t] = np.sqrt(np.linalg.eigvalsh(row.T @ row)[-1])
    return norms


def state_jacobian_norms__transposed(jacobians):
    products = [jacobians[-1].T]
    for jacobian in jacobians[-2::-1]:
        products.append(jacobian.T @ products[-1])
    return np.linalg.norm(np.stack(products[::-1]), ord=2, axis=(1, 2))


def state_jacobian_norms__collected_in_float64(jacobians):
    norms, product = np.zeros(len(jacobians)), np.eye(jacobians.shape[1])
    for t in range(len(jacobians))[::-1]:
        product = product @ jacobians[t]
        norms[t] = np.linalg.svd(product)[1].max()
    return norms
