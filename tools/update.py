"""Fetch what is new in the course, and merge it into the chapters in which you have worked.

    python tools/update.py

git takes the new version of every file (`git pull --ff-only`). Before that each chapter that you have changed is copied
into work/ and set aside; after it the builder merges the new chapter into yours. Exit status: 0 if all is well; 1 if a
chapter could not be merged; 2 if nothing was done, with one line that says why and what to do.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from notebooks.merge import backup
from notebooks.notebook import read_stored

from lstm_ref.console import write_utf8
from lstm_ref.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
UNFINISHED = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
}
PACKAGES = ("pyproject.toml", "tools/requirements.txt")


class CannotUpdate(Exception):
    """The course cannot be updated now; the message says why and what to do."""


class GitFailed(Exception):
    """A command of git failed; the message is the last line that it wrote."""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command in the course at `root`; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(arguments)
    try:
        return update(Path(root))
    except (CannotUpdate, GitFailed, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def update(root: Path) -> int:
    """Fetch, take the new version and merge; returns the exit status.

    Raises CannotUpdate; the chapters and the course's files are then as they were.
    """
    _refuse_unfinished(root)
    _fetch(root)
    changed = _lines(root, "diff", "--name-only", "HEAD", "@{upstream}")
    own = _own_changes(root, changed)
    for name in own:
        stored = read_stored(root / name)
        if stored is not None and stored.cells is None:
            raise CannotUpdate(
                f"{name} is no notebook that can be read: move it aside, then git checkout HEAD -- {name}"
            )
    _take(root, own)
    for path in sorted(root.glob("chapters/*.ipynb")):
        name = path.relative_to(root).as_posix()
        if name not in own:
            print(f"{name}: {'new version' if name in changed else 'nothing new'}; you have not changed it")
        elif name not in changed:
            print(f"{name}: nothing new; yours is kept")
    if set(changed) & set(PACKAGES):
        print("The packages have changed: run make lab, or install them again as README.md says")
    sys.stdout.flush()
    return build(root)


def build(root: Path) -> int:
    """Merge the chapters by the new version of the builder."""
    return subprocess.run([sys.executable, str(root / "tools" / "build_notebooks.py"), "--merge"], cwd=root).returncode


def _refuse_unfinished(root: Path) -> None:
    """Raise CannotUpdate where there is no clone, or where a command of git waits for the user."""
    try:
        folder = _git(root, "rev-parse", "--absolute-git-dir")
    except FileNotFoundError:
        raise CannotUpdate("git is not installed: https://git-scm.com/downloads") from None
    except GitFailed:
        remedy = "clone the course anew, copy your chapters into it, and run tools/build_notebooks.py --merge there"
        raise CannotUpdate(f"{root} is no clone that git has made: {remedy}") from None
    for name, what in UNFINISHED.items():
        if Path(folder, name).exists():
            raise CannotUpdate(f"a {what} is not finished: git {what} --continue, or git {what} --abort")


def _fetch(root: Path) -> None:
    """Fetch the branch that this one follows. Raises CannotUpdate where that cannot be, or where both have commits."""
    try:
        upstream = _git(root, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
    except GitFailed:
        remedy = "git checkout main, or git branch --set-upstream-to=origin/main"
        raise CannotUpdate(f"what stands here follows no branch of the course: {remedy}") from None
    print(f"Fetching {upstream} …", flush=True)
    try:
        _git(root, "fetch", "--quiet")
    except GitFailed as error:
        raise CannotUpdate(f"{upstream} cannot be fetched; is this machine offline? git says: {error}") from None
    ahead = _git(root, "rev-list", "--count", "@{upstream}..HEAD")
    if ahead != "0":
        remedy = f"git rebase {upstream}, or keep them in a branch of their own"
        raise CannotUpdate(f"{upstream} lacks {ahead} of your commits, so git cannot just go forward: {remedy}")


def _own_changes(root: Path, incoming: Sequence[str]) -> list[str]:
    """The chapters that the learner has changed. Raises CannotUpdate for another file that the course changes too."""
    mine = _lines(root, "diff", "--name-only", "HEAD") + _lines(root, "ls-files", "--others", "--exclude-standard")
    chapters = [name for name in mine if name.startswith("chapters/") and name.endswith(".ipynb")]
    for name in mine:
        if name in incoming and name not in chapters:
            remedy = f"move your version to another place, then git checkout HEAD -- {name}"
            raise CannotUpdate(f"you have changed {name}, and so has the course: {remedy}")
    return [name for name in chapters if (root / name).is_file()]


def _take(root: Path, own: Sequence[str]) -> None:
    """Let git take the new version of every file, with the learner's chapters set aside meanwhile."""
    copies = {name: backup(root / name, root) for name in own}
    for name, copy in copies.items():
        print(f"{name}: a copy is {copy.relative_to(root).as_posix()}", flush=True)
    tracked = _lines(root, "ls-files", "--", "chapters")
    try:
        for name in own:
            if name in tracked:
                _git(root, "checkout", "--quiet", "HEAD", "--", name)
            else:
                (root / name).unlink()
        _git(root, "merge", "--ff-only", "--quiet", "@{upstream}")
    except GitFailed as error:
        raise CannotUpdate(f"git cannot take the new version, and your chapters are as they were: {error}") from None
    finally:
        for name, copy in copies.items():
            write_whole(root / name, copy.read_bytes())


def _git(root: Path, *arguments: str) -> str:
    """What git prints. Raises GitFailed."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    command = ["git", "-c", "core.quotepath=off", *arguments]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise GitFailed(said[-1].strip() if said else f"git {arguments[0]} failed")
    return done.stdout.strip()


def _lines(root: Path, *arguments: str) -> list[str]:
    return _git(root, *arguments).splitlines()


if __name__ == "__main__":
    write_utf8()
    sys.exit(main())
