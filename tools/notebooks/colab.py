"""The cell that makes a chapter run on Google Colab, whose machines know nothing of the course."""

from dataclasses import dataclass

import yaml

from autograde.problem import Problem, Problems, shown
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
ASK = 'input("Address of the course\'s repository: ")'


@dataclass(frozen=True)
class Repository:
    """Where the course can be fetched from; an empty address where that is not known."""

    url: str = ""
    branch: str = ""


def read_repository(root):
    """What `_config.yml` says under `repository`; nothing where there is no such file.

    Raises Problems if the file cannot be read.
    """
    path = root / "_config.yml"
    if not path.is_file():
        return Repository()
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")).get("repository") or {}
        return Repository((said.get("url") or "").rstrip("/"), said.get("branch") or "")
    except (yaml.YAMLError, AttributeError):
        text = "cannot be read; under `repository` it has `url` and `branch`, a line each"
        raise Problems([Problem(shown(path, root), text)]) from None


def setup_cell(repository):
    """The cell; it asks for the course's address where the repository does not say one."""
    address = repr(repository.url).replace("'", '"') if repository.url else ASK
    branch = f'"--branch={repository.branch}", ' if repository.url and repository.branch else ""
    # Colab shows the title alone (cellView), JupyterLab a folded cell (jupyter), the site nothing (remove-cell).
    metadata = {"tags": ["colab-setup", "remove-cell"], "cellView": "form", "jupyter": {"source_hidden": True}}
    return cell("code", SETUP.format(address=address, branch=branch), metadata, "colab-setup")
