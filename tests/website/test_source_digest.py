"""website/extensions/source_digest.py: the tests see whether the site was built from the sources as they are."""

from types import SimpleNamespace

import pytest


@pytest.fixture(scope="module")
def module(extension):
    return extension("source_digest")


@pytest.fixture
def root(tmp_path):
    """A course with a site that nobody has recorded."""
    for name in ("course/pages/notation.md", "_config.yml", "_build/html/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def build(module, root, language="en", warns=False, exception=None):
    """What the extension does in a build of the site."""
    doctrees = root / "_build/.doctrees"
    doctrees.mkdir(exist_ok=True)
    app = SimpleNamespace(
        builder=SimpleNamespace(name="html"),
        config=SimpleNamespace(language=language),
        srcdir=root,
        outdir=root / "_build/html",
        doctreedir=doctrees,
    )
    module.begin(app)
    (doctrees / "environment.pickle").write_text("")
    if warns:
        (doctrees / "environment.pickle").unlink()  # as honest_build does
    module.record(app, exception)


def test_a_clean_build_makes_the_site_current_until_a_source_changes(module, root):
    assert not module.is_current(root)
    build(module, root)
    assert module.is_current(root)
    (root / "course/pages/notation.md").write_text("changed")
    assert not module.is_current(root)
    build(module, root)
    assert module.is_current(root)
    (root / "course/pages/new.md").write_text("new")
    assert not module.is_current(root)


def test_what_a_build_writes_is_no_source(module, root):
    build(module, root)
    (root / "course/__pycache__").mkdir()
    (root / "course/__pycache__/style.pyc").write_text("compiled")
    (root / "course/.ipynb_checkpoints").mkdir()
    (root / "course/.ipynb_checkpoints/notation.md").write_text("a copy")
    (root / "_build/html/index.html").write_text("written again")
    assert module.is_current(root)


@pytest.mark.parametrize("failure", [{"warns": True}, {"exception": ValueError()}])
def test_a_build_that_fails_leaves_no_record(module, root, failure):
    build(module, root)
    build(module, root, **failure)
    assert not module.is_current(root)


def test_an_edition_leaves_the_record_alone(module, root):
    build(module, root)
    build(module, root, language="zh_CN", warns=True)
    assert module.is_current(root)


def test_a_site_that_was_removed_is_not_current(module, root):
    build(module, root)
    (root / "_build/html/index.html").unlink()
    assert not module.is_current(root)
