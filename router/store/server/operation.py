"""The shape of a Lua operation, as data, and the calls that are built and checked from it.

Call sites give keys and arguments by name. The order in which they are sent is written once, in the operation, and
nobody counts positions. A call that does not fit its operation is a fault of ours: it raises `MalformedCall`, and
nothing is sent. The script checks the same once more, in case it is called by something else.

A call is sent as: the fixed keys, then the keys of each item; the writer, where the operation has one, then the fixed
arguments, then the arguments of each item.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain, product
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from router.core.code import CODE_LENGTH
from router.store.keys import Key

Argument = bytes | str | int | float

_Value = TypeVar("_Value")
_Pick = Callable[[Mapping[str, _Value]], Sequence[_Value]]


class MalformedCall(TypeError):
    """A call that does not fit its operation: a fault of ours, found before anything was sent."""


class Form(Enum):
    """What an argument looks like."""

    INTEGER = auto()
    OPTIONAL_INTEGER = auto()  # an empty string is none
    CODE = auto()  # a person's
    TEXT = auto()
    BYTES = auto()  # as they are
    PACKED = auto()  # bytes that the script unpacks

    def fits(self, value: Argument) -> bool:
        """Whether a value has this form."""
        match self:
            case Form.INTEGER:
                return isinstance(value, int)
            case Form.OPTIONAL_INTEGER:
                return isinstance(value, int) or value == ""
            case Form.CODE:
                return isinstance(value, str) and len(value) == CODE_LENGTH
            case Form.TEXT:
                return isinstance(value, str | bytes)
            case Form.BYTES | Form.PACKED:
                return isinstance(value, bytes)


# Values of these types fit, but for the length of a code. A set lookup checks the types of all arguments at once, since
# a call is built for each request; what is not found there is looked at one by one.
_TYPES: Mapping[Form, frozenset[type]] = {
    Form.INTEGER: frozenset({int}),
    Form.OPTIONAL_INTEGER: frozenset({int}),
    Form.CODE: frozenset({str}),
    Form.TEXT: frozenset({str, bytes}),
    Form.BYTES: frozenset({bytes}),
    Form.PACKED: frozenset({bytes}),
}


class Arg(NamedTuple):
    """An argument: its name and its form."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """What a call repeats for each of its items: a person, a line, an event.

    Attributes:
        keys: the keys of an item, in their order.
        args: its arguments, in their order.
        fewest: items that a call must have.
        most: items that a call may have; None where the caller's data limits them.
        names_keys: whether items name keys by their place in the call instead; these keys follow the fixed ones.
    """

    keys: tuple[str, ...] = ()
    args: tuple[Arg, ...] = ()
    fewest: int = 0
    most: int | None = None
    names_keys: bool = False


class Items(NamedTuple):
    """The items of a call, by column: for each name, the values of all items in their order.

    Attributes:
        keys: the keys of each item.
        args: the arguments of each item.
        named_keys: keys that items name by their place, which begins after the fixed keys.
    """

    keys: Mapping[str, Sequence[Key]] = MappingProxyType({})
    args: Mapping[str, Sequence[Argument]] = MappingProxyType({})
    named_keys: Sequence[Key] = ()


_NOTHING = Each(most=0)
_NO_ITEMS = Items()


class Call(NamedTuple):
    """A call that fits its operation."""

    operation: "Operation"
    keys: list[Key]
    args: list[Argument]


@dataclass(frozen=True, slots=True)
class Operation:
    """A Lua operation: `name` is its file's and its function's.

    Attributes:
        name: its word.
        keys: the fixed keys, in their order.
        args: the fixed arguments, in their order.
        each: what is repeated for each item.
        has_writer: whether it changes a pool's picking state; its first argument is then the writer, which the sender
            of the call adds.
    """

    name: str
    keys: tuple[str, ...]
    args: tuple[Arg, ...] = ()
    each: Each = _NOTHING
    has_writer: bool = False
    _arg_names: tuple[str, ...] = field(init=False, repr=False)
    _pick_keys: _Pick[Key] = field(init=False, repr=False)
    _pick_args: _Pick[Argument] = field(init=False, repr=False)
    _fitting_types: frozenset[tuple[type, ...]] = field(init=False, repr=False)
    _places_of_codes: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a shape whose names are not clear, and work out what each call needs."""
        arg_names = tuple(arg.name for arg in self.args)
        names = [*self.keys, *self.each.keys, *arg_names, *(arg.name for arg in self.each.args)]
        if len(set(names)) < len(names):
            raise MalformedCall(f"{self.name} names something twice: {', '.join(names)}")
        derived = {
            "_arg_names": arg_names,
            "_pick_keys": _picker(self.keys),
            "_pick_args": _picker(arg_names),
            "_fitting_types": frozenset(product(*(_TYPES[arg.form] for arg in self.args))),
            "_places_of_codes": tuple(place for place, arg in enumerate(self.args) if arg.form is Form.CODE),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def most(self) -> int:
        """The most items a call may have."""
        if self.each.most is None:
            raise MalformedCall(f"{self.name} has no limit of its own")
        return self.each.most

    def call(self, keys: Mapping[str, Key], items: Items = _NO_ITEMS, /, **args: Argument) -> Call:
        """Build a call from its fixed keys, its items, and its fixed arguments.

        Raises:
            MalformedCall: a name is missing or unknown, a value has another form, or the items are too few or too many.
        """
        try:
            sent_keys, sent_args = list(self._pick_keys(keys)), list(self._pick_args(args))
        except KeyError as error:
            raise MalformedCall(f"{self.name} was not given {error}") from None
        if len(keys) != len(sent_keys) or len(args) != len(sent_args):
            raise self._unknown({*keys} - {*self.keys} | {*args} - {*self._arg_names})
        if tuple(map(type, sent_args)) not in self._fitting_types:
            self._check(self.args, sent_args)
        for place in self._places_of_codes:
            self._check(self.args[place : place + 1], sent_args[place : place + 1])
        if items is not _NO_ITEMS or self.each is not _NOTHING:
            self._add_items(sent_keys, sent_args, items)
        return Call(self, sent_keys, sent_args)

    def _add_items(self, sent_keys: list[Key], sent_args: list[Argument], items: Items) -> None:
        shape = self.each
        try:
            key_columns = [items.keys[name] for name in shape.keys]
            columns = [items.args[arg.name] for arg in shape.args]
        except KeyError as error:
            raise MalformedCall(f"{self.name} was not given {error} of each item") from None
        if len(items.keys) != len(key_columns) or len(items.args) != len(columns):
            raise self._unknown({*items.keys} - {*shape.keys} | {*items.args} - {arg.name for arg in shape.args})
        if items.named_keys and not shape.names_keys:
            raise MalformedCall(f"{self.name} has no items that name keys")
        counts = {*map(len, key_columns), *map(len, columns)} or {0}
        if len(counts) > 1:
            raise MalformedCall(f"{self.name} was given an item that is cut short")
        (count,) = counts
        if count < shape.fewest or (shape.most is not None and count > shape.most):
            raise MalformedCall(f"{self.name} takes {shape.fewest} to {shape.most} items, not {count}")
        for arg, column in zip(shape.args, columns, strict=True):
            if not _fit(arg.form, column):
                raise self._unfit(arg)
        sent_keys += _interleave(key_columns)
        sent_keys += items.named_keys
        sent_args += _interleave(columns)

    def _check(self, args: Sequence[Arg], values: Sequence[Argument]) -> None:
        for arg, value in zip(args, values, strict=True):
            if not arg.form.fits(value):
                raise self._unfit(arg)

    def _unknown(self, names: set[str]) -> MalformedCall:
        return MalformedCall(f"{self.name} does not know {', '.join(sorted(names))}")

    def _unfit(self, arg: Arg) -> MalformedCall:
        # The value is left out: it may be a person's.
        return MalformedCall(f"{self.name} was given {arg.name} in another form than {arg.form.name}")


def _picker(names: Sequence[str]) -> _Pick[Any]:
    """Return what picks the values of these names in their order. `itemgetter` gives a tuple from two names on."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _fit(form: Form, column: Sequence[Argument]) -> bool:
    if form is Form.CODE:
        return {*map(type, column)} <= _TYPES[form] and {*map(len, column)} <= {CODE_LENGTH}  # type: ignore[arg-type]
    return _TYPES[form].issuperset(map(type, column)) or all(map(form.fits, column))


def _interleave(columns: Sequence[Sequence[_Value]]) -> Sequence[_Value]:
    return columns[0] if len(columns) == 1 else [*chain.from_iterable(zip(*columns, strict=True))]
