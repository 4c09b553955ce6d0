"""What the script apply_events is given, an event at a time: our own words, and indexes of the keys it may touch.

The script reads these structs by their field names (lua/events/); a field at its default is left out.
"""

from typing import Literal

import msgspec

from router.core.code import Code

Kind = Literal["report", "text", "sent", "chat", "arrived", "failed", "suspect", "reaction", "group", "note"]


class EventSender(msgspec.Struct, frozen=True, gc=False):
    """A sender's handle, by its HMAC.

    Attributes:
        fingerprint: 32 bytes by which the handle is found.
        others: the fingerprints of other spellings, under which an earlier release may have stored the person.
        contact: the sealed handle, stored with the person it belongs to.
        prefix, suffixes: where a new person would be stored: a bucket, and suffixes to choose from, joined.
    """

    fingerprint: bytes
    contact: bytes = b""
    prefix: str = ""
    suffixes: str = ""
    others: tuple[bytes, ...] = ()


class PoolEvent(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One event for the script.

    Attributes:
        kind: which of the script's branches takes it.
        id, type: the provider's, for the log of events.
        digest: 32 bytes a second delivery is known by; empty for what is never repeated.
        day: day since 1970 of the event, the same on every delivery.
        at_us: when it happened, by the provider's clock.
        slot: the line; None where only the conversation may tell.
        status, reputation: of a report, by index; None for what it does not tell.
        is_gone: 1 if the line left us, 0 if it came (back), None where not told.
        limits: of the line, used if the report reopens it.
        reason: why, in words of an operator or the provider.
        sender: whose text it is.
        known: the code we take them to have, from memory; the script says if that is wrong.
        codes: codes that stand in the text.
        guesses: codes that the text may mean; one binds only if it fits one reservation alone, on this line.
        chat: 32 bytes that stand for the conversation.
        is_ours: it came from the line. is_late: recovered later, history. opts_out: by the provider's rule.
        wants_quiet: by our broader one. wants_back: they want messages again.
        detail: a few words for the log, never of a person.
    """

    kind: Kind
    id: str
    type: str
    at_us: int
    digest: bytes = b""
    day: int = 0
    slot: int | None = None
    status: int | None = None
    reputation: int | None = None
    is_gone: int | None = None
    limits: tuple[int, ...] | None = None
    reason: str | None = None
    sender: EventSender | None = None
    known: Code | None = None
    codes: tuple[Code, ...] = ()
    guesses: tuple[Code, ...] = ()
    chat: bytes = b""
    is_ours: bool = False
    is_late: bool = False
    opts_out: bool = False
    wants_quiet: bool = False
    wants_back: bool = False
    detail: str = ""
