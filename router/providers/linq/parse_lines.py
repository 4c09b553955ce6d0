"""Parse Linq's events about lines: their status and reputation, and which of them the account has.

Reputation was called health status until July 2026, had both names for a month, and did not exist before May 2026.
"""

from collections.abc import Callable, Mapping

from router.core.events.events import About, LineJoined, LineLeft, LineMoved, LineReported, UnreadableEvent
from router.core.line import Reputation, Status
from router.core.phone import E164
from router.providers.linq.json_readers import Body, Reader, read_line, read_moment_us, read_name, read_object

_MAX_WORDS_LENGTH = 80
_STATUSES = {status.value: status for status in Status}
_REPUTATIONS = {reputation.value: reputation for reputation in Reputation}

_LineReader = Callable[[E164, int, Body], About]


def _read_status(line: E164, changed_at_us: int, data: Body) -> About:
    status = read_name(data.get("new_status"), "status")
    if not status:
        return UnreadableEvent(why="no status")
    reputation = read_name(data.get("new_reputation"), "status") or read_name(data.get("new_health_status"), "status")
    return LineReported(
        line=line,
        status=_STATUSES.get(status.upper(), Status.UNKNOWN),
        reputation=_REPUTATIONS.get(reputation.upper(), Reputation.UNKNOWN) if reputation else None,
        changed_at_us=changed_at_us,
        words=f"{status} {reputation}".rstrip()[:_MAX_WORDS_LENGTH],
    )


def _read_assigned(line: E164, changed_at_us: int, _data: Body) -> About:
    return LineJoined(line=line, changed_at_us=changed_at_us)


def _read_released(line: E164, changed_at_us: int, _data: Body) -> About:
    return LineLeft(line=line, changed_at_us=changed_at_us)


def _read_moved(line: E164, changed_at_us: int, data: Body) -> About:
    change = read_object(data.get("change"))
    return LineMoved(
        line=line,
        came_from=read_name(change.get("from"), "name") or None,
        went_to=read_name(change.get("to"), "name") or None,
        changed_at_us=changed_at_us,
    )


def _of_one_line(read: _LineReader) -> Reader:
    def read_line_event(data: Body, created_at_us: int | None) -> About:
        line = read_line(data.get("phone_number"))
        if line is None:
            return UnreadableEvent(why="no line")
        changed_at_us = read_moment_us(data.get("changed_at"), data.get("occurred_at"), otherwise=created_at_us)
        return UnreadableEvent(why="no time") if changed_at_us is None else read(line, changed_at_us, data)

    return read_line_event


READERS: Mapping[str, Reader] = {
    "phone_number.status_updated": _of_one_line(_read_status),
    "phone_number.assigned": _of_one_line(_read_assigned),
    "phone_number.released": _of_one_line(_read_released),
    "environment.line_moved": _of_one_line(_read_moved),
}
