"""The project's own description of itself: README's listing is the root, and every command that is named exists."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MOST = 24  # entries that a newcomer can take in
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DESCRIPTIONS = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md", ROOT / ".ci" / "run", *WORKFLOWS]


def tracked():
    """What git tracks, or would track, at the root: folders with a slash at their end."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    there = [file for file in files if (ROOT / file).exists()]
    return {file.partition("/")[0] + "/" * ("/" in file) for file in there}


def test_the_listing_of_the_readme_is_the_root():
    listing = (ROOT / "README.md").read_text("utf8").partition("## Where things are")[2].split("```")[1]
    listed = [line.split()[0] for line in listing.splitlines() if line.strip()]
    assert sorted(listed) == sorted(tracked())
    assert len(listed) <= MOST


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(path):
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf8"), re.MULTILINE))
    text = path.read_text("utf8")
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"`[^`]+`|^make .*$", text, re.MULTILINE))
    named = set(re.findall(r"(?:^|`|run: )make ([a-z][a-z-]*)", text, re.MULTILINE))
    assert named <= targets


def test_pages_are_published_only_after_the_jobs_that_guard_them():
    jobs = [path.read_text("utf8") for path in WORKFLOWS if "deploy-pages" in path.read_text("utf8")]
    assert len(jobs) == 1, "one workflow publishes"
    assert re.search(r"\n  pages:\n    needs: \[check, fast, site\]\n", jobs[0])


def test_ci_runs_the_commands_that_the_readme_types_out():
    readme = (ROOT / "README.md").read_text("utf8")
    (block,) = re.findall(r"```\n(py -3\.11 .*?)```", readme, re.DOTALL)
    typed = block.replace("py -3.11", "python").replace(".venv\\Scripts\\", "$BIN/").replace("\\", "/").splitlines()
    ci = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf8").partition("\n  readme:")[2]
    assert typed and [command for command in typed if command not in ci and "jupyter lab" not in command] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_job_has_a_limit_of_time(path):
    jobs = yaml.safe_load(path.read_text("utf8"))["jobs"]
    assert [name for name, job in jobs.items() if "timeout-minutes" not in job] == []
