"""Rewrites a function in another style; its results stay the same up to the last digits of a sum.

The grader must recognise a mistake in any style; `tools/restyle.py` measures that on the bank of wrong answers.
"""

import ast
import copy
from collections.abc import Callable
from typing import Any

from restyling_helpers import EINSUM, IN_TORCH, ROW_BY_ROW, SIGMOID, SUM_LOOP, SUM_REDUCE, TERM_BY_TERM

Step = Callable[[ast.Module, list[str]], ast.Module]  # rewrites a tree and appends the helpers that it now calls


def restyled(source: str, style: str) -> str | None:
    """The cell of an answer, rewritten; None where the style has nothing to rewrite in it.

    source : functions and constants, as text
    style : one of STYLES
    """
    tree = ast.parse(source)
    helpers: list[str] = []
    before = ast.unparse(tree)
    for step in STYLES[style]:
        tree = ast.fix_missing_locations(step(copy.deepcopy(tree), helpers))
    after = ast.unparse(tree)
    if "nn.Module" in before:
        helpers = [IN_TORCH.get(helper, helper) for helper in helpers]
    return None if after == before else "\n".join([*dict.fromkeys(helpers), after])


def _with(rewriter: type["_Rewriter"]) -> Step:
    """The step that applies a rewriter to the whole tree."""
    return lambda tree, helpers: rewriter(helpers).visit(tree)


class _Rewriter(ast.NodeTransformer):
    """A transformer that collects the helpers which the rewritten tree calls."""

    def __init__(self, helpers: list[str]) -> None:
        self.helpers = helpers


def products(helper: str) -> Step:
    """A step that lets `helper` compute every matrix product."""

    class Products(_Rewriter):
        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            self.generic_visit(node)
            if not isinstance(node.op, ast.MatMult):
                return node
            self.helpers.append(helper)
            return _call("product_", node.left, node.right)

        def visit_Call(self, node: ast.Call) -> ast.expr:
            self.generic_visit(node)
            if ast.unparse(node.func) in ("np.dot", "np.matmul") and not node.keywords:
                self.helpers.append(helper)
                return _call("product_", *node.args)
            return node

    return _with(Products)


def sums(helper: str) -> Step:
    """A step that lets `helper` compute every sum of an array."""

    class Sums(_Rewriter):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            self.generic_visit(node)
            if not isinstance(node.func, ast.Attribute) or node.func.attr != "sum":
                return node
            if any(keyword.arg not in ("axis", "keepdims") for keyword in node.keywords):
                return node
            self.helpers.append(helper)
            operand = [] if ast.unparse(node.func.value) == "np" else [node.func.value]
            return ast.Call(ast.Name("sum_", ast.Load()), [*operand, *node.args], node.keywords)

    return _with(Sums)


class _Idioms(_Rewriter):
    """Equivalent idioms: sigmoid by tanh, a square as a product, `x.swapaxes(0, -1)` for `x.T`."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "sigmoid":
            self.helpers.append(SIGMOID)
            return _call("sigmoid_", *node.args)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        is_square = isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2"
        if is_square and isinstance(node.left, ast.Name | ast.Attribute):
            return ast.BinOp(node.left, ast.Mult(), copy.deepcopy(node.left))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if node.attr == "T" and isinstance(node.ctx, ast.Load):
            ends = [ast.Constant(0), ast.UnaryOp(ast.USub(), ast.Constant(1))]  # the same for up to three axes
            return ast.Call(ast.Attribute(node.value, "swapaxes", ast.Load()), ends, [])
        return node


class _Regroup(_Rewriter):
    """(a + b) + c becomes a + (b + c), and the same for products; the last digits change."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        inner = node.left
        if type(node.op) in (ast.Add, ast.Mult) and isinstance(inner, ast.BinOp) and type(inner.op) is type(node.op):
            return ast.BinOp(inner.left, node.op, ast.BinOp(inner.right, node.op, node.right))
        return node


class _Branches(_Rewriter):
    """An if of two assignments becomes a conditional expression or the reverse; a list comprehension becomes a loop."""

    def visit_If(self, node: ast.If) -> ast.stmt:
        self.generic_visit(node)
        match node:
            case ast.If(body=[ast.Assign(targets=[one]) as yes], orelse=[ast.Assign(targets=[other]) as no]):
                if ast.unparse(one) == ast.unparse(other):
                    return ast.Assign([one], ast.IfExp(node.test, yes.value, no.value))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        self.generic_visit(node)
        return self._spread(node) or node

    def visit_Return(self, node: ast.Return) -> ast.stmt | list[ast.stmt]:
        self.generic_visit(node)
        return self._spread(node) or node

    def _spread(self, node: ast.Assign | ast.Return) -> ast.stmt | list[ast.stmt] | None:
        """The statements in place of this one, or None where there is nothing to rewrite."""
        match node.value:
            case ast.IfExp(test, body, orelse):
                yes, no = copy.deepcopy(node), copy.deepcopy(node)
                yes.value, no.value = body, orelse
                return ast.If(test, [yes], [no])
            case ast.ListComp(element, [ast.comprehension(target, iterable, conditions, is_async=0)]):
                is_plain = all(isinstance(t, ast.Name | ast.Tuple) for t in getattr(node, "targets", []))
                if not is_plain:
                    return None
                kept: list[ast.stmt] = [ast.Expr(ast.Call(_attribute("kept_", "append"), [element], []))]
                for condition in reversed(conditions):
                    kept = [ast.If(condition, kept, [])]
                final = copy.deepcopy(node)
                final.value = ast.Name("kept_", ast.Load())
                empty = ast.Assign([ast.Name("kept_", ast.Store())], ast.List([], ast.Load()))
                return [empty, ast.For(target, iterable, kept, []), final]
        return None


class _Split(_Rewriter):
    """One operation a line: each nested operation is first assigned to a new name."""

    LEAVE = (
        ast.Lambda,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
        ast.IfExp,
        ast.BoolOp,
        ast.NamedExpr,
    )
    HOIST = (ast.BinOp, ast.Call, ast.UnaryOp)

    def _hoisted(self, node: ast.Assign | ast.Return) -> list[ast.stmt]:
        lines: list[ast.stmt] = []
        assert node.value is not None
        node.value = self._flat(node.value, lines, top=True)
        return [*lines, node]

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        return self._hoisted(node)

    def visit_Return(self, node: ast.Return) -> ast.stmt | list[ast.stmt]:
        return self._hoisted(node) if node.value is not None else node

    def _flat(self, node: Any, lines: list[ast.stmt], top: bool = False) -> Any:
        """The node with its nested operations replaced by names, which new `lines` assign."""
        if isinstance(node, self.LEAVE) or not isinstance(node, ast.expr):
            return node
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, field, [self._flat(part, lines) for part in value])
            elif isinstance(value, ast.expr) and not (isinstance(node, ast.Attribute) and _is_module(value)):
                setattr(node, field, self._flat(value, lines))
        for keyword in getattr(node, "keywords", []):
            keyword.value = self._flat(keyword.value, lines)
        if top or not isinstance(node, self.HOIST):
            return node
        name = f"part_{len(self.helpers)}_{len(lines)}"
        lines.append(ast.Assign([ast.Name(name, ast.Store())], node))
        return ast.Name(name, ast.Load())


def renamed(tree: ast.Module, helpers: list[str]) -> ast.Module:
    """Every local variable gets another name, and NumPy is called `numpy`."""
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)):
        taken = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
        own = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if isinstance(function, ast.ClassDef):
            own -= {n.id for s in function.body for n in ast.walk(s) if not isinstance(s, ast.FunctionDef)
                    and isinstance(n, ast.Name)}  # fmt: skip
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in own - taken:
                node.id = f"own_{node.id}"
            elif isinstance(node, ast.Name) and node.id == "np":
                node.id = "numpy"
            elif isinstance(node, ast.Nonlocal):
                node.names = [f"own_{name}" if name in own - taken else name for name in node.names]
    helpers.append("import numpy")
    return tree


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _attribute(name: str, attribute: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(name, ast.Load()), attribute, ast.Load())


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "re", "torch")


STYLES: dict[str, list[Step]] = {
    "renamed": [renamed],
    "split": [_with(_Split)],
    "branches": [_with(_Branches)],
    "idioms": [_with(_Idioms), _with(_Regroup)],
    "einsum": [products(EINSUM), sums(SUM_REDUCE)],
    "loops": [products(TERM_BY_TERM), sums(SUM_LOOP)],
    "rows": [products(ROW_BY_ROW), sums(SUM_LOOP)],
    "everything": [products(TERM_BY_TERM), sums(SUM_LOOP), _with(_Idioms), _with(_Branches), _with(_Split), renamed],
}
