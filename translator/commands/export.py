"""The command `export`."""

import argparse
from pathlib import Path

from translator.translator import Translator


def run(options: argparse.Namespace) -> int:
    """Write a model to one file."""
    translator = Translator.load(options.model)
    translator.save(options.to, options.kind)
    print(f"{options.to}: {Path(options.to).stat().st_size / 1e6:.2f} MB, {options.kind}")
    return 0
