"""Small changes of a function, one at a time: what a slip of the finger or of the mind makes of a right answer."""

import ast

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


def mutants(source):
    """All sources that differ from a function's by one small change.

    source : a function definition
    Returns a list, without the source itself and without doubles
    """
    tree = ast.parse(source)
    function = tree.body[0]
    names = sorted(
        {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
        | {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    )
    found = {}
    for parent, field, position, node in _places(function):
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


def _places(node):
    """Every node below this one, with where it hangs; texts of messages are left out."""
    for field, value in list(ast.iter_fields(node)):
        for position, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr | ast.arguments):
                yield node, field, position, child
                yield from _places(child)


def _alternatives(node, names):
    """What may stand in the place of a node."""
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
            turns = ast.Call(ast.Name("list"), [range_], [])
            for part in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))):  # one turn short
                yield ast.For(target, ast.Subscript(turns, part), body, [], lineno=0)


def _other_calls(node):
    function, arguments, keywords = node.func, node.args, node.keywords
    for k in range(len(keywords)):
        yield ast.Call(function, arguments, keywords[:k] + keywords[k + 1 :])
    for other in _swapped(arguments):
        yield ast.Call(function, other, keywords)
    if isinstance(function, ast.Attribute):
        yield function.value  # x.copy() → x
    if arguments:
        yield arguments[0]  # np.tanh(x) → x


def _other_subscripts(value, index, context):
    if not isinstance(index, ast.Slice | ast.Tuple):
        for op in (ast.Add(), ast.Sub()):
            yield ast.Subscript(value, ast.BinOp(index, op, ast.Constant(1)), context)
    if isinstance(context, ast.Load):
        yield value


def _other_slices(node):
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is not None:
            others = [ast.BinOp(bound, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())] + [None]
            bounds = {"lower": node.lower, "upper": node.upper, "step": node.step}
            yield from (ast.Slice(**{**bounds, name: other}) for other in others)


def _swapped(items):
    """The list with two neighbours exchanged, in every place."""
    for k in range(len(items) - 1):
        yield [*items[:k], items[k + 1], items[k], *items[k + 2 :]]


def _is_python(text):
    try:
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
