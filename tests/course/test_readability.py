"""Lessons can be read: narrow code, short cells, short paragraphs and sentences; tools/readability.py measures them.

That a lesson's first cell is short is tested in test_style.py.
"""

from pathlib import Path

import pytest
import readability
from notebooks.course import read_course
from notebooks.prose import as_text, count, paragraphs, sentences
from notebooks.source import SourceCell

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {chapter.stem: chapter for chapter in read_course(ROOT)}


@pytest.mark.parametrize("stem", CHAPTERS)
def test_a_lesson_is_within_every_limit(stem):
    assert [str(excess) for excess in readability.measure(CHAPTERS[stem]).excesses] == []


def chapter(kind="markdown", source="Text.", **metadata):
    stem = next(iter(CHAPTERS))
    cell = SourceCell(kind, source, metadata, "lesson.md:10")
    return type(CHAPTERS[stem])(stem, "A chapter", [cell], {}, CHAPTERS[stem].repository)


@pytest.mark.parametrize(
    ("kind", "source", "line"),
    [
        ("code", "x = 1\n" + "y" * 81, 11),
        ("code", "x = 1\n" * 26, 10),
        ("markdown", "# Heading\n\nShort.\n\nLong" + " word" * 30 + ".", 14),
        ("markdown", "Short.\nLong" + " word" * 30 + ".", 11),
        ("markdown", "Short.\n\n" + "Two words. " * 46, 12),
        ("markdown", "```{note}\n:class: tip\n\nLong" + " word" * 30 + "\n```", 13),
        ("markdown", "- Short.\n- Long" + " word" * 30, 11),
    ],
)
def test_what_exceeds_a_limit_is_named_with_its_line(kind, source, line):
    (excess,) = readability.measure(chapter(kind, source)).excesses
    assert excess.where == f"lesson.md:{line}"


@pytest.mark.parametrize(
    ("kind", "source", "tags"),
    [
        ("code", "x = 1\n" * 25, []),
        ("code", "y" * 81, ["hide-input"]),
        ("markdown", "Long" + " word" * 29 + ".", []),
        ("markdown", "- Five words stand in here.\n" * 30, []),
        ("markdown", "| " + "cell " * 40 + "|\n|---|\n| " + "cell " * 40 + "|", []),
        ("markdown", "A sum:\n\n$$\n" + "x + " * 40 + "y\n$$", []),
    ],
)
def test_what_is_within_the_limits_or_no_prose_is_not_named(kind, source, tags):
    assert readability.measure(chapter(kind, source, tags=tags)).excesses == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One. Two! Three? Four.", ["One.", "Two!", "Three?", "Four."]),
        ("See e.g. chapter 1. `lstm_step` keeps it.", ["See e.g. chapter 1.", "lstm_step keeps it."]),
        ("$a + b$ is one {cite}`gers2000`. **Bold.** Then", ["a + b is one .", "Bold.", "Then"]),
        ("It asks (why?) and “how?” too.", ["It asks (why?) and “how?” too."]),
    ],
)
def test_sentences_end_at_stops_and_not_within_abbreviations(text, wanted):
    ((_, words),) = paragraphs(text)
    assert [as_text(sentence) for sentence in sentences(words)] == wanted


def test_a_formula_and_a_piece_of_code_are_one_word_each():
    ((_, words),) = paragraphs("So $x = W h + b$ – `f(a, b)` – and {eq}`eq-a` *hold*.")
    assert count(words) == 6


@pytest.mark.parametrize(
    ("code", "drawing"),
    [
        ("x = 1\nplt.show()", 1),
        ("figure, (a, b) = plt.subplots(1, 2)\na.plot(\n    x,\n    y,\n)\nx.plot()", 5),
        ("for ax in axes.flat:\n    y = x + 1\n    arrow(ax, 1, 2)", 1),
        ("table(rows)\nmin(x)", 0),
    ],
)
def test_drawing_lines_are_those_that_call_matplotlib(code, drawing):
    found = readability.measure(chapter("code", code))
    assert (found.lines, found.drawing) == (code.count("\n") + 1, drawing)
