"""The grammar of the course's docstrings, for all who read them: arguments with their shapes, results, sources.

After the summary and its paragraphs come lines `name : (shape)   meaning`, then `Returns …` or `Yields …`;
`Raises …` and `Source: …` may begin anywhere behind them, also as a sentence of their own. A line that begins none of
these continues the one before it.
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

ARGUMENT = re.compile(r"(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*) : (?P<kind>.+?)(?:\s{2,}(?P<meaning>\S.*))?")
FIELD = re.compile(r"(?P<name>Returns|Yields|Raises|Sources?)(?P<colon>:?) (?P<text>.+)")
SENTENCE_START = re.compile(r"(?<=\.) (?=(?:Source|Raises)\b)")


@dataclass(frozen=True)
class Argument:
    """The entry of one or several arguments: their names, and the shape or type of each.

    names : as the docstring writes them, `*` and `**` included
    kind : the shape or type, "(N, D)"; where there is no meaning, all of the entry's text
    """

    names: tuple[str, ...]
    kind: str
    meaning: str = ""


@dataclass(frozen=True)
class Field:
    """A named part of a docstring, such as Returns; the name is "" for other text."""

    name: str
    text: str


def read_argument(line: str) -> Argument | None:
    """The entry of arguments that stands on one line, or None where the line is none."""
    match = ARGUMENT.fullmatch(line)
    return Argument(tuple(match["names"].split(", ")), match["kind"], match["meaning"] or "") if match else None


def read_paragraph(paragraph: str) -> Iterator[Argument | Field]:
    """The parts of one paragraph of a docstring, each joined into one line."""
    parts: list[tuple[str, str]] = []
    for line in paragraph.split("\n"):
        field = FIELD.fullmatch(line)
        if read_argument(line):
            parts.append(("argument", line))
        elif field and (field["colon"] == ":") == field["name"].startswith("Source"):
            parts.append((field["name"], field["text"]))
        elif parts:
            parts[-1] = parts[-1][0], f"{parts[-1][1]} {line.strip()}"
        else:
            parts.append(("", line.strip()))
    for name, text in parts:
        first, *sentences = SENTENCE_START.split(text)
        argument = read_argument(first) if name == "argument" else None
        yield argument or Field(name, first)
        for sentence in sentences:
            yield from read_paragraph(sentence)


def read_docstring(docstring: str) -> list[Argument | Field]:
    """All parts of a docstring, in order; its indentation does not count."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return [part for paragraph in paragraphs for part in read_paragraph(paragraph)]


def described_arguments(docstring: str) -> dict[str, Argument]:
    """The entry of each argument that a docstring describes, by the argument's name without `*`."""
    entries = [part for part in read_docstring(docstring) if isinstance(part, Argument)]
    return {name.lstrip("*"): entry for entry in entries for name in entry.names}


def described_result(docstring: str, names: tuple[str, ...] = ("Returns",)) -> str:
    """What a docstring says of the result, "" where it says nothing; `names` are the fields that count."""
    texts = (part.text for part in read_docstring(docstring) if isinstance(part, Field) and part.name in names)
    return next(texts, "")
