"""Finds PyTorch's own recurrent layers in a learner's source, before anything runs, and says where they stand.

An exercise that asks for a cell written from scratch takes none of them. (`inside.from_scratch` takes them away from
the running process.)
"""

import ast
import re
from collections.abc import Iterator

NAMES = re.compile(
    r"_?((quantized|mkldnn|thnn_fused|thnn_differentiable|cudnn|miopen)_)?"
    r"(lstm|gru|rnn(_(tanh|relu))?)(_?cell)?(_?(base|layer|mps|dynamic))*|_VF",
    re.IGNORECASE,
)


def find_recurrent_layers(tree: ast.AST, among: ast.AST | None = None) -> list[tuple[str, int]]:
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
        if (
            isinstance(node, ast.Attribute)
            and isinstance(part, ast.Name)
            and part.id in roots
            and _is_recurrent(what[-1])
        ):
            found.append((".".join([part.id, *what]), node.lineno))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            given = [a.value for a in node.args[1:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if given and _is_recurrent(given[0]) and _root(node.args[0]) in roots:
                found.append((f"{ast.unparse(node.args[0])}.{given[0]}", node.lineno))
    return sorted(found, key=lambda pair: pair[1])


def _imports(tree: ast.AST) -> Iterator[tuple[str, ast.alias, int]]:
    """The imports from PyTorch as (module, alias, line); the module is "" in `import torch`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (("", alias, node.lineno) for alias in node.names if _is_torch(alias.name))
        elif isinstance(node, ast.ImportFrom) and _is_torch(node.module or ""):
            yield from ((node.module or "", alias, node.lineno) for alias in node.names)


def _is_recurrent(name: str) -> bool:
    return NAMES.fullmatch(name) is not None


def _is_torch(module: str) -> bool:
    return module.partition(".")[0] == "torch"


def _root(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
