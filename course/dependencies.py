"""What a result of the course was made from: the files of the repository that some code imports, and their digest.

The site, the experiments, the builder and the printed book keep what they have made until the digest of the files
behind it changes. This module needs the standard library alone. It belongs to course/ since website/, research/ and
tools/, which come after course/ in the order of the project, can all import it there.
"""

import ast
import functools
import hashlib
import os
from collections.abc import Collection, Iterable
from pathlib import Path

PACKAGES = ("lstm_ref", "translator", "autograde", "course")  # that notebooks import


@functools.cache  # many notebooks import the same file
def imported_names(code: str, package: tuple[str, ...] = ()) -> frozenset[str]:
    """Dotted names that Python code imports; ``from a.b import c`` gives both ``a.b`` and ``a.b.c``.

    package : the package that contains the code, for relative imports
    """
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def module_files(name: str, root: Path, packages: Collection[str] = PACKAGES) -> list[Path]:
    """Files that importing `name` runs: the module and the packages that contain it; none outside `packages`."""
    parts = name.split(".")
    if parts[0] not in packages:
        return []
    folders = [root.joinpath(*parts[: i + 1], "__init__.py") for i in range(len(parts))]
    return [path for path in [*folders, root.joinpath(*parts).with_suffix(".py")] if path.is_file()]


def import_closure(
    names: Iterable[str], root: Path, packages: Collection[str] = PACKAGES, ignored: Collection[str] = ()
) -> set[Path]:
    """Every file of these packages that importing these names runs, directly or not.

    root : folder that contains the packages
    ignored : names of files that are left out, with what they alone import
    """
    found, waiting = set(), [path for name in names for path in module_files(name, root, packages)]
    while waiting:
        path = waiting.pop()
        if path not in found and path.name not in ignored:
            found.add(path)
            imports = imported_names(path.read_text("utf8"), path.relative_to(root).parent.parts)
            waiting += [file for name in imports for file in module_files(name, root, packages)]
    return found


def files_digest(files: Iterable[Path], root: Path, *others: str) -> str:
    """One digest, in hexadecimal digits, for the names and the contents of files and for other texts.

    A file that does not exist counts as an empty one. Line ends of Windows count as those of Unix.
    """
    sha = hashlib.sha256()
    for file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n") if file.is_file() else b""
        sha.update(Path(os.path.relpath(file, root)).as_posix().encode() + b"\n" + content + b"\0")
    for other in others:
        sha.update(other.encode() + b"\0")
    return sha.hexdigest()
