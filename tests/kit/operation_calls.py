"""The declared Lua operations: one valid call of each, and the ways to break a call."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from router.store.server import operations
from router.store.server.client import StoreClient
from router.store.server.operation import Arg, Argument, Call, Form, Operation
from router.store.server.scripts import Scripts, library_source
from tests.kit.stores import Store

DECLARED: Mapping[str, Operation] = {
    value.name: value for value in vars(operations).values() if isinstance(value, Operation)
}
LUA = Path(str(files("router.store") / "lua"))
WRITER = b"a writer"
_Value = TypeVar("_Value")

_REGISTERED = re.compile(r"^register\('(\w+)'", re.MULTILINE)
_UNKNOWN_WORDS = {"photo_action": "burn", "word": "lost"}


class RecordingScripts(Scripts):
    """Runs calls as usual, and stores the last one of each operation in `calls`."""

    def __init__(self, client: StoreClient, random_bytes: Callable[[int], bytes]) -> None:
        super().__init__(client, random_bytes)
        self.calls: dict[str, Call] = {}

    async def run(self, call: Call) -> Any:
        """Run a call."""
        self.calls[call.operation.name] = call
        return await super().run(call)


@dataclass(frozen=True, slots=True)
class RawCall:
    """A call as the server gets it, without our own checks; `broken` says what is wrong with it."""

    operation: str
    keys: Sequence[str]
    args: Sequence[Argument]
    broken: str = ""


async def send(store: Store, call: RawCall) -> object:
    """Send a call as it is."""
    command = ("FCALL", f"{call.operation}_{library_source()[1]}", len(call.keys), *call.keys, *call.args)
    return await store.client.connection.execute_command(*command)


def as_sent(call: Call) -> RawCall:
    """Return the valid call, with its writer."""
    writer = [WRITER] if call.operation.has_writer else []
    return RawCall(call.operation.name, list(call.keys), [*writer, *call.args])


def break_each_way(call: Call) -> Iterator[RawCall]:
    """Break a valid call in each way that its declaration allows, one at a time."""
    shape, name, sent = call.operation, call.operation.name, as_sent(call)
    for place in range(len(sent.keys)):
        yield RawCall(name, _without(sent.keys, place), sent.args, f"without key {place + 1}")
    yield RawCall(name, [*sent.keys, sent.keys[0]], sent.args, "a key too many")
    yield RawCall(name, sent.keys, [*sent.args, b""], "an argument too many")
    for place, arg in enumerate(_args_of(call)):
        label = f"argument {place + 1}, {arg.name}"
        yield RawCall(name, sent.keys, _without(sent.args, place), f"{label}, missing")
        for value in _unfit_values(arg, sent.args[place]):
            args = [*sent.args[:place], value, *sent.args[place + 1 :]]
            yield RawCall(name, sent.keys, args, f"{label}, as {value!r}")
    if shape.each.fewest:
        fixed = len(sent.args) - len(call.args) + len(shape.args)
        yield RawCall(name, sent.keys[: len(shape.keys)], sent.args[:fixed], "no items")


def registered() -> list[str]:
    """Return the names of all operations that the library registers."""
    return [name for file in LUA.rglob("*.lua") for name in _REGISTERED.findall(file.read_text())]


def _args_of(call: Call) -> list[Arg]:
    shape = call.operation
    items = (len(call.args) - len(shape.args)) // max(1, len(shape.each.args))
    writer = [Arg("writer", Form.PACKED)] if shape.has_writer else []
    return [*writer, *shape.args, *(shape.each.args * items)]


def _unfit_values(arg: Arg, value: Argument) -> list[Argument]:
    match arg.form:
        case Form.INTEGER:
            return ["soon", ""]
        case Form.OPTIONAL_INTEGER:
            return ["soon"]
        case Form.CODE:
            assert isinstance(value, str)
            return [value[:-1], value + "2", ""]
        case Form.PACKED:
            assert isinstance(value, bytes)
            return [value[:3], b"\xff" * 5, b""]
        case _:
            return [_UNKNOWN_WORDS[arg.name]] if arg.name in _UNKNOWN_WORDS else []


def _without(values: Sequence[_Value], place: int) -> list[_Value]:
    return [*values[:place], *values[place + 1 :]]
