"""Choose a line when the caller names none: that of an existing chat, else the best line, least recently used."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from router.core.errors import InvalidNumber
from router.core.line import Reputation
from router.core.phone import parse_e164
from router.sandbox import faults
from router.sandbox.conversations import find_chats
from router.sandbox.records import Chat, Kind, SandboxLine
from router.sandbox.world import World

Reason = Literal["reused_active_chat", "new_best_number", "failover_flagged"]

_RANK = {Reputation.HEALTHY: 0, Reputation.AT_RISK: 1, Reputation.CRITICAL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The line that was chosen.

    Attributes:
        chat: the chat to continue; None if a new one must be opened.
        abandoned: the newest chat, if no chat is on a line that can send.
    """

    line: SandboxLine
    reason: Reason
    chat: Chat | None = None
    abandoned: Chat | None = None


def suggest_line(world: World, people: frozenset[str], exclude: Collection[str], kind: Kind | None) -> SandboxLine:
    """Choose a line like `GET /v3/available_number`. A suggested line counts as used.

    Raises:
        LinqFault: 1002 an excluded value is not a number; 1005 all lines are excluded; 503 or 409, no line is left.
    """
    check_numbers(exclude)
    if people:
        for chat in find_chats(world, people):
            line = world.lines.get(chat.line.handle)
            if line and line.is_usable and line.number not in exclude and kind in {None, line.kind}:
                world.use(line)
                return line
    if not any(line.is_usable and kind in {None, line.kind} for line in world.own_lines()):
        raise _no_line(world)
    return _best_line(world, exclude, kind)


def select_line(world: World, people: frozenset[str], exclude: Collection[str]) -> Selection:
    """Choose a line like `POST /v3/messages`.

    Raises:
        LinqFault: 1002 an excluded value is not a number; 1005 all lines are excluded; 2015 no line can send.
    """
    check_numbers(exclude)
    chats = find_chats(world, people)
    live = [(chat, line) for chat in chats if (line := world.lines.get(chat.line.handle)) and line.is_usable]
    live.sort(key=lambda pair: pair[1].number in exclude)  # stable: the most recently active stays first
    if live:
        chat, line = live[0]
        world.use(line)
        return Selection(line=line, chat=chat, reason="reused_active_chat")
    if not any(line.is_usable for line in world.own_lines()):
        raise faults.conflict("none of your phone numbers can send now")
    line = _best_line(world, exclude, None)
    if chats:
        return Selection(line=line, reason="failover_flagged", abandoned=chats[0])
    return Selection(line=line, reason="new_best_number")


def backups_of(
    world: World, line: SandboxLine, exclude: Collection[str], kind: Kind | None = None
) -> list[SandboxLine]:
    """Return the other lines for a shared vCard: all available ones, not only the healthy ones."""
    others = (other for other in world.own_lines() if other is not line and other.is_usable)
    return [other for other in others if other.number not in exclude and kind in {None, other.kind}]


def check_numbers(numbers: Collection[str]) -> None:
    """Refuse numbers that are not strict E.164.

    Raises:
        LinqFault: 1002, one is not.
    """
    for number in numbers:
        try:
            parse_e164(number)
        except InvalidNumber as error:
            raise faults.not_e164(number) from error


def _best_line(world: World, exclude: Collection[str], kind: Kind | None) -> SandboxLine:
    candidates = [
        line
        for line in world.own_lines()
        if line.is_usable and line.number not in exclude and kind in {None, line.kind}
    ]
    if not candidates:
        raise faults.invalid_value("exclude_from leaves no line to choose from")
    best = min(candidates, key=lambda line: (_RANK.get(line.reputation, 0), line.last_used))
    world.use(best)
    return best


def _no_line(world: World) -> faults.LinqFault:
    if world.behaviour.no_line_status == 409:  # noqa: PLR2004 - an HTTP status
        return faults.conflict("no phone number is available")
    return faults.LinqFault(503, 4004, "Service unavailable: no phone number is available")
