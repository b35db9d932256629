"""The Python of a code cell, IPython's magics and `await` allowed."""

import ast
import warnings


def parse(source: str) -> ast.Module:
    """The syntax tree of a code cell.

    Lines that only IPython understands (`%timeit f()`, `!ls`, `f?`) are translated first, as the kernel would do.
    Raises SyntaxError with the line inside the cell.
    """
    try:
        return _tree(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager  # only cells with magics need this slow import

        return _tree(TransformerManager().transform_cell(source))


def _tree(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # the linter reports invalid escapes
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            return compile(source, "<cell>", "exec", flags, dont_inherit=True)
        except ValueError as error:  # a null byte
            raise SyntaxError(str(error)) from None


def bound_names(tree: ast.Module) -> dict[str, int]:
    """The names that running the cell would bind, each with its line: definitions, imports and assignments."""
    names: dict[str, int] = {}
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.setdefault(node.name, node.lineno)
                continue  # what it binds inside stays inside
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    names.setdefault(alias.asname or alias.name.split(".")[0], node.lineno)
            case ast.Name(ctx=ast.Store()):
                names.setdefault(node.id, node.lineno)
        waiting.extend(ast.iter_child_nodes(node))
    return names
