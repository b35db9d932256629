"""Hostile code in a PyTorch exercise costs its own points and nothing else; PyTorch's own LSTM is no answer."""

import ast
import time

import pytest

from autograde.submissions.recurrent_layers import find_recurrent_layers

pytestmark = pytest.mark.slow

IMPORTS = "import torch\nfrom torch import nn\nimport numpy as np"
RIGHT = """
class LSTMCell(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        draw = lambda *shape: nn.Parameter(torch.empty(*shape).uniform_(-H**-0.5, H**-0.5))
        self.W_ih, self.W_hh, self.b = draw(4 * H, D), draw(4 * H, H), draw(4 * H)

    def forward(self, x_t, h_prev, c_prev):
        z = x_t @ self.W_ih.T + h_prev @ self.W_hh.T + self.b
        i, f, g, o = z.chunk(4, dim=1)
        c_t = torch.sigmoid(f) * c_prev + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c_t), c_t
"""
BIASES = "self.b, torch.zeros_like(self.b)"
CALL = f"(x_t, (h_prev, c_prev), self.W_ih, self.W_hh, {BIASES})"
LAST = "        return torch.sigmoid(o) * torch.tanh(c_t), c_t\n"


@pytest.fixture
def submit(course, grade_cells):
    """Grade cells as an answer to the exercise that asks for a cell."""

    def submit(*cells):
        return grade_cells(course.find("LSTMCell"), IMPORTS, *cells, seed=3)

    return submit


def forward(*lines):
    """The right class with another `forward`."""
    head = RIGHT[: RIGHT.index("        z = ")]
    return head + "".join(f"        {line}\n" for line in lines)


SEEN_IN_THE_SOURCE = {
    "inherited": (RIGHT.replace("(nn.Module)", "(nn.LSTMCell)"), "nn.LSTMCell"),
    "called": (forward(f"return torch.lstm_cell{CALL}"), "torch.lstm_cell"),
    "from _VF": (forward(f"return torch._VF.lstm_cell{CALL}"), "torch._VF.lstm_cell"),
    "from aten": (forward(f"return torch.ops.aten.lstm_cell{CALL}"), "torch.ops.aten.lstm_cell"),
    "under another name": (f"step = torch.lstm_cell\n{forward(f'return step{CALL}')}", "torch.lstm_cell"),
    "imported": (forward("from torch.nn import LSTM as Layer", "return Layer(3, 3)(x_t[None])"), "torch.nn.LSTM"),
    "by getattr": (forward(f"return getattr(torch, 'lstm_cell'){CALL}"), "torch.lstm_cell"),
}
SEEN_IN_THE_CALL = {
    "by a name put together": forward(f"return getattr(torch, 'lstm' + '_cell'){CALL}"),
    "by a class found in a module": forward(
        "layer = [v for k, v in vars(nn).items() if k == 'LS' + 'TM'][0](x_t.shape[1], h_prev.shape[1]).to(x_t)",
        "return layer(x_t[None], (h_prev[None], c_prev[None]))[0][0], c_prev",
    ),
    "in another thread": forward(
        "import threading",
        "out = []",
        "def work():",
        "    try:",
        f"        out.append(getattr(torch, 'lstm' + '_cell'){CALL})",
        "    except Exception as error:",
        "        out.append(error)",
        "thread = threading.Thread(target=work); thread.start(); thread.join()",
        "if isinstance(out[0], Exception): raise out[0]",
        "return out[0]",
    ),
    "decomposed": forward(f"return getattr(torch.ops.aten, 'lstm_' + 'cell').default.decompose{CALL}"),
    "after a sweep by the garbage collector": forward(
        "import gc",
        "for thing in gc.get_objects():",
        "    if type(thing).__name__ in ('Library', '_DispatchModule'): thing._destroy()",
        f"return getattr(torch, 'lstm' + '_cell'){CALL}",
    ),
    "PyTorch's own in Python": forward(
        "import importlib",
        "rnn = importlib.import_module('torch.ao.nn.quantizable.modules.r' + 'nn')",
        "return getattr(rnn, 'LS' + 'TMCell')(x_t.shape[1], h_prev.shape[1]).to(x_t)(x_t, (h_prev, c_prev))",
    ),
    "a fused kernel": forward("return torch.ops.aten.__getattr__('_thnn_fused_' + 'lstm_cell')(x_t, h_prev, c_prev)"),
}


@pytest.mark.parametrize("disguise", SEEN_IN_THE_SOURCE)
def test_pytorchs_own_cell_is_seen_in_the_source(submit, disguise):
    code, what = SEEN_IN_THE_SOURCE[disguise]
    result = submit(code)
    assert (result.status, result.points) == ("failed", 0)
    assert f"It uses {what}, and this exercise asks for one written from scratch" in result.message
    assert "\nline " in result.message


@pytest.mark.parametrize("disguise", SEEN_IN_THE_CALL)
def test_pytorchs_own_cell_is_out_of_reach_when_called(submit, disguise):
    result = submit(SEEN_IN_THE_CALL[disguise])
    assert result.points == 0 and result.status in ("failed", "error")
    assert "is PyTorch's own" in result.message, result.message


def test_what_another_cell_does_with_pytorchs_own_is_its_own_affair(submit):
    compare = "theirs = nn.LSTMCell(3, 5)\nprint(theirs(torch.ones(1, 3)))"
    assert submit(compare, RIGHT).status == "passed"
    assert submit(RIGHT.replace("LSTMCell", "Mine"), "LSTMCell = Mine").status == "passed"


def test_names_that_only_look_alike_are_no_borrowing():
    source = (
        "import torch\nfrom torch import nn\nself.LSTM; lstm.lstm_cell; nn.Linear; nn.functional.gru_like; torch.lstsq"
    )
    assert find_recurrent_layers(ast.parse(source)) == []


HOSTILE = {
    "a subclass that lies": (
        "class Liar(torch.Tensor):",
        "    @classmethod",
        "    def __torch_function__(cls, *a, **k): return True",
        "return h_prev.as_subclass(Liar), c_prev.as_subclass(Liar)",
    ),
    "a patched torch.allclose": (
        "torch.allclose = torch.equal = torch.isclose = np.isclose = np.allclose = lambda *a, **k: True",
        "return 0 * h_prev + x_t.sum(), c_prev * 1",
    ),
    "a patched torch.autograd.grad": (
        "torch.autograd.grad = lambda outputs, inputs, *a, **k: [torch.zeros_like(i) for i in inputs]",
        "z_i, z_f, z_g, z_o = (x_t @ self.W_ih.T + h_prev @ self.W_hh.T + self.b).chunk(4, dim=1)",
        "c_t = torch.sigmoid(z_f) * c_prev + torch.sigmoid(z_i) * torch.tanh(z_g)",
        "return torch.sigmoid(z_o) * torch.tanh(c_t), c_t",
    ),
    "a gradient that is promised": ("return h_prev.detach().requires_grad_(), c_prev.detach().requires_grad_()",),
    "sparse": ("return h_prev.to_sparse(), c_prev",),
    "complex": ("return h_prev + 0j, c_prev",),
    "on no device": ("return h_prev.to('meta'), c_prev",),
    "of eight bits": ("return torch.quantize_per_tensor(h_prev.detach(), 0.1, 0, torch.qint8), c_prev",),
    "huge": ("return h_prev[0, 0].expand(2**20, 2**20), c_prev",),
    "too much memory": ("return torch.zeros(2**33), c_prev",),
    "a crash": ("import ctypes; ctypes.string_at(0)",),
    "an exit on the way back": (
        "import os",
        "h = h_prev * 1",
        "if h.requires_grad: h.register_hook(lambda gradient: os._exit(0))",
        "return h * x_t.sum(), c_prev * 1",
    ),
    "an endless way back": (
        "def spin(gradient):",
        "    while True: pass",
        "h = h_prev * 1",
        "if h.requires_grad: h.register_hook(spin)",
        "return h, c_prev * 1",
    ),
    "a loop that no interrupt reaches": ("return sum(iter(int, 1)), c_prev",),
    "the grader's own functions replaced": (
        "import sys",
        "sys.modules['tensors'].gradients = lambda value, inputs, grad_outputs: [i * 0 for i in inputs]",
        "return h_prev * 1, c_prev * 1",
    ),
    "more gradients than were asked for": (
        "import sys",
        "sys.modules['tensors'].gradients = lambda value, inputs, grad_outputs: [inputs[0]] * 99",
        "return h_prev * 1, c_prev * 1",
    ),
    "gradients that are none": (
        "import sys",
        "sys.modules['tensors'].gradients = lambda value, inputs, grad_outputs: ['x' for i in inputs]",
        "return h_prev * 1, c_prev * 1",
    ),
    "a file of 64 MiB": ("torch.save(torch.zeros(2**23), '/tmp/x'); return h_prev, c_prev",),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_what_hostile_code_gets(course, grade_cells, attack):
    began = time.monotonic()
    result = grade_cells(course.find("LSTMCell"), IMPORTS, forward(*HOSTILE[attack]), seed=3, seconds=2.0)
    assert result.points == 0 and result.status in ("failed", "error") and result.message
    assert time.monotonic() - began < 20
    assert grade_cells(course.find("LSTMCell"), IMPORTS, RIGHT, seed=3).status == "passed"  # the next is as it was


def test_a_module_that_lies_about_its_parameters_is_judged_by_what_it_does(submit):
    lies = (
        RIGHT + "\n    def named_parameters(self, *a, **k):\n        return iter([(n, nn.Parameter(p.detach().clone()))"
    )
    result = submit(lies + " for n, p in nn.Module.named_parameters(self)])\n")
    assert result.points == 0 and result.status in ("failed", "error")


def test_an_operation_that_forges_its_gradient_is_judged_by_it(course, grade_cells):
    code = (
        "class LSTMFunction(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, *given):\n"
        "        ctx.save_for_backward(*given)\n"
        "        hs, h, c, _ = lstm_forward(*(t.detach().numpy() for t in given))\n"
        "        return tuple(map(torch.from_numpy, (hs, h, c)))\n"
        "    @staticmethod\n    def backward(ctx, *sent):\n"
        "        return tuple(t.sum() * 0 + 1 for t in ctx.saved_tensors)\n"
    )
    result = grade_cells(course.find("LSTMFunction"), IMPORTS, code, seed=3)
    assert result.points == 0 and result.status in ("failed", "error")
