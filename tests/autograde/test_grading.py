"""What a learner reads: the verdict, the reason, the mistake by its name."""

import pytest

from autograde.sandbox.bubblewrap import NoSandbox
from autograde.text import shorten, without_roles

STEP = "def rnn_step(x_t, h_prev, W_ih, W_hh, b):\n"
RIGHT = "np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b)"


def step(*lines):
    return STEP + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    "right",
    [
        step(f"return {RIGHT}"),
        step("return np.tanh(np.einsum('nd,hd->nh', x_t, W_ih) + np.einsum('nk,hk->nh', h_prev, W_hh) + b)"),
        step("return np.tanh((W_ih @ x_t.T + W_hh @ h_prev.T).T + b[None])"),
        step("import warnings; warnings.warn('loud')", "print('x')", f"return {RIGHT}"),
        f"rnn_step = lambda x_t, h_prev, W_ih, W_hh, b: {RIGHT}",
    ],
)
def test_right_answers_in_any_style_pass(submit, right):
    result = submit("rnn_step", right)
    assert (result.status, result.points, result.message) == ("passed", 2, "")


@pytest.mark.parametrize(
    "wrong, words",
    [
        (step("h_t = x_t"), "h_t is None, for N=3 D=2 H=5. Is the return statement missing?"),
        (step("return 3"), "h_t is 3 (int), expected an array of shape (3, 5)"),
        (step("return x_t"), "h_t has shape (3, 2), expected (3, 5)"),
        (step(f"return {RIGHT}.astype('f')"), "h_t has dtype float32, expected float64"),
        (step(f"return {RIGHT} + 1"), "h_t is wrong: largest difference 1 at ["),
        (step(f"h = {RIGHT}", "h[1, 2] = np.inf", "return h"), "h_t is inf at [1, 2]"),
        (step("h_prev += 0.5", f"return {RIGHT}"), "changed its argument h_prev"),
        (step("return np"), "h_t is of type module"),
        ("calls = []\n" + step("calls.append(1)", f"return {RIGHT} * (len(calls) < 4)"), "gives another result"),
    ],
)  # fmt: skip
def test_each_way_of_being_wrong_has_its_words(submit, wrong, words):
    result = submit("rnn_step", wrong)
    assert result.status == "failed" and result.points == 0
    assert words in result.message and result.diagnosis is None
    assert result.hint == "Bias?"


def test_what_the_code_raises_is_shown_with_its_line_and_nothing_of_ours(submit):
    result = submit("rnn_step", step("# a comment", "return x_t @ nowhere"))
    assert result.status == "error"
    assert result.message.split("\n") == [
        "It raises NameError, for N=3 D=2 H=5: name 'nowhere' is not defined",
        "line 3 of the cell: return x_t @ nowhere",
        "there: x_t (3, 2)",
    ]


def test_an_error_while_the_cell_is_loaded_is_the_learners_too(submit):
    result = submit("rnn_step", "table = 1 / 0\n" + step("return table"))
    assert result.message == "It raises ZeroDivisionError: division by zero\nline 1 of the cell: table = 1 / 0"


def test_a_global_read_by_mistake_is_told_from_an_error_of_ones_own(submit):
    result = submit("rnn_step", "import matplotlib.pyplot as plt\nT = plt.figure()", step("return x_t[:T]"))
    assert "It depends on another cell" in result.message and "It reads T, which it does not set." in result.message


def test_a_variable_of_another_cell_is_named_where_it_gives_a_wrong_number(submit):
    wrong = step("return np.tanh(x_t @ W_ih.T + h_prev @ W_hh.T + b) / N")
    assert "It reads N, which it does not set." in submit("rnn_step", "N = 7", wrong).message
    assert "It reads" not in submit("rnn_step", wrong.replace("N", "7")).message


def test_of_an_import_only_what_is_read_must_be_there(submit):
    right = step(f"return {RIGHT}")
    assert submit("rnn_step", "import numpy as np, matplotlib.pyplot as plt", right).status == "passed"
    assert submit("rnn_step", "from os import path, nonsense", step("path", f"return {RIGHT}")).status == "passed"


def test_a_line_that_raises_is_shown_with_the_shapes_of_its_arrays(submit):
    result = submit("rnn_step", step("z = x_t @ W_ih", "return np.tanh(z + b)"))
    assert "there: x_t (3, 2), W_ih (5, 2)" in result.message


def test_a_module_that_the_grader_has_not_got_is_told_from_one_that_is_not_installed(submit):
    result = submit("rnn_step", "from scipy import stats", step("return stats.sem(x_t)"))
    assert "graded with NumPy and Python's own library alone" in result.message


def test_whatever_the_comparison_cannot_judge_costs_the_exercise_and_raises_nothing(submit, monkeypatch):
    monkeypatch.setattr("autograde.judging.grading.judge", lambda *_: 1 / 0)
    result = submit("rnn_step", step(f"return {RIGHT}"))
    assert (result.status, result.points) == ("error", 0) and "could not be judged" in result.message


def test_a_list_of_arrays_is_told_what_makes_an_array_of_it(submit):
    assert "np.array makes one" in submit("rnn_step", step(f"return list({RIGHT})")).message


def test_the_stub_and_a_stub_in_disguise_are_not_attempted(submit):
    assert submit("rnn_step", step('raise NotImplementedError("Exercise 1.1")')).status == "not_attempted"
    assert submit("rnn_step", step("x = 1", 'raise NotImplementedError("Exercise 1.1")')).status == "not_attempted"
    assert submit("rnn_step", "x = 1").status == "not_attempted"


def test_a_classic_mistake_is_named_in_whatever_style_it_is_written(submit):
    loops = step(
        "h_t = np.empty_like(h_prev)",
        "for n in range(len(x_t)):",
        "    for k in range(h_prev.shape[1]):",
        "        h_t[n, k] = np.tanh(x_t[n] @ W_ih[k] + h_prev[n] @ W_hh[k])",
        "return h_t",
    )
    result = submit("rnn_step", loops)
    assert result.diagnosis == "leaves_out_the_bias" and "The bias is never added." in result.message


def test_a_mistake_that_raises_for_most_shapes_is_named_by_the_shape_where_it_does_not(submit):
    assert (
        submit("rnn_step", step("return np.tanh(x_t @ W_ih + h_prev @ W_hh + b)")).diagnosis == "transposes_the_weights"
    )


def test_a_classic_mistake_with_a_wrong_dtype_beside_it_is_still_named(submit):
    forward = """
    def rnn_forward(x, h0, W_ih, W_hh, b):
        hs = np.zeros((len(x), *h0.shape))
        for t in range(len(x)):
            hs[t] = rnn_step(x[t], h0, W_ih, W_hh, b)
        return hs, hs[-1]
    """
    assert submit("rnn_forward", forward).diagnosis == "starts_every_step_at_h0"


def test_two_mistakes_at_once_are_not_named_as_one(submit):
    result = submit("rnn_step", step("return np.tanh(x_t @ W_ih + h_prev @ W_hh)"))
    assert result.status in ("failed", "error") and result.diagnosis is None


def test_code_that_only_raises_is_no_evidence_for_a_mistake_of_the_bank(submit):
    assert submit("rnn_step", step("raise ValueError('shapes')")).diagnosis is None


FORWARD = """
def rnn_forward(x, h0, W_ih, W_hh, b):
    h_t, hs = h0, []
    for x_t in x:
        h_t = rnn_step(x_t, h_t, W_ih, W_hh, b)
        hs.append(h_t)
    return np.stack(hs), h_t
"""


def test_a_bug_in_an_earlier_exercise_costs_only_that_one(submit):
    assert submit("rnn_forward", step("return 1 / 0"), FORWARD).status == "passed"
    assert submit("rnn_forward", FORWARD).status == "passed"
    assert (
        submit("rnn_forward", FORWARD.replace("rnn_step(", "lstm_ref.rnn.rnn_step("), "import lstm_ref.rnn").points == 3
    )


def test_too_few_or_too_many_results_are_counted(submit):
    assert "returns 3 values; expected 2 values: hs, h_T." in submit("rnn_forward", FORWARD.rstrip() + ", 1").message


def test_text_from_a_learner_is_clean():
    assert shorten("\x1b[31mred\x1b[0m\nnext\u202e line") == "[31mred[0m next line"
    assert shorten("half \ud800 a pair") == "half ? a pair"
    assert len(shorten("x" * 10_000)) == 300


def test_the_name_of_a_returned_type_is_clean_too(submit):
    result = submit("rnn_step", step("return type('\\x1b[31m', (), {})()"))
    assert "of type [31m, not" in result.message


def test_a_hint_names_an_equation_in_words():
    text = "Start from {eq}`eq-two-doors`; see {ref}`one-step`."
    assert without_roles(text) == "Start from equation “two doors”; see one-step."


def test_a_sandbox_that_cannot_be_started_again_is_said_and_not_raised(submit):
    class Gone:
        def open(self, seconds, torch=False, from_scratch=False):
            raise NoSandbox("the sandbox ends as soon as it is started")

    result = submit("rnn_step", step(f"return {RIGHT}"), sandbox=Gone())
    assert (result.status, result.points) == ("error", 0) and "as soon as" in result.message
