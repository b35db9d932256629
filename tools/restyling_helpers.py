"""The helpers that a rewritten answer calls: matrix products and sums as learners write them out."""

PRODUCT = """
def product_(a, b):
    a, b = np.asarray(a), np.asarray(b)
    row, column = a.ndim == 1, b.ndim == 1
    a, b = a[None] if row else a, b[:, None] if column else b
"""
PRODUCT_END = """
    c = c[..., 0] if column else c
    return (c[..., 0] if column else c[..., 0, :]) if row else c
"""
TERM_BY_TERM = f"""{PRODUCT}
    c = np.zeros((*a.shape[:-1], b.shape[-1]), dtype=np.result_type(a, b))
    for k in range(a.shape[-1]):
        c = c + a[..., :, k, None] * b[..., k, None, :]
{PRODUCT_END}"""
ROW_BY_ROW = f"""{PRODUCT}
    c = np.zeros((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]), np.result_type(a, b))
    for i in range(a.shape[-2]):
        for j in range(b.shape[-1]):
            c[..., i, j] = np.add.reduce(a[..., i, :] * b[..., :, j], axis=-1)
{PRODUCT_END}"""
EINSUM = f"""{PRODUCT}
    c = np.einsum("...ij,...jk->...ik", a, b)
{PRODUCT_END}"""
SUM_LOOP = """
def sum_(x, axis=None, keepdims=False):
    x = np.asarray(x)
    axes = range(x.ndim) if axis is None else [k % x.ndim for k in (axis if isinstance(axis, tuple) else [axis])]
    kept = [1 if k in axes else size for k, size in enumerate(x.shape)]
    for k in sorted(axes, reverse=True):
        total = np.zeros(x.shape[:k] + x.shape[k + 1 :], dtype=int if x.dtype.kind in "bi" else x.dtype)
        for n in range(x.shape[k]):
            total = total + np.take(x, n, axis=k)
        x = total
    return x.reshape(kept) if keepdims else x[()]
"""
SUM_REDUCE = """
def sum_(x, axis=None, keepdims=False):
    x = np.asarray(x)
    return np.add.reduce(x, axis=tuple(range(x.ndim)) if axis is None else axis, keepdims=keepdims)
"""
SIGMOID = """
def sigmoid_(z):
    with np.errstate(over="ignore"):
        return np.asarray(np.tanh(z / 2) / 2 + z.dtype.type(0.5))
"""
IN_TORCH = {
    EINSUM: """
def product_(a, b):
    return torch.einsum("ij,jk->ik", a, b)
""",
    TERM_BY_TERM: """
def product_(a, b):
    c = torch.zeros(len(a), b.shape[1], dtype=a.dtype)
    for k in range(a.shape[1]):
        c = c + a[:, k, None] * b[k]
    return c
""",
    ROW_BY_ROW: """
def product_(a, b):
    return torch.stack([torch.stack([torch.sum(row * column) for column in b.unbind(1)]) for row in a])
""",
}
