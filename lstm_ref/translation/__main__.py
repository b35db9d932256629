"""`python -m lstm_ref.translation`, the old name of `python -m translator`: says so and runs that."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run a command of `translator`; returns its exit status."""
    # The one import of translator in lstm_ref, and only here: the reference does not depend on the translator.
    from translator.commands import main as run

    print("python -m lstm_ref.translation is now python -m translator", file=sys.stderr)
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
