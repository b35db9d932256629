"""A release names one version everywhere, and its archives hold what they say."""

import tarfile

import pytest
import release

from autograde.version import course_version


def test_everything_names_the_same_version():
    version = course_version()
    assert release.disagreements(release.ROOT, version, f"v{version}") == []


def test_what_names_another_version_is_listed(tmp_path):
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n\n- A chapter.\n")
    (tmp_path / "CITATION.cff").write_text("version: 0.1.0\n")
    assert release.disagreements(tmp_path, "0.1.0", "v0.1.0") == []
    cited, changelog, tag = release.disagreements(tmp_path, "0.2.0", "v0.3.0")
    assert "CITATION.cff" in cited and "CHANGELOG.md" in changelog and "v0.3.0" in tag


def test_the_notes_are_the_part_of_one_version():
    changelog = "# Changelog\n\n## 0.2.0, 2026\n\n- New.\n\n## 0.1.0\n\n- Old.\n"
    assert release.notes(changelog, "0.2.0") == "- New.\n"
    assert release.notes(changelog, "0.1.0") == "- Old.\n"
    assert release.notes(changelog, "0.1") == release.notes(changelog, "0.3.0") == ""


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A release of a small site, without its wheel."""
    build = tmp_path / "_build"
    (build / "html").mkdir(parents=True)
    (build / ".jupyter_cache" / "executed").mkdir(parents=True)
    (build / "html" / "index.html").touch()
    (build / ".jupyter_cache" / "executed" / "one.ipynb").touch()
    for name, value in {"BUILD": build, "RELEASE": build / "release", "build_wheel": lambda: None}.items():
        monkeypatch.setattr(release, name, value)
    monkeypatch.setattr(release, "disagreements", lambda root, version, tag: [])
    monkeypatch.setattr("sys.argv", ["release.py"])
    return build


def test_outputs_are_unpacked_where_the_build_looks_for_them(built, monkeypatch, tmp_path):
    (built / "html" / "course.pdf").touch()
    monkeypatch.setattr(release, "ROOT", tmp_path)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/CHANGELOG.md").touch()
    assert release.main() == 0
    (outputs,) = (built / "release").glob("*-outputs.tar.gz")
    with tarfile.open(outputs) as tar:
        assert "_build/.jupyter_cache/executed/one.ipynb" in tar.getnames()
    (site,) = (built / "release").glob("*-site.tar.gz")
    with tarfile.open(site) as tar:
        assert f"lstm-course-{course_version()}/index.html" in tar.getnames()


def test_without_a_pdf_nothing_is_released(built, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(release, "ROOT", tmp_path)
    assert release.main() == 1
    assert "course.pdf" in capsys.readouterr().err and not (built / "release").exists()
