"""Measure how codes are read from texts, and print the table.

    python -m tests.codes [--texts 100000] [--seed 1]

Add a way of typing to `disturbances.py`, or a kind of text without a code to `ordinary.py`; tests/property/
test_typed_codes.py then holds it to "never somebody else".
"""

import argparse

from tests.codes.measure import LINES, LIVE, Rates, measure_disturbed, measure_ordinary


def lines_of(title: str, rates: list[Rates]) -> list[str]:
    """Format one table, with its sums."""
    total = Rates("all")
    for rate in rates:
        for name in ("texts", "right", "none", "wrong", "expected"):
            setattr(total, name, getattr(total, name) + getattr(rate, name))
    rows = [f"{title:<28}{'texts':>8}{'right':>9}{'none':>9}{'wrong':>7}{'expected wrong':>17}"]
    for rate in (*rates, total):
        right, none = f"{rate.right / rate.texts:.2%}", f"{rate.none / rate.texts:.2%}"
        rows.append(f"{rate.kind:<28}{rate.texts:>8}{right:>9}{none:>9}{rate.wrong:>7}{rate.expected:>17.4f}")
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.codes", description="Measure how codes are read.")
    parser.add_argument("--texts", type=int, default=100_000, help="of each table")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"A pool of {LIVE} live reservations on {LINES} lines.\n")
    print("\n".join(lines_of("texts with a code", measure_disturbed(given.texts, given.seed))), end="\n\n")
    print("\n".join(lines_of("texts without one", measure_ordinary(given.texts, given.seed))))


if __name__ == "__main__":
    main()
