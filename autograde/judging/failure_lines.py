"""The lines of text that say what is wrong with an answer: the difference, the line that raised, its arrays' shapes."""

import re
from collections.abc import Mapping

from autograde.judging.recorded_function import RecordedFunction
from autograde.sandbox.session import LearnerError
from autograde.submissions.notebook import Answer
from autograde.text import shorten

MAX_QUESTIONS_SHOWN = 4  # failed questions of `agree_on` that a learner is shown where no mistake is named
RAISED_KINDS = ("raised", "backward", "borrowed")  # kinds of a Mismatch that an exception caused
NAME = re.compile(r"[^\W\d]\w*")
ONLY_NUMPY = "Answers are graded with NumPy and Python's own library alone, whatever else the notebook uses."
FOREIGN = "All that it needs comes in as arguments; is another cell's variable read by mistake?"


def failure_lines(recorded: RecordedFunction, cells: Mapping[str, str]) -> list[str]:
    """The first mismatch; of an answer that is asked questions one by one, the first few that it fails.

    cells : {label: source}, to show the line that raised
    """
    first, failed = recorded.mismatches[0], {}
    raised = next((case.got.raised for case in recorded.cases if case.got.raised and case.mismatch), None)
    if raised is not None and first.kind in RAISED_KINDS:
        return [first.text + _source_line(raised, cells)]
    for case in recorded.cases:
        if case.mismatch and case.what and not case.got.raised:
            failed.setdefault(re.sub(r"[\d.-]+", "", case.what), case.mismatch.text)  # once, whatever the sizes
    texts = list(failed.values())[:MAX_QUESTIONS_SHOWN]
    return texts if first.text in texts else [first.text]


def first_failure(recorded: RecordedFunction, cells: Mapping[str, str] | None = None) -> str:
    """The first wrong value in words; if every wrong case raised, what was raised, with its line in the cells."""
    wrong = [(case.mismatch, case.got.raised) for case in recorded.cases if case.mismatch]
    mismatch, raised = min(wrong, key=lambda pair: pair[1] is not None)
    return mismatch.text + (_source_line(raised, cells or {}) if raised else "")


def describe_error(error: LearnerError, answer: Answer) -> str:
    """What the learner's code raised while it was loaded, with its line; names the case that another cell raised it."""
    text = f"It raises {shorten(error.type)}: {shorten(error.text)}" + _source_line(error, answer.cells)
    if error.where is not None and error.where[0] in answer.cells and error.where[0] != answer.defining_cell:
        text = f"It depends on another cell, and there:\n{text}"
    if error.type == "ModuleNotFoundError":
        text += f"\n{ONLY_NUMPY}"
    return "\n".join([text, *foreign_globals_lines(answer)])


def foreign_globals_lines(answer: Answer) -> list[str]:
    """A line, if any, on the variables of other cells that the function reads."""
    names = " and ".join(shorten(name, 40) for name in answer.foreign_globals[:3])
    return [f"It reads {names}, which it does not set. {FOREIGN}"] if names else []


def _source_line(error: LearnerError, cells: Mapping[str, str]) -> str:
    """The line of the cell that raised, and the shapes of the arrays that it names."""
    where = error.where
    if where is None or where[0] not in cells:
        return ""
    lines = cells[where[0]].split("\n")
    if not 1 <= where[1] <= len(lines):
        return ""
    line = lines[where[1] - 1]
    shapes = [f"{name} {error.shapes[name]}" for name in dict.fromkeys(NAME.findall(line)) if name in error.shapes]
    shapes_line = f"\nthere: {', '.join(shapes)}" if shapes else ""
    return f"\nline {where[1]} of the cell: {shorten(line, 120)}{shapes_line}"
