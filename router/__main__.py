"""The entry point of the command `switchyard` and of `python -m router`."""

import sys

from router.cli.app import run_command
from router.process.starter import end_with_demo


def main() -> int:
    """Run a command and return its exit code."""
    end_with_demo()
    return run_command()


if __name__ == "__main__":
    sys.exit(main())
