"""Measure the structure of the code: sizes, names, imports, and the path of a signup.

    python -m tests.structure [TREE] [--json]     this checkout, or another one of any age
    python -m tests.structure --check             fail if the structure breaks a rule of `rules.py`

Another checkout is read and run with the libraries of this environment.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.structure.measure import PROJECT, Structure, measure_structure
from tests.structure.rules import broken_rules
from tests.structure.signup_path import SignupPath, trace_signup


def read_arguments(words: list[str]) -> argparse.Namespace:
    """Return the options of a run."""
    parser = argparse.ArgumentParser(prog="python -m tests.structure", description="Measure the structure of the code.")
    parser.add_argument("tree", nargs="?", type=Path, default=PROJECT, help="another checkout to measure")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--check", action="store_true", help="fail if the structure breaks a rule; traces no signup")
    return parser.parse_args(words)


def lines_of_report(structure: Structure, path: SignupPath) -> list[str]:
    """Format the measurements as a table of 80 columns."""
    rows = [
        ("Python files in router/", f"{len(structure.python)}"),
        ("  median, largest (lines)", f"{structure.median}, {structure.largest.lines} ({structure.largest.path})"),
        ("  over 300 lines", f"{sum(file.lines > 300 for file in structure.python)}"),
        ("Lua files", f"{len(structure.lua)}"),
        ("  largest (lines)", f"{structure.largest_lua.lines} ({structure.largest_lua.path})"),
        ("class names used twice", f"{len(structure.repeated_classes)}"),
        ("import circles", f"{structure.circles}"),
        ("a signup over the API runs", f"{len(path.files)} files in {len(path.folders)} folders"),
        ("  longest relative path", f"{path.longest} ({len(path.longest)} characters)"),
        ("  changes of file", f"{path.changes}"),
    ]
    lines = [f"{name:<28}{value}" for name, value in rows]
    lines += ["", f"{'folder':<34}{'rooms':>6}{'arrows':>7}{'circles':>8}"]
    lines += [
        f"{folder.name:<34}{folder.rooms:>6}{folder.arrows:>7}{folder.circles:>8}" for folder in structure.folders
    ]
    return lines


def main(words: list[str]) -> int:
    """Run the command; return its exit code."""
    options = read_arguments(words)
    structure = measure_structure(options.tree)
    if options.check:
        faults = broken_rules(structure)
        for fault in faults:
            print(fault, file=sys.stderr)
        return int(bool(faults))
    path = trace_signup(options.tree)
    if options.json:
        print(json.dumps({"structure": asdict(structure), "signup": asdict(path)}, indent=2))
    else:
        print("\n".join(lines_of_report(structure, path)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
