"""The command line: python -m translator train|translate|evaluate|export."""

import importlib
import sys

from lstm_ref.console import write_utf8
from translator.commands.parser import parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    arguments : list   of the command line; None: those of the process
    Returns status (int): 0 for success, 130 after Ctrl-C, 1 after any error, with one line on stderr
    """
    write_utf8()
    options = parser().parse_args(arguments)
    # Imported here, so that --help and a wrong option do not wait for PyTorch.
    from translator.data.corpus import CorpusError
    from translator.storage.store import StoreError

    try:
        return importlib.import_module(f"{__name__}.{options.command}").run(options)
    except (CorpusError, StoreError, FloatingPointError, ValueError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of the output has closed it
        sys.stderr.close()
        return 0
