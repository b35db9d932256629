"""The LSTM of `lstm_ref.lstm` at the speed that NumPy allows: the same numbers, with less work around the products.

What is left beside the matrix products is passes over memory, so each is counted:
- one product a step serves all gates, and the bias rides in it as a row of ones;
- σ(z) = ½ + ½ tanh(z / 2), so one tanh serves all four gates; the halves stand in a copy of the weights;
- every buffer is allocated once, and every slice of it is made once: a slice costs as much as a small product;
- inside, arrays are (features, N): a gate is then one block of memory, several gates in one operation.
"""

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
    """The answers of `lstm_forward`, sooner: what needs no state leaves the loop.

    x : (T, N, D)    the sequence, time first
    h0 : (N, H)      hidden state before the first step
    c0 : (N, H)      cell before the first step
    W_ih : (4H, D)   input weights, gates in the order i, f, g, o
    W_hh : (4H, H)   recurrent weights, same order
    b : (4H,)        bias, same order
    Returns hs (T, N, H), h_T (N, H), c_T (N, H)
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
        zeros = lambda *shape: np.zeros(shape, dtype)  # noqa: E731
        # Rows of a step's record: gates i, f, o, then what each of them multiplies: g, c_prev, tanh(c_t).
        self.record = zeros(T + 1, 6 * H, N)
        # What a step reads, h_prev, 1 (for the bias) and x_t: once for its own product, once for the weights' gradient.
        self.read = zeros(T + 1, H + 1 + D, N)
        self.read_rows = zeros(T + 1, N, H + 1 + D)
        self.read[:, H] = self.read_rows[:, :, H] = 1
        self.W, self.W_hh_T = zeros(4 * H, H + 1 + D), zeros(H, 4 * H)
        self.product, self.local = zeros(3 * H, N), zeros(3 * H, N)
        self.through = zeros(2, H, N)
        self.dh_sent = zeros(N, H)
        self.dh, self.dh_next, self.dc, self.scratch = (zeros(H, N) for _ in range(4))
        # Gradients at the pre-activations: of one step, and of all steps side by side for the weights' gradient.
        self.dz = zeros(4 * H, N)
        self.dz_run = zeros(4 * H, T, N)
        self._make_views()

    def _make_views(self):
        T, N, _, H = self.sizes
        ends = slice(None, None, 2)  # of three blocks, the first and the last
        self.forward_views, self.backward_views = [], []
        for t in range(T):
            r, following, h = self.record[t], self.record[t + 1], self.read[t + 1, :H]
            self.forward_views.append(
                (self.read[t], r[: 4 * H], r[: 3 * H], r[: 2 * H], r[3 * H : 5 * H], r[2 * H : 3 * H])
                + (following[4 * H : 5 * H], r[5 * H :], h, h.T, self.read_rows[t + 1, :, :H])
            )
            gates, others = r[: 3 * H], r[3 * H :]
            i_and_o, g_and_tanh = (a.reshape(3, H, N)[ends] for a in (gates, others))
            self.backward_views.append((gates, others, i_and_o, g_and_tanh, r[H : 2 * H]))
        # N numbers side by side taken as one opaque item: copying rows so short is else all overhead.
        row = f"V{N * self.dtype.itemsize}"
        self.dz_items = self.dz.view(row)[:, 0] if N else self.dz
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
        for block, gate in enumerate((0, 1, 3, 2)):  # i, f, o first: they are squashed alike
            ours, theirs = slice(block * H, (block + 1) * H), slice(gate * H, (gate + 1) * H)
            factor = self.dtype.type(1.0 if gate == 2 else 0.5)
            np.multiply(W_hh[theirs], factor, out=self.W[ours, :H])
            np.multiply(b[theirs], factor, out=self.W[ours, H])
            np.multiply(W_ih[theirs], factor, out=self.W[ours, H + 1 :])
        self.read[0, :H], self.record[0, 4 * H : 5 * H], self.read_rows[0, :, :H] = h0.T, c0.T, h0
        self.read[:T, H + 1 :] = x.transpose(0, 2, 1)
        self.read_rows[:T, :, H + 1 :] = x
        hs = np.empty((T, N, H), self.dtype)
        W, half, product = self.W, np.array(0.5, self.dtype), self.product[: 2 * H]
        ig, fc = product[:H], product[H:]
        for t in range(T):
            read, z, gates, i_f, g_c, o, c, tanh_c, h, h_rows, h_kept = self.forward_views[t]
            np.matmul(W, read, out=z)
            np.tanh(z, out=z)
            np.multiply(gates, half, out=gates)
            np.add(gates, half, out=gates)
            np.multiply(i_f, g_c, out=product)  # i ⊙ g and f ⊙ c_prev in one operation
            np.add(ig, fc, out=c)
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=h)
            hs[t] = h_rows
            h_kept[...] = hs[t]
        return hs, self.read_rows[T, :, :H].copy(), self.record[T, 4 * H : 5 * H].T.copy()

    def backward(self, dhs: ndarray, dh_T: ndarray, dc_T: ndarray) -> tuple[ndarray, ...]:
        """The answers of `lstm_ref.lstm.lstm_backward` for the last `forward`; arguments as there.

        Returns dx (T, N, D), dh0 (N, H), dc0 (N, H), dW_ih (4H, D), dW_hh (4H, H), db (4H,)

        Raises TypeError where a shape or a dtype is not that of the last `forward`.
        """
        T, (_, N, D, H) = self.T, self.sizes
        self._require(dhs=(dhs, (T, N, H)), dh_T=(dh_T, (N, H)), dc_T=(dc_T, (N, H)))
        product, local, through, scratch = self.product, self.local, self.through, self.scratch
        dh, dh_next, dc, dh_sent = self.dh, self.dh_next, self.dc, self.dh_sent
        local_if, local_o, (through_g, through_o) = local[: 2 * H].reshape(2, H, N), local[2 * H :], through
        product_ends, dz = product.reshape(3, H, N)[::2], self.dz
        dz_if, dz_g, dz_o = dz[: 2 * H].reshape(2, H, N), dz[2 * H : 3 * H], dz[3 * H :]
        for k in range(0, 4 * H, 32):  # in strips: what is written then stays in the cache until it is full
            self.W_hh_T[:, k : k + 32] = self.W_hh[k : k + 32].T
        dh_next[...], dc[...] = dh_T.T, dc_T.T
        for t in reversed(range(T)):
            gates, others, i_and_o, g_and_tanh, f = self.backward_views[t]
            # With p = σ m: σ' m = p - p σ for the gates, and σ (1 - m²) = σ - p m for g and tanh(c).
            np.multiply(gates, others, out=product)
            np.multiply(product, gates, out=local)
            np.subtract(product, local, out=local)
            np.multiply(product_ends, g_and_tanh, out=through)
            np.subtract(i_and_o, through, out=through)
            dh_sent[...] = dhs[t]  # in order first: transposing from far memory waits twice as long
            dh[...] = dh_sent.T
            np.add(dh, dh_next, out=dh)
            np.multiply(dh, through_o, out=scratch)
            np.add(dc, scratch, out=dc)
            np.multiply(local_if, dc, out=dz_if)
            np.multiply(through_g, dc, out=dz_g)
            np.multiply(local_o, dh, out=dz_o)
            np.multiply(dc, f, out=dc)
            self.dz_run_items[:, t] = self.dz_items
            np.matmul(self.W_hh_T, dz, out=dh_next)
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
