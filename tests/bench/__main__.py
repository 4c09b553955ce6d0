"""Measure Switchyard, the yardstick and the peers side by side on this machine.

    python -m tests.bench [--quick] [--rounds N] [--seconds S] [--only NAME]... [--before DIR] [--json FILE]

Exits with 0 whatever the figures are: a slow machine is not a failure. Exits with 1 if something broke.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.before import measure_before
from tests.bench.campaigns import measure_campaigns
from tests.bench.fairness import measure_fairness
from tests.bench.growth import measure_growth
from tests.bench.machine import describe_machine
from tests.bench.report import Section
from tests.bench.traffic import ROWS, measure_traffic
from tests.bench.webhooks import measure_webhooks

_SECTIONS = ("traffic", "webhooks", "growth", "fairness")
_ON_REQUEST = ("campaigns",)  # takes minutes, and compares nothing with the others


def read_arguments(words: list[str]) -> argparse.Namespace:
    """Return the options of a run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Switchyard side by side.")
    parser.add_argument("--quick", action="store_true", help="a quick run: two rounds of a second, small runs")
    parser.add_argument("--rounds", type=int, help="rounds of traffic (7; quick: 2)")
    parser.add_argument("--seconds", type=int, help="whole seconds a load in each round (2; quick: 1)")
    parser.add_argument(
        "--before",
        type=Path,
        metavar="DIR",
        help="compare only with an earlier state: a checkout that has its environment in .venv",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here as well")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=[*_SECTIONS, *_ON_REQUEST, *ROWS],
        metavar="NAME",
        help=(
            f"a section ({', '.join(_SECTIONS)}), one that is measured only when named ({', '.join(_ON_REQUEST)}) or a "
            f"row of traffic ({', '.join(ROWS)}); may be repeated"
        ),
    )
    return parser.parse_args(words)


def measure(options: argparse.Namespace) -> Iterator[Section]:
    """Measure what the options ask for, a section at a time."""
    only: list[str] = options.only
    rows = [name for name in only if name in ROWS]
    is_quick: bool = options.quick
    rounds, seconds = (2, 1) if is_quick else (7, 2)
    rounds, seconds = options.rounds or rounds, options.seconds or seconds
    if options.before:
        yield measure_before(options.before, rounds=rounds, seconds=seconds, only=rows)
        return
    if not only or rows or "traffic" in only:
        yield from measure_traffic(rounds=rounds, seconds=seconds, only=[] if "traffic" in only else rows)
    if not only or "webhooks" in only:
        yield from measure_webhooks(rounds=rounds, seconds=seconds, paced_seconds=3 if is_quick else 15)
    if not only or "growth" in only:
        yield measure_growth(many_people=20_000 if is_quick else 1_000_000, turns=3 if is_quick else 15)
    if not only or "fairness" in only:
        yield measure_fairness(picks=5_000 if is_quick else 100_000, is_quick=is_quick)
    if "campaigns" in only:
        yield measure_campaigns(is_quick=is_quick)


def main() -> int:
    """Print each section as it is done; write the JSON at the end."""
    options = read_arguments(sys.argv[1:])
    machine = describe_machine()
    print("\n".join(f"{name:>10}  {what}" for name, what in machine.items()), flush=True)
    sections = []
    for section in measure(options):
        print(f"\n{section.as_text()}", flush=True)
        sections.append(section)
    if options.json:
        report = {"machine": machine, "sections": [section.as_json() for section in sections]}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 1 if any(section.faults for section in sections) else 0


if __name__ == "__main__":
    raise SystemExit(main())
