"""A function of the reference, read from its module's file: the worked answer and the stub.

The module is parsed and not imported: its comments, line breaks and blank lines reach the learner as they stand.
"""

import ast
import builtins
import copy
import difflib
import inspect
import re
import symtable
import textwrap
from dataclasses import dataclass
from functools import cache

from autograde.problem import Problem, shown

WIDTH = 100
ENTRY = re.compile(r"(\w+(?:, \w+)*) : \S")


@dataclass(frozen=True)
class Function:
    """One function: its text without decorators and annotations, and what it uses from outside."""

    name: str
    module: str  # lstm_ref.rnn
    signature: str
    docstring: str
    body: str
    uses: tuple  # names from outside that are no builtins, each with its file and line

    @property
    def worked(self):
        """The answer: signature, docstring and body."""
        return f"{self.signature}\n{self.docstring}\n{self.body}"

    def stub(self, identifier):
        """What the learner gets: signature and docstring, and a body that says which exercise it is."""
        return f'{self.signature}\n{self.docstring}\n    raise NotImplementedError("Exercise {identifier}")'


def read_function(dotted, root, where):
    """The function of that dotted name; `where` is the line that named it.

    Raises Problem where there is no such module or function, or where it could not be an exercise.
    """
    module, _, name = dotted.rpartition(".")
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        known = [".".join(p.relative_to(root).with_suffix("").parts) for p in sorted(root.glob("lstm_ref/**/*.py"))]
        raise Problem(where, f"there is no module {module}{_guess(module, known)}: mend the name, or write the module")
    file = shown(path, root)
    try:
        lines, tree = _module(path, path.stat().st_mtime_ns)
    except SyntaxError as error:
        raise Problem(f"{file}:{error.lineno}", f"no Python: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise Problem(file, f"is not UTF-8 ({error.reason}): save it as UTF-8") from None
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name not in defined:
        raise Problem(where, f"{file} defines no function {name}{_guess(name, defined)}: mend the name, or write it")
    try:
        return _function(defined[name], lines, module, file)
    except SyntaxError as error:  # what the parser lets pass, such as two arguments of one name
        raise Problem(f"{file}:{defined[name].lineno}", f"no Python: {error.msg}") from None


def _guess(name, known):
    close = difflib.get_close_matches(name, known, n=1)
    return f" (is it {close[0]}?)" if close else ""


@cache
def _module(path, _changed):
    text = path.read_text(encoding="utf-8")
    return text.split("\n"), ast.parse(text)


def _function(node, lines, module, file):
    for line, fault in _faults(node):
        raise Problem(f"{file}:{line}", f"{node.name} {fault}")
    doc = node.body[0]
    end = node.end_lineno
    for k, line in enumerate(lines[end:], end + 1):  # comments below the last statement belong to it too
        if re.match(r"\s+#", line):
            end = k
        elif line.strip():
            break
    signature = _signature(node)
    docstring = "\n".join(lines[doc.lineno - 1 : doc.end_lineno])
    body = "\n".join(lines[doc.end_lineno : end])
    outside = _outside(f"{signature}\n{docstring}\n{body}\n") - {node.name}
    named = {n.id: n.lineno for n in reversed(list(ast.walk(_bare(node)))) if isinstance(n, ast.Name)}
    uses = tuple((use, f"{file}:{named.get(use, node.lineno)}") for use in sorted(outside))
    return Function(node.name, module, signature, docstring, body, uses)


def _faults(node):
    """What keeps a function from being an exercise, as pairs of a line and a message."""
    doc = ast.get_docstring(node, clean=False)
    if doc is None:
        yield node.lineno, "has no docstring: it is the exercise's statement"
        return
    first = node.body[0]
    if len(node.body) == 1:
        yield node.lineno, "has no body"
    elif node.body[1].lineno == first.end_lineno or first.col_offset != 4:
        yield first.lineno, "must have its docstring on lines of its own, indented by four"
    text = inspect.cleandoc(doc).split("\n")
    named = [name for line in text if (entry := ENTRY.match(line)) for name in entry[1].split(", ")]
    taken = [a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)]
    for name in taken:
        if name not in named:
            yield first.lineno, f"says nothing of {name}: add a line `{name} : shape   what it is` to the docstring"
    for name in named:
        if name not in taken:
            yield first.lineno, f"describes {name}, which is no argument"
    if not any(re.match(r"Returns \S", line) for line in text):
        yield first.lineno, "does not say what it returns: add a line `Returns h_t (N, H)` to the docstring"
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield inner.lineno, "imports inside its body: an answer uses NumPy, builtins and earlier exercises"


def _bare(node):
    """A copy of the definition without decorators and annotations."""
    node = copy.deepcopy(node)
    node.decorator_list, node.returns = [], None
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return node


def _signature(node):
    arguments = ast.unparse(_bare(node).args)
    line = f"def {node.name}({arguments}):"
    if len(line) <= WIDTH:
        return line
    wrapped = textwrap.fill(arguments, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return f"def {node.name}(\n{textwrap.indent(wrapped, '    ')}\n):"


def _outside(text):
    """The names that the text reads but never binds, builtins left out."""
    found, waiting = set(), [symtable.symtable(text, "<function>", "exec")]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            free = symbol.is_referenced() and not symbol.is_assigned() if top else symbol.is_global()
            if free and not hasattr(builtins, symbol.get_name()):
                found.add(symbol.get_name())
    return found
