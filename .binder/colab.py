"""Prepare a machine of Google Colab for the course: install what it lacks, and step into the chapters.

The first cell of a chapter runs this. What Colab has already, PyTorch and NumPy above all, is left as it is.
"""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
THERE = {"jupyterlab", "jupyterlab-myst", "ipykernel"}  # Colab is a notebook itself


def missing(root: Path = ROOT) -> Iterator[str]:
    """What the course needs and this Python lacks, each in the version of tools/requirements.txt."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf8"))["project"]
    lines = (root / "tools" / "requirements.txt").read_text("utf8").splitlines()  # names as PyPI writes them
    pins = {line.partition("==")[0]: line.split()[0] for line in lines if "==" in line}
    for requirement in map(Requirement, project["dependencies"]):
        name = canonicalize_name(requirement.name)
        if name in THERE or (requirement.marker and not requirement.marker.evaluate()):
            continue
        try:
            distribution(name)
        except PackageNotFoundError:
            yield pins.get(name, str(requirement))


def main() -> None:
    """Install, and make the course importable in this process."""
    packages = list(missing())
    if packages:
        print("installing", ", ".join(packages), flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(pip, check=True)
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT / "chapters")  # chapters name their figures from there
    print("The course is ready.")


if __name__ == "__main__":
    main()
