"""A course of two exercises in a folder of its own, and ways to submit cells to it and to the real one."""

import io
import random
import textwrap
from contextlib import suppress

import pytest

from autograde.authoring.answers import as_cell
from autograde.course import IMPORTS, Course
from autograde.inside import wire
from autograde.judging.grading import TIME_LIMIT_S, grade_answer
from autograde.sandbox.sandbox import Sandbox
from autograde.submissions.notebook import Notebook
from autograde.submissions.slicing import Cell
from lstm_ref.course_folder import course_folder

ROOT = course_folder()

FILES = {
    "course/01_tiny/exercises.yml": """
        title: Tiny
        exercises:
          - {id: "1.1", function: lstm_ref.rnn.rnn_step, points: 2, difficulty: 1, minutes: 5, lines: 1,
             task: "One step.", hints: ["Bias?"]}
          - {id: "1.2", function: lstm_ref.rnn.rnn_forward, points: 3, difficulty: 2, minutes: 5, lines: 5,
             task: "All steps.", hints: ["A loop?"]}
        """,
    "tests/exercises/01_tiny/test_exercises.py": """
        from autograde import agree

        def test_rnn_step(rnn_step, rng):
            for N, D, H in [(3, 2, 5), (4, 4, 4), (1, 1, 1)]:
                r = rng.normal
                agree(rnn_step, r(size=(N, D)), r(size=(N, H)), r(size=(H, D)), r(size=(H, H)), r(size=H))

        def test_rnn_forward(rnn_forward, rng):
            for T, N, D, H in [(4, 3, 2, 5), (3, 3, 3, 3), (23, 1, 2, 3)]:
                r = rng.normal
                arguments = r(size=(T, N, D)), r(size=(N, H)), r(size=(H, D)), r(size=(H, H)), r(size=H)
                agree(rnn_forward, *arguments)
            agree(rnn_forward, *[a.astype("f") for a in arguments])
        """,
    "tests/exercises/01_tiny/wrong_answers.py": '''
        import numpy as np

        from autograde import wrong_answer
        from lstm_ref.rnn import rnn_step

        @wrong_answer("rnn_step")
        def leaves_out_the_bias(x_t, h_prev, W_ih, W_hh, b):
            """The bias is never added."""
            return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T)

        @wrong_answer("rnn_step")
        def transposes_the_weights(x_t, h_prev, W_ih, W_hh, b):
            """The weights are transposed."""
            return np.tanh(x_t @ W_ih + h_prev @ W_hh + b)

        @wrong_answer("rnn_forward")
        def starts_every_step_at_h0(x, h0, W_ih, W_hh, b):
            """Every step starts at h0."""
            hs = np.stack([rnn_step(x_t, h0, W_ih, W_hh, b) for x_t in x])
            return hs, hs[-1]
        ''',
}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The tiny course; its reference is the real one."""
    root = tmp_path_factory.mktemp("tiny")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    (root / "lstm_ref").symlink_to(ROOT / "lstm_ref")
    return Course(root)


@pytest.fixture(scope="session")
def course():
    """The real course."""
    return Course()


@pytest.fixture(scope="session")
def sandbox():
    """One sandbox for all tests, as in one run of the grader."""
    with Sandbox() as sandbox:
        if not sandbox.isolated:
            pytest.fail(f"the grader's tests need bubblewrap: {sandbox.reason}")
        yield sandbox


@pytest.fixture(scope="session")
def submit(tiny, sandbox):
    """Grade cells as the answer to an exercise of the tiny course."""

    def submit(name, *cells, seconds=2.0, sandbox=sandbox):
        sources = ["import numpy as np", *map(textwrap.dedent, cells)]
        notebook = Notebook([Cell(f"cell {n}", s) for n, s in enumerate(sources, 1)], "01_tiny", "01_tiny.ipynb")
        exercise = tiny.by_name[name]
        return grade_answer(tiny, exercise, notebook.answer(tiny, exercise), sandbox, seed=5, seconds=seconds)

    return submit


@pytest.fixture(scope="session")
def plant(course):
    """The cell a learner would have written: a function under the exercise's name, with what it uses from its file."""

    def plant(path, function, name):
        return as_cell(course, path, function, name)

    return plant


@pytest.fixture(scope="session")
def grade_cells(course, sandbox):
    """Grade cells as the answer to an exercise of the real course."""

    def grade_cells(exercise, *sources, seed=None, seconds=TIME_LIMIT_S):
        cells = [Cell(f"cell {n}", source) for n, source in enumerate(("\n".join(IMPORTS.values()), *sources), 1)]
        notebook = Notebook(cells, exercise.chapter, f"{exercise.chapter}.ipynb")
        return grade_answer(course, exercise, notebook.answer(course, exercise), sandbox, seed=seed, seconds=seconds)

    return grade_cells


@pytest.fixture
def still_read():
    """still_read(message, seed) sends a message, damages it 10,000 times, and counts how often it is a message still.

    A damaged one may only be read as another, or be refused by WireError or EOFError.
    """

    def still_read(message, seed):
        stream = io.BytesIO()
        wire.send(stream, message)
        whole, chance, read = stream.getvalue(), random.Random(seed), 0
        for _ in range(10_000):
            damaged = bytearray(whole)
            for _ in range(chance.randint(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            with suppress(wire.WireError, EOFError):
                wire.receive(io.BytesIO(bytes(damaged)))
                read += 1
        return read

    return still_read
