"""Speed of the reference's LSTM: the loop over steps, the fused layer, PyTorch, and the matrix products alone.

All run in one process, with one thread unless `--threads` says otherwise. The four take turns, and the best of all
rounds counts, so that other load on the machine slows all alike. For each size it prints one JSON line
{"T", "N", "D", "H", "dtype", "pass", "loop_s", "fused_s", "torch_s", "gemm_s"} and, at the end, a table of ratios.

- loop: `lstm_forward` and `lstm_backward` of `lstm_ref.lstm`, one step at a time;
- fused: `FusedLSTM`, or `lstm_forward_fused` for one sequence forward; its answers are compared with the loop's;
- torch: `torch.nn.LSTM`, without gradients forward, with all of them for both passes;
- gemm: the matrix products that every LSTM needs, in the memory layout that is fastest in NumPy's BLAS, and nothing
  else.

NumPy's OpenBLAS chooses its instructions by the processor's name, and older ones where it does not know the name.
`--core-type COOPERLAKE` (or SKYLAKEX, ZEN, HASWELL) names them instead; PyTorch has matrix products of its own.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable

from course.experiments.timing import fastest

SIZES = ["200,1,256,128", "50,32,64,128", "50,32,128,256", "20,64,256,512"]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="T,N,D,H", help="steps, batch, input, state")
    parser.add_argument("--dtypes", nargs="+", default=["float32", "float64"], choices=["float32", "float64"])
    parser.add_argument("--rounds", type=int, default=15, help="number of runs, of which the best counts")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--core-type", help="the instructions that NumPy's OpenBLAS is to use, such as COOPERLAKE")
    parser.add_argument("--plot", metavar="FILE", help="draw the ratios as SVG, PNG or PDF")
    return parser.parse_args()


def choose_blas(options: argparse.Namespace) -> None:
    """Set the environment that BLAS reads when it is loaded; call this before NumPy is imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    if options.core_type:
        os.environ["OPENBLAS_CORETYPE"] = options.core_type


def contestants(T: int, N: int, D: int, H: int, dtype: str) -> dict[str, dict[str, Callable[[], object]]]:
    """Pass → name → a function without arguments that computes the pass once."""
    import numpy as np
    import torch

    from lstm_ref.fused import FusedLSTM, lstm_forward_fused
    from lstm_ref.lstm import lstm_backward, lstm_forward

    rng = np.random.default_rng(0)
    shapes = [(T, N, D), (N, H), (N, H), (4 * H, D), (4 * H, H), (4 * H,)]
    x, h0, c0, W_ih, W_hh, b = (rng.uniform(-1, 1, s).astype(dtype) / np.sqrt(H).astype(dtype) for s in shapes)
    dhs, dh_T, dc_T = (rng.normal(size=s).astype(dtype) for s in [(T, N, H), (N, H), (N, H)])
    given = (x, h0, c0, W_ih, W_hh, b)

    def loop_both() -> list:
        *results, cache = lstm_forward(*given)
        return [*results, *lstm_backward(dhs, dh_T, dc_T, cache, W_ih, W_hh)]

    layer = FusedLSTM(T, N, D, H, x.dtype)

    def fused_both() -> list:
        return [*layer.forward(*given), *layer.backward(dhs, dh_T, dc_T)]

    for ours, plain in zip(fused_both(), loop_both(), strict=True):
        if np.abs(ours - plain).max() > (1e-4 if dtype == "float32" else 1e-10) * max(1, np.abs(plain).max()):
            raise AssertionError(f"the fused layer and the loop disagree for T={T} N={N} D={D} H={H} {dtype}")

    module = torch.nn.LSTM(D, H, dtype=getattr(torch, dtype))
    for parameter, value in zip(module.parameters(), (W_ih, W_hh, b, np.zeros_like(b)), strict=True):
        parameter.data = torch.from_numpy(value.copy())
    inputs = [torch.from_numpy(a).requires_grad_() for a in (x, h0[None], c0[None])]
    upstream = [torch.from_numpy(a) for a in (dhs, dh_T[None], dc_T[None])]

    def torch_forward() -> object:
        with torch.no_grad():
            return module(inputs[0], tuple(inputs[1:]))

    def torch_both() -> None:
        for tensor in (*inputs, *module.parameters()):
            tensor.grad = None
        hs, (h_T, c_T) = module(inputs[0], tuple(inputs[1:]))
        torch.autograd.backward((hs, h_T, c_T), upstream)

    tokens = x.reshape(T * N, D)
    z_input, z, h = (np.zeros(s, dtype) for s in [(T * N, 4 * H), (T, 4 * H, N), (T, H, N)])
    dz, hs, W_hh_T = np.zeros((4 * H, T * N), dtype), np.zeros((T * N, H), dtype), np.ascontiguousarray(W_hh.T)
    dx, dW_ih, dW_hh = np.empty_like(tokens), np.empty_like(W_ih), np.empty_like(W_hh)

    def gemm_forward() -> None:
        np.matmul(tokens, W_ih.T, out=z_input)
        for t in range(T):
            np.matmul(W_hh, h[t], out=z[t])

    def gemm_both() -> None:
        gemm_forward()
        for t in range(T):
            np.matmul(W_hh_T, z[t], out=h[t])
        np.matmul(dz.T, W_ih, out=dx)
        np.matmul(dz, tokens, out=dW_ih)
        np.matmul(dz, hs, out=dW_hh)

    fused_forward = (lambda: lstm_forward_fused(*given)) if N == 1 else (lambda: layer.forward(*given))
    return {
        "forward": dict(loop=lambda: lstm_forward(*given), fused=fused_forward, torch=torch_forward, gemm=gemm_forward),
        "both": dict(loop=loop_both, fused=fused_both, torch=torch_both, gemm=gemm_both),
    }


def table(rows: list[dict]) -> list[str]:
    """The times and their ratios, as lines of text."""
    head = f"{'T':>4}{'N':>4}{'D':>5}{'H':>5}  {'dtype':8}{'pass':8}{'loop':>9}{'fused':>9}{'torch':>9}{'gemm':>9}"
    lines = [head + f"{'loop/fused':>12}{'fused/torch':>13}{'fused/gemm':>12}"]
    for r in rows:
        times = "".join(f"{1e3 * r[name + '_s']:7.2f}ms" for name in ("loop", "fused", "torch", "gemm"))
        ratios = [r["loop_s"] / r["fused_s"], r["fused_s"] / r["torch_s"], r["fused_s"] / r["gemm_s"]]
        size = f"{r['T']:4}{r['N']:4}{r['D']:5}{r['H']:5}  {r['dtype']:8}{r['pass']:8}"
        lines.append(size + times + "{:12.2f}{:13.2f}{:12.2f}".format(*ratios))
    return lines


def draw(rows: list[dict], path: str) -> None:
    """Plot each time as a multiple of the products' time, one row a size; readable on a light and on a dark page."""
    from matplotlib.figure import Figure

    from course.style import BLUE, GREEN, GREY, ORANGE

    figure = Figure(figsize=(7, 0.6 + 0.45 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for name, colour in {"loop": ORANGE, "fused": BLUE, "torch": GREEN}.items():
        ratios = [r[f"{name}_s"] / r["gemm_s"] for r in rows]
        axes.plot(ratios, range(len(rows)), "o", color=colour, label=name)
        for row, ratio in enumerate(ratios):
            axes.annotate(f"{ratio:.1f}", (ratio, row), (0, 6), textcoords="offset points", ha="center", size=7)
    axes.axvline(1, color=GREY, linewidth=1, linestyle="--", label="products alone")
    labels = [f"T={r['T']} N={r['N']} D={r['D']} H={r['H']} {r['pass']}" for r in rows]
    axes.set_yticks(range(len(rows)), labels, fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("time / matrix products alone")
    axes.grid(axis="x", color=GREY, alpha=0.3)
    axes.spines[:].set_visible(False)
    axes.legend(fontsize=8, loc="lower right")
    figure.savefig(path)


def main() -> int:
    """Measure every size and dtype that the command line names."""
    options = arguments()
    choose_blas(options)
    import torch

    torch.set_num_threads(options.threads)
    rows = []
    for dtype in options.dtypes:
        for size in options.sizes:
            T, N, D, H = map(int, size.split(","))
            for direction, functions in contestants(T, N, D, H, dtype).items():
                best = fastest(functions, options.rounds)
                row = dict(T=T, N=N, D=D, H=H, dtype=dtype) | {"pass": direction}
                rows.append(row | {f"{name}_s": best[name] for name in ("loop", "fused", "torch", "gemm")})
                print(json.dumps(rows[-1]), flush=True)
    print("", *table(rows), sep="\n")
    if options.plot:
        draw([r for r in rows if r["dtype"] == options.dtypes[0]], options.plot)
        print(f"\nDrawn: {options.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
