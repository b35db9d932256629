"""`python -m translator`: see `translator.commands`."""

import sys

from translator.commands import main

if __name__ == "__main__":
    sys.exit(main())
