"""`python -m autograde …`, the same as the command `autograde`."""

import sys

from autograde.commands import main

if __name__ == "__main__":
    sys.exit(main())
