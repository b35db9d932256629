"""The cell that installs the course on Google Colab, so that a chapter runs there."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from nbformat import NotebookNode

from autograde.problem import Problem, Problems, relative_posix
from notebooks.notebook import cell

SETUP = """\
# @title On Colab, run this cell first. Where the course is installed, it does nothing.
import importlib.util
import os

if importlib.util.find_spec("autograde") is None:
    if "COLAB_RELEASE_TAG" not in os.environ:
        raise ModuleNotFoundError("The course is not installed here. Its README says how.")
    import runpy
    import subprocess

    address = {address}
    if not os.path.isdir("lstm-course"):
        clone = ["git", "clone", "--quiet", "--depth=1", {branch}address, "lstm-course"]
        subprocess.run(clone, check=True)
    runpy.run_path("lstm-course/.binder/colab.py", run_name="__main__")"""
ASK_FOR_ADDRESS = 'input("Address of the course\'s repository: ")'


@dataclass(frozen=True)
class Repository:
    """The Git repository of the course: its address and branch, each empty where it is not known."""

    url: str = ""
    branch: str = ""


def read_repository(root: Path) -> Repository:
    """The repository that `_config.yml` names under `repository`; an empty one where there is no such file.

    Raises Problems if the file cannot be read.
    """
    path = root / "_config.yml"
    if not path.is_file():
        return Repository()
    try:
        entry = yaml.safe_load(path.read_text(encoding="utf-8")).get("repository") or {}
        return Repository((entry.get("url") or "").rstrip("/"), entry.get("branch") or "")
    except (yaml.YAMLError, AttributeError):
        text = "cannot be read; under `repository` it has `url` and `branch`, a line each"
        raise Problems([Problem(relative_posix(path, root), text)]) from None


def setup_cell(repository: Repository) -> NotebookNode:
    """The cell; when it runs, it asks for the course's address where the repository has none."""
    address = repr(repository.url).replace("'", '"') if repository.url else ASK_FOR_ADDRESS
    branch = f'"--branch={repository.branch}", ' if repository.url and repository.branch else ""
    # Colab shows the title alone (cellView), JupyterLab a folded cell, the site nothing (remove-cell).
    metadata = {"tags": ["colab-setup", "remove-cell"], "cellView": "form"}
    return cell("code", SETUP.format(address=address, branch=branch), metadata, "colab-setup")
