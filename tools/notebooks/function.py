"""A function or a class of the reference, read from its module's file: the worked answer and the stub.

The module is parsed and not imported, so its comments, line breaks and blank lines reach the learner unchanged.
"""

import ast
import builtins
import copy
import difflib
import re
import symtable
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from autograde.course import kept_decorators
from autograde.docstring import described_arguments, described_result
from autograde.problem import Problem, relative_posix

WIDTH = 80
Definition = ast.FunctionDef | ast.ClassDef
AnyDefinition = TypeVar("AnyDefinition", bound=Definition)


@dataclass(frozen=True)
class Function:
    """One function: its text without decorators and annotations, and the global names that it uses."""

    name: str
    module: str  # lstm_ref.rnn
    signature: str
    docstring: str
    body: str
    uses: tuple[tuple[str, str], ...]  # global names other than builtins, each with its file and line
    methods: tuple["Function", ...] = ()  # only of a class

    @property
    def worked(self) -> str:
        """The answer: signature, docstring and body."""
        return self._text(lambda method: method.body)

    def stub(self, identifier: str) -> str:
        """The learner's version: signature, docstring, and a body that raises with the exercise's id."""
        raising = f'raise NotImplementedError("Exercise {identifier}")'
        return self._text(lambda part: ("        " if self.methods else "    ") + raising)

    def _text(self, body: Callable[["Function"], str]) -> str:
        if not self.methods:
            return "\n".join(filter(None, [self.signature, self.docstring, body(self)]))
        methods = ["\n".join(filter(None, [m.signature, m.docstring, body(m)])) for m in self.methods]
        return "\n\n".join([f"{self.signature}\n{self.docstring}", *methods])


def read_function(dotted: str, root: Path, where: str) -> Function:
    """The function of that dotted name; `where` is the line that named it.

    Raises Problem where there is no such module or function, or where it could not be an exercise.
    """
    module, _, name = dotted.rpartition(".")
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        known = [".".join(p.relative_to(root).with_suffix("").parts) for p in sorted(root.glob("lstm_ref/**/*.py"))]
        raise Problem(
            where, f"there is no module {module}{_suggestion(module, known)}: correct the name, or write the module"
        )
    file = relative_posix(path, root)
    try:
        lines, tree = _parsed_module(path, path.stat().st_mtime_ns)
    except SyntaxError as error:
        raise Problem(f"{file}:{error.lineno}", f"is not valid Python: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise Problem(file, f"is not UTF-8 ({error.reason}): save it as UTF-8") from None
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    if name not in defined:
        raise Problem(
            where, f"{file} defines no function {name}{_suggestion(name, defined)}: correct the name, or write it"
        )
    node = defined[name]
    try:
        if isinstance(node, ast.ClassDef):
            return _class(node, lines, module, file)
        return _function(node, lines, module, file)
    except SyntaxError as error:  # faults that the parser does not see, such as two arguments of one name
        raise Problem(f"{file}:{node.lineno}", f"is not valid Python: {error.msg}") from None


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (is it {close[0]}?)" if close else ""


@cache
def _parsed_module(path: Path, _changed: int) -> tuple[list[str], ast.Module]:
    text = path.read_text(encoding="utf-8")
    return text.split("\n"), ast.parse(text)


def _function(node: ast.FunctionDef, lines: list[str], module: str, file: str) -> Function:
    for line, fault in _faults(node):
        raise Problem(f"{file}:{line}", f"{node.name} {fault}")
    signature = _signature(node)
    docstring, body = _docstring_and_body(node, lines)
    outside = _outside(f"{signature}\n{docstring}\n{body}\n") - {node.name}
    return Function(node.name, module, signature, docstring, body, _uses(node, outside, file))


def _class(node: ast.ClassDef, lines: list[str], module: str, file: str) -> Function:
    """A class: its docstring states the exercise, each method's docstring the method; it holds nothing else."""
    for line, fault in _class_faults(node):
        raise Problem(f"{file}:{line}", f"{node.name} {fault}")
    signature = ast.unparse(ast.ClassDef(node.name, node.bases, node.keywords, [ast.Pass()], [])).split("\n")[0]
    docstring, methods = _docstring_and_body(node, lines)[0], []
    for method in _methods(node):
        kept = [f"@{decorator.id}" for decorator in kept_decorators(method)]
        head = textwrap.indent("\n".join([*kept, _signature(method, WIDTH - 4)]), "    ")
        methods.append(Function(method.name, module, head, *_docstring_and_body(method, lines), ()))
    whole = Function(node.name, module, signature, docstring, "\n".join(m.body for m in methods), (), tuple(methods))
    return replace(whole, uses=_uses(node, _outside(whole.worked) - {node.name}, file))


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [part for part in node.body if isinstance(part, ast.FunctionDef)]


def _docstring_and_body(node: Definition, lines: list[str]) -> tuple[str, str]:
    """The lines of the docstring, "" where there is none, and those of the body."""
    doc = node.body[0] if ast.get_docstring(node) is not None else None
    start = _end(doc) if doc else node.body[0].lineno - 1
    end = _end(node)
    for k, line in enumerate(lines[end:], end + 1):  # comments below the last statement belong to it too
        if re.match(r"\s+#", line):
            end = k
        elif line.strip():
            break
    return "\n".join(lines[doc.lineno - 1 : _end(doc)] if doc else []), "\n".join(lines[start:end])


def _end(node: ast.stmt) -> int:
    """The statement's last line."""
    assert node.end_lineno is not None, "the tree comes from a parsed text"
    return node.end_lineno


def _uses(node: Definition, outside: set[str], file: str) -> tuple[tuple[str, str], ...]:
    named = {n.id: n.lineno for n in reversed(list(ast.walk(_bare(node)))) if isinstance(n, ast.Name)}
    return tuple((use, f"{file}:{named.get(use, node.lineno)}") for use in sorted(outside))


def _class_faults(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """The reasons why a class cannot be an exercise, as pairs of a line and a message."""
    doc = ast.get_docstring(node, clean=False)
    if doc is None:
        yield node.lineno, "has no docstring: it is the exercise's statement"
    elif not node.body[1:] or not all(isinstance(part, ast.FunctionDef) for part in node.body[1:]):
        yield node.lineno, "must hold a docstring and methods, and nothing else"
    else:
        for method in _methods(node):
            if method.name != "__init__":
                yield from ((line, f"{method.name} {fault}") for line, fault in _faults(method, column=8, given=1))
                continue
            described = described_arguments(doc)
            for argument in method.args.args[1:]:
                if argument.arg not in described:
                    text = f"says nothing of {argument.arg}: add a line `{argument.arg} : …` to its docstring"
                    yield node.body[0].lineno, text


def _faults(node: ast.FunctionDef, column: int = 4, given: int = 0) -> Iterator[tuple[int, str]]:
    """The reasons why a function cannot be an exercise, as pairs of a line and a message.

    column : indentation of its docstring
    given : number of first arguments that need no description, such as self
    """
    doc = ast.get_docstring(node, clean=False)
    if doc is None:
        yield node.lineno, "has no docstring: it is the exercise's statement"
        return
    first = node.body[0]
    if len(node.body) == 1:
        yield node.lineno, "has no body"
    elif node.body[1].lineno == first.end_lineno or first.col_offset != column:
        yield first.lineno, f"must have its docstring on lines of its own, indented by {column}"
    named = described_arguments(doc)
    taken = [a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)][given:]
    for name in taken:
        if name not in named:
            yield first.lineno, f"says nothing of {name}: add a line `{name} : shape   what it is` to the docstring"
    for name in named:
        if name not in taken:
            yield first.lineno, f"describes {name}, which is no argument"
    if not described_result(doc):
        yield first.lineno, "does not say what it returns: add a line `Returns h_t (N, H)` to the docstring"
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield inner.lineno, "imports inside its body: an answer uses NumPy, builtins and earlier exercises"


def _bare(node: AnyDefinition) -> AnyDefinition:
    """A copy of the definition without decorators and annotations."""
    node = copy.deepcopy(node)
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            inner.decorator_list = []
        if isinstance(inner, ast.FunctionDef):
            inner.returns = None
        if isinstance(inner, ast.arg):
            inner.annotation = None
    return node


def _signature(node: ast.FunctionDef, width: int = WIDTH) -> str:
    arguments = ast.unparse(_bare(node).args)
    line = f"def {node.name}({arguments}):"
    if len(line) <= width:
        return line
    wrapped = textwrap.fill(arguments, width - 4, break_long_words=False, break_on_hyphens=False)
    return f"def {node.name}(\n{textwrap.indent(wrapped, '    ')}\n):"


def _outside(text: str) -> set[str]:
    """The names that the text reads but never binds, without builtins."""
    found, waiting = set[str](), [symtable.symtable(text, "<function>", "exec")]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            free = symbol.is_referenced() and not symbol.is_assigned() if top else symbol.is_global()
            if free and not hasattr(builtins, symbol.get_name()):
                found.add(symbol.get_name())
    return found
