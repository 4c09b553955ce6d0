"""Protect what identifies a person: sealed with AES-GCM, found again by an HMAC, never stored in the clear.

Each use has its own key, derived from the one secret (HKDF, RFC 5869), so no use can be turned against another.
"""

from enum import Enum

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from router.core.mac import Mac
from router.core.numbers.spellings import spellings
from router.core.sealer import Sealer


def derive_key(secret: bytes, use: str, length: int = 32) -> bytes:
    """Derive the key for one use from the gateway's secret."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"switchyard:" + use.encode()).derive(secret)


class IdentityKind(Enum):
    """The kinds of identity, strongest first."""

    USER = b"u"
    PHONE = b"p"
    EMAIL = b"e"


_STRONGEST_FIRST = tuple(IdentityKind)


class Identity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What identifies a person. At least one of the three is given."""

    user: str | None = None
    phone: str | None = None
    email: str | None = None

    def known(self) -> list[tuple[IdentityKind, str]]:
        """Return the identities that are given, strongest first."""
        values = (self.user, self.phone, self.email)
        return [(kind, value) for kind, value in zip(_STRONGEST_FIRST, values, strict=True) if value]


class PersonalData:
    """Seals, opens and fingerprints identities with keys derived from the gateway's secret."""

    def __init__(self, secret: bytes) -> None:
        self._index = Mac(derive_key(secret, "identity-index"))
        self._sealer = Sealer(derive_key(secret, "contact"))

    def fingerprint(self, kind: IdentityKind, pool: str, value: str) -> bytes:
        """Return the 32 bytes by which an identity is found. The case of e-mail addresses does not matter."""
        if kind is IdentityKind.EMAIL:
            value = value.strip().casefold()
        return self._index.digest(b"%b\0%b\0%b" % (kind.value, pool.encode(), value.encode()))

    def lookups(self, kind: IdentityKind, pool: str, value: str) -> tuple[bytes, ...]:
        """Return the fingerprints under which an identity may be stored, the one for its canonical spelling first.

        A phone number of some countries has more than one spelling; everything else has one fingerprint.
        """
        if kind is not IdentityKind.PHONE:
            return (self.fingerprint(kind, pool, value),)
        return tuple([self.fingerprint(kind, pool, spelling) for spelling in spellings(value)])

    def digest(self, use: str, value: bytes) -> bytes:
        """Return a keyed digest, 32 bytes, of a value that must be compared but not stored."""
        return self._index.digest(use.encode() + b"\0" + value)

    def seal(self, identity: Identity, nonce: bytes) -> bytes:
        """Encrypt an identity; `nonce` is 12 fresh random bytes."""
        plain = msgspec.msgpack.encode([identity.user, identity.phone, identity.email])
        return self._sealer.seal(plain, nonce)

    def open(self, sealed: bytes) -> Identity | None:
        """Decrypt an identity. None if it was sealed under another secret."""
        plain = self._sealer.open(sealed)
        if plain is None:
            return None
        user, phone, email = msgspec.msgpack.decode(plain, type=tuple[str | None, str | None, str | None])
        return Identity(user=user, phone=phone, email=email)
