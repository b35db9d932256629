"""The cell that makes a chapter run on Colab, and what it runs there."""

import importlib.util
import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import yaml
from install import NEWEST, OLDEST, REQUIREMENTS, pins
from notebooks.colab import Repository, read_repository, setup_cell

from autograde.problem import Problems

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


@pytest.fixture
def colab():
    spec = importlib.util.spec_from_file_location("colab", ROOT / ".binder" / "colab.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(source, monkeypatch, *, course, colab=True, answer=None):
    """Run the cell's text where the course is there or not; returns the commands that it starts, the script last."""
    started = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if course else None)
    monkeypatch.setattr("subprocess.run", lambda command, check: started.append(command))
    monkeypatch.setattr("runpy.run_path", lambda path, run_name: started.append(path))
    monkeypatch.setattr("builtins.input", lambda prompt: answer)
    if colab:
        monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    else:
        monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    exec(source, {})
    return started


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_it_is_the_first_code_of_every_chapter(path):
    cells = [c for c in json.loads(path.read_text("utf8"))["cells"] if c["cell_type"] == "code"]
    assert [c["id"] for c in cells if "colab-setup" in c["metadata"].get("tags", [])] == ["colab-setup"]
    assert cells[0]["id"] == "colab-setup" and "remove-cell" in cells[0]["metadata"]["tags"]


def test_where_the_course_is_it_does_nothing(monkeypatch):
    assert run(setup_cell(Repository()).source, monkeypatch, course=True) == []


def test_elsewhere_it_says_what_is_missing(monkeypatch):
    with pytest.raises(ModuleNotFoundError, match="README"):
        run(setup_cell(Repository()).source, monkeypatch, course=False, colab=False)


def test_on_colab_it_fetches_the_course_from_where_the_configuration_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "_config.yml").write_text("repository: {url: 'https://example.org/someone/lstm/', branch: v1}\n")
    clone, script = run(setup_cell(read_repository(tmp_path)).source, monkeypatch, course=False)
    assert clone[:2] == ["git", "clone"]
    assert clone[-3:] == ["--branch=v1", "https://example.org/someone/lstm", "lstm-course"]
    assert script == "lstm-course/.binder/colab.py" and (ROOT / ".binder/colab.py").is_file()


def test_without_an_address_it_asks(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    answer = "https://example.org/a/b"
    clone, _ = run(setup_cell(Repository()).source, monkeypatch, course=False, answer=answer)
    assert clone[-2:] == [answer, "lstm-course"]


def test_a_configuration_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "_config.yml").write_text("repository: [\n")
    with pytest.raises(Problems, match="_config.yml"):
        read_repository(tmp_path)


def test_only_what_is_missing_is_installed_with_its_pin(colab, monkeypatch):
    assert list(colab.missing()) == []

    def has(name):
        if name in ("beartype", "hsk-sentences-audio", "jupyterlab"):
            raise PackageNotFoundError(name)

    monkeypatch.setattr(colab, "distribution", has)
    needed = list(colab.missing())
    assert [line.partition("==")[0] for line in needed] == ["beartype", "hsk-sentences-audio"]
    assert set(needed) <= {pin.split()[0] for pin in pins(REQUIREMENTS.read_text("utf8")).values()}


def test_binder_has_a_python_that_the_installation_takes():
    binder = ROOT / ".binder"
    assert (binder / "postBuild").stat().st_mode & 0o111, "Binder runs postBuild only if it is executable"
    assert "tools/install.py --here" in (binder / "postBuild").read_text("utf8")
    dependencies = yaml.safe_load((binder / "environment.yml").read_text("utf8"))["dependencies"]
    (python,) = [line.partition("=")[2] for line in dependencies if line.startswith("python=")]
    assert OLDEST <= tuple(map(int, python.split("."))) <= NEWEST


def test_the_container_installs_by_a_target_of_the_makefile():
    container = json.loads((ROOT / ".devcontainer.json").read_text("utf8"))
    target = container["postCreateCommand"].split()[1]
    assert f"\n{target}:" in (ROOT / "Makefile").read_text("utf8")
