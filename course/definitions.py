"""What some code uses of the course's packages: not whole files, but functions, classes and constants.

The site executes a notebook again when a definition has changed that the notebook uses, directly or through another
one. Nothing is imported for it: names are looked up in syntax trees. Where a tree does not tell what a name stands for,
all definitions of a module count. Comments, docstrings and the place of a definition in its file do not count, unless
something shows them.

Importing a module executes its statements. So two things count of every module that an import executes: its imports,
and every statement that calls something. A definition, or a constant without a call, counts where it is used.
"""

import ast
import builtins
import os
from collections.abc import Collection
from pathlib import Path

from course.dependencies import PACKAGES
from course.module_syntax import Chain, Module, Target, as_text, chains, read_module, references

OWN_NAMES = {"globals", "vars", "eval", "exec", "locals"}  # whatever the module defines may be meant
ANY_MODULE = {"import_module", "__import__", "exec_module", "run_path", "run_module", "spec_from_file_location"}
SHOWN = {"getsource", "getsourcelines", "getdoc", "help", "__doc__", "linecache"}  # what shows text or docstrings
IMPORTED = "import"  # the key of what counts of a module that is imported


def used_definitions(code: str, root: Path, folder: Path, packages: Collection[str] = PACKAGES) -> dict[str, str]:
    """All that the code uses of these packages: `lstm_ref/lstm.py:lstm_step` → its syntax as text.

    root : folder that contains the packages
    folder : where the code runs; a file that it gives to runpy.run_path counts as part of it

    Raises SyntaxError where the code is not plain Python.
    """
    search, own = _Search(root, packages), Module("")
    inlined = _Inlined(root, folder)
    own.read(inlined.visit(ast.parse(code)).body)
    for name in own.executes:
        search.execute(name)
    for statement in [*own.effects, *(node for nodes in own.definitions.values() for node in nodes)]:
        search.follow(own, statement)
    for star in own.stars:
        search.whole(star)
    if search.shows_text:
        search.found |= {f"{file}:text": (root / file).read_text("utf8") for file in search.files()}
    return search.found | inlined.texts


def mentioned_modules(code: str) -> set[str]:
    """The modules of imported names that the code mentions elsewhere than in their import.

    Raises SyntaxError where the code is not plain Python.
    """
    tree, own = ast.parse(code), Module("")
    own.read(tree.body)
    return {origin for first, *_ in chains(tree) for origin, _ in own.imports.get(first, ())}


class _Inlined(ast.NodeTransformer):
    """Puts the statements of a file in place of `runpy.run_path("file.py")`, and keeps its text."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.texts: dict[str, str] = {}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        given = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        file = self.folder / str(given)
        if ast.unparse(node.func) != "runpy.run_path" or not file.is_file():
            return node
        text = file.read_text("utf8")
        self.texts[f"{os.path.relpath(file, self.root)}:text"] = text
        body = [*ast.parse(text).body]
        return ast.Tuple(body, ast.Load())  # not an expression that Python would compile; it is only walked through


class _Search:
    def __init__(self, root: Path, packages: Collection[str]) -> None:
        self.root, self.packages = root, packages
        self.found: dict[str, str] = {}
        self.seen: set[tuple[str, str]] = set()
        self.shows_text = False

    def files(self) -> set[str]:
        """The files of which something counts."""
        return {key.partition(":")[0] for key in self.found}

    def module(self, name: str) -> Module | None:
        """The module of that name; None outside the packages."""
        path = self.path(name)
        return read_module(name, path, path.stat().st_mtime_ns) if path else None

    def path(self, name: str) -> Path | None:
        parts = name.split(".")
        if parts[0] not in self.packages:
            return None
        places = [self.root.joinpath(*parts, "__init__.py"), self.root.joinpath(*parts).with_suffix(".py")]
        return next((path for path in places if path.is_file()), None)

    def key(self, module: Module, name: str) -> str:
        path = self.path(module.name)
        assert path is not None, "only modules of the packages are counted"
        return f"{path.relative_to(self.root).as_posix()}:{name}"

    def execute(self, dotted: str) -> None:
        """Count what importing this name executes: the packages that contain it, the module, and what these import."""
        parts = dotted.split(".")
        for k in range(1, len(parts) + 1):
            module = self.module(".".join(parts[:k]))
            if module is None or (module.name, IMPORTED) in self.seen:
                continue
            self.seen.add((module.name, IMPORTED))
            counted = [*module.effects, *module.executes] if not module.text else [module.text]
            self.found[self.key(module, IMPORTED)] = "\n".join(as_text(part) for part in counted)
            for name in module.executes:
                self.execute(name)
            for star in module.stars:
                self.whole(star)
            for statement in module.effects:
                self.follow(module, statement)

    def whole(self, dotted: str) -> None:
        """Count everything that a module defines or imports from the packages."""
        self.execute(dotted)
        module = self.module(dotted)
        for name in [*module.definitions, *module.imports] if module else ():
            self.name(dotted, name, is_bare=False)

    def package(self, name: str) -> None:
        """Count every module of a package."""
        folder = self.root / name
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(self.root).with_suffix("").parts
            self.whole(".".join(parts[:-1] if parts[-1] == "__init__" else parts))

    def name(self, dotted: str, name: str, rest: Chain = (), is_bare: bool = True) -> None:
        """Count what a name of a module stands for.

        rest : the attributes that follow the name
        is_bare : whether a module that the name stands for counts as a whole where no attribute follows
        """
        module = self.module(dotted)
        if module is None:
            return
        self.execute(dotted)
        if self.path(f"{dotted}.{name}"):
            self.attribute(f"{dotted}.{name}", rest, is_bare)
        for target in module.imports.get(name, ()):
            self.imported(target, rest, is_bare)
        known = name in module.imports or name in module.definitions or self.path(f"{dotted}.{name}")
        if not known and "__getattr__" in module.definitions:
            self.package(dotted.split(".")[0])
        for found in {name, "__getattr__"} & module.definitions.keys():
            if (dotted, found) not in self.seen:
                self.seen.add((dotted, found))
                nodes = module.definitions[found]
                self.found[self.key(module, found)] = "\n".join(map(as_text, nodes))
                for node in nodes:
                    self.follow(module, node)

    def attribute(self, dotted: str, attributes: Chain, is_bare: bool) -> None:
        """Count what an attribute of a module stands for; the module as a whole where none follows."""
        if attributes:
            self.name(dotted, attributes[0], attributes[1:])
        elif is_bare:
            self.whole(dotted)
        else:
            self.execute(dotted)

    def imported(self, target: Target, rest: Chain, is_bare: bool = True) -> None:
        """Count what an imported name stands for, with the attributes that follow it."""
        origin, attribute = target
        if attribute:
            self.name(origin, attribute, rest, is_bare)
        elif self.path(origin):
            self.attribute(origin, rest, is_bare)

    def follow(self, module: Module, node: ast.AST) -> None:
        """Count all that a statement of a module refers to."""
        imports = {name: {*targets} for name, targets in module.imports.items()}
        names, statements = references(node)
        for part in statements:
            for name, target in module.bound(part):
                imports.setdefault(name, set()).add(target)
            for name in module.dotted(part):
                self.execute(name)
        for first, *rest in names:
            if first == "__doc__" and module.name:  # its own docstring
                self.found[self.key(module, "text")] = (self.root / self.key(module, "").rstrip(":")).read_text("utf8")
            elif first != "__doc__" and not SHOWN.isdisjoint((first, *rest)):
                self.shows_text = True
            if first in OWN_NAMES and module.name:
                self.whole(module.name)
            if not ANY_MODULE.isdisjoint((first, *rest)) and getattr(node, "name", "") != "__getattr__":
                for package in [module.name.split(".")[0]] if module.name else self.packages:
                    self.package(package)
            if first in module.definitions and module.name:
                self.name(module.name, first)
            for target in imports.get(first, ()):
                self.imported(target, tuple(rest))
            if module.stars and not (first in imports or first in module.definitions or hasattr(builtins, first)):
                for star in module.stars:
                    self.whole(star)
