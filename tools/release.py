"""Build what a release carries, into _build/release/: the wheel, the book as PDF, the site, and the executed outputs.

    python tools/release.py [--tag v0.2.0]

`make release` builds site and PDF first. The archive `outputs` is unpacked at the root of a checkout of the same
version; `make book` then executes no notebook. `notes.md` is the changelog's part of this version. With `--tag`, exit
status 1 if the tag, pyproject.toml, CITATION.cff and the changelog do not name one version.
"""

import argparse
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

from autograde.version import course_version

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
RELEASE = BUILD / "release"


def notes(changelog: str, version: str) -> str:
    """The changelog's part of a version; empty if it has none."""
    part = rf"^## {re.escape(version)}(?![\w.])[^\n]*\n(.*?)(?=^## |\Z)"
    found = re.search(part, changelog, re.DOTALL | re.MULTILINE)
    return found[1].strip() + "\n" if found else ""


def disagreements(root: Path, version: str, tag: str) -> list[str]:
    """What names another version than pyproject.toml."""
    cited = yaml.safe_load((root / "CITATION.cff").read_text("utf8"))["version"]
    changelog = (root / ".github" / "CHANGELOG.md").read_text("utf8")
    return [
        *([f"CITATION.cff names {cited}"] if cited != version else []),
        *([f".github/CHANGELOG.md has no part ## {version}"] if not notes(changelog, version) else []),
        *([f"the tag is {tag}, not v{version}"] if tag not in ("", f"v{version}") else []),
    ]


def build_wheel() -> None:
    """The wheel, from what git has: a build leaves files in the folder that it reads."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run([*command, "--wheel-dir", str(RELEASE), folder], check=True)


def pack(name: str, place: Path, inside: str) -> None:
    """An archive of a folder, whose files stand under `inside`."""
    with tarfile.open(RELEASE / name, "w:gz") as tar:
        tar.add(place, inside)


def main() -> int:
    """Build all, and list it with its size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tag", default="", help="the tag of this release; it must name the version")
    version = course_version()
    if wrong := disagreements(ROOT, version, parser.parse_args().tag):
        print(f"pyproject.toml names {version}, but {'; '.join(wrong)}", file=sys.stderr)
        return 1
    html, outputs = BUILD / "html", BUILD / ".jupyter_cache"
    if missing := [str(path.relative_to(ROOT)) for path in (html / "course.pdf", outputs) if not path.exists()]:
        print(f"{', '.join(missing)} is missing: make release builds it", file=sys.stderr)
        return 1
    shutil.rmtree(RELEASE, ignore_errors=True)
    RELEASE.mkdir()
    build_wheel()
    shutil.copy(html / "course.pdf", RELEASE / f"lstm-course-{version}.pdf")
    pack(f"lstm-course-{version}-site.tar.gz", html, f"lstm-course-{version}")
    pack(f"lstm-course-{version}-outputs.tar.gz", outputs, "_build/.jupyter_cache")
    (RELEASE / "notes.md").write_text(notes((ROOT / ".github" / "CHANGELOG.md").read_text("utf8"), version), "utf8")
    for path in sorted(RELEASE.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
