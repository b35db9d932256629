"""The same function in another style: what it computes stays, but for the last digits of a sum.

A mistake that is made in a style of one's own must still be recognised; `tools/restyle.py` measures it on the bank.
"""

import ast
import copy

from restyling_helpers import EINSUM, IN_TORCH, ROW_BY_ROW, SIGMOID, SUM_LOOP, SUM_REDUCE, TERM_BY_TERM


def restyled(source, style):
    """The cell of an answer, rewritten; None where the style has nothing to rewrite in it.

    source : functions and constants, as text
    style : one of STYLES
    """
    tree, helpers = ast.parse(source), []
    before = ast.unparse(tree)
    for step in STYLES[style]:
        tree = ast.fix_missing_locations(step(copy.deepcopy(tree), helpers))
    after = ast.unparse(tree)
    if "nn.Module" in before:
        helpers = [IN_TORCH.get(helper, helper) for helper in helpers]
    return None if after == before else "\n".join([*dict.fromkeys(helpers), after])


def _with(rewriter):
    return lambda tree, helpers: rewriter(helpers).visit(tree)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, helpers):
        self.helpers = helpers


def products(helper):
    """A step that has every matrix product computed by `helper`."""

    class Products(_Rewriter):
        def visit_BinOp(self, node):
            self.generic_visit(node)
            if not isinstance(node.op, ast.MatMult):
                return node
            self.helpers.append(helper)
            return _call("product_", node.left, node.right)

        def visit_Call(self, node):
            self.generic_visit(node)
            if ast.unparse(node.func) in ("np.dot", "np.matmul") and not node.keywords:
                self.helpers.append(helper)
                return _call("product_", *node.args)
            return node

    return _with(Products)


def sums(helper):
    """A step that has every sum and mean of an array computed by `helper`."""

    class Sums(_Rewriter):
        def visit_Call(self, node):
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
    """Other spellings of one thing: sigmoid by tanh, a square as a product, `x.swapaxes(0, -1)` for `x.T`."""

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "sigmoid":
            self.helpers.append(SIGMOID)
            return _call("sigmoid_", *node.args)
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        is_square = isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2"
        if is_square and isinstance(node.left, ast.Name | ast.Attribute):
            return ast.BinOp(node.left, ast.Mult(), copy.deepcopy(node.left))
        return node

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr == "T" and isinstance(node.ctx, ast.Load):
            ends = [ast.Constant(0), ast.UnaryOp(ast.USub(), ast.Constant(1))]  # for up to three axes it is the same
            return ast.Call(ast.Attribute(node.value, "swapaxes", ast.Load()), ends, [])
        return node


class _Regroup(_Rewriter):
    """(a + b) + c becomes a + (b + c), and so for products: other last digits."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        inner = node.left
        if type(node.op) in (ast.Add, ast.Mult) and isinstance(inner, ast.BinOp) and type(inner.op) is type(node.op):
            return ast.BinOp(inner.left, node.op, ast.BinOp(inner.right, node.op, node.right))
        return node


class _Branches(_Rewriter):
    """A conditional expression for an if of two assignments, an if for a conditional expression, loops for lists."""

    def visit_If(self, node):
        self.generic_visit(node)
        match node:
            case ast.If(body=[ast.Assign(targets=[one]) as yes], orelse=[ast.Assign(targets=[other]) as no]):
                if ast.unparse(one) == ast.unparse(other):
                    return ast.Assign([one], ast.IfExp(node.test, yes.value, no.value))
        return node

    def visit_Assign(self, node):
        self.generic_visit(node)
        return self._spread(node) or node

    def visit_Return(self, node):
        self.generic_visit(node)
        return self._spread(node) or node

    def _spread(self, node):
        match node.value:
            case ast.IfExp(test, body, orelse):
                yes, no = copy.deepcopy(node), copy.deepcopy(node)
                yes.value, no.value = body, orelse
                return ast.If(test, [yes], [no])
            case ast.ListComp(element, [ast.comprehension(target, iterable, conditions, is_async=0)]):
                is_plain = all(isinstance(t, ast.Name | ast.Tuple) for t in getattr(node, "targets", []))
                if not is_plain or _binds(target) & _read(node):
                    return None
                kept = [ast.Expr(ast.Call(_attribute("kept_", "append"), [element], []))]
                for condition in reversed(conditions):
                    kept = [ast.If(condition, kept, [])]
                final = copy.deepcopy(node)
                final.value = ast.Name("kept_", ast.Load())
                empty = ast.Assign([ast.Name("kept_", ast.Store())], ast.List([], ast.Load()))
                return [empty, ast.For(target, iterable, kept, []), final]
        return None


class _Split(_Rewriter):
    """One operation a line: what is nested gets a name of its own first."""

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

    def _hoisted(self, node):
        lines = []
        node.value = self._flat(node.value, lines, top=True)
        return [*lines, node]

    def visit_Assign(self, node):
        return self._hoisted(node)

    def visit_Return(self, node):
        return self._hoisted(node) if node.value is not None else node

    def _flat(self, node, lines, top=False):
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


def renamed(tree, helpers):
    """Every local variable under another name, and NumPy under its own."""
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


def _call(name, *arguments):
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _attribute(name, attribute):
    return ast.Attribute(ast.Name(name, ast.Load()), attribute, ast.Load())


def _is_module(node):
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "re", "torch")


def _binds(target):
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}


def _read(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)} - _binds(
        node.value.generators[0].target
    )


STYLES = {
    "renamed": [renamed],
    "split": [_with(_Split)],
    "branches": [_with(_Branches)],
    "idioms": [_with(_Idioms), _with(_Regroup)],
    "einsum": [products(EINSUM), sums(SUM_REDUCE)],
    "loops": [products(TERM_BY_TERM), sums(SUM_LOOP)],
    "rows": [products(ROW_BY_ROW), sums(SUM_LOOP)],
    "everything": [products(TERM_BY_TERM), sums(SUM_LOOP), _with(_Idioms), _with(_Branches), _with(_Split), renamed],
}
