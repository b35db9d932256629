"""The command `translate`."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import islice

import torch

from translator.commands.log import log
from translator.plots import plot_attention
from translator.translator import Translator

CHUNK = 256  # lines translated together where input and output are no terminal


def run(options: argparse.Namespace) -> int:
    """Translate standard input line by line; at a terminal, answer each line at once."""
    torch.set_num_threads(options.threads)
    translator = Translator.load(options.model)
    search = {name: getattr(options, name) for name in ("beam", "alpha", "consensus", "top_k", "temperature", "seed")}
    at_terminal = sys.stdin.isatty()
    for lines in chunks(prompted_lines() if at_terminal else input_lines(), 1 if at_terminal else CHUNK):
        for translation in translator.translate(lines, **search):
            print(translation, flush=at_terminal)
        if options.attention and lines:
            plot_attention(*translator.attention(lines[0]), options.attention)
            options.attention = None
    return 0


def input_lines() -> Iterator[str]:
    """The lines of standard input; bytes that are not UTF-8 are replaced, so that every line has a translation."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n").removeprefix("\ufeff")


def prompted_lines() -> Iterator[str]:
    """The lines that the user types, until Ctrl-D."""
    log("Type an English sentence and press Enter; Ctrl-D ends.")
    while True:
        try:
            yield input("> ")
        except EOFError:
            log("")
            return


def chunks(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of `size` lines; the last may be shorter."""
    lines = iter(lines)
    while chunk := list(islice(lines, size)):
        yield chunk
