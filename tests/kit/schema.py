"""Compare what a store contains with the schema, which is the table in the docstring of `router/store/keys.py`."""

import re
from dataclasses import dataclass
from datetime import timedelta

import redis

from router.core.code import ALPHABET
from router.store import keys

_PLACES = {
    "{pool}": r"\{[a-z0-9-]+\}",
    "{registry}": r"\{registry\}",
    "<prefix>": f"[{ALPHABET}]{{3}}",
    "<bucket>": "[0-9a-f]{4}",
    "<digest>": "[0-9a-f]{16}",
    "<day>": "[0-9]+",
    "<minute>": "[0-9]+",
    "<id>": r"[a-z0-9.-]+",
    "<channel>": "[a-z]+",
}
_PLACE = re.compile(r"\{\w+\}|<\w+>")
_LIVES = {
    "permanent": None,
    "swept": None,
    "1 day": timedelta(days=1),
    "2 days": timedelta(days=2),
    "8 days": timedelta(days=8),
    "31 days": timedelta(days=31),
    "40 days": timedelta(days=40),
    "90 days": timedelta(days=90),
    "trimmed": None,
}


@dataclass(frozen=True, slots=True)
class KeyRule:
    """One row of the table about a kind of key; a `life` of None means that it has no TTL."""

    name: re.Pattern[str]
    kind: str
    life: timedelta | None


def read_schema() -> list[KeyRule]:
    """Read the table."""
    rows = [
        re.split(r" {2,}", line.strip()) for line in (keys.__doc__ or "").splitlines() if line.startswith("    sy:")
    ]
    return [
        KeyRule(re.compile(_PLACE.sub(lambda place: _PLACES[place[0]], row[0])), row[1], _LIVES[row[-1]])
        for row in rows
    ]


SCHEMA = read_schema()


def unknown_keys(client: redis.Redis) -> list[str]:
    """Describe every key that is not in the schema, or that has another type or lifetime there."""
    return [f"{name}: {kind}, TTL {ttl} s" for name, kind, ttl in _inventory(client) if not _is_known(name, kind, ttl)]


def _inventory(client: redis.Redis) -> list[tuple[str, str, int]]:
    names = [name.decode() for name in client.scan_iter(count=1000)]
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.type(name)
        pipeline.ttl(name)
    replies = pipeline.execute()
    return [(name, kind.decode(), ttl) for name, kind, ttl in zip(names, replies[::2], replies[1::2], strict=True)]


def _is_known(name: str, kind: str, ttl: int) -> bool:
    for rule in SCHEMA:
        if rule.name.fullmatch(name) and rule.kind == kind:
            return ttl == -1 if rule.life is None else 0 < ttl <= rule.life.total_seconds()
    return False
