"""What looks odd and is no attack: it costs what it deserves, which is often nothing."""

import pytest

FAIR = {
    "warnings": ("import warnings; warnings.warn('loud')\nreturn RIGHT", "passed", ""),
    "warnings made errors": ("import warnings; warnings.simplefilter('error')\nreturn RIGHT", "passed", ""),
    "an overflow on the way": ("np.exp(np.full(3, 1e9))\nreturn RIGHT", "passed", ""),
    "errors of floats raised": ("np.seterr(all='raise')\nreturn RIGHT", "passed", ""),
    "a print for every call": ("print(x_t.shape)\nreturn RIGHT", "passed", ""),
    "codes for the terminal in prints": ("print('\\x1b[2J\\x1b]0;x\\x07')\nreturn RIGHT", "passed", ""),
    "logging": ("import logging; logging.warning('x')\nreturn RIGHT", "passed", ""),
    "a question to the keyboard": ("input()\nreturn RIGHT", "error", "EOFError"),
    "a breakpoint left behind": ("breakpoint()\nreturn RIGHT", "error", ""),
    "its own exception caught": ("try: 1 / 0\nexcept ZeroDivisionError: pass\nreturn RIGHT", "passed", ""),
    "threads that end": (
        "from concurrent.futures import ThreadPoolExecutor as Pool\n"
        "with Pool(2) as pool: return pool.submit(lambda: RIGHT).result()",
        "passed",
        "",
    ),
    "a random state of its own": ("np.random.seed(0); np.random.normal()\nreturn RIGHT", "passed", ""),
    "float32 for float64": ("return (RIGHT).astype('f')", "failed", "h_t has dtype float32, expected float64"),
    "a row more": ("return (RIGHT)[None]", "failed", "h_t has shape (1, 3, 5), expected (3, 5)"),
    "a flat result": ("return (RIGHT).ravel()", "failed", "h_t has shape (15,), expected (3, 5)"),
    "a list of lists": ("return (RIGHT).tolist()", "failed", "np.array makes one"),
    "a tuple of one": ("return RIGHT,", "failed", "expected an array"),
    "a view of its input": ("h_prev = h_prev.copy(); h_prev[:] = RIGHT; return h_prev[:, ::-1][:, ::-1]", "passed", ""),
    "columns first": ("return np.asfortranarray(RIGHT)", "passed", ""),
    "the other byte order": ("return (RIGHT).astype('>f8')", "failed", "dtype >f8"),
    "rounding of its own": ("return RIGHT * (1 + 1e-13)", "passed", ""),
    "too much rounding": ("return np.round(RIGHT, 6)", "failed", "h_t is wrong"),
    "an input kept and given back": ("x_t += 1; x_t -= 1\nreturn RIGHT", "failed", ""),
    "a class for a function": ("", "passed", ""),
    "a lambda": ("", "passed", ""),
    "a partial": ("", "passed", ""),
    "a cache": ("", "error", "unhashable"),
}
CELLS = {
    "a class for a function": (
        "class Step:\n    def __call__(self, x_t, h_prev, W_ih, W_hh, b): return RIGHT\nrnn_step = Step()"
    ),
    "a lambda": "rnn_step = lambda x_t, h_prev, W_ih, W_hh, b: RIGHT",
    "a partial": (
        "import functools\ndef inner(one, x_t, h_prev, W_ih, W_hh, b): return RIGHT\n"
        "rnn_step = functools.partial(inner, 1)"
    ),
    "a cache": ("import functools\n@functools.lru_cache\ndef rnn_step(x_t, h_prev, W_ih, W_hh, b): return RIGHT"),
}


@pytest.mark.parametrize("name", FAIR)
def test_what_is_odd_costs_what_it_deserves(attack, name):
    body, status, said = FAIR[name]
    result = attack(body, cells=[CELLS[name]] if name in CELLS else ())
    assert result.status == status, result.message
    assert said in result.message


def test_a_bias_of_one_row_more_is_told_by_its_shape(course, sandbox):
    """(1, 4H) for (4H,): NumPy broadcasts it, so that every use of it looks right."""
    from autograde.course import IMPORTS
    from autograde.judging.grading import grade_answer
    from autograde.submissions.notebook import Notebook
    from autograde.submissions.slicing import Cell

    exercise = course.find("init_lstm")
    source = (
        "def init_lstm(D, H, rng, forget_bias=1.0):\n"
        "    return np.ones((4 * H, D)), np.ones((4 * H, H)), np.zeros((1, 4 * H))"
    )
    notebook = Notebook([Cell("cell 1", "\n".join(IMPORTS.values())), Cell("cell 2", source)], exercise.chapter, "x")
    result = grade_answer(course, exercise, notebook.answer(course, exercise), sandbox, seed=1)
    assert result.points == 0 and "(1, " in result.message
