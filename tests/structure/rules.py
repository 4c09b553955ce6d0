"""Rules for the structure, checked by `make check`. Lower a limit when the tree allows it; never raise one."""

from tests.structure.measure import Structure

# A reader can remember a file of this length. A longer file has two subjects.
MAX_LINES = 300


def broken_rules(structure: Structure) -> list[str]:
    """Return a sentence for each place that breaks a rule."""
    faults = [
        f"{file.path} has {file.lines} lines; {MAX_LINES} is the limit. Split it by subject."
        for file in structure.python + structure.lua
        if file.lines > MAX_LINES
    ]
    faults += [
        f"{name} is the name of more than one class: {', '.join(places)}. Give each a name of its own."
        for name, places in structure.repeated_classes.items()
    ]
    if structure.circles:
        faults.append(f"{structure.circles} groups of modules import each other. Move what they share to a third one.")
    return faults
