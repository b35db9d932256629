"""What is pinned can be installed wherever the README says that the course runs."""

import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
PINS = [line.split("==") for line in (ROOT / "constraints.txt").read_text("utf8").splitlines() if "==" in line]


def oldest_python():
    """The first release of the oldest Python that is asked for: Debian's and Ubuntu's stay close to it for years."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["requires-python"]
    return asked.removeprefix(">=") + ".0"


@pytest.mark.parametrize("name, version", PINS, ids=[name for name, _ in PINS])
def test_a_pin_takes_the_oldest_python_that_is_asked_for(name, version):
    found = distribution(name)
    assert found.version.partition("+")[0] == version, f"{found.version} is installed: make .venv/.ready"
    needs = found.metadata.get("Requires-Python") or ""
    assert SpecifierSet(needs).contains(oldest_python()), f"{name} {version} needs Python {needs}: pin an older one"
