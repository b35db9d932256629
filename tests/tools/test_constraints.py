"""What is pinned can be installed wherever the README says that the course runs."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
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


def canonical(name):
    return re.sub("[-_.]+", "-", name).lower()


def required():
    """The names of every package that the project needs, directly or not, whatever the platform."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    asked = [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]
    waiting, found = [Requirement(line) for line in asked], {}
    while waiting:
        requirement = waiting.pop()
        name = canonical(requirement.name)
        new = requirement.extras | {""} if name not in found else requirement.extras - found[name]
        found[name] = found.get(name, set()) | new
        if new:
            waiting += [need for need in needs(name) if not need.marker or any_extra(need.marker, new)]
    return set(found)


def needs(name):
    try:
        return [Requirement(line) for line in distribution(name).requires or []]
    except PackageNotFoundError:  # of another platform
        return []


def any_extra(marker, extras):
    return "extra" not in str(marker) or any(marker.evaluate({"extra": extra}) for extra in extras)


def test_every_requirement_is_pinned_once_and_no_pin_is_without_one():
    pins = [canonical(name) for name, _ in PINS]
    assert len(pins) == len(set(pins))
    installed = {name for name in required() if is_installed(name)}
    assert installed - set(pins) == set(), "has no pin"
    assert set(pins) - required() == set(), "is pinned, and nothing needs it"


def is_installed(name):
    """Whether the package is installed here."""
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False
