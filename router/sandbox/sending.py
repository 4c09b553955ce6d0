"""Check what may be sent, and to whom, before anything is created."""

import re
from itertools import pairwise

from router.core.errors import InvalidNumber
from router.core.line import Status
from router.core.phone import parse_e164
from router.sandbox import faults
from router.sandbox.conversations import clean_handle, find_chats
from router.sandbox.records import Json, SandboxLine
from router.sandbox.world import World

MAX_PEOPLE = 31
_PART_TYPES = frozenset({"text", "media", "link", "imessage_app", "app_clip"})
_MAX_PARTS = 100
_ALONE = frozenset({"link", "imessage_app", "app_clip"})
_URL = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_people(handles: list[str]) -> list[str]:
    """Return the recipients, cleaned and without repeats.

    Raises:
        LinqFault: 1001 there are none; 1005 too many; 1002 one is neither a number nor an e-mail address.
    """
    if not handles:
        raise faults.missing_field("to")
    if len(handles) > MAX_PEOPLE:
        raise faults.invalid_value(f"to holds {len(handles)} recipients, and {MAX_PEOPLE} are allowed")
    people = list(dict.fromkeys(clean_handle(handle) for handle in handles))
    for handle in people:
        if not _EMAIL.fullmatch(handle):
            try:
                parse_e164(handle)
            except InvalidNumber as error:
                raise faults.not_e164(handle) from error
    return people


def check_eligible(line: SandboxLine) -> None:
    """Refuse to act on a line that cannot deliver.

    Raises:
        LinqFault: 2027.
    """
    if line.status is Status.FLAGGED:
        raise faults.ineligible(line.number)


def check_consent(world: World, people: list[str], *, override_optout: bool) -> None:
    """Refuse to text a person who is blocked, opted out or must write first. Groups are never restricted.

    Raises:
        LinqFault: 2026, 2024 or 2008.
    """
    if len(people) > 1:
        return
    person = people[0]
    if person in world.blocked:
        raise faults.blocked()
    if person in world.opted_out and not override_optout:
        raise faults.opted_out()
    if world.behaviour.inbound_first and not any(chat.has_inbound for chat in find_chats(world, frozenset(people))):
        raise faults.recipient_not_allowed()


def check_parts(parts: list[Json]) -> list[Json]:
    """Return the parts, if a message may hold them.

    Raises:
        LinqFault: 1004, it may not.
    """
    if not 1 <= len(parts) <= _MAX_PARTS:
        raise faults.invalid_content(f"1 to {_MAX_PARTS} parts are allowed")
    kinds = [part.get("type") for part in parts]
    for part, kind in zip(parts, kinds, strict=True):
        if kind not in _PART_TYPES:
            raise faults.invalid_content("a part's type must be text, media or link")
        if kind in {"text", "link"} and not (isinstance(part.get("value"), str) and part["value"]):
            raise faults.invalid_content(f"a {kind} part needs a value")
    if len(parts) > 1 and _ALONE & set(kinds):
        raise faults.invalid_content("a link part must be the only part")
    if any(first == second == "text" for first, second in pairwise(kinds)):
        raise faults.invalid_content("consecutive text parts are not allowed")
    return parts


def check_first_message(parts: list[Json]) -> None:
    """Refuse a link in the first message of a chat that `POST /v3/chats` opens.

    Raises:
        LinqFault: 1005.
    """
    if any(part["type"] == "link" or _URL.search(str(part.get("value", ""))) for part in parts):
        raise faults.invalid_value("the first message of a chat must not contain a link")
