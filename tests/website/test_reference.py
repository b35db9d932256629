"""The page of the reference's functions: complete, with shapes, errors and sources, and without the answers' code."""

import importlib
import inspect
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import lstm_ref
from autograde.course import Course

EXTENSIONS = Path(__file__).resolve().parents[2] / "website" / "extensions"


@pytest.fixture(scope="module")
def module(extension):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXTENSIONS)  # it imports a neighbour
        return extension("reference_docs")


@pytest.fixture(scope="module")
def page(html):
    return BeautifulSoup(Path(html, "course/pages/reference.html").read_text("utf8"), "html.parser").find("article")


def entry(page, name):
    """The description of a function or class, as the page has it."""
    return page.find("dt", id=f"lstm_ref.{name}").parent


def fields(description):
    """The fields' names and texts."""
    found = description.find("dd").find("dl", class_="field-list", recursive=False)
    names, texts = found.find_all("dt", recursive=False), found.find_all("dd", recursive=False)
    return {n.get_text().strip(":"): " ".join(t.get_text().split()) for n, t in zip(names, texts, strict=True)}


def test_a_docstring_becomes_fields(module):
    docstring = (
        "One step: `f` of x_t *and* |b|.\n\n1. The text\ngoes on:\n\n"
        "x_t, y : (N, D)   input at\n                  time t\nrng : Generator\nReturns h_t (N, H), a\nlist\n\n"
        "Raises ValueError where N is 0. Source: Elman (1990)."
    )
    assert module.convert_docstring(docstring) == [
        "",
        r"One step: \ ``f``\  of x\_t \*and\* \|b\|.",
        "",
        r"\1. The text goes on\:",
        "",
        ":Arguments:",
        r"   ``x_t``, ``y`` : \(N, D)",
        "      input at time t",
        "",
        "   ``rng``",
        "      Generator",
        "",
        "",
        ":Returns:",
        r"   h\_t (N, H), a list",
        "",
        ":Raises:",
        "   ValueError where N is 0.",
        "",
        ":Source:",
        "   Elman (1990).",
        "",
    ]


def test_text_that_only_mentions_a_field_is_none(module):
    assert module.convert_docstring("He says: Returns x\nSource of all: none") == [
        "",
        "He says: Returns x Source of all: none",
        "",
    ]


@pytest.mark.parametrize("name", lstm_ref.MODULES)
def test_every_public_function_and_class_is_described(page, name):
    module = importlib.import_module(f"lstm_ref.{name}")
    for found, thing in inspect.getmembers(module, lambda one: inspect.isfunction(one) or inspect.isclass(one)):
        if thing.__module__ == module.__name__ and not found.startswith("_"):
            assert entry(page, f"{name}.{found}").find("dd").get_text().strip()


def test_a_function_has_signature_shapes_errors_source_and_exercise(page):
    signature = page.find("dt", id="lstm_ref.init.init_lstm").get_text().strip("\n#")
    assert signature == "init_lstm(D, H, forget_bias, rng)"
    found = fields(entry(page, "optim.clip_by_global_norm"))
    assert [*found] == ["Arguments", "Returns", "Raises", "Source", "Exercise"]
    assert found["Arguments"].startswith("grads") and "float arrays of any shapes" in found["Arguments"]
    assert found["Raises"].startswith("FloatingPointError where the norm is not finite")
    assert "Pascanu" in found["Source"]
    assert "W_ih" in fields(entry(page, "lstm.lstm_step"))["Arguments"] and "(4H, D)" in str(
        entry(page, "lstm.lstm_step")
    )


def test_a_quotation_mark_that_is_meant_as_a_character_stays_straight(module):
    assert module.escape("’ becomes ' and ' may be 'x'.") == r"\’ becomes \ ``'``\  and \ ``'``\  may be 'x'."


def test_an_exercise_leads_to_its_card(page):
    for exercise in Course().exercises:
        name = exercise.function.removeprefix("lstm_ref.")
        address = f"../../chapters/{exercise.chapter}.html#ex-{exercise.name}"
        assert entry(page, name).find("a", href=address).get_text() == f"Exercise {exercise.id} · {exercise.name}"


def test_no_source_code_stands_on_the_page(page):
    """Nor a link to it: each exercise's code would be its answer."""
    assert page.find_all(["pre", "details"]) == []
    assert page.find_all("a", class_=["viewcode-link"]) == []
    text = page.get_text()
    for exercise in Course().exercises:
        body = inspect.getsource(inspect.unwrap(exercise.reference)).rpartition('"""')[2]
        lines = [line.strip() for line in body.splitlines() if len(line.strip()) > 30]
        assert [line for line in lines if line in text] == []
