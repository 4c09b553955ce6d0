"""Keep what identifies a person: sealed with AES-GCM, found again through an HMAC of it, never in the clear.

Keys are derived from the one secret (HKDF, RFC 5869), one a use, so that no use can be turned against another.
"""

from enum import Enum

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from router.core.mac import Mac
from router.core.sealer import Sealer


def derive_key(secret: bytes, use: str, length: int = 32) -> bytes:
    """Derive the key for one use from the gateway's secret."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"switchyard:" + use.encode()).derive(secret)


class IdentityKind(Enum):
    """Ways to recognise a person, strongest first."""

    USER = b"u"
    PHONE = b"p"
    EMAIL = b"e"


_STRONGEST_FIRST = tuple(IdentityKind)


class Identity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who a back end says this is; at least one of the three is given."""

    user: str | None = None
    phone: str | None = None
    email: str | None = None

    def known(self) -> list[tuple[IdentityKind, str]]:
        """What is given, strongest first."""
        values = (self.user, self.phone, self.email)
        return [(kind, value) for kind, value in zip(_STRONGEST_FIRST, values, strict=True) if value]


class PersonalData:
    """Seals, opens and fingerprints identities with keys derived from the gateway's secret."""

    def __init__(self, secret: bytes) -> None:
        self._index = Mac(derive_key(secret, "identity-index"))
        self._sealer = Sealer(derive_key(secret, "contact"))

    def fingerprint(self, kind: IdentityKind, pool: str, value: str) -> bytes:
        """Return the 32 bytes an identity is found by; e-mail addresses compare without case."""
        if kind is IdentityKind.EMAIL:
            value = value.strip().casefold()
        return self._index.digest(b"%b\0%b\0%b" % (kind.value, pool.encode(), value.encode()))

    def digest(self, use: str, value: bytes) -> bytes:
        """Return 32 keyed bytes of anything that must be compared but not kept."""
        return self._index.digest(use.encode() + b"\0" + value)

    def seal(self, identity: Identity, nonce: bytes) -> bytes:
        """Encrypt an identity; `nonce` is 12 fresh random bytes."""
        plain = msgspec.msgpack.encode([identity.user, identity.phone, identity.email])
        return self._sealer.seal(plain, nonce)

    def open(self, sealed: bytes) -> Identity | None:
        """Decrypt an identity; None if it was sealed under another secret."""
        plain = self._sealer.open(sealed)
        if plain is None:
            return None
        user, phone, email = msgspec.msgpack.decode(plain, type=tuple[str | None, str | None, str | None])
        return Identity(user=user, phone=phone, email=email)
