"""Mutations: small mistakes that a person could make in our code, each of which a test must notice.

They are data. A file `<area>/<subject>.toml` in this folder names the tests of its subject, and then each mutation:

    tests = ["tests/unit/test_phone.py"]

    [[mutation]]
    file = "router/core/phone.py"
    find = "MAX_DIGITS = 15"
    replace = "MAX_DIGITS = 16"
    breaks = "A number with a digit too many is accepted."

`find` must be in the file exactly once. A mutation may name further `tests` of its own.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_DATA = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A mistake, and the tests that must notice it.

    Attributes:
        subject: area and subject, as in `core/lines`.
        breaks: its damage, in a sentence.
    """

    subject: str
    file: str
    find: str
    replace: str
    breaks: str
    tests: tuple[str, ...]

    def fault(self, root: Path) -> str:
        """Return why it cannot be applied to the tree at `root`, or nothing if it can."""
        path = root / self.file
        if not path.is_file():
            return f"{self.file} does not exist"
        if self.find == self.replace:
            return f"{self.file}: the replacement changes nothing"
        times = path.read_text().count(self.find)
        return "" if times == 1 else f"{self.file}: found {times} times instead of once: {self.find!r}"

    def apply(self, root: Path) -> None:
        """Make the mistake in the tree at `root`.

        Raises:
            ValueError: the text is not in the file exactly once.
        """
        if fault := self.fault(root):
            raise ValueError(fault)
        path = root / self.file
        path.write_text(path.read_text().replace(self.find, self.replace))


def load_mutations() -> list[Mutation]:
    """Read all mutations."""
    mutations = []
    for path in sorted(_DATA.glob("*/*.toml")):
        data = tomllib.loads(path.read_text())
        subject = path.relative_to(_DATA).with_suffix("").as_posix()
        for entry in data["mutation"]:
            tests = (*data["tests"], *entry.pop("tests", ()))
            mutations.append(Mutation(subject=subject, tests=tests, **entry))
    return mutations
