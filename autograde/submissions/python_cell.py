"""The Python of a notebook's code cell: its syntax tree without IPython's magics, and the names that it binds.

The builder reads lessons with this module and the grader reads learners' notebooks, so both agree on what a cell means.
"""

import ast
import re
import warnings
from collections.abc import Iterator

# A magic, a shell command or a call for help, which a backslash may continue; or one that is assigned: `files = !ls`.
MAGIC = re.compile(
    r"""^(?P<indent>[^\S\n]*)
    (?: (?P<target>[^\W\d][\w ,.\[\]]*=[ ]*(?=[%!]))? [%!?] (?:[^\n]*\\\n)* [^\n]*  |  [^\s#'"][^\n]*\? )$""",
    re.MULTILINE | re.VERBOSE,
)
PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")  # the text below them is Python
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # the last two: code is nested too deeply


def parse(source: str) -> ast.Module:
    """The syntax tree of a code cell; `await` may stand at its top level, as in a notebook.

    Raises SyntaxError with the line inside the cell; RecursionError or MemoryError where the code is nested too deeply.
    """
    return parse_python(without_magics(source))


def parse_python(source: str) -> ast.Module:
    """The syntax tree of a cell without magics. Raises the errors of `parse`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # the linter reports invalid escapes
        try:
            return ast.parse(source, "<cell>")
        except ValueError as error:  # a null byte
            raise SyntaxError(str(error)) from None


def without_magics(source: str) -> str:
    """The cell as Python, with the same number of lines.

    Where a magic alone keeps the cell from parsing, `pass` replaces it, or `None` where the magic is assigned.
    A cell magic for another language (`%%bash`) leaves nothing.
    """
    if source.lstrip().startswith("%%"):
        magic, _, rest = source.lstrip().partition("\n")
        return f"\n{rest}" if magic.split()[0] in PYTHON_CELL_MAGICS else ""
    try:
        parse_python(source)
        return source
    except UNREADABLE:
        return MAGIC.sub(_replacement, source)


def _replacement(magic: re.Match[str]) -> str:
    statement = f"{magic['target']}None" if magic["target"] else "pass"
    return magic["indent"] + statement + "\n" * magic[0].count("\n")


def bound_names(tree: ast.AST) -> dict[str, int]:
    """The names that running a cell or a statement binds, each with the line of its first binding.

    Definitions, imports and assignments bind names. What a function, a class or a comprehension binds stays inside it,
    but for `:=` in a comprehension.
    """
    names: dict[str, int] = {}
    for node in _nodes_outside_scopes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.setdefault(node.name, node.lineno)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    names.setdefault(alias.asname or alias.name.partition(".")[0], node.lineno)
            case ast.Name(ctx=ast.Store()):
                names.setdefault(node.id, node.lineno)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                names.setdefault(name, node.lineno)
    return names


def changed_names(tree: ast.AST) -> set[str]:
    """The names whose values a cell or a statement changes in place: `name[…] = …` and `name.x = …`."""
    names = set[str]()
    for node in _nodes_outside_scopes(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            base: ast.expr = node
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            if isinstance(base, ast.Name):
                names.add(base.id)
    return names


def _nodes_outside_scopes(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes in the order of the text, without those inside a function, a class or a comprehension.

    The loop keeps a list of its own, since long chains of `elif` are nested deeper than Python's recursion limit.
    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield from (inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
            case _:
                waiting += reversed(list(ast.iter_child_nodes(node)))
