"""A wheel, unpacked far from any checkout, translates, and grades notebooks of the course that it is given."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory):
    """A folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    copy = tmp_path_factory.mktemp("checkout") / "course"  # a build leaves files in the folder that it reads
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run([*command, "--wheel-dir", str(folder), str(copy)], check=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "packages")
    return folder / "packages"


def run(site_packages, folder, *arguments, package="autograde", stdin=""):
    """A command of the wheel, in a folder that is in no course."""
    environment = {k: v for k, v in os.environ.items() if k != "LSTM_COURSE"}
    environment["PYTHONPATH"] = str(site_packages)
    code = f"import sys, {package} as p; assert p.__file__.startswith(sys.argv.pop(1)), p.__file__; "
    code += f"from {package}.commands import main; sys.exit(main())"
    command = [sys.executable, "-c", code, str(site_packages), *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment, input=stdin, capture_output=True, text=True, encoding="utf8"
    )


def test_solutions_get_full_marks(site_packages, tmp_path):
    solutions = ROOT / "solutions"
    done = run(site_packages, tmp_path, "grade", solutions, "--course", ROOT, "--json", tmp_path / "card.json")
    assert done.returncode == 0, done.stdout + done.stderr
    card = json.loads((tmp_path / "card.json").read_text("utf8"))
    assert card["points"] == card["max_points"] > 0


def test_without_a_course_there_is_one_line_that_says_what_to_do(site_packages, tmp_path):
    done = run(site_packages, tmp_path, "grade", ROOT / "solutions")
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "--course" in line and "LSTM_COURSE" in line


def test_the_translator_needs_no_course(site_packages, tmp_path):
    done = run(site_packages, tmp_path, "translate", package="translator", stdin="I have two cats.\n")
    assert done.returncode == 0, done.stderr
    assert re.search(r"[\u4e00-\u9fff]", done.stdout)


@pytest.mark.parametrize(
    "pattern",
    ["translator/weights/*.safetensors", "course/figures/*.js", "course/figures/*.css", "course/*.mplstyle",
     "autograde/**/*.schema.json"],
)  # fmt: skip
def test_it_holds_what_is_no_python(site_packages, pattern):
    ours = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)}
    assert ours and {path.relative_to(site_packages).as_posix() for path in site_packages.glob(pattern)} == ours
