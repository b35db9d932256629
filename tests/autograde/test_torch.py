"""Exercises in PyTorch: functions of tensors and classes of modules, their gradients compared outside the sandbox."""

import inspect
import io
import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograde.exercise import read_exercises
from autograde.inside import tensors, wire
from autograde.judging.assertions import agree
from autograde.judging.module_assertions import agree_module
from autograde.judging.outcome import Outcome, same_outcome
from autograde.judging.recorded_function import InProcessSession, RecordedFunction
from autograde.problem import Problems
from autograde.sandbox.sandbox import Sandbox
from autograde.sandbox.session import LearnerError
from lstm_ref.course_folder import course_folder

ROOT = course_folder()


def round_trip(value):
    stream = io.BytesIO()
    wire.send(stream, {"value": value})
    stream.seek(0)
    return wire.receive(stream)["value"]


@pytest.mark.parametrize("dtype", wire.TENSORS)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (4, 1, 2)])
def test_a_tensor_comes_out_as_it_went_in(dtype, shape):
    tensor = (5 * torch.randn(shape)).to(getattr(torch, dtype))
    other = round_trip([tensor])[0]
    assert type(other) is torch.Tensor and (other.dtype, other.shape) == (tensor.dtype, tensor.shape)
    assert torch.equal(tensor, other) and not other.requires_grad


def test_what_asks_for_a_gradient_does_so_on_the_other_side_and_is_a_leaf_there():
    x = torch.ones(2, 3, requires_grad=True)
    for tensor in (x, torch.nn.Parameter(x.detach()), 2 * x, x.T[:, :1], x.expand(5, 2, 3)):
        other = round_trip(tensor)
        assert other.requires_grad and other.is_leaf and torch.equal(tensor, other)


class Liar(torch.Tensor):
    pass


@pytest.mark.parametrize(
    "value",
    [
        torch.ones(2).as_subclass(Liar),
        torch.ones(2, 2).to_sparse(),
        torch.ones(2, dtype=torch.complex64),
        torch.ones(2, dtype=torch.float16),
        torch.ones(2, device="meta"),
        torch.nn.Linear(2, 2),
        torch.float64,
        torch.Generator(),
    ],
    ids=["subclass", "sparse", "complex", "half", "meta", "module", "dtype", "generator"],
)
def test_what_is_no_plain_tensor_does_not_travel(value):
    assert isinstance(round_trip(value), wire.Opaque)


def test_an_expanded_tensor_is_as_large_as_what_it_stands_for():
    with pytest.raises(wire.WireError, match="MiB"):
        wire.send(io.BytesIO(), {"value": torch.zeros(1).expand(2**40)})


def frame(tree, body=b""):
    header = json.dumps(tree).encode()
    return wire.PREFIX.pack(len(header), len(body)) + header + body


@pytest.mark.parametrize(
    "content",
    [
        ["float64", [3], False],
        ["float64", [-1], False],
        ["float64", "x", False],
        ["complex64", [1], False],
        ["__class__", [1], False],
        ["int64", [1], True],
        ["float64", [1], 1],
        ["float64", [1]],
        ["float64", [2**39], True],
        3,
    ],
)
def test_a_forged_tensor_is_refused(content):
    with pytest.raises(wire.WireError):
        wire.receive(io.BytesIO(frame({"v": {"T": content}}, b"12345678")))


def test_ten_thousand_damaged_tensors_do_no_harm(still_read):
    value = torch.eye(3, requires_grad=True), {"W": torch.arange(4)}
    message = {"op": "result", "value": value, "args": [], "gradients": [torch.ones(2), None]}
    assert 0 < still_read(message, seed=2) < 10_000


def test_where_there_is_no_pytorch_a_tensor_is_no_message_and_none_is_imported():
    """A NumPy exercise's process could send one."""
    code = (
        "import io, sys\nfrom autograde.inside import wire\n"
        f"try: wire.receive(io.BytesIO({frame({'v': {'T': ['float64', [1], False]}}, b'12345678')!r}))\n"
        "except wire.WireError as error: print(error)\nassert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "a tensor where there is no PyTorch\n", done.stderr


def blend(x, w, b):
    """A gate between x and what it becomes.

    Returns y (N, H), total (N,)
    """
    gate = torch.sigmoid(x @ w + b)
    return gate * x, gate.sum(dim=1)


def given(dtype="float64", requires_grad=True):
    rng = np.random.default_rng(0)
    return tensors.as_tensors(
        rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=4), dtype=dtype, requires_grad=requires_grad
    )


def judge(sandbox, body, *cases, seconds=5.0):
    """The messages of a function `f(x, w, b)` with this body, judged by `blend` in the sandbox."""
    source = f"import torch\nfrom torch import nn\ndef f(x, w, b):\n{body}"
    with sandbox.open(seconds, torch=True) as session:
        cells = [["cell 1", source, [0, 1, 2]]]
        session.load(name="f", cells=cells, names=["torch", "nn"], earlier="", exports=[], answers=[])
        recorded = RecordedFunction(SimpleNamespace(reference=blend), session)
        for case in cases or [given()]:
            agree(recorded, *case)
        return [mismatch.text for mismatch in recorded.mismatches]


def test_a_right_function_passes_whatever_asks_for_a_gradient(sandbox):
    body = "    g = (x.mm(w) + b).sigmoid()\n    return x * g, g.sum(1)"
    mixed = [a if k else a.detach() for k, a in enumerate(given())]
    assert judge(sandbox, body, given(), given("float32"), given(requires_grad=False), mixed) == []


RIGHT = "    g = torch.sigmoid(x @ w + b)\n    return g * x, g.sum(dim=1)"


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("g * x", "g.detach() * x", "The gradient of the loss with respect to x is wrong"),
        ("g * x", "g * x.data", "The gradient of the loss with respect to x is wrong"),
        ("@ w", "@ w.detach()", "No gradient reaches w: is it detached on the way?"),
        ("+ b", "+ torch.from_numpy(b.detach().numpy())", "No gradient reaches b"),
        ("+ b", "+ torch.tensor([v.item() for v in b], dtype=b.dtype)", "No gradient reaches b"),
        ("g.sum(dim=1)", "g.sum(dim=1).detach()", "total has the right values and carries no gradient"),
        ("    g =", "    torch.set_grad_enabled(False)\n    g =", "y has the right values and carries no gradient"),
        ("g * x", "(g * x).detach().requires_grad_()", "The gradient of the loss with respect to x is wrong"),
        ("    g =", "    x += 1\n    g =", "a leaf Variable that requires grad is being used in an in-place"),
        ("    g =", "    x.data += 1\n    g =", "changed its argument x"),
        ("    return g * x", "    y = g * x\n    g.mul_(1)\n    return y", "on the way back PyTorch raises Runtime"),
        ("return g * x", "return (g * x).detach().numpy()", "y is an array of shape (3, 4), expected a tensor"),
        ("return g * x", "return (g * x).tolist()", "y is a list of 3 values, expected a tensor of shape (3, 4)"),
        ("return g * x", "return (g * x).float()", "y has dtype float32, expected float64"),
        ("g * x", "g * x + 1", "y is wrong: largest difference 1 at [0, 0]"),
    ],
)  # fmt: skip
def test_each_cut_in_the_graph_has_its_words(sandbox, old, new, said):
    assert old in RIGHT
    [text] = judge(sandbox, RIGHT.replace(old, new, 1))
    assert said in text


def test_an_argument_that_is_changed_is_seen_where_nothing_asks_for_a_gradient(sandbox):
    [text] = judge(sandbox, RIGHT.replace("    g =", "    x += 1\n    g ="), given(requires_grad=False))
    assert "changed its argument x" in text and "make a new tensor" in text


def test_a_gradient_that_is_zero_need_not_arrive():
    outcomes = [Outcome(1.0, [], gradients={"x": g}) for g in (None, torch.zeros(2), torch.ones(2))]
    assert same_outcome(*outcomes[:2], 1e-9) and not same_outcome(outcomes[0], outcomes[2], 1e-9)


class Scale(torch.nn.Module):
    def __init__(self, H):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.ones(H))

    def forward(self, x):
        """Returns y (N, H)"""
        return self.gain * x


def judge_module(body, *calls, **options):
    namespace = {"torch": torch, "nn": torch.nn}
    exec(f"class Mine(nn.Module):\n{inspect.cleandoc(body)}".replace("\n", "\n    "), namespace)
    recorded = RecordedFunction(SimpleNamespace(reference=Scale), InProcessSession(namespace["Mine"]))
    state = {"gain": torch.arange(4.0, dtype=torch.float64)}
    x = tensors.as_tensors(np.ones((2, 4)))
    agree_module(recorded, (4,), *(calls or [x]), state=state, **options)
    return [mismatch.text for mismatch in recorded.mismatches]


START = "def __init__(self, H):\n    super().__init__()\n    "
FORWARD = "\ndef forward(self, x):\n    return self.gain * x"


@pytest.mark.parametrize(
    "body, said",
    [
        (START + "self.gain = torch.ones(H)" + FORWARD, "gain is not registered; registered are: none"),
        (START + "self.scale = nn.Parameter(torch.ones(H))" + FORWARD, "registered are: scale"),
        (START + "self.register_buffer('gain', torch.ones(H))" + FORWARD, "gain is not registered"),
        (START + "self.gain = nn.Parameter(torch.ones(1, H))" + FORWARD, "has shape (1, 4), expected (4,)"),
        (START + "self.gain = nn.Parameter(torch.ones(H), requires_grad=False)" + FORWARD, "asks for no gradient"),
        (START + "self.gain, self.b = nn.Parameter(torch.ones(H)), nn.Parameter(torch.ones(1))" + FORWARD,
         "a parameter b, which nobody asked for"),
        (START + "self.gain = nn.Parameter(torch.ones(H))" + FORWARD.replace("gain *", "gain.detach() *"),
         "No gradient reaches gain"),
        (START + "self.gain = nn.Parameter(torch.ones(H))" + FORWARD.replace("x:", "").replace(" * x", " * x.data"),
         "No gradient reaches x"),
        (START + "self.gain = torch.nn.Parameter(torch.ones(H))\n    raise KeyError(3)" + FORWARD, "raises KeyError"),
        ("def __init__(self, H):\n    self.gain = nn.Parameter(torch.ones(H))" + FORWARD, "raises AttributeError"),
    ],
)  # fmt: skip
def test_each_way_for_a_module_to_be_wrong_has_its_words(body, said):
    [text] = judge_module(body)
    assert said in text


def test_a_module_that_heeds_its_mode_or_its_past_is_seen():
    makes = START + "self.gain, self.n = nn.Parameter(torch.ones(H)), 0"
    counts = "\ndef forward(self, x):\n    self.n += 1\n    return self.gain * x * min(self.n, 2)"
    x = tensors.as_tensors(np.ones((2, 4)))
    assert "in call 2 of the same module" in judge_module(makes + counts, x, x)[0]
    heeds = "\ndef forward(self, x):\n    return self.gain * x * (1 if self.training else 2)"
    assert judge_module(makes + heeds) == [] and "is wrong" in judge_module(makes + heeds, training=False)[0]
    assert judge_module(makes + FORWARD, x, x, training=False) == []


def test_an_entry_says_what_it_needs(tmp_path):
    entry = """
title: T
exercises:
  - {id: "1.1", function: lstm_ref.a.b, points: 1, difficulty: 1, minutes: 1, lines: 1, task: t, hints: [h], %s}
"""
    path = tmp_path / "01_t.yml"
    for options, uses_torch in (("uses: torch", True), ("uses: torch, from_scratch: true", True)):
        path.write_text(entry % options)
        [exercise] = read_exercises(path, tmp_path)[1]
        assert exercise.uses_torch is uses_torch and exercise.from_scratch is ("from" in options)
    for options, said in (
        ("uses: jax", "write torch, or leave it out"),
        ("uses: torch, from_scratch: 3", "write true, or leave it out"),
        ("from_scratch: true", "add `uses: torch`"),
    ):
        path.write_text(entry % options)
        with pytest.raises(Problems, match=said):
            read_exercises(path, tmp_path)


def test_without_a_sandbox_a_plain_process_does_it():
    with Sandbox(allow_isolation=False) as plain:
        assert judge(plain, RIGHT, seconds=2.0) == []


def test_another_server_is_started_for_the_first_exercise_that_needs_it_and_once():
    with Sandbox() as sandbox:
        sandbox.open(1.0).close()
        assert sandbox._with_torch == {}
        sandbox.open(1.0, torch=True).close()
        server = sandbox._with_torch[False]._server.pid
        sandbox.open(1.0, torch=True).close()
        assert sandbox._with_torch[False]._server.pid == server


def test_pytorchs_own_layers_are_there_where_nobody_asks_for_them_from_scratch(sandbox):
    source = "from torch import nn\ndef f(x):\n    return nn.LSTM(4, 2).double()(x)[0]"
    for from_scratch in (False, True):
        with sandbox.open(5.0, torch=True, from_scratch=from_scratch) as session:
            session.load(
                name="f", cells=[["cell 1", source, [0, 1]]], names=["nn"], earlier="", exports=[], answers=[]
            )  # fmt: skip
            if from_scratch:
                with pytest.raises(LearnerError, match="aten::lstm, which is PyTorch's own"):
                    session.call([torch.ones(3, 1, 4).double()])
            else:
                assert session.call([torch.ones(3, 1, 4).double()])[0].shape == (3, 1, 2)
