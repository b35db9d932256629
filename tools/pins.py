"""Pin every package that the course needs, on every system that it supports, to one version.

    python tools/pins.py [--upgrade [NAME …]]

Writes tools/requirements.txt, with the hash of every file, from the names in pyproject.toml, and repeats the versions
under [tool.uv] there, for `uv sync`. Versions that stand there stay, unless `--upgrade` names the package or, alone,
asks for the newest of all. Needs uv and the network. Exit status 1 if a package has no one version for all systems.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from pathlib import Path

from install import REQUIREMENTS, ROOT, pins

PROJECT = ROOT / "pyproject.toml"
BLOCK = re.compile(r"(?<=^constraint-dependencies = \[\n).*?(?=^\])", re.DOTALL | re.MULTILINE)
CUDA = re.compile(r"^(?:nvidia-|cuda-|triton==).*\n(?:    .*\n)*", re.MULTILINE)  # install.py has PyTorch without it


def compile_requirements(folder: Path, upgrade: list[str] | None) -> str:
    """Have uv choose versions for all systems; returns the text of tools/requirements.txt."""
    project = folder / "pyproject.toml"  # without the versions, which uv would keep to
    project.write_text(BLOCK.sub("", PROJECT.read_text("utf8")), "utf8")
    output = shutil.copy(REQUIREMENTS, folder / "requirements.txt") if REQUIREMENTS.exists() else "requirements.txt"
    command = [shutil.which("uv") or ROOT / ".venv/bin/uv", "pip", "compile", "pyproject.toml", "--all-extras"]
    command += ["--group", "install", "--universal", "--fork-strategy", "fewest", "--no-sources", "--no-annotate"]
    command += ["--generate-hashes", "--quiet", "--output-file", output]
    command += ["--upgrade"] if upgrade == [] else [f"--upgrade-package={name}" for name in upgrade or []]
    env = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "python tools/pins.py"}
    subprocess.run([str(part) for part in command], cwd=folder, env=env, check=True)
    return CUDA.sub("", (folder / "requirements.txt").read_text("utf8"))


def with_versions(project: str, requirements: str) -> str:
    """The text of pyproject.toml with the versions under [tool.uv]."""
    quoted = [f'"{line.replace(chr(34), chr(39))}",' for line in pins(requirements).values()]
    joined = " ".join(line.replace(" ", "\0") for line in quoted)  # a marker stays with its package
    lines = textwrap.wrap(joined, 116, break_long_words=False, break_on_hyphens=False)
    return BLOCK.sub(lambda _: "".join(f"    {line}\n" for line in lines).replace("\0", " "), project)


def main() -> int:
    """Pin, and say what has changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", nargs="*", metavar="NAME", help="take newer versions of these, or of all")
    before = pins(REQUIREMENTS.read_text("utf8")) if REQUIREMENTS.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            text = compile_requirements(Path(folder), parser.parse_args().upgrade)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"uv could not choose versions: {error}", file=sys.stderr)
            return 1
    after = pins(text)
    names = re.findall(r"^(\w[\w.-]*)==", text, re.MULTILINE)
    if twice := {name for name in names if names.count(name) > 1}:
        names = ", ".join(sorted(twice))
        print(f"no one version for all systems: {names}; bound it in pyproject.toml", file=sys.stderr)
        return 1
    project = with_versions(PROJECT.read_text("utf8"), text)
    tomllib.loads(project)
    REQUIREMENTS.write_text(text, "utf8")
    PROJECT.write_text(project, "utf8")
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            print(f"{before.get(name, 'new')} → {after.get(name, 'gone')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
