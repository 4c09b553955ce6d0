"""Who may do what: API keys and their roles."""

import hmac
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

KEY_MARK = "sy"


class Role(IntEnum):
    """What a key may do; each role may do all that the ones below it may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """The role as the API writes it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An API key as it is stored: without its secret.

    Attributes:
        id: the public part. It names the key in lists and logs.
        digest: hex SHA-256 of the secret part. A 256-bit random secret needs no slow hash: nobody can guess it.
    """

    id: str
    role: Role
    label: str
    digest: str
    created_at_ms: int

    def opens_with(self, secret: str) -> bool:
        """Whether `secret` belongs to this key. Compared in constant time."""
        return hmac.compare_digest(self.digest, digest_of(secret))


def digest_of(secret: str) -> str:
    """Return the digest that is stored in place of a secret."""
    return sha256(secret.encode()).hexdigest()


def format_key(key_id: str, secret: str) -> str:
    """Return the key as its owner uses it: `sy_<id>_<secret>`."""
    return f"{KEY_MARK}_{key_id}_{secret}"


def split_key(text: str) -> tuple[str, str] | None:
    """Return a key's id and secret, or None if `text` is not a key."""
    mark, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if mark == KEY_MARK and key_id and secret else None
