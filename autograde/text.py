"""Turns values and texts into the words of a message that a terminal can show."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.inside.tensors import is_tensor

# Escape sequences of a terminal: with parameters, with a text, or of two characters.
ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def shorten(text: object, limit: int = 300) -> str:
    """Text on one line, without control characters, cut after `limit` characters."""
    text = str(text).encode("utf-8", "replace").decode()  # half a surrogate pair cannot be printed
    text = " ".join(CONTROL.sub("", text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(text: object) -> str:
    """Text for a report: its lines stay, but escape sequences, control characters and half surrogate pairs go."""
    text = str(text).encode("utf-8", "replace").decode()
    return CONTROL.sub("", ESCAPE.sub("", text)).replace("\ufffe", "").replace("\uffff", "")  # XML allows neither


def without_roles(text: str) -> str:
    """Markdown without roles: an equation is given by its name, of any other role only the label stays."""
    text = re.sub(r"\{eq\}`eq-([^`]*)`", lambda found: f"equation “{found[1].replace('-', ' ')}”", text)
    return re.sub(r"\{[\w:-]+\}`([^`]*)`", r"\1", text)


def describe(value: Any) -> str:
    """What a value is, in few words: its shape, or itself and its type."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if is_tensor(value):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {how_many(len(value))}"
    if isinstance(value, bool | int | float | str | np.generic):
        return f"{shorten(repr(value), 60)} ({type(value).__name__})"
    return f"of type {type(value).__name__}"


def how_many(count: int) -> str:
    """1 value, 2 values."""
    return "1 value" if count == 1 else f"{count} values"


def position(where: Sequence) -> str:
    """Where in an array: " at [0, 3]"; nothing for a single number."""
    return f" at [{', '.join(str(int(i)) for i in where)}]" if len(where) else ""


def rounded(value: object) -> str:
    """A number with three significant digits."""
    return f"{value:.3g}" if isinstance(value, float | np.floating) else str(value)


def sentence_start(name: str) -> str:
    """An output's name as the first word of a sentence."""
    return "The result" if name == "the result" else name
