"""A tiny course in a temporary folder, and the command run in it."""

import json
from types import SimpleNamespace

import build_notebooks
import pytest
from nbformat import v4
from notebooks import solution

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---
"""

SOURCE = (
    HEADER
    + """
# Loops

What comes first.

```{code-cell} ipython3
import numpy as np
from autograde import check, hint

from lstm_ref import loop
```

```{code-cell} ipython3
:tags: [exercise]

from lstm_ref.loop import double
```

Between.

```{code-cell} ipython3
:tags: [exercise]

from lstm_ref.loop import twice_double
```

```{code-cell} ipython3
:tags: [hide-input]

%time loop.double(np.ones(3))
```

What comes last.
"""
)

EXERCISES = """title: Loops
exercises:
  - id: "1.1"
    function: lstm_ref.loop.double
    points: 2
    difficulty: 1
    minutes: 10
    lines: 1
    task: |
      Double it.
    hints: ["Add it", "to itself."]
  - id: "1.2"
    function: lstm_ref.loop.twice_double
    points: 1
    difficulty: 3
    minutes: 5
    lines: 3
    task: Double it again.
    hints: ["Use `double`."]
"""

MODULE = '''"""Doubles."""

import numpy as np
from numpy import ndarray

SCALE = 2


def decorated(function):
    return function


@decorated
def double(x: ndarray) -> ndarray:
    """Twice x.

    x : (N,)   anything
    Returns y (N,)
    """
    return x + x


@decorated
def twice_double(
    x: ndarray,
    times: int = 2,
) -> ndarray:
    """Twice x, again and again.

    x : (N,)      anything
    times : int   how often

    Returns y (N,)
    """

    # a comment of the author's
    y = np.asarray( x )   # formatted as the author likes
    for _ in range(times):
        y = double(y)

    return y
    # and a last one
'''

GRADER = """
def check(function):
    print(function.__name__, "passed")


def mistakes(function):
    print(function.__name__, "has no mistakes")


def hint(key):
    print(key)
"""

FILES = {
    "course/01_loops/lesson.md": SOURCE,
    "course/01_loops/exercises.yml": EXERCISES,
    "lstm_ref/__init__.py": "",
    "lstm_ref/loop.py": MODULE,
    "autograde/__init__.py": GRADER,
    "tests/exercises/01_loops/test_exercises.py": "# the tests\n",
    "tests/exercises/01_loops/wrong_answers.py": "# the bank\n",
}


class Course:
    """A course folder. `run` gives the status, the lines printed and the lines of errors."""

    def __init__(self, root, capsys):
        self.root, self._capsys = root, capsys
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def replace(self, name, old, new):
        text = self.read(name)
        assert text.count(old) == 1, (name, old, text.count(old))
        self.write(name, text.replace(old, new))

    def notebook(self, name):
        return json.loads(self.read(name))

    def sources(self, name):
        """The cells' texts by id."""
        return {cell["id"]: "".join(cell["source"]) for cell in self.notebook(name)["cells"]}

    def edit(self, name, change):
        """Let `change` alter the notebook's data, and save it as Jupyter does."""
        data = self.notebook(name)
        change(data)
        self.write(name, json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n")

    def run(self, *arguments):
        self._capsys.readouterr()
        status = build_notebooks.main(list(arguments), root=self.root)
        out, err = self._capsys.readouterr()
        return SimpleNamespace(status=status, out=out.splitlines(), err=err.splitlines())

    def files(self):
        """Every notebook's bytes by its name."""
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in self.root.rglob("*.ipynb")}


@pytest.fixture
def real_course(tmp_path, capsys):
    """The tiny course, its solutions run by a real kernel."""
    return Course(tmp_path, capsys)


@pytest.fixture
def course(real_course, monkeypatch):
    """The tiny course; what stands in for the kernel prints how often it was used (`course.runs`)."""
    real_course.runs = 0

    def run_cells(nb, path, root):
        real_course.runs += 1
        for number, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), 1):
            cell.execution_count = number
            cell.outputs = [v4.new_output("stream", text="line\nline\n")]

    monkeypatch.setattr(solution, "run_cells", run_cells)
    return real_course
