"""How values and texts are put into the words of a message, fit for a terminal."""

import re

import numpy as np

from autograde.inside.tensors import is_tensor

# What moves or colours a terminal: a sequence with parameters, one with a text, one of two characters.
ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def shorten(text, limit=300):
    """Text from a learner's process, fit for a terminal: no control characters, one paragraph, not endless."""
    text = str(text).encode("utf-8", "replace").decode()  # half a surrogate pair cannot be printed
    text = " ".join(CONTROL.sub("", text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(text):
    """Text for a report: its lines as they are, but no escape sequences, no control characters, no half characters."""
    text = str(text).encode("utf-8", "replace").decode()
    return CONTROL.sub("", ESCAPE.sub("", text)).replace("\ufffe", "").replace("\uffff", "")  # XML takes neither


def without_roles(text):
    """Markdown fit for a terminal: an equation by its name, other roles left out in front of their label."""
    text = re.sub(r"\{eq\}`eq-([^`]*)`", lambda found: f"equation “{found[1].replace('-', ' ')}”", text)
    return re.sub(r"\{[\w:-]+\}`([^`]*)`", r"\1", text)


def describe(value):
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


def how_many(count):
    """1 value, 2 values."""
    return "1 value" if count == 1 else f"{count} values"


def position(where):
    """Where in an array: " at [0, 3]"; nothing for a single number."""
    return f" at [{', '.join(str(int(i)) for i in where)}]" if len(where) else ""


def rounded(value):
    """A number with three significant digits."""
    return f"{value:.3g}" if isinstance(value, float | np.floating) else str(value)


def sentence_start(name):
    """An output's name as the first word of a sentence."""
    return "The result" if name == "the result" else name
