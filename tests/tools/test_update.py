"""`make update` on a clone with work in three chapters, whose course has gone on meanwhile: nothing is lost."""

import json
import os
import shutil
import subprocess

import build_notebooks
import pytest
import update

STEMS = ("01_loops", "02_sums", "03_ends")
EXERCISES = "course/{}/exercises.yml"


def git(folder, *arguments):
    author = {name: "author" for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME")}
    author |= {name: "a@b.c" for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")}
    environment = {**os.environ, **author, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "-c", "commit.gpgsign=false", *arguments], cwd=folder, env=environment, check=True)


class Clone:
    """A learner's clone of a course; `published` is the folder in which the author works."""

    def __init__(self, published, root, capsys):
        self.published, self.root, self._capsys = published, root, capsys

    def publish(self):
        """Let the author build the notebooks and commit everything."""
        assert build_notebooks.main([], root=self.published.root) == 0
        git(self.published.root, "add", "--all")
        git(self.published.root, "commit", "--quiet", "--message", "Next")

    def notebook(self, stem):
        return json.loads((self.root / "chapters" / f"{stem}.ipynb").read_text(encoding="utf-8"))

    def cells(self, stem):
        return {cell["id"]: "".join(cell["source"]) for cell in self.notebook(stem)["cells"]}

    def edit(self, stem, change):
        data = self.notebook(stem)
        change(data["cells"])
        (self.root / "chapters" / f"{stem}.ipynb").write_text(json.dumps(data), encoding="utf-8")

    def update(self):
        self._capsys.readouterr()
        status = update.main([], root=self.root)
        out, err = self._capsys.readouterr()
        return status, out, err

    def files(self):
        return {path: path.read_bytes() for path in self.root.rglob("*.*") if ".git" not in path.parts}


@pytest.fixture
def clone(course, tmp_path_factory, capsys, monkeypatch):
    """Three chapters: the tiny course's, and two copies whose functions have other names."""
    for number, stem in enumerate(STEMS[1:], 2):
        for name in ("lesson.md", "exercises.yml"):
            text = course.read(f"course/01_loops/{name}").replace('id: "1.', f'id: "{number}.')
            course.write(f"course/{stem}/{name}", text.replace("double", f"double{number}"))
        module = course.read("lstm_ref/loop.py")
        copied = module[module.index("@decorated") : module.index("# and a last one")]
        copied = copied.replace("double", f"double{number}")
        course.write("lstm_ref/loop.py", f"{module}\n\n{copied}")
        shutil.copytree(course.root / "tests/exercises/01_loops", course.root / "tests/exercises" / stem)
    course.write(".gitignore", "work/\n__pycache__/\n")
    git(course.root, "init", "--quiet", "--initial-branch", "main")
    root = tmp_path_factory.mktemp("learner") / "course"
    made = Clone(course, root, capsys)
    made.publish()
    git(root.parent, "clone", "--quiet", str(course.root), str(root))
    monkeypatch.setattr(update, "build", lambda folder: build_notebooks.main(["--merge"], root=folder))
    return made


def of(cells, text):
    """The first cell whose text begins so."""
    return next(cell for cell in cells if "".join(cell["source"]).startswith(text))


def own(text, kind="code"):
    code = {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["42\n"]}], "execution_count": 3}
    return {"cell_type": kind, "id": f"mine-{abs(hash(text))}", "metadata": {}, "source": text} | (
        code if kind == "code" else {}
    )


def solve(cells):
    """Exercise 1.1 is solved, with a cell behind it and notes at the end."""
    stub = of(cells, "def double(")
    stub["source"] = "def double(x):\n    return 2 * x"
    cells.insert(cells.index(stub) + 1, own("double(21)"))
    cells.append(own("My notes", "markdown"))


def annotate(cells):
    """The author's prose is annotated, a cell is deleted, and one is added."""
    of(cells, "Between.")["source"] = "Between. But why?"
    cells.remove(of(cells, "%time loop."))
    cells.append(own("%time 1"))


def solve_third(cells):
    of(cells, "def twice_double3(")["source"] = "def twice_double3(x):\n    return 4 * x"
    cells.insert(0, own("# Mine", "markdown"))


@pytest.fixture
def worked(clone):
    """The clone with work in three chapters, after which the author has changed the course."""
    for stem, change in zip(STEMS, (solve, annotate, solve_third), strict=True):
        clone.edit(stem, change)
    for stem in STEMS[:2]:
        clone.published.replace(f"course/{stem}/lesson.md", "What comes last.", "The end.\n\n+++\n\nOne cell more.")
    clone.published.replace("course/02_sums/lesson.md", "Between.", "In between.")
    text = clone.published.read("lstm_ref/loop.py")
    at = text.index("def twice_double3(")
    text = text[:at] + text[at:].replace("times : int   how often", "times : int   how often to double", 1)
    clone.published.write("lstm_ref/loop.py", text)
    clone.publish()
    return clone


def test_every_cell_of_the_learner_and_of_the_course_is_there(worked):
    before = {stem: worked.notebook(stem) for stem in STEMS}
    status, out, err = worked.update()
    assert (status, err) == (0, "")
    first = list(worked.cells("01_loops").values())
    solved = first.index("def double(x):\n    return 2 * x")
    assert first[solved + 1] == "double(21)" and first[solved + 2] == "check(double)"
    assert {"The end.", "One cell more.", "My notes"} < set(first) and "What comes last." not in first
    second = list(worked.cells("02_sums").values())
    mark, mine = second.index("Between. But why?") - 1, second.index("Between. But why?")
    assert second[mark].startswith("**Yours.**") and "In between." in second[mine:]
    assert not any(text.startswith("%time loop.") for text in second)
    assert "%time 1" in second and "One cell more." in second
    third = worked.cells("03_ends")
    assert list(third.values())[0] == "# Mine" and third["ex-3-2-stub"] == "def twice_double3(x):\n    return 4 * x"
    new = next(text for text in third.values() if text.startswith("**The course has changed exercise 3.2.**"))
    assert "how often to double" in new and "NotImplementedError" in new
    for stem in STEMS:
        assert out.count(f"chapters/{stem}.ipynb: merged") == 1
        [copy] = worked.root.glob(f"work/{stem}-*.ipynb")
        assert json.loads(copy.read_text(encoding="utf-8")) == before[stem]


def test_outputs_of_cells_that_stay_are_kept(worked):
    worked.edit("01_loops", lambda cells: of(cells, "import numpy").update(execution_count=9))
    worked.update()
    cells = {"".join(cell["source"]): cell for cell in worked.notebook("01_loops")["cells"]}
    assert cells["double(21)"]["outputs"][0]["text"] == ["42\n"]
    assert of(list(cells.values()), "import numpy")["execution_count"] == 9


def test_a_second_update_changes_nothing(worked):
    worked.update()
    files = worked.files()
    status, out, err = worked.update()
    assert (status, err) == (0, "") and "merged" not in out
    assert {path: data for path, data in worked.files().items() if "work" not in path.parts} == {
        path: data for path, data in files.items() if "work" not in path.parts
    }


def test_a_notebook_without_ids_keeps_every_cell(worked):
    """What an old editor leaves: no ids and no metadata of cells."""
    data = worked.notebook("01_loops")
    data["nbformat_minor"] = 4
    for cell in data["cells"]:
        del cell["id"]
        cell["metadata"] = {}
    (worked.root / "chapters/01_loops.ipynb").write_text(json.dumps(data), encoding="utf-8")
    assert worked.update()[0] == 0
    cells = worked.cells("01_loops")
    assert cells["ex-1-1-stub"] == "def double(x):\n    return 2 * x"
    assert {"double(21)", "My notes", "One cell more."} < set(cells.values())


def test_chapters_without_work_are_replaced_and_own_work_alone_is_kept(clone):
    clone.edit("01_loops", solve)
    clone.published.replace("course/02_sums/lesson.md", "Between.", "In between.")
    clone.publish()
    mine = clone.notebook("01_loops")
    status, out, _ = clone.update()
    assert status == 0 and clone.notebook("01_loops") == mine
    assert "chapters/01_loops.ipynb: nothing new; yours is kept" in out
    assert "chapters/02_sums.ipynb: new version" in out and "In between." in clone.cells("02_sums").values()
    assert "chapters/03_ends.ipynb: nothing new; you have not" in out


@pytest.mark.parametrize("name", update.PACKAGES)
def test_other_packages_are_to_be_installed(clone, name):
    assert (update.ROOT / name).is_file()
    assert "packages have changed" not in clone.update()[1]
    clone.published.write(name, "other\n")
    clone.publish()
    assert "packages have changed" in clone.update()[1]


def offline(clone):
    git(clone.root, "remote", "set-url", "origin", str(clone.root / "nowhere"))


def no_upstream(clone):
    git(clone.root, "branch", "--unset-upstream")


def detached(clone):
    git(clone.root, "checkout", "--quiet", "--detach")


def own_commit(clone):
    git(clone.root, "commit", "--quiet", "--all", "--message", "Mine")


def other_file(clone):
    (clone.root / "course/01_loops/lesson.md").write_text("mine", encoding="utf-8")


def unfinished_merge(clone):
    (clone.root / ".git/MERGE_HEAD").write_text("0" * 40, encoding="utf-8")


def no_json(clone):
    (clone.root / "chapters/02_sums.ipynb").write_text("<<<<<<< mine", encoding="utf-8")


def no_clone(clone):
    (clone.root / ".git").rename(clone.root.parent / "git")


SITUATIONS = {
    offline: "cannot be fetched; is this machine offline?",
    no_upstream: "follows no branch of the course",
    detached: "follows no branch of the course",
    own_commit: "lacks 1 of your commits",
    other_file: "you have changed course/01_loops/lesson.md, and so has the course",
    unfinished_merge: "a merge is not finished: git merge --continue",
    no_json: "chapters/02_sums.ipynb is no notebook that can be read",
    no_clone: "is no clone that git has made",
}


@pytest.mark.parametrize("spoil", SITUATIONS, ids=lambda spoil: spoil.__name__)
def test_where_it_cannot_be_one_line_says_why_and_nothing_changes(worked, spoil, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(worked.root.parent))
    spoil(worked)
    files = worked.files()
    status, _, err = worked.update()
    assert status == 2 and SITUATIONS[spoil] in err and len(err.splitlines()) == 1
    assert worked.files() == files


def test_without_git_one_line_says_so(worked, monkeypatch):
    monkeypatch.setenv("PATH", "")
    status, _, err = worked.update()
    assert status == 2 and "git is not installed" in err


def test_work_comes_back_when_git_fails(worked, monkeypatch):
    """A file that git must write cannot be written: the chapters are as they were."""
    real = update._git

    def failing(root, *arguments):
        if arguments[0] == "merge":
            raise update.GitFailed("disk full")
        return real(root, *arguments)

    before = worked.cells("01_loops")
    monkeypatch.setattr(update, "_git", failing)
    status, _, err = worked.update()
    assert status == 2 and "your chapters are as they were: disk full" in err
    assert worked.cells("01_loops") == before
