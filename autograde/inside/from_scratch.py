"""From scratch means it: PyTorch's own recurrent layers are out of reach of an exercise that asks for one.

`used` looks for them in the source, before anything runs, and says where they stand. `forbid` takes them away inside
the learner's process: the kernels themselves are replaced in PyTorch's dispatcher, so that under whatever name they are
called, from a class that inherits them, by `getattr`, from TorchScript or in another thread, the call raises.

A plain file: it stands in the sandbox too.
"""

import ast
import re
import sys

RECURRENT = re.compile(r"lstm|gru|rnn", re.IGNORECASE)
NAMES = re.compile(
    r"_?((quantized|mkldnn|thnn_fused|thnn_differentiable|cudnn|miopen)_)?"
    r"(lstm|gru|rnn(_(tanh|relu))?)(_?cell)?(_?(base|layer|mps|dynamic))*|_VF",
    re.IGNORECASE,
)
PYTHON = re.compile(r"torch\.(_decomp|_refs|ao\.nn\.|jit\.quantized|nn\.quantiz)")  # written in Python, by PyTorch


class NotFromScratch(Exception):
    """One of PyTorch's own recurrent layers was called."""


def used(tree, among=None):
    """PyTorch's own recurrent layers that a piece of source names, as (what, line), in order: ("nn.LSTM", 3), say.

    among : a larger piece, whose imports count too
    """
    roots = {alias.asname or alias.name.partition(".")[0] for _, alias, _ in _imports(among or tree)}
    found = [
        (f"{module}.{alias.name}", line)
        for module, alias, line in _imports(tree)
        if module and _is_recurrent(alias.name)
    ]
    for node in ast.walk(tree):
        what, part = [], node
        while isinstance(part, ast.Attribute):
            what, part = [part.attr, *what], part.value
        if what and isinstance(part, ast.Name) and part.id in roots and _is_recurrent(what[-1]):
            found.append((".".join([part.id, *what]), node.lineno))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            given = [a.value for a in node.args[1:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if given and _is_recurrent(given[0]) and _root(node.args[0]) in roots:
                found.append((f"{ast.unparse(node.args[0])}.{given[0]}", node.lineno))
    return sorted(found, key=lambda pair: pair[1])


def _imports(tree):
    """What of PyTorch is imported: (module, alias, line); the module is "" in `import torch`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (("", alias, node.lineno) for alias in node.names if _is_torch(alias.name))
        elif isinstance(node, ast.ImportFrom) and _is_torch(node.module or ""):
            yield from ((node.module, alias, node.lineno) for alias in node.names)


def _is_recurrent(name):
    return NAMES.fullmatch(name) is not None


def _is_torch(module):
    return module.partition(".")[0] == "torch"


def _root(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def forbid():
    """Replace, in this process and for good, every recurrent kernel of PyTorch by one that raises NotFromScratch."""
    import ctypes
    import warnings

    import torch

    names = [name.split("::") for name in torch._C._dispatch_get_all_op_names() if RECURRENT.search(name)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch asks whether one means it
        for space in sorted({space for space, _ in names}):
            library = torch._C._dispatch_library("IMPL", space, "")
            for _, name in (pair for pair in names if pair[0] == space):
                for key in ("CompositeImplicitAutograd", "CPU"):
                    library.impl(name, key, _refusal(f"{space}::{name.partition('.')[0]}"))
            # Whoever drops the library takes the refusals back. So it gets one more reference than anybody holds,
            # and, unknown to the garbage collector, can be found nowhere.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
    for module in [module for name, module in list(sys.modules.items()) if PYTHON.match(name)]:
        for name, value in list(vars(module).items()):
            if RECURRENT.search(name) and getattr(value, "__module__", None) == module.__name__:
                if isinstance(value, type):
                    value.__init__ = _refusal(f"{module.__name__}.{name}")
                elif callable(value):
                    setattr(module, name, _refusal(f"{module.__name__}.{name}"))


def _refusal(what):
    def refuse(*_, **__):
        raise NotFromScratch(f"{what}, which is PyTorch's own")

    return refuse
