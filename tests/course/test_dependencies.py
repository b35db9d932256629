"""course/dependencies.py: which files some code runs, and their digest."""

import pytest

from course.dependencies import files_digest, import_closure, imported_names


@pytest.mark.parametrize(
    ("line", "package", "names"),
    [
        ("import a.b as c", (), {"a.b"}),
        ("from a import b, c", (), {"a", "a.b", "a.c"}),
        ("from . import b", ("p", "q"), {"p.q", "p.q.b"}),
        ("from ..x import b", ("p", "q"), {"p.x", "p.x.b"}),
    ],
)
def test_imported_names(line, package, names):
    assert imported_names(line, package) == names


@pytest.fixture
def root(tmp_path):
    """Two packages: p.a imports p.b, and that p.c and other.d."""
    sources = {
        "p/__init__.py": "",
        "p/a.py": "def f():\n    from .b import x\n",
        "p/b.py": "from . import c\nimport other.d, numpy\n",
        "p/c.py": "import p.a\n",
        "other/d.py": "",
    }
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    return tmp_path


def found(root, *arguments):
    return {path.relative_to(root).as_posix() for path in import_closure(["p.a"], root, *arguments)}


def test_the_closure_holds_all_that_an_import_runs_and_ends_in_a_circle(root):
    assert found(root, ("p", "other")) == {"p/__init__.py", "p/a.py", "p/b.py", "p/c.py", "other/d.py"}


def test_the_closure_stays_in_its_packages_and_leaves_out_what_is_ignored(root):
    assert found(root, ("p",)) == {"p/__init__.py", "p/a.py", "p/b.py", "p/c.py"}
    assert found(root, ("p", "other"), ("b.py", "__init__.py")) == {"p/a.py"}


def test_the_digest_sees_names_contents_and_other_texts_but_not_line_ends(root):
    files = [root / "p/a.py", root / "p/b.py"]
    digest = files_digest(files, root)
    assert digest == files_digest(files, root)
    assert len({digest, files_digest(files, root / "p"), files_digest(files, root, ""), files_digest([], root)}) == 4
    assert files_digest(files, root, "a", "b") != files_digest(files, root, "ab")
    files[1].write_bytes(files[1].read_bytes().replace(b"\n", b"\r\n"))
    assert files_digest(files, root) == digest
    files[1].write_bytes(b"")
    emptied = files_digest(files, root)
    files[1].unlink()
    assert files_digest(files, root) == emptied != digest
