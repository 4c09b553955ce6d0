"""Lua operations as data: calls are built and checked from it, and the headers of the files say the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest

from router.store.keys import Key
from router.store.server.operation import Arg, Argument, Call, Form, Items, MalformedCall, Operation
from tests.kit.operation_calls import DECLARED, LUA, registered

_Value = TypeVar("_Value")
WRITER = "writer"
SOUND: dict[Form, Argument] = {
    Form.INTEGER: 7,
    Form.OPTIONAL_INTEGER: "",
    Form.CODE: "CCC222",
    Form.TEXT: "words",
    Form.BYTES: b"",
    Form.PACKED: b"\x90",
}
UNFIT: dict[Form, list[Argument]] = {
    Form.INTEGER: ["soon", "", 1.5],
    Form.OPTIONAL_INTEGER: ["soon", 1.5],
    Form.CODE: ["CCC22", "CCC2222", 222222],
    Form.TEXT: [1],
    Form.BYTES: ["text"],
    Form.PACKED: ["text"],
}


@dataclass(frozen=True, slots=True)
class Given:
    """The keys, items and arguments of a call site."""

    keys: dict[str, Key]
    args: dict[str, Argument]
    item_keys: dict[str, Sequence[Key]]
    item_args: dict[str, Sequence[Argument]]
    named_keys: Sequence[Key] = ()

    def call(self, operation: Operation) -> Call:
        """Build the call."""
        return operation.call(self.keys, Items(self.item_keys, self.item_args, self.named_keys), **self.args)


def sound(operation: Operation, items: int = 2) -> Given:
    """Return what every call of an operation needs; each key has its own name as its value."""
    each = operation.each
    items = items if each.keys or each.args else 0
    return Given(
        keys={name: Key(name) for name in operation.keys},
        args={arg.name: SOUND[arg.form] for arg in operation.args},
        item_keys={name: [Key(f"{name} {item}") for item in range(items)] for name in each.keys},
        item_args={arg.name: [SOUND[arg.form]] * items for arg in each.args},
        named_keys=[Key("named")] if each.names_keys else [],
    )


def broken(operation: Operation) -> Iterator[tuple[str, Given]]:
    """Yield broken calls, each with one fault."""
    given = sound(operation)
    keys, args, item_keys, item_args, named = (
        given.keys,
        given.args,
        given.item_keys,
        given.item_args,
        given.named_keys,
    )
    for name in keys:
        yield f"no {name}", Given(_without(keys, name), args, item_keys, item_args, named)
    yield "another key", Given(keys | {"other": Key("other")}, args, item_keys, item_args, named)
    for name in args:
        yield f"no {name}", Given(keys, _without(args, name), item_keys, item_args, named)
    yield "another argument", Given(keys, args | {"other": 1}, item_keys, item_args, named)
    for arg in operation.args:
        for value in UNFIT[arg.form]:
            yield f"{arg.name} as {value!r}", Given(keys, args | {arg.name: value}, item_keys, item_args, named)
    for name, key_column in item_keys.items():
        yield f"no {name}", Given(keys, args, _without(item_keys, name), item_args, named)
        yield f"{name} cut short", Given(keys, args, item_keys | {name: key_column[:-1]}, item_args, named)
    yield "another key of each", Given(keys, args, item_keys | {"other": [Key("other")] * 2}, item_args, named)
    for arg in operation.each.args:
        column = item_args[arg.name]
        yield f"no {arg.name}", Given(keys, args, item_keys, _without(item_args, arg.name), named)
        if item_keys or len(item_args) > 1:
            yield f"{arg.name} cut short", Given(keys, args, item_keys, item_args | {arg.name: column[:-1]}, named)
        for value in UNFIT[arg.form]:
            unfit = item_args | {arg.name: [column[0], value]}
            yield f"{arg.name} as {value!r}", Given(keys, args, item_keys, unfit, named)
    yield "another argument of each", Given(keys, args, item_keys, item_args | {"other": [1, 1]}, named)
    if not operation.each.names_keys:
        yield "keys that items name", Given(keys, args, item_keys, item_args, [Key("named")])
    if operation.each.fewest:
        yield "too few items", sound(operation, operation.each.fewest - 1)
    if operation.each.most:
        yield "too many items", sound(operation, operation.each.most + 1)


@pytest.mark.parametrize("operation", DECLARED.values(), ids=DECLARED)
def test_a_call_is_sent_in_the_declared_order(operation: Operation) -> None:
    """First the fixed keys, those of each item and those that items name; then the fixed and item arguments."""
    given = sound(operation)
    call = given.call(operation)
    of_items = [f"{name} {item}" for item in range(2) for name in operation.each.keys]
    assert call.keys == [*operation.keys, *of_items, *given.named_keys]
    assert call.args == [SOUND[arg.form] for arg in (*operation.args, *operation.each.args * 2)]


@pytest.mark.parametrize("operation", DECLARED.values(), ids=DECLARED)
def test_a_call_that_does_not_fit_is_not_built(operation: Operation) -> None:
    """The error names the operation; a call of the largest allowed size is built."""
    assert sound(operation).call(operation).operation is operation
    if operation.each.most:
        assert sound(operation, operation.most).call(operation)
    for way, given in broken(operation):
        with pytest.raises(MalformedCall, match=f"^{operation.name} "):
            pytest.fail(f"{way}: {given.call(operation)}")


def test_a_name_stands_for_one_thing() -> None:
    """An operation whose key and argument share a name cannot be declared."""
    sound = Operation("sound", keys=("campaigns",), args=(Arg("campaign", Form.TEXT),))
    assert sound.call({"campaigns": Key("all")}, campaign="one").args == ["one"]
    with pytest.raises(MalformedCall, match="twice"):
        Operation("bad", keys=("campaign",), args=(Arg("campaign", Form.TEXT),))


def test_every_operation_is_declared_once() -> None:
    """The library registers exactly the declared operations, each in a file of its name."""
    files = [file.stem for file in LUA.glob("*/*.lua") if file.parent.name != "shared"]
    assert sorted(registered()) == sorted(DECLARED) == sorted(files)


@pytest.mark.parametrize("operation", DECLARED.values(), ids=DECLARED)
def test_the_header_of_the_file_says_the_same(operation: Operation) -> None:
    """The header has the same names, order and numbers, the same parts of each item, and the same limits of items."""
    (file,) = LUA.glob(f"*/{operation.name}.lua")
    each = operation.each
    keys, args = _section(file.read_text(), "keys"), _section(file.read_text(), "args")
    assert keys == (list(operation.keys), list(each.keys), None)
    writer = [WRITER] if operation.has_writer else []
    limits = (each.fewest, each.most) if each.most else None
    assert args == ([*writer, *(arg.name for arg in operation.args)], [arg.name for arg in each.args], limits)
    people = re.search(r"^  cost .* at most (\d+) people", file.read_text(), re.MULTILINE)
    assert people is None or int(people[1]) == each.most


def _section(text: str, label: str) -> tuple[list[str], list[str], tuple[int, int] | None]:
    """Read the numbered names of a header's section, the names of each item, and the limits of items."""
    found = re.search(rf"^  {label}  (.*?)(?=^  \w|\]\]$)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        return [], [], None
    without_prose = re.split(r"^ *(?:named|where) ", found[1], maxsplit=1, flags=re.MULTILINE)[0]
    fixed, *repeated = re.split(r"(?:^|\s{2,})each\b", without_prose, maxsplit=1)
    entries = [entry.split() for entry in re.split(r"\s{2,}", fixed.strip()) if entry]
    assert [entry[0] for entry in entries] == [str(number + 1) for number in range(len(entries))], fixed
    limits = re.match(r" of (\d+) to (\d+)", repeated[0]) if repeated else None
    of_each = [entry.split()[0] for entry in re.split(r"\s{2,}", repeated[0].strip())] if repeated else []
    return (
        [entry[1].rstrip(",") for entry in entries],
        [name.rstrip(",") for name in of_each[bool(limits) :]],
        (int(limits[1]), int(limits[2])) if limits else None,
    )


def _without(given: dict[str, _Value], name: str) -> dict[str, _Value]:
    return {other: value for other, value in given.items() if other != name}
