"""The command line `autograde`: each module of this folder is a subcommand of its name.

Such a module has a docstring, whose first line `autograde --help` shows, `add_arguments(parser)`, and `run(options)`,
which gives the exit code: 0 all is well, 1 something was found wanting, 2 what was given cannot be used, 3 this machine
cannot do it. The last two it raises: one of FAULTS or a CommandError, or NoSandbox; one line that names the file and
the remedy.
"""

import argparse
import importlib
import os
import pkgutil
import sys
import types
from collections.abc import Sequence

from autograde.course import CourseError
from autograde.problem import Problem, Problems
from autograde.sandbox.bubblewrap import NoSandbox
from autograde.submissions.notebook import SubmissionError
from lstm_ref.console import write_utf8

FAULTS = (CourseError, OSError, Problem, Problems, SubmissionError)


class CommandError(Exception):
    """A command cannot do what was asked; the message says in one line why, and what to do."""


def commands() -> dict[str, types.ModuleType]:
    """The subcommands, {name: module}, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def parser() -> argparse.ArgumentParser:
    """The parser of the command line with all subcommands."""
    top = argparse.ArgumentParser("autograde", description="The grader of the course.")
    parts = top.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, module in commands().items():
        description = (module.__doc__ or "").strip()
        part = parts.add_parser(
            name,
            help=description.splitlines()[0].rstrip("."),
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(part)
        part.set_defaults(run=module.run)
    return top


def add_course(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the course's folder."""
    help_text = "the course (default: LSTM_COURSE, else the working folder or one above it)"
    parser.add_argument("--course", metavar="FOLDER", help=help_text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    write_utf8()
    options = parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `autograde … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CommandError, NoSandbox, *FAULTS) as error:
        print(f"autograde {options.command}: {error}", file=sys.stderr)
        return 3 if isinstance(error, NoSandbox) else 2
    except KeyboardInterrupt:
        print(f"autograde {options.command}: stopped", file=sys.stderr)
        return 130
