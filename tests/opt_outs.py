"""Measure which texts count as a request to stop: `python -m tests.opt_outs` prints the table by language.

The texts are in data/opt_outs.tsv, of our own collecting. The rules were written with the `develop` set at hand. The
`held-out` set was written before the rules, and no rule was made for it. Texts that people really wrote belong into
`develop`, with their language and what is right: `opt-out` or `none`.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

from router.core.people.opt_out import asks_to_stop

TEXTS = Path(__file__).parent / "data/opt_outs.tsv"
SETS: Final = ("develop", "held-out")
_OPT_OUT = "opt-out"


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text, and whether it should count.

    Attributes:
        text: as it arrives.
        language: of its author; the Latin of a Hindi text is Hindi.
        wants_quiet: whether it asks us to stop.
        part: one of SETS.
    """

    text: str
    language: str
    wants_quiet: bool
    part: str

    @property
    def is_right(self) -> bool:
        """Whether we understand it."""
        return asks_to_stop(self.text) is self.wants_quiet


@dataclass(frozen=True, slots=True)
class Score:
    """How many requests were recognised, and how many harmless texts were taken for one."""

    requests: int
    recognised: int
    harmless: int
    false_alarms: int

    @property
    def recall(self) -> float:
        """The part of the requests that was recognised."""
        return self.recognised / self.requests if self.requests else 1.0

    @property
    def alarm_rate(self) -> float:
        """The part of the harmless texts that was taken for a request."""
        return self.false_alarms / self.harmless if self.harmless else 0.0


def read_texts() -> list[WrittenText]:
    """Return every text of the file. A line break in one is written as backslash and n."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            WrittenText(
                row["text"].replace(r"\n", "\n").replace(r"\u200b", "\u200b"),
                row["language"],
                row["wanted"] == _OPT_OUT,
                row["set"],
            )
            for row in rows
        ]


def score(texts: Iterable[WrittenText]) -> Score:
    """Count what is right and wrong."""
    texts = list(texts)
    requests = [one for one in texts if one.wants_quiet]
    harmless = [one for one in texts if not one.wants_quiet]
    return Score(
        requests=len(requests),
        recognised=sum(one.is_right for one in requests),
        harmless=len(harmless),
        false_alarms=sum(not one.is_right for one in harmless),
    )


def _row(name: str, it: Score) -> str:
    alarms = f"{it.false_alarms}/{it.harmless}"
    return f"{name:<10}{it.recognised:>5}/{it.requests:<5}{it.recall:>8.1%}{alarms:>10}{it.alarm_rate:>8.1%}"


def _print_table(texts: Sequence[WrittenText]) -> None:
    print(f"{'language':<10}{'recognised':>11}{'recall':>8}{'alarms':>10}{'rate':>8}")
    by_language = sorted(texts, key=attrgetter("language"))
    for language, group in groupby(by_language, key=attrgetter("language")):
        print(_row(language, score(group)))
    for part in SETS:
        print(_row(part, score(one for one in texts if one.part == part)))
    print(_row("all", score(texts)))
    for one in texts:
        if not one.is_right:
            print(f"{'missed' if one.wants_quiet else 'taken for one'}: {one.language} {one.text!r}")


if __name__ == "__main__":
    _print_table(read_texts())
