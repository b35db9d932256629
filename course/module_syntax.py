"""What a Python file says, statement by statement: what it imports, defines and does when it is imported."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
# Decorators that change nothing but what they decorate; any other one may put a function into a register.
DECORATORS = {
    "checked", "dataclass", "dataclasses.dataclass", "functools.cache", "functools.lru_cache",
    "contextlib.contextmanager", "runtime_checkable", "torch.inference_mode",
}  # fmt: skip
IN_CLASSES = DECORATORS | {"property", "staticmethod", "classmethod", "functools.cached_property", "abstractmethod"}
Chain = tuple[str, ...]  # a.b.c as its parts
Target = tuple[str, str]  # what an imported name stands for: a module, and its attribute or ""


@dataclass
class Module:
    """What a module's file says, statement by statement.

    package : tuple      the package that contains it, for relative imports
    text : str           its whole text, where that is no Python
    imports : dict       bound name → all that it may stand for
    definitions : dict   bound name → the statements that bind it
    effects : list       statements that may do more than bind a name
    executes : list      dotted names that importing the module imports
    stars : list         modules of which all names are imported
    """

    name: str
    package: Chain = ()
    text: str = ""
    imports: dict[str, set[Target]] = field(default_factory=dict)
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    effects: list[ast.stmt] = field(default_factory=list)
    executes: list[str] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)

    def read(self, statements: list[ast.stmt]) -> None:
        """Sort statements of the module's outermost level."""
        for node in statements:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.bind(node)
                self.executes += self.dotted(node)
            elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                for part in node.body:  # not executed; a module's __getattr__ may import these names when they are used
                    if isinstance(part, ast.Import | ast.ImportFrom):
                        self.bind(part)
            elif not _is_docstring(node):
                names = [node.name] if isinstance(node, Definition) else [*_stored_names(node)]
                for name in names:
                    self.definitions.setdefault(name, []).append(node)
                if _acts(node) or not names:
                    self.effects.append(node)
                    inner = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
                    for part in [] if isinstance(node, Definition) else inner:
                        self.bind(part)
                        self.executes += self.dotted(part)

    def bind(self, node: ast.Import | ast.ImportFrom) -> None:
        """Note the names that an import statement binds."""
        for name, target in self.bound(node):
            self.imports.setdefault(name, set()).add(target)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            self.stars.append(self.origin(node))

    def bound(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Target]]:
        """The names that an import statement binds, each with what it stands for."""
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                yield alias.asname or alias.name, (self.origin(node), alias.name)
            else:
                first = alias.name.split(".")[0]
                yield alias.asname or first, (alias.name if alias.asname else first, "")

    def dotted(self, node: ast.Import | ast.ImportFrom) -> list[str]:
        """The dotted names that may be modules which an import statement executes."""
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        return [self.origin(node), *(f"{self.origin(node)}.{alias.name}" for alias in node.names)]

    def origin(self, node: ast.ImportFrom) -> str:
        """The module that `from … import` names, relative to the module's package where it begins with a dot."""
        base = self.package[: len(self.package) - node.level + 1] if node.level else ()
        return ".".join([*base, *([node.module] if node.module else [])])


@functools.cache
def read_module(name: str, path: Path, _changed: int) -> Module:
    """The module in this file; `_changed` is the file's time of change, so that a new text is read anew."""
    parts = tuple(name.split("."))
    module = Module(name, parts if path.name == "__init__.py" else parts[:-1])
    text = path.read_text("utf8")
    try:
        module.read(ast.parse(text).body)
    except SyntaxError:
        module.text = text
    return module


@functools.cache  # several notebooks use one definition
def as_text(node: ast.stmt | str) -> str:
    """A statement as text, without docstrings and comments and wherever it stands."""
    if isinstance(node, str):
        return node
    parts = [
        part for part in ast.walk(node) if isinstance(part, Definition) and part.body and _is_docstring(part.body[0])
    ]
    kept = [(part, part.body) for part in parts]
    for part in parts:
        part.body = part.body[1:]
    try:
        return ast.dump(node)
    finally:
        for part, body in kept:
            part.body = body


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _stored_names(node: ast.AST) -> Iterator[str]:
    """The names that a statement at the outermost level binds."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, Definition):
            yield part.name


def _acts(node: ast.stmt) -> bool:
    """Whether executing the statement may do more than bind its names."""
    if isinstance(node, ast.ClassDef):
        inner = [part for part in node.body if not _is_docstring(part)]
        methods = [part for part in inner if isinstance(part, Definition)]
        registers = any(_decorators(part) - IN_CLASSES for part in methods)
        return bool(_decorators(node) - DECORATORS or node.keywords or registers) or any(
            isinstance(part, ast.Expr) for part in inner
        )
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        return bool(_decorators(node) - DECORATORS) or any(_calls(default) for default in defaults)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return _calls(node) or not all(isinstance(part, ast.Name | ast.Tuple | ast.List) for part in targets)
    return True


def _decorators(node: Definition) -> set[str]:
    return {ast.unparse(part.func if isinstance(part, ast.Call) else part) for part in node.decorator_list}


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call | ast.Await | ast.NamedExpr) for part in ast.walk(node))


@functools.cache
def references(node: ast.AST) -> tuple[list[Chain], list[ast.Import | ast.ImportFrom]]:
    """The names below the node with the attributes that follow them, and the import statements."""
    return list(chains(node)), [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]


def chains(node: ast.AST, hidden: frozenset[str] = frozenset()) -> Iterator[Chain]:
    """Every name below the node, with the attributes that follow it; "" in place of a name that is no module's.

    hidden : set   arguments and variables of the functions that contain the node
    """
    if isinstance(node, Function):
        own, shared = _local_names(node)
        inner = hidden - shared | own
        for child in ast.iter_child_nodes(node):
            is_body = child in node.body if isinstance(node.body, list) else child is node.body
            yield from chains(child, inner if is_body else hidden)
        return
    rest: list[str] = []
    while isinstance(node, ast.Attribute):
        rest.insert(0, node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        yield ("" if node.id in hidden else node.id, *rest)
        return
    if rest:
        yield ("", *rest)
    for child in ast.iter_child_nodes(node):
        yield from chains(child, hidden)


def _local_names(function: Function) -> tuple[set[str], set[str]]:
    """The names that a function binds, which hide the module's in its body, and those that it declares global."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    found, shared = {argument.arg for argument in every if argument}, set[str]()
    waiting: list[ast.AST] = [*function.body] if isinstance(function.body, list) else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global):
            shared |= {*node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, Definition | ast.Lambda | Comprehension):
            waiting += ast.iter_child_nodes(node)
    return found - shared, shared
