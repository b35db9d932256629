"""The command line: python -m translator train|translate|evaluate|export."""

import importlib
import sys

from translator.commands.parser import parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status, 0 if all went well, 130 after Ctrl-C, 1 with one line for any error."""
    options = parser().parse_args(arguments)
    # Here and not above: --help and a wrong option need not wait for PyTorch.
    from translator.data.corpus import CorpusError
    from translator.storage.store import StoreError

    try:
        return importlib.import_module(f"{__name__}.{options.command}").run(options)
    except (CorpusError, StoreError, FloatingPointError, ValueError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the translations has seen enough
        sys.stderr.close()
        return 0
