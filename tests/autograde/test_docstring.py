"""One grammar of docstrings for the builder, the checks of an author, the site and the reference's own tests."""

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
