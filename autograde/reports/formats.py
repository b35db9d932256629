"""The formats by the names of their options, and the reports that a command writes."""

import argparse
import sys

from autograde.judging.scorecard import Scorecard
from autograde.reports import classroom, data, gradescope, junit, page, table
from lstm_ref.files import write_whole

FORMATS = {
    "json": (data, "as JSON, as scorecard.schema.json describes it"),
    "junit": (junit, "as JUnit XML"),
    "csv": (table, "as CSV, one row"),
    "html": (page, "as a web page"),
    "gradescope": (gradescope, "as Gradescope's results.json"),
    "classroom": (classroom, "as a runner of GitHub Classroom gives it"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each format; its value names a file."""
    group = parser.add_argument_group("reports", "each written whole or not at all; - is the standard output")
    for name, (_, description) in FORMATS.items():
        group.add_argument(f"--{name}", metavar="FILE", help=f"write the scorecard {description}")


def write_reports(card: Scorecard, options: argparse.Namespace) -> bool:
    """Write every report that was asked for. Returns whether one of them went to the standard output."""
    to_stdout = False
    for name, (module, _) in FORMATS.items():
        path = getattr(options, name)
        if path == "-":
            sys.stdout.write(module.text(card))
            to_stdout = True
        elif path:
            write_whole(path, module.text(card))
    return to_stdout
