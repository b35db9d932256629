"""course/definitions.py: a change of a definition outdates exactly the code that uses it, and never too little."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course.definitions import mentioned_modules, used_definitions
from course.dependencies import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "p/__init__.py": "from p.a import shown\nimport p.b\n",
    "p/a.py": """
from p import c
from p.b import helper as h
SIZE = 3
PARTS = {"one": h}
ready = print("imported")

def checked(f):
    return f

@checked
def shown(x=SIZE):
    "A docstring."
    return h(x)

def through_a_table(name):
    return PARTS[name]

def by_name(name):
    return getattr(c, name)

def local(c):
    return c.second

class Base:
    def run(self):
        return c.first()

class Child(Base):
    pass
""",
    "p/b.py": "def helper(x):\n    from p.c import second\n    return second(x)\n\ndef other():\n    return 1\n",
    "p/c.py": "def first():\n    return 1\n\ndef second(x):\n    return x\n\ndef third():\n    return 3\n",
    "p/registry.py": "from p.b import other\nALL = []\n\ndef register(f):\n    ALL.append(f)\n    return f\n\n"
    "@register\ndef kept():\n    return other()\n\ndef loose():\n    return 0\n",
    "p/lazy.py": "def __getattr__(name):\n    import importlib\n    return importlib.import_module('p.' + name)\n",
    "p/broken.py": "def f(:\n",
}
CODE = {  # each with some definitions that it uses, and some that it does not
    "from p import shown\nshown()": ("a:shown a:SIZE b:helper c:second", "b:other c:first c:third a:by_name"),
    "import p\np.b.other()": ("b:other", "b:helper a:shown"),
    "import p.a as q\nq.Child().run()": ("a:Child a:Base c:first", "c:second c:third a:shown"),
    "from p import a\na.through_a_table('one')": ("a:PARTS b:helper c:second", "c:first b:other"),
    "from p import a\na.by_name('third')": ("c:first c:second c:third", "a:shown b:other"),
    "from p.a import local\nlocal(1)": ("a:local", "c:first c:second"),
    "from p import c\nprint(dir(c))": ("c:first c:second c:third", "b:other"),
    "from p.c import *\nthird()": ("c:third", "b:other"),
    "import p.registry": ("registry:import b:other", "registry:loose"),
    "from p.lazy import c": ("lazy:import", "c:first"),
    "from p.lazy import c\nc.first": ("c:first b:other a:shown", ""),
    "def f():\n    from p.b import other as o\n    return o()": ("b:other", "b:helper"),
    "from p import b as m\nfrom q import m\nm.other()": ("b:other", "b:helper"),
    "import importlib\nimportlib.import_module('p' + '.c')": ("c:first b:other", ""),
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def found(code, root):
    return used_definitions(code, root, root, ("p",))


@pytest.mark.parametrize("code", CODE)
def test_the_definitions_that_some_code_uses(code, root):
    names = {key.removeprefix("p/").replace(".py:", ":") for key in found(code, root)}
    used, unused = (set(text.split()) for text in CODE[code])
    assert used <= names
    assert not unused & names


def change(root, name, before, after):
    path = root / name
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


@pytest.mark.parametrize(
    ("name", "before", "after", "outdated"),
    [
        ("p/c.py", "return x", "return x + 1", {"shown", "table", "name"}),
        ("p/c.py", "return 3", "return 4", {"name"}),
        ("p/a.py", "SIZE = 3", "SIZE = 4", {"shown"}),
        ("p/a.py", "return c.first()", "return c.third()", {"child"}),
        ("p/a.py", '"imported"', '"loaded"', {"shown", "table", "name", "child", "other"}),
        ("p/b.py", "return 1", "return 2", {"other"}),
        ("p/__init__.py", "import p.b", "import p.b, p.registry", {"shown", "table", "name", "child", "other"}),
        ("p/a.py", '"A docstring."', '"Another one."', set()),
        ("p/a.py", "    return h(x)", "    # a comment\n\n    return h(x)", set()),
        ("p/registry.py", "return 0", "return 1", set()),
        ("p/a.py", "def checked(f):\n    return f", "def checked(f):\n    return lambda x: f(x)", {"shown"}),
    ],
)
def test_a_change_outdates_exactly_the_code_that_uses_it(name, before, after, outdated, root):
    codes = {
        "shown": "from p import shown\nshown()",
        "table": "from p.a import through_a_table\nthrough_a_table('one')",
        "name": "from p.a import by_name\nby_name('third')",
        "child": "from p.a import Child\nChild().run()",
        "other": "from p.b import other\nother()",
    }
    old = {key: found(code, root) for key, code in codes.items()}
    change(root, name, before, after)
    assert {key for key, code in codes.items() if found(code, root) != old[key]} == outdated


def test_a_file_that_is_no_python_counts_with_its_text(root):
    old = found("import p.broken", root)
    change(root, "p/broken.py", "f(", "g(")
    assert found("import p.broken", root) != old


def test_who_shows_docstrings_depends_on_them(root):
    old = found("from p import shown\nhelp(shown)", root)
    change(root, "p/a.py", '"A docstring."', '"Another one."')
    assert found("from p import shown\nhelp(shown)", root) != old


def test_a_file_that_is_run_counts_with_what_it_uses(root):
    (root / "run.py").write_text("from p.b import other\nprint(other())\n")
    names = found("import runpy\nrunpy.run_path('run.py')", root)
    assert {"run.py:text", "p/b.py:other"} <= names.keys() and "p/c.py:third" not in names


def test_code_mentions_the_modules_of_its_names():
    assert mentioned_modules("from a.b import c, d\nimport e.f, g\nc()\ne.f.h") == {"a.b", "e"}


def test_no_class_of_the_packages_does_what_the_search_cannot_see():
    """A base class that registers its subclasses would make their definition an effect."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            names = {n.name for n in ast.walk(ast.parse(path.read_text("utf8"))) if isinstance(n, ast.FunctionDef)}
            assert not names & {"__init_subclass__", "__set_name__", "__class_getitem__", "__mro_entries__"}, path


# Runs the code given on standard input and writes the definitions of these packages that were really called.
TRACER = """
import json, sys, threading
root, code = json.load(sys.stdin)
called = set()

def see(frame, event, argument):
    if event == "call" and frame.f_code.co_flags & 1:  # a function, and not the body of a class or a module
        name = frame.f_code.co_filename
        if name.startswith(root) and ".venv" not in name:
            called.add((name[len(root) + 1 :], frame.f_code.co_qualname.split(".")[0]))

import matplotlib
matplotlib.use("agg")
threading.setprofile(see)
sys.setprofile(see)
exec(compile(code, "notebook", "exec"), {"__name__": "__main__"})
sys.setprofile(None)
print("\\n" + json.dumps(sorted(called)))
"""


@pytest.mark.slow
@pytest.mark.notebooks
@pytest.mark.parametrize("stem", ["05_gru"])
def test_what_a_chapter_really_calls_is_found(stem):
    folder = ROOT / "chapters"
    cells = nbformat.read(folder / f"{stem}.ipynb", as_version=4).cells
    code = "\n".join(
        c.source for c in cells if c.cell_type == "code" and "colab-setup" not in c.metadata.get("tags", [])
    )
    code = "\n".join(line for line in code.splitlines() if not line.startswith("check("))
    done = subprocess.run(
        [sys.executable, "-c", TRACER],
        input=json.dumps([str(ROOT), code]),
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    called = {(file, name) for file, name in json.loads(done.stdout.splitlines()[-1]) if not name.startswith("<")}
    definitions = used_definitions(code, ROOT, folder)
    called = {f"{file}:{name}" for file, name in called if file.split("/")[0] in PACKAGES}
    assert len(called) > 20
    assert called - definitions.keys() == set()
