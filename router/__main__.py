"""Where the command `switchyard` and `python -m router` begin."""

import sys

from router.cli.app import run_command


def main() -> int:
    """Run a command and return its exit code."""
    return run_command()


if __name__ == "__main__":
    sys.exit(main())
