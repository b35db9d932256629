"""The LSTM of `lstm_ref.lstm` at the speed that NumPy allows: the same numbers, with less work around the products.

What is left beside the matrix products is passes over memory, so each is counted:
- one product a step serves all gates, and the bias rides in it as a row of ones;
- σ(z) = ½ + ½ tanh(z / 2), so one tanh serves all four gates; the halves stand in a copy of the weights;
- every buffer is allocated once, and every slice of it is made once: a slice costs as much as a small product;
- inside, arrays are (features, N): a gate is then one block of memory, several gates in one operation;
- blocks that an operation takes together are neighbours: an operation on anything but unbroken memory of one shape
  costs up to twice as much, so that two on such blocks beat one that broadcasts;
- a step works in buffers that stay in the cache; what backward needs of it goes to far memory in one copy.
"""

import math

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from lstm_ref.shapes import checked


@checked
def lstm_forward_fused(
    x: Float[ndarray, "T N D"],
    h0: Float[ndarray, "N H"],
    c0: Float[ndarray, "N H"],
    W_ih: Float[ndarray, "4*H D"],
    W_hh: Float[ndarray, "4*H H"],
    b: Float[ndarray, " 4*H"],
) -> tuple[Float[ndarray, "T N H"], Float[ndarray, "N H"], Float[ndarray, "N H"]]:
    """The results of `lstm_forward`, without its cache, in less time.

    x : (T, N, D)    the sequence, time first
    h0 : (N, H)      hidden state before the first step
    c0 : (N, H)      cell before the first step
    W_ih : (4H, D)   input weights, gates in the order i, f, g, o
    W_hh : (4H, H)   recurrent weights, same order
    b : (4H,)        bias, same order
    Returns hs (T, N, H), h_T (N, H), c_T (N, H), in the dtype of x
    """
    T, N, D = x.shape
    H = h0.shape[1]
    half = np.full(4 * H, 0.5, dtype=x.dtype)
    half[2 * H : 3 * H] = 1.0  # the candidate g is a tanh as it stands
    # The input's share of every step in one product, halved for the gates: σ(z) = ½ + ½ tanh(z / 2).
    z = ((x.reshape(T * N, D) @ W_ih.T + b) * half).reshape(T, N, 4 * H)
    W = np.ascontiguousarray((W_hh * half[:, None]).T)
    hs = np.empty((T, N, H), dtype=x.dtype)
    a = np.empty((N, 4 * H), dtype=x.dtype)
    s = np.empty((N, H), dtype=x.dtype)
    i, f, g, o = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
    h, c = h0, c0.copy()
    for t in range(T):
        np.matmul(h, W, out=a)
        a += z[t]
        np.tanh(a, out=a)
        a *= half
        a += 1 - half
        c *= f
        np.multiply(i, g, out=s)
        c += s
        np.tanh(c, out=s)
        h = hs[t]
        np.multiply(o, s, out=h)
    return hs, h.copy(), c


def _one_block(dtype: np.dtype, **shapes: tuple[int, ...]) -> dict[str, ndarray]:
    """Zeroed arrays of these shapes by name, all in one block, each from the start of a cache line on.

    NumPy asks for huge pages where an allocation has 4 MiB or more, as the block of a layer worth the trouble has;
    walking through many small pages costs 2 % of a whole run.
    """
    line, huge_page = 64, 2 << 20
    sizes = {name: math.prod(shape) * dtype.itemsize for name, shape in shapes.items()}
    block = np.zeros(sum(size + line for size in sizes.values()) + huge_page, np.uint8)
    arrays, start = {}, -block.ctypes.data % huge_page
    for name, size in sizes.items():
        arrays[name] = block[start : start + size].view(dtype).reshape(shapes[name])
        start += -(-size // line) * line
    return arrays


class FusedLSTM:
    """An LSTM layer for training: forward and backward with buffers that are allocated once.

    T : int        the longest sequence, in steps; shorter ones fit too
    N : int        sequences a batch
    D, H : int     size of the input and of the state
    dtype : type   np.float32 or np.float64

    Results are new arrays each time. `backward` belongs to the last `forward`; the weights given there are kept, not
    copied, so change them only after it.
    """

    def __init__(self, T: int, N: int, D: int, H: int, dtype: type = np.float32):
        self.sizes, self.dtype, self.T = (T, N, D, H), np.dtype(dtype), 0
        self.__dict__ |= _one_block(
            self.dtype,
            # Of every step, blocks of H rows: c_prev, tanh(c), g, and the gates f, o, i that these are multiplied by.
            # The copy leaves from `step` one block later in the order, c last, which so precedes the next tanh(c).
            record=(6 * T + 1, H, N),
            step=(6, H, N),
            # What a step reads, h_prev, 1 (for the bias) and x_t: now, and of all steps for the weights' gradient.
            read=(H + 1 + D, N),
            read_rows=(T + 1, N, H + 1 + D),
            W=(4 * H, H + 1 + D),
            W_hh_T=(H, 4 * H),
            product=(3, H, N),
            local=(3, H, N),
            through=(2, H, N),
            dh_sent=(N, H),
            dh=(H, N),
            dh_next=(H, N),
            dc=(H, N),
            # Gradients at the pre-activations: of one step, and of all side by side for the weights' gradient.
            dz=(4, H, N),
            dz_run=(4 * H, T, N),
        )
        self.read[H] = self.read_rows[:, :, H] = 1
        self.records = list(self.record[1:].reshape(T, 6, H, N))
        self.h_rows = list(self.read_rows[1:, :, :H])
        windows = self.record[:-1].reshape(T, 6, H, N)
        self.backward_views = [(w[3:], w[:3], w[4:], w[1:3], w[3]) for w in windows]
        # N numbers side by side taken as one opaque item: copying rows so short is else all overhead.
        row = f"V{N * self.dtype.itemsize}"
        self.dz_items = self.dz.view(row).ravel() if N else self.dz.reshape(4 * H, N)
        self.dz_run_items = self.dz_run.view(row)[:, :, 0] if N else self.dz_run

    def forward(
        self, x: ndarray, h0: ndarray, c0: ndarray, W_ih: ndarray, W_hh: ndarray, b: ndarray
    ) -> tuple[ndarray, ndarray, ndarray]:
        """The answers of `lstm_ref.lstm.lstm_forward`; arguments as there.

        Returns hs (T, N, H), h_T (N, H), c_T (N, H)

        Raises TypeError where a shape or a dtype is not what the layer was made for.
        """
        _, N, D, H = self.sizes
        T = min(len(x), self.sizes[0])
        self._require(x=(x, (T, N, D)), h0=(h0, (N, H)), c0=(c0, (N, H)), b=(b, (4 * H,)))
        self._require(W_ih=(W_ih, (4 * H, D)), W_hh=(W_hh, (4 * H, H)))
        self.T, self.W_ih, self.W_hh = T, W_ih, W_hh
        for block, gate in enumerate((2, 1, 3, 0)):  # g, then f, o, i, which are squashed alike
            ours, theirs = slice(block * H, (block + 1) * H), slice(gate * H, (gate + 1) * H)
            factor = self.dtype.type(1.0 if gate == 2 else 0.5)
            np.multiply(W_hh[theirs], factor, out=self.W[ours, :H])
            np.multiply(b[theirs], factor, out=self.W[ours, H])
            np.multiply(W_ih[theirs], factor, out=self.W[ours, H + 1 :])
        W, read, step, ig = self.W, self.read, self.step, self.product[0]
        tanh_c, g, f, o, i, c = step
        z, gates, h, x_t = step[1:5].reshape(4 * H, N), step[2:5], read[:H], read[H + 1 :]
        h_T, half = h.T, np.array(0.5, self.dtype)
        self.read_rows[0, :, :H], self.read_rows[:T, :, H + 1 :] = h0, x
        h[...], self.record[0], c[...] = h0.T, c0.T, c0.T
        hs = np.empty((T, N, H), self.dtype)
        # Names of their own, and the result as third argument: each call is then some 50 ns shorter.
        matmul, tanh, multiply, add = np.matmul, np.tanh, np.multiply, np.add
        for x_rows, record, hs_t, h_rows in zip(x.transpose(0, 2, 1), self.records, hs, self.h_rows, strict=False):
            x_t[...] = x_rows
            matmul(W, read, z)
            tanh(z, z)
            multiply(gates, half, gates)
            add(gates, half, gates)
            multiply(i, g, ig)
            multiply(f, c, c)
            add(ig, c, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)
            record[...] = step
            hs_t[...] = h_T
            h_rows[...] = hs_t
        return hs, h_T.copy(), c.T.copy()

    def backward(self, dhs: ndarray, dh_T: ndarray, dc_T: ndarray) -> tuple[ndarray, ...]:
        """The answers of `lstm_ref.lstm.lstm_backward` for the last `forward`; arguments as there.

        Returns dx (T, N, D), dh0 (N, H), dc0 (N, H), dW_ih (4H, D), dW_hh (4H, H), db (4H,)

        Raises TypeError where a shape or a dtype is not that of the last `forward`.
        """
        T, (_, N, D, H) = self.T, self.sizes
        self._require(dhs=(dhs, (T, N, H)), dh_T=(dh_T, (N, H)), dc_T=(dc_T, (N, H)))
        product, local, through, dh_sent, W_hh_T = self.product, self.local, self.through, self.dh_sent, self.W_hh_T
        dh, dh_next, dc, dz, dz_run_items = self.dh, self.dh_next, self.dc, self.dz.reshape(4 * H, N), self.dz_run_items
        (local_f, local_o, local_i), (through_o, through_g), (dz_i, dz_f, dz_g, dz_o) = local, through, self.dz
        product_oi, scratch, dh_sent_T = product[1:], product[0], dh_sent.T
        one = np.array(1, self.dtype)
        for k in range(0, 4 * H, 32):  # in strips: what is written then stays in the cache until it is full
            W_hh_T[:, k : k + 32] = self.W_hh[k : k + 32].T
        dh_next[...], dc[...] = dh_T.T, dc_T.T
        matmul, multiply, add, subtract = np.matmul, np.multiply, np.add, np.subtract
        for t in reversed(range(T)):
            gates, others, o_and_i, tanh_and_g, f = self.backward_views[t]
            # With p = σ m: σ' m = (1 - σ) p for the gates, and σ (1 - m²) = σ - p m for tanh(c) and g.
            multiply(gates, others, product)
            subtract(one, gates, local)
            multiply(local, product, local)
            multiply(product_oi, tanh_and_g, through)
            subtract(o_and_i, through, through)
            dh_sent[...] = dhs[t]  # in order first: transposing from far memory waits twice as long
            dh[...] = dh_sent_T
            add(dh, dh_next, dh)
            multiply(dh, through_o, scratch)
            add(dc, scratch, dc)
            multiply(local_i, dc, dz_i)
            multiply(local_f, dc, dz_f)
            multiply(through_g, dc, dz_g)
            multiply(local_o, dh, dz_o)
            multiply(dc, f, dc)
            dz_run_items[:, t] = self.dz_items
            matmul(W_hh_T, dz, dh_next)
        dz_run = self.dz_run.reshape(4 * H, self.sizes[0] * N)[:, : T * N]
        dx = (dz_run.T @ self.W_ih).reshape(T, N, D)
        dW = dz_run @ self.read_rows[:T].reshape(T * N, H + 1 + D)
        return dx, dh_next.T.copy(), dc.T.copy(), dW[:, H + 1 :].copy(), dW[:, :H].copy(), dW[:, H].copy()

    def _require(self, **arguments):
        # As strict as `checked`, at a twentieth of its time, which would be seen beside so short a run.
        for name, (array, shape) in arguments.items():
            if array.shape != shape or array.dtype != self.dtype:
                raise TypeError(
                    f"{name} is {array.dtype} {array.shape}; expected {self.dtype} {shape} in a layer made for "
                    "at most T={}, N={}, D={}, H={}".format(*self.sizes)
                )
