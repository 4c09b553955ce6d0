"""Print what each reader of contact cards finds of a primary and two backups, in each form the backups could have.

    python -m tests.readers

A cell has the numbers found of 3, "+L" with the labels found, and "!" where another number replaced the primary or a
number came twice. Record 0029 has the table.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.readers.forms import BACKUPS, FORM_OF, PRIMARY, card_in
from tests.readers.reading import Reading
from tests.readers.shelf import READER_OF


def cell_of(reading: Reading) -> str:
    """Return the summary of one reading: numbers, labels, and whether the primary is right."""
    found = [number for number, _, _ in reading.numbers]
    primaries = [number for number, is_primary, _ in reading.numbers if is_primary]
    labels = sum(bool(label) for _, _, label in reading.numbers)
    is_right = primaries[:1] == [PRIMARY] and len(found) == len(set(found))
    return f"{len(set(found) & {PRIMARY, *BACKUPS})}{f'+{labels}L' if labels else ''}{'' if is_right else '!'}"


def measure() -> dict[str, dict[str, str]]:
    """Return the cell of each form by the name of each installed reader."""
    with TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{at}.vcf") for at in range(len(FORM_OF))]
        for path, form in zip(paths, FORM_OF, strict=True):
            Path(path).write_bytes(card_in(form))
        return {
            name: dict(zip(FORM_OF, map(cell_of, reader.read(paths)), strict=True))
            for name, reader in READER_OF.items()
            if reader.is_installed()
        }


def main() -> None:
    """Print the table in Markdown, one row a form."""
    cells = measure()
    print(f"| form of the backups | {' | '.join(cells)} |")
    print(f"|---|{'---|' * len(cells)}")
    for form in FORM_OF:
        print(f"| {form} | {' | '.join(cells[name][form] for name in cells)} |")


if __name__ == "__main__":
    main()
