"""Mutants of a function: sources that differ from it by one small change, as a typing or thinking mistake makes."""

import ast
from collections.abc import Iterator

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
COMMUTE = (ast.Add, ast.Mult)
STATEMENTS = (ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For, ast.While, ast.Raise)
RENAMES = {
    "tanh": ("sin", "arctan"),
    "sigmoid": ("np.tanh",),
    "exp": ("expm1", "exp2"),
    "log": ("log1p", "log2"),
    "sqrt": ("square",),
    "square": ("abs",),
    "abs": ("negative",),
    "max": ("min",),
    "min": ("max",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "argmax": ("argmin",),
    "sum": ("mean",),
    "mean": ("sum", "median"),
    "cumsum": ("cumprod",),
    "prod": ("sum",),
    "std": ("var",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "ones": ("zeros",),
    "normal": ("uniform",),
    "uniform": ("normal",),
    "all": ("any",),
    "any": ("all",),
    "concatenate": ("stack",),
    "stack": ("concatenate",),
    "float64": ("float32",),
    "isfinite": ("isnan",),
    "where": ("maximum",),
}


def mutants(source: str) -> list[str]:
    """All sources that differ from a function's by one small change.

    source : a function definition
    Returns a list without repetitions and without the source itself
    """
    tree = ast.parse(source)
    function = tree.body[0]
    names = sorted(
        {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
        | {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    )
    found: dict[str, None] = {}
    for parent, field, position, node in _nodes(function):
        value = getattr(parent, field)
        for other in _alternatives(node, names):
            if position is None:
                setattr(parent, field, other)
            else:
                value[position] = other
            found[ast.unparse(tree)] = None
        if position is None:
            setattr(parent, field, value)
        else:
            value[position] = node
    found.pop(ast.unparse(tree), None)
    return [text for text in found if _is_python(text)]


def _nodes(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below this one as (parent, field, position in the field's list, node), without texts of messages."""
    for field, value in list(ast.iter_fields(node)):
        for position, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr | ast.arguments):
                yield node, field, position, child
                yield from _nodes(child)


def _alternatives(node: ast.AST, names: list[str]) -> Iterator[ast.AST]:
    """The nodes that replace this one, each in one mutant."""
    if isinstance(node, STATEMENTS):
        yield ast.Pass()
    match node:
        case ast.BinOp(left, op, right):
            yield from (ast.BinOp(left, other(), right) for other in ARITHMETIC if not isinstance(op, other))
            yield from (left, right)
            if not isinstance(op, COMMUTE):
                yield ast.BinOp(right, op, left)
            if isinstance(op, ast.MatMult):
                yield ast.BinOp(left, op, ast.Attribute(right, "T"))
                yield ast.BinOp(ast.Attribute(left, "T"), op, right)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.Compare(left, [op], [right]):
            yield from (ast.Compare(left, [other()], [right]) for other in COMPARISONS if not isinstance(op, other))
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from values
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            yield from (ast.Constant(other) for other in (value + 1, value - 1, 2 * value, value / 2, -value))
        case ast.Name(name, ast.Load()) if name in names:
            yield from (ast.Name(other, ast.Load()) for other in names if other != name)
        case ast.Name(name) if name in RENAMES:
            yield from (ast.Name(other) for other in RENAMES[name])
        case ast.Attribute(value, name):
            if name == "T":
                yield value
            yield from (ast.Attribute(value, other) for other in RENAMES.get(name, ()))
        case ast.Call():
            yield from _other_calls(node)
        case ast.Subscript(value, index):
            yield from _other_subscripts(value, index, node.ctx)
        case ast.Slice():
            yield from _other_slices(node)
        case ast.Tuple(elements, context) | ast.List(elements, context):
            yield from (type(node)(other, context) for other in _swapped(elements))
            if isinstance(context, ast.Load):
                yield from (type(node)(elements[:k] + elements[k + 1 :], context) for k in range(len(elements)))
        case ast.IfExp(_, body, otherwise):
            yield from (body, otherwise)
        case ast.Assign([ast.Name(name) as target], ast.BinOp(ast.Name(first), op, right)) if name == first:
            yield ast.AugAssign(target, op, right)  # x = x + y → x += y, into the caller's array
        case ast.AugAssign(target, op, value):
            yield ast.Assign([target], value, lineno=0)
            yield from (ast.AugAssign(target, other(), value) for other in ARITHMETIC if not isinstance(op, other))
        case ast.If(_, body, otherwise) | ast.While(_, body, otherwise):
            yield from (ast.If(ast.Constant(truth), body, otherwise) for truth in (True, False))
        case ast.For(target, range_, body):
            items = ast.Call(ast.Name("list"), [range_], [])
            for part in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))):  # one iteration less
                yield ast.For(target, ast.Subscript(items, part), body, [], lineno=0)


def _other_calls(node: ast.Call) -> Iterator[ast.expr]:
    function, arguments, keywords = node.func, node.args, node.keywords
    for k in range(len(keywords)):
        yield ast.Call(function, arguments, keywords[:k] + keywords[k + 1 :])
    for other in _swapped(arguments):
        yield ast.Call(function, other, keywords)
    if isinstance(function, ast.Attribute):
        yield function.value  # x.copy() → x
    if arguments:
        yield arguments[0]  # np.tanh(x) → x


def _other_subscripts(value: ast.expr, index: ast.expr, context: ast.expr_context) -> Iterator[ast.expr]:
    if not isinstance(index, ast.Slice | ast.Tuple):
        for op in (ast.Add(), ast.Sub()):
            yield ast.Subscript(value, ast.BinOp(index, op, ast.Constant(1)), context)
    if isinstance(context, ast.Load):
        yield value


def _other_slices(node: ast.Slice) -> Iterator[ast.Slice]:
    lower, upper, step = node.lower, node.upper, node.step
    yield from (ast.Slice(other, upper, step) for other in _other_bounds(lower))
    yield from (ast.Slice(lower, other, step) for other in _other_bounds(upper))


def _other_bounds(bound: ast.expr | None) -> list[ast.expr | None]:
    """One more, one less and none, in place of a bound of a slice."""
    if bound is None:
        return []
    return [ast.BinOp(bound, ast.Add(), ast.Constant(1)), ast.BinOp(bound, ast.Sub(), ast.Constant(1)), None]


def _swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """The list with two neighbours exchanged, once for each pair of neighbours."""
    for k in range(len(items) - 1):
        yield [*items[:k], items[k + 1], items[k], *items[k + 2 :]]


def _is_python(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
