"""What is pinned can be installed wherever the README says that the course runs, by pip as by uv."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from install import NEWEST, OLDEST, REQUIREMENTS, Environment, pins
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pins import with_versions

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))
PINS = pins(REQUIREMENTS.read_text("utf8"))
PYTHONS = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
# The systems of the README's table: uv's name for each, and what markers ask of it.
SYSTEMS = {
    ("Linux with glibc 2.28", "x86-64"): ("x86_64-manylinux_2_28", "linux", "x86_64", "posix"),
    ("Linux with glibc 2.28", "ARM"): ("aarch64-manylinux_2_28", "linux", "aarch64", "posix"),
    ("macOS 14", "Apple silicon"): ("aarch64-apple-darwin", "darwin", "arm64", "posix"),
    ("Windows", "x86-64"): ("x86_64-pc-windows-msvc", "win32", "AMD64", "nt"),
}
ELSEWHERE = {"x86_64-apple-darwin": "an Intel Mac", "aarch64-pc-windows-msvc": "Windows on ARM"}


def installed(name):
    """The distribution of a package; None where it is not installed, as one for another system."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def wanted_on(requirement, system, python):
    """Whether a marker asks for a package on a system."""
    _, platform, machine, os_name = system
    here = {"sys_platform": platform, "platform_machine": machine, "os_name": os_name}
    version = {"python_version": python, "python_full_version": f"{python}.0"}
    return requirement.marker is None or requirement.marker.evaluate(here | version)


@pytest.mark.parametrize("line", PINS.values(), ids=list(PINS))
def test_a_pin_takes_every_python_of_the_table(line):
    pin = Requirement(line)
    found = installed(pin.name)
    if found is None:
        here = pin.marker is None or pin.marker.evaluate()
        assert not here or pin.name in PROJECT["dependency-groups"]["install"], "is not installed: make .venv/.ready"
        return
    assert pin.specifier.contains(found.version), f"{found.version} is installed: make .venv/.ready"
    # A version that has not been released yet may be a later one of the same minor version, so the first one is asked.
    asked = [python for python in PYTHONS if any(wanted_on(pin, system, python) for system in SYSTEMS.values())]
    needs = SpecifierSet(found.metadata.get("Requires-Python") or "")
    refused = [python for python in asked if not needs.contains(f"{python}.0")]
    assert not refused, f"{line} takes no Python {refused}: pin another version"


def required():
    """The names of every package that the project needs, directly or not, whatever the system."""
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["install"]]
    asked += [line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines]
    waiting, found = [Requirement(line) for line in asked], {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        new = requirement.extras | {""} if name not in found else requirement.extras - found[name]
        found[name] = found.get(name, set()) | new
        if new and (there := installed(name)):
            needs = map(Requirement, there.requires or [])
            waiting += [need for need in needs if not need.marker or for_an_extra(need.marker, new)]
    return set(found)


def for_an_extra(marker, extras):
    return "extra" not in str(marker) or any(marker.evaluate({"extra": extra}) for extra in extras)


def test_every_requirement_is_pinned_and_no_pin_is_without_one():
    missing = {name for name in required() if installed(name)} - set(PINS)
    assert not missing, "have no pin: python tools/pins.py"
    assert set(PINS) - required() == set(), "are pinned, and nothing needs them: python tools/pins.py"


def test_every_pin_has_hashes_and_no_file_comes_from_a_place_of_its_own():
    blocks = re.split(r"^(?=\w)", REQUIREMENTS.read_text("utf8"), flags=re.MULTILINE)[1:]
    assert [block.partition("==")[0] for block in blocks] == list(PINS)
    for block in blocks:
        assert re.fullmatch(r"\S+( ;.*)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", block), block


def test_uv_sync_gives_the_same_versions():
    listed = PROJECT["tool"]["uv"]["constraint-dependencies"]
    assert [Requirement(line) for line in listed] == [Requirement(line) for line in PINS.values()]
    project = (ROOT / "pyproject.toml").read_text("utf8")
    assert with_versions(project, REQUIREMENTS.read_text("utf8")) == project, "python tools/pins.py"


def table():
    """The rows of the README's table of systems: system, processor, Pythons."""
    rows = re.findall(r"^\| (\S.*?) \| (.*?) \| (3\.\d+ to 3\.\d+) \|", (ROOT / "README.md").read_text("utf8"), re.M)
    return {(system, processor.strip()): versions for system, cell, versions in rows for processor in cell.split(",")}


def test_the_table_of_the_readme_says_what_is_asked_here():
    assert table() == {system: f"{PYTHONS[0]} to {PYTHONS[-1]}" for system in SYSTEMS}
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    minors = [f"3.{minor}" for minor in range(20) if supported.contains(f"3.{minor}.0")]
    assert minors == PYTHONS


@pytest.fixture(scope="module")
def uv(tmp_path_factory):
    """uv as tools/install.py has it: the one on the PATH, or the one that is pinned."""
    if not (found := shutil.which("uv")):
        environment = Environment(tmp_path_factory.mktemp("uv") / "environment")
        environment.make()
        environment.find_uv()
        found = environment.uv
    assert found
    return found


def resolve(uv, platform, python):
    """What uv finds wrong with the pins on a system, where only wheels may be taken; an empty text for nothing."""
    command = [uv, "pip", "compile", "--quiet", "--no-sources", "--only-binary", ":all:", "--all-extras"]
    command += ["--python-platform", platform, "--python-version", python, "--constraint", REQUIREMENTS]
    done = subprocess.run([*command, "pyproject.toml"], cwd=ROOT, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


@pytest.mark.exhaustive
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda system: system[0])
def test_every_pin_has_a_wheel_for_every_system_of_the_table(uv, system, python, monkeypatch):
    monkeypatch.setenv("MACOSX_DEPLOYMENT_TARGET", "14.0")
    assert resolve(uv, system[0], python) == ""


@pytest.mark.exhaustive
@pytest.mark.parametrize("platform", ELSEWHERE)
def test_a_system_that_the_readme_excludes_has_no_wheels(uv, platform):
    assert "has no wheels" in resolve(uv, platform, PYTHONS[0])
    assert ELSEWHERE[platform] in (ROOT / "README.md").read_text("utf8")


def test_no_python_beyond_the_table_is_let_in():
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.version_info = (3, 15, 0); import install; sys.exit(install.main())"],
        cwd=ROOT / "tools", capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "3.11 to 3.14" in line
