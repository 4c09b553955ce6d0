"""The schema: every key Switchyard writes, what it holds and how long it lives.

All keys of a pool carry its hash tag, so a pool is one slot and one atomic unit, and pools spread over a cluster. What
is not of one pool carries the tag `{registry}`. No other module builds a key.

    sy:{registry}:pools         set     pool ids                                              permanent
    sy:{registry}:api_keys      hash    key id → JSON (role, SHA-256 of the secret, label)    permanent
    sy:{pool}:config            string  JSON of the pool                                      permanent
    sy:{pool}:version           string  grows when the pool or a line changes                 permanent
    sy:{pool}:photo             string  JPEG of the contact card                              permanent
    sy:{pool}:line              hash    slot → JSON of a line                                 permanent
    sy:{pool}:numbers           hash    number → slot, and `next`                             permanent
    sy:{pool}:lines             hash    slot → packed limits, load and turn                   permanent
    sy:{pool}:rotation          string  who wrote last, the hour, the virtual times           permanent
    sy:{pool}:a:<prefix>        hash    code suffix → packed assignment                       permanent
    sy:{pool}:c:<prefix>        hash    code suffix → sealed identities, each after its length  permanent
    sy:{pool}:i:<bucket>        hash    8 bytes of an identity's HMAC → code                  permanent
    sy:{pool}:k:<day>:<bucket>  hash    8 bytes of an idempotency key's HMAC → code, request  2 days
    sy:{pool}:new:<hour>        hash    slot → people who came in that hour                   26 hours
    sy:{pool}:due               zset    minutes in which reservations expire                  swept
    sy:{pool}:due:<minute>      list    codes to look at in that minute                       swept

Buckets keep a person small: a hash of at most 128 short entries is one compact listpack (20-40 bytes an entry), where
a key of its own costs 100 bytes. 15,625 record buckets hold 2 million people before the first outgrows that.
"""

from typing import NewType

from router.core.pool import PoolId

Key = NewType("Key", str)

PREFIX = "sy:"
POOLS = Key("sy:{registry}:pools")
API_KEYS = Key("sy:{registry}:api_keys")

IDENTITY_BUCKETS = 2**15
IDEMPOTENCY_BUCKETS = 2**14
HOURS_COUNTED = 24


class PoolKeys:
    """The keys of one pool, the fixed ones built once."""

    def __init__(self, pool: PoolId) -> None:
        self._base = f"{PREFIX}{{{pool}}}:"
        self.config = self._key("config")
        self.version = self._key("version")
        self.photo = self._key("photo")
        self.line = self._key("line")
        self.numbers = self._key("numbers")
        self.lines = self._key("lines")
        self.rotation = self._key("rotation")
        self.due = self._key("due")
        self._records = self._key("a:")
        self.picking: tuple[Key, ...] = (self.lines, self.rotation)

    def records(self, prefix: str) -> Key:
        """Assignments whose code starts with `prefix`."""
        return Key(self._records + prefix)

    def contacts(self, prefix: str) -> Key:
        """Sealed identities of the same people."""
        return self._key("c:" + prefix)

    def identities(self, fingerprint: bytes) -> Key:
        """The bucket of an identity; its field is the 8 bytes after the first two."""
        return self._key(f"i:{int.from_bytes(fingerprint[:2]) % IDENTITY_BUCKETS:04x}")

    def idempotency(self, fingerprint: bytes, day: int) -> Key:
        """The bucket of an idempotency key on a day since 1970."""
        return self._key(f"k:{day}:{int.from_bytes(fingerprint[:2]) % IDEMPOTENCY_BUCKETS:04x}")

    def arrivals(self, hour: int) -> Key:
        """New people by line in an hour since 1970."""
        return self._key(f"new:{hour}")

    def due_in(self, minute: int) -> Key:
        """Reservations to look at in a minute since 1970."""
        return self._key(f"due:{minute}")

    def _key(self, name: str) -> Key:
        return Key(self._base + name)


def fingerprint_field(fingerprint: bytes) -> bytes:
    """The part of a fingerprint that is the field inside its bucket."""
    return fingerprint[2:10]
