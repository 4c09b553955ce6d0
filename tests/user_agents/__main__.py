"""Print what the pages make of the user agents in tests/data/user_agents.tsv, by kind.

    python -m tests.user_agents [FILE] [--show]     another file of the same form; with the texts that are judged wrong
    make useragents

It also measures what one classification costs, for a text not seen before and for one that is remembered.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from router.core.links.client import classify, warm_up
from tests.user_agents.measure import APP, DATA, KINDS, NO_PHONE, OTHER_PHONE, PHONE, ROBOT, Tally, count, read_data

_ROUNDS = 5


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.user_agents", description="Count user agents by kind.")
    parser.add_argument("file", nargs="?", type=Path, default=DATA, help="what to read")
    parser.add_argument("--show", action="store_true", help="print each text that is judged wrong")
    arguments = parser.parse_args()
    known = read_data(arguments.file)
    tallies = count(known)
    print(f"{'':34}{'all':>6}{'no way in':>11}{'robots':>14}{'take a place':>14}{'phone page':>12}{'unnamed':>9}")
    for kind, name in KINDS.items():
        print(_row(name, tallies[kind]))
    print(_cost([user_agent.text for user_agent in known]))
    if arguments.show:
        _show(PHONE, "called robots", tallies[PHONE].called_robots)
        _show(OTHER_PHONE, "called robots", tallies[OTHER_PHONE].called_robots)
        _show(NO_PHONE, "take a place", tallies[NO_PHONE].take_a_place)
        _show(ROBOT, "take a place", tallies[ROBOT].take_a_place)
        _show(APP, "not named, or named wrong", tallies[APP].in_unknown_apps)


def _row(name: str, tally: Tally) -> str:
    if not tally.total:
        return f"{name:34}{0:6}"
    shares = "".join(
        f"{len(which):6} {tally.percent(which):6.2f}%" for which in (tally.called_robots, tally.take_a_place)
    )
    return (
        f"{name:34}{tally.total:6}{len(tally.without_way_in):11}{shares}{len(tally.shown_as_phones):12}"
        f"{len(tally.in_unknown_apps):9}"
    )


def _cost(texts: Sequence[str]) -> str:
    warm_up()
    fresh = [f"{text} {number}" for number in range(_ROUNDS) for text in texts]
    began = time.perf_counter()
    for text in fresh:
        classify(text)
    new_us = (time.perf_counter() - began) / len(fresh) * 1e6
    began = time.perf_counter()
    for _ in range(len(fresh)):
        classify(texts[0])
    known_us = (time.perf_counter() - began) / len(fresh) * 1e6
    return f"One classification costs {new_us:.0f} µs, and {known_us:.1f} µs for a text that is remembered."


def _show(kind: str, what: str, texts: Sequence[str]) -> None:
    for text in texts:
        print(f"{kind}, {what}: {text}")


if __name__ == "__main__":
    main()
