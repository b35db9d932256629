"""One grammar of docstrings for the builder, the checks of an author, the site and the reference's own tests."""

import pytest

from autograde.authoring.static_checks import check_reference
from autograde.course import Course
from autograde.docstring import Argument, Field, described_arguments, described_result, read_argument, read_docstring

DOCSTRING = """One step: it Returns nothing yet.

    x_t, y : (N, D)   input at
                      time t
    rng : Generator
    *rest : arrays
    Returns h_t (N, H), a
    list. Raises ValueError where N is 0. Source: Elman (1990).
    """


def test_a_docstring_is_text_arguments_and_fields_each_on_one_line():
    assert read_docstring(DOCSTRING) == [
        Field("", "One step: it Returns nothing yet."),
        Argument(("x_t", "y"), "(N, D)", "input at time t"),
        Argument(("rng",), "Generator"),
        Argument(("*rest",), "arrays"),
        Field("Returns", "h_t (N, H), a list."),
        Field("Raises", "ValueError where N is 0."),
        Field("Source", "Elman (1990)."),
    ]


def test_arguments_are_found_by_their_names_and_the_result_by_its_field():
    described = described_arguments(DOCSTRING)
    assert [*described] == ["x_t", "y", "rng", "rest"] and described["y"].kind == "(N, D)"
    assert described_result(DOCSTRING) == "h_t (N, H), a list."
    assert described_result(DOCSTRING, ("Yields",)) == described_result("It Returns x.\nReturns: x") == ""


def test_a_line_that_is_no_entry_of_arguments():
    assert [read_argument(line) for line in ("x: (N, D)", "  x : (N, D)", "the x : y", "x :", "")] == [None] * 5


def test_two_blanks_separate_the_shape_from_the_meaning_and_one_does_not():
    assert read_argument("x : (N, D)  the input") == Argument(("x",), "(N, D)", "the input")
    assert read_argument("x : (N, D) or None") == Argument(("x",), "(N, D) or None")


DOC = "Compute it.\n\n    o : (N, H)   the gate\n    c_t : (N, H)   the state\n    Returns h_t (N, H)\n    "
DOC_FAULTS = {
    "nothing missing": (DOC, []),
    "an argument left out": (
        DOC.replace("    c_t : (N, H)   the state\n", ""),
        ["the docstring says nothing of c_t: add `c_t : shape what`"],
    ),
    "no shape": (
        DOC.replace("(N, H)   the state", "the state"),
        ["the docstring gives no shape of c_t: write `c_t : (N, H) what it is`"],
    ),
    "no result": (
        DOC.replace("    Returns h_t (N, H)\n", ""),
        ["the docstring does not say what comes back: add a line `Returns h_t (N, H)`"],
    ),
}


@pytest.mark.parametrize("name", DOC_FAULTS)
def test_the_docstring_gives_every_shape_and_the_result(monkeypatch, name):
    docstring, texts = DOC_FAULTS[name]
    course = Course()
    exercise = course.by_name["hidden_output"]
    monkeypatch.setattr(exercise.reference, "__doc__", docstring)
    assert [problem.text for problem in check_reference(course, exercise)] == texts
