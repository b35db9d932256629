"""Selects the statements of a notebook that one function needs: its definition, what that names, and so on.

The grader executes no other statement: no print, no training loop, no plot. A cell that does not parse is left out.
"""

import ast
import bisect
import functools
import symtable
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograde.submissions import python_cell

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
CACHE_MAX_CHARS = 20_000  # of a cell; longer cells are parsed each time, so that the cache stays small


@dataclass(frozen=True)
class Cell:
    """One code cell: a label that tells a reader which cell it is, and its source."""

    label: str
    source: str


@dataclass(frozen=True)
class Statement:
    """One top-level statement: its cell, its number in the cell, the names it binds and the globals it reads."""

    cell: Cell
    number: int
    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]


class Code:
    """The statements of a notebook's cells; `broken` maps a cell that does not parse to its error."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = [Cell(cell.label, _cached_if_short(python_cell.without_magics, cell.source)) for cell in cells]
        self.statements, self.broken, self._binding = [], {}, {}
        for cell in self.cells:
            try:
                self.statements += [
                    Statement(cell, *parts) for parts in _cached_if_short(_read_statements, cell.source)
                ]
            except python_cell.UNREADABLE as error:
                self.broken[cell] = error
        self._places = {id(cell): place for place, cell in enumerate(self.cells)}
        for statement in self.statements:
            for name in statement.binds:
                groups = self._binding.setdefault(name, {})
                groups.setdefault(self._places[id(statement.cell)], []).append(statement)

    def definition(self, name: str) -> Statement | None:
        """The last statement that defines `name` by def, class or assignment, or None; imports do not count."""
        for statement in reversed(self.statements):
            if name in statement.binds and not isinstance(statement.node, ast.Import | ast.ImportFrom):
                return statement
        return None

    def defined_functions(self) -> list[str]:
        """The names of all functions and classes that the cells define, in order."""
        return [s.node.name for s in self.statements if isinstance(s.node, ast.FunctionDef | ast.ClassDef)]

    def needed(self, name: str, is_provided: Callable[[str], bool]) -> tuple[list[list[Any]], set[str]]:
        """The statements that `name` needs, [[label, source, numbers], …] a cell, and the set of names they read.

        is_provided : says of a global name whether it comes from elsewhere (an earlier exercise's answer)
        """
        home = self.definition(name)
        todo = [home] if home else []
        chosen, seen = {id(statement): statement for statement in todo}, {name}
        for statement in self.statements:
            if _is_for_all(statement.node):
                chosen[id(statement)] = statement
        while todo:
            reader = todo.pop()
            for read in reader.reads - seen:
                seen.add(read)
                if not is_provided(read):
                    for statement in self._providers(read, reader.cell):
                        if id(statement) not in chosen:
                            chosen[id(statement)] = statement
                            todo.append(statement)
        kept = {}
        for statement in self.statements:
            if id(statement) in chosen:
                kept.setdefault(id(statement.cell), (statement.cell, []))[1].append(statement.number)
        return [[cell.label, cell.source, numbers] for cell, numbers in kept.values()], seen

    def foreign_globals(self, name: str) -> list[str]:
        """Variables of other cells that `name` reads, usually by mistake; functions and modules do not count."""
        home = self.definition(name)
        if home is None:
            return []
        return sorted(
            read
            for read in home.reads - {name}
            if (found := self._providers(read, home.cell))
            and all(s.cell is not home.cell and not isinstance(s.node, DEFINITIONS) for s in found)
        )

    def _providers(self, name: str, reader: Cell) -> list[Statement]:
        """The statements that give `name` its value: its last definition, or the assignments nearest to the reader.

        reader : the cell that reads it. Its own statements count, else those of the last cell before it that sets
        the name, else of the first after; a notebook's later loops over the same letter do not.
        """
        groups = self._binding.get(name, {})  # place of a cell -> its statements that bind the name
        places = list(groups)
        if not places:
            return []
        last = groups[places[-1]][-1]
        if isinstance(last.node, ast.FunctionDef | ast.ClassDef):
            return [last]
        at = max(bisect.bisect_right(places, self._places[id(reader)]) - 1, 0)
        chosen = [at]
        while _changes(groups[places[chosen[-1]]][0], name) and chosen[-1] > 0:
            chosen.append(chosen[-1] - 1)
        return [statement for number in chosen for statement in groups[places[number]]]


def _cached_if_short(function: Callable, source: str) -> Any:
    """`function(source)`, cached if short: most cells are the same from check to check and from student to student."""
    return _cached(function, source) if len(source) <= CACHE_MAX_CHARS else function(source)


@functools.lru_cache(maxsize=2000)
def _cached(function: Callable, source: str) -> Any:
    return function(source)


def _read_statements(source: str) -> list[tuple[int, ast.stmt, frozenset[str], frozenset[str]]]:
    """Number, node, names bound and names read of each top-level statement; `name[…] = …` counts as binding too."""
    return [
        (number, node, frozenset(python_cell.bound_names(node)) | python_cell.changed_names(node), _reads(node))
        for number, node in enumerate(python_cell.parse_python(source).body)
    ]


def _changes(statement: Statement, name: str) -> bool:
    """Whether a statement changes the value of `name` rather than binding it: `n += 1`, `n[0] = 1`."""
    return isinstance(statement.node, ast.AugAssign) or name in statement.reads


def is_stub(node: ast.AST | None) -> bool:
    """Whether a definition is still the stub: nothing but a docstring and `raise NotImplementedError(…)`.

    A class is a stub as long as all of its methods are stubs.
    """
    if isinstance(node, ast.ClassDef):
        body = _without_texts(node.body)
        return bool(body) and all(is_stub(part) for part in body)
    if not isinstance(node, ast.FunctionDef):
        return False
    body = _without_texts(node.body)
    if len(body) > 1 or (body and not isinstance(body[0], ast.Raise | ast.Pass)):
        return False
    return not body or isinstance(body[0], ast.Pass) or "NotImplementedError" in ast.unparse(body[0])


def _without_texts(body: list[ast.stmt]) -> list[ast.stmt]:
    return [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]


def _is_for_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*")


def _reads(node: ast.stmt) -> frozenset[str]:
    """The global names that a statement and the functions in it read, without local variables."""
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    names, todo = set(), [table]
    while todo:
        scope = todo.pop()
        todo += scope.get_children()
        names |= {
            symbol.get_name()
            for symbol in scope.get_symbols()
            if symbol.is_referenced() and (scope is table or symbol.is_global())
        }
    return frozenset(names)
