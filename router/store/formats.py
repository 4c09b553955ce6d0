"""The packed layouts of the store, each once: the twin of lua/shared/formats.lua.

A unit test holds the two together, so a field that is added here is added there.
"""

from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from router.core.assignment import NO_HOME

NO_SLOT: Final = NO_HOME
NO_LIMIT: Final = 0xFFFFFFFF


class Layout:
    """A packed layout: the names of its fields in their order, and how each is packed.

    Attributes:
        fields: one name for each value.
        format: as the struct module reads it, big-endian and without padding.
        size: bytes.
    """

    __slots__ = ("_letters", "fields", "format", "iter_unpack", "pack", "size", "unpack")

    def __init__(self, letters: tuple[str, ...], fields: tuple[str, ...]) -> None:
        struct = Struct(">" + "".join(letters))
        self._letters = letters
        self.fields = fields
        self.format = struct.format
        self.size = struct.size
        self.pack = struct.pack
        self.unpack = struct.unpack
        self.iter_unpack = struct.iter_unpack

    def reader_of(self, *wanted: str) -> Callable[[bytes], tuple[Any, ...]]:
        """Return what reads only these fields, which must be in the layout's order, and passes over the rest.

        It passes over bytes after the layout as well: a record may have a tail.
        """
        skipped = (
            letter if field in wanted else f"{Struct('>' + letter).size}x"
            for field, letter in zip(self.fields, self._letters, strict=True)
        )
        return Struct(">" + "".join(skipped)).unpack_from


def _layout(**fields: str) -> Layout:
    return Layout(tuple(fields.values()), tuple(fields))


LINE = _layout(
    operator_state="B",
    status="B",
    reputation="B",
    suspected="B",
    tier="B",
    gate="B",
    warming="B",
    weight="I",
    capacity="I",
    target="I",
    allowance="I",
    conversion="H",
    start_allowance="I",
    reserved="I",
    confirmed="I",
    new_24h="I",
    new_hour="I",
    started_24h="I",
    started_hour="I",
    picks="I",
    at="d",
)
ROTATION = _layout(
    writer="8s",
    sequence="d",
    hour="I",
    time_0="d",
    time_1="d",
    time_2="d",
    rest_0="d",
    rest_1="d",
    rest_2="d",
)
ROTATION_HEAD = _layout(writer="8s", sequence="d")
HEALTH = _layout(
    status="B",
    reputation="B",
    is_gone="B",
    suspected="B",
    status_us="d",
    reputation_us="d",
    gone_us="d",
    flags="I",
    flagged_ms="d",
    recovered_ms="d",
    heard_ms="d",
    unverified_ms="d",
    sent="d",
    failed="d",
    tallied_ms="d",
    failed_ms="d",
)
ARRIVALS = _layout(came="I", began="I")
RECORD = _layout(
    state="B",
    tier="B",
    slot="H",
    backup_1="H",
    backup_2="H",
    backup_3="H",
    created_s="I",
    expires_s="I",
    confirmed_s="I",
    heard_s="I",
    texts="H",
    answers="H",
    flags="B",
)
# After a record: the time of the last wish, if its flag 32 is set. Then TAIL, the excluded slots, at most 64 bytes of
# origin. A record without exclusions and origin ends before TAIL.
WISH = _layout(wished_s="I")
TAIL = _layout(excluded="B")
REQUEST = _layout(
    records="H",
    prefix="3s",
    suffixes="12s",
    known="6s",
    identities="B",
    has_key="B",
    pieces="B",
    excluded="B",
    wished="H",
)
ORIGIN = _layout(length="B")
IDENTITY = _layout(key="H", field="8s")
IDEMPOTENCY = _layout(key="H", field="8s", digest="4s")
EXCLUDED = _layout(slot="H")
EVENT = _layout(seen_field="16s", handle_field="8s", chat_field="8s")
CONVERSATION = _layout(code="6s", slot="H", written_s="I", first_s="I", began="B")
WRONG_LINE = _layout(at_ms="d", slot="H")
CARD = _layout(digest="8s", revised_s="I")
MEMBER = _layout(
    state="B",
    skip="B",
    channel="B",
    failed="B",
    target="H",
    at_s="I",
    tries="B",
    heard_s="I",
    asked_s="I",
)
PROMPTS = _layout(last_s="I", second_s="I", third_s="I")
BUCKET = _layout(tokens="d", at_ms="d")
PROMISES = Layout(("I", *["H"] * 24), ("hour", *["by_hour"] * 24))
