"""The command `translate`."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import islice

import torch

from translator.commands.log import say
from translator.plots import heat_map
from translator.translator import Translator

CHUNK = 256  # lines that are read before they are translated, when nobody waits for each


def run(options: argparse.Namespace) -> int:
    """Translate standard input; at a terminal, answer each line at once."""
    torch.set_num_threads(options.threads)
    translator = Translator.load(options.model)
    how = {name: getattr(options, name) for name in ("beam", "alpha", "consensus", "top_k", "temperature", "seed")}
    at_terminal = sys.stdin.isatty()
    for lines in chunks(prompted() if at_terminal else plain(), 1 if at_terminal else CHUNK):
        for translation in translator.translate(lines, **how):
            print(translation, flush=at_terminal)
        if options.attention and lines:
            heat_map(*translator.attention(lines[0]), options.attention)
            options.attention = None
    return 0


def plain() -> Iterator[str]:
    """The lines of standard input; what is not UTF-8 in them is replaced, so that line n stays line n."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n").removeprefix("\ufeff")


def prompted() -> Iterator[str]:
    """Lines that somebody types, until Ctrl-D."""
    say("An English sentence and Enter; Ctrl-D ends.")
    while True:
        try:
            yield input("> ")
        except EOFError:
            say("")
            return


def chunks(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of `size` lines; the last may be shorter."""
    lines = iter(lines)
    while chunk := list(islice(lines, size)):
        yield chunk
