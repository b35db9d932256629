"""Set up .venv: the course, and what it needs in the versions of tools/requirements.txt. Needs nothing but Python.

    python tools/install.py [--extras book,test] [--torch cpu | cuda | URL] [--here]

uv installs where it is on the PATH; elsewhere it is the first package into the new .venv, and where it cannot be had,
pip installs. PyTorch on Linux is the CPU build, from PyTorch's own index; where that index does not answer, it is what
the other indexes have. `--torch` or the environment variable TORCH asks for another build: `cuda`, or the URL of an
index. `--here` installs into the Python that runs this, as on Binder. What pip has been told of indexes holds for uv
too. A .venv without a working Python or pip, or whose installation was broken off, is made anew.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "tools" / "requirements.txt"
OLDEST, NEWEST = (3, 11), (3, 14)
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# A setting of pip's, and the environment variable by which uv knows it.
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


class InstallError(Exception):
    """The installation cannot go on; the message says what to do."""


def pins(text: str) -> dict[str, str]:
    """The line of each package in a requirements file, `name==version` with its marker, without the hashes."""
    lines = [line.rstrip(" \\") for line in text.splitlines() if re.match(r"\w[\w.-]*==", line)]
    return {line.partition("==")[0]: line for line in lines}


def run(*command: object, env: dict[str, str] | None = None) -> None:
    """Run a command and show what it prints. Raises InstallError if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **(env or {})})
    if done.returncode:
        raise InstallError(f"{Path(str(command[0])).name} failed: its message stands above. Then run the same again.")


def succeeds(*command: object) -> bool:
    """Whether a command can be started and ends well; its output is thrown away."""
    try:
        return subprocess.run([str(part) for part in command], capture_output=True).returncode == 0
    except OSError:
        return False


class Environment:
    """The environment that the course is installed into: its folder, its Python, and the installer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / ("python.exe" if os.name == "nt" else "python")
        self.unfinished = folder / ".installing"  # there from the beginning of an installation to its end
        on_path = shutil.which("uv")
        self.uv = on_path if on_path and succeeds(on_path, "--version") else None

    def works(self) -> bool:
        """Whether the environment is whole and its Python is one that the course runs on."""
        code = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
        code = code if self.uv else f"import pip; {code}"
        return not self.unfinished.exists() and succeeds(self.python, "-c", code)

    def make(self) -> None:
        """Make the environment, anew if it is half made."""
        if self.works():
            return
        if self.folder.is_symlink():
            raise InstallError(f"{self.folder} is a link to an environment that does not work: remove the link.")
        if self.folder.exists():
            print(f"── {self.folder.name} is half made: making it anew", flush=True)
            shutil.rmtree(self.folder)
        if succeeds(sys.executable, "-m", "venv", self.folder):
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        if not self.uv:
            version = ".".join(map(str, sys.version_info[:2]))
            raise InstallError(
                f"{sys.executable} cannot make an environment. On Debian and Ubuntu install what it lacks, "
                f"`sudo apt install python{version}-venv`; or install uv. Then run the same again."
            )
        run(self.uv, "venv", "--quiet", "--python", sys.executable, self.folder)

    def find_uv(self) -> None:
        """Have uv: the one on the PATH, the environment's own, or the one that pip can install there."""
        if self.uv:
            return
        own = self.bin / ("uv.exe" if os.name == "nt" else "uv")
        if not own.exists():
            pip = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            with tempfile.TemporaryDirectory() as folder:
                hashed = Path(folder, "uv.txt")
                (block,) = re.findall(r"^uv==.*\n(?: +--hash.*\n)+", REQUIREMENTS.read_text("utf8"), re.MULTILINE)
                hashed.write_text(block, "utf8")
                if not succeeds(*pip, "-r", hashed):
                    print("── uv cannot be had here: pip installs, which takes a few minutes", flush=True)
                    return
        self.uv = str(own)

    def pip(self, command: str, *arguments: object, env: dict[str, str] | None = None) -> None:
        """Run a command of pip's, `install` or `uninstall`, by uv where it is there."""
        if self.uv:
            sources = ["--no-sources"] if command == "install" else []  # install_torch has chosen PyTorch's already
            run(self.uv, "pip", command, "--python", self.python, *sources, *arguments, env=env)
        else:
            run(self.python, "-m", "pip", command, "--disable-pip-version-check", *arguments)

    def settings(self) -> dict[str, str]:
        """What pip has been told of indexes and certificates, for uv: each where uv has not been told itself."""
        pip = [str(self.python), "-m", "pip", "config", "list"]
        listed = subprocess.run(pip, capture_output=True, text=True, encoding="utf-8", errors="replace").stdout
        env = {}
        for key, value in re.findall(r"^[^'\"]*\.([\w-]+)='(.*)'$", listed, re.MULTILINE):
            if key in SETTINGS and SETTINGS[key] not in os.environ:
                words = value.replace("\\n", " ").split()
                env[SETTINGS[key]] = ("," if key == "find-links" else " ").join(words)
        if "UV_INDEX" in env:  # pip takes the best version of all indexes; uv would stop at the first that has any
            env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
        return env

    def torch(self) -> str:
        """The version of PyTorch that is there, or an empty string."""
        code = "from importlib.metadata import version; print(version('torch'))"
        return subprocess.run([str(self.python), "-c", code], capture_output=True, text=True).stdout.strip()


def answers(index: str) -> bool:
    """Whether an index can be reached and has PyTorch."""
    try:
        with urllib.request.urlopen(f"{index.rstrip('/')}/torch/", timeout=10) as page:
            return page.status == 200
    except (OSError, ValueError):  # no network, no such page, no URL
        return False


def install_torch(environment: Environment, build: str, constraints: Path, env: dict[str, str]) -> None:
    """Install PyTorch where there is a choice of builds; the other packages then find it there."""
    if build in ("cpu", "cuda") and not sys.platform.startswith("linux"):
        return  # PyPI has the CPU build for macOS and Windows, and no other
    wanted = pins(REQUIREMENTS.read_text("utf8"))["torch"]
    version, _, local = environment.torch().partition("+")  # 2.13.0+cpu
    right = {"cpu": local == "cpu", "cuda": local != "cpu"}.get(build, local != "" and local in build)
    if version == wanted.partition("==")[2] and right:
        return
    index = {"cpu": CPU_INDEX, "cuda": ""}.get(build, build)
    if index and not answers(index):
        print(f"── {index} does not answer: PyTorch comes from the other indexes, perhaps with CUDA, 3 GB", flush=True)
        index = ""
    elif version:  # the installers would be content with another build of the same version
        environment.pip("uninstall", "torch", *([] if environment.uv else ["--yes"]))
    if index:
        certificates = {key: value for key, value in env.items() if key == "SSL_CERT_FILE"}
        environment.pip("install", "--no-deps", "--index-url", index, wanted, env=certificates)
    else:
        environment.pip("install", "-c", constraints, wanted, env=env)


def install(environment: Environment, extras: str, build: str) -> None:
    """Install PyTorch, then the course with everything else."""
    text = REQUIREMENTS.read_text("utf8")
    project = f".[{extras}]" if extras else "."
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "constraints.txt")
        plain.write_text("\n".join(pins(text).values()) + "\n", "utf8")
        env = environment.settings() if environment.uv else {}
        install_torch(environment, build, plain, env)
        # uv compares the hashes of constraints, pip does not know such a thing.
        environment.pip("install", "-c", REQUIREMENTS if environment.uv else plain, "-e", project, env=env)


def main() -> int:
    """Install. Exit status 1 with one line if it cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extras", default="book,test", help="the extras of pyproject.toml; '' is the course alone")
    parser.add_argument("--torch", default=os.environ.get("TORCH") or "cpu", help="cpu, cuda or the URL of an index")
    parser.add_argument("--here", action="store_true", help="install into the Python that runs this")
    arguments = parser.parse_args()
    begin = time.monotonic()
    try:
        if not OLDEST <= sys.version_info[:2] <= NEWEST:
            least, most = (".".join(map(str, version)) for version in (OLDEST, NEWEST))
            text = f"{sys.executable} is Python {sys.version.split()[0]}; the course needs {least} to {most}."
            raise InstallError(f"{text} Name one: make PYTHON=python{least}, or py -{least} tools\\install.py")
        environment = Environment(Path(sys.prefix) if arguments.here else ROOT / ".venv")
        if not arguments.here:
            environment.make()
            if environment.folder.is_symlink():  # installing this checkout into it would take it from another one
                print("── .venv is a link to another checkout's environment: it stays as it is", flush=True)
                return 0
            environment.unfinished.touch()
        environment.find_uv()
        install(environment, arguments.extras, arguments.torch)
        environment.unfinished.unlink(missing_ok=True)
    except InstallError as error:
        print(f"── {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("── Broken off. Run the same again to go on.", file=sys.stderr)
        return 130
    print(f"── Installed with {'uv' if environment.uv else 'pip'} in {time.monotonic() - begin:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
