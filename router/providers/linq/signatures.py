"""Verify that a delivery comes from the provider, whatever a stranger puts into its headers and body.

Linq sends two signatures with each delivery: one by Standard Webhooks (`webhook-*` headers), and a deprecated one in
`x-webhook-*` headers, which is all that `linq webhooks listen --forward-to` sends. V2 signs the body without a time.
If the first is present, it alone decides: a delivery that fails the stronger check must not pass the weaker one.

Sources: the Standard Webhooks specification 1.0; docs.linqapp.com, webhook subscriptions. The specification's own
library reads its own clock, refuses a body that is not UTF-8 and raises ValueError on a malformed header, so only the
tests use it, as a reference.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

TOLERANCE = timedelta(minutes=5)

_SECRET_PREFIX = "whsec_"  # noqa: S105  # the start of every secret
_V2_PREFIX = b"sha256="
_MAX_TIMESTAMP_DIGITS = 12
_MAX_SIGNATURES = 16  # an honest sender sends one for each of its live secrets; a stranger's long list costs time


class Scheme(StrEnum):
    """The way a delivery is signed."""

    STANDARD = "standard"
    LEGACY = "legacy"
    V2 = "v2"


class Fault(StrEnum):
    """Why a delivery is rejected. With TOO_OLD and TOO_NEW the signature is good: a replay, or a wrong clock."""

    NO_SIGNATURE = "no_signature"
    INCOMPLETE = "incomplete"
    SCHEME_OFF = "scheme_off"
    NO_SECRET = "no_secret"  # noqa: S105  # the word for having none
    BAD_TIMESTAMP = "bad_timestamp"
    BAD_SIGNATURE = "bad_signature"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"


@dataclass(frozen=True, slots=True)
class Verified:
    """A delivery that comes from the provider.

    Attributes:
        delivery_id: the `webhook-id` header, for logs; empty in the other schemes. Not the event's id.
        timestamp_s: when it was sent; None in V2, which signs no time.
        secret_index: which of the verifier's secrets matched.
    """

    scheme: Scheme
    delivery_id: str
    timestamp_s: int | None
    secret_index: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A delivery that must not be trusted."""

    reason: Fault


class _Key(NamedTuple):
    octets: bytes
    secret_index: int


class _Claim(NamedTuple):
    """What a delivery claims. It is verified if one of `signatures` fits `signed` under one of `keys`."""

    scheme: Scheme
    keys: Sequence[_Key]
    signed: bytes
    encode: Callable[[bytes], bytes]
    signatures: Sequence[bytes]
    delivery_id: bytes = b""
    timestamp_s: int | None = None


class Verifier:
    """Checks deliveries against several secrets. Any of them may match.

    Args:
        secrets: as the provider shows them. A secret that is not base64 still works in schemes that use it as it is.
        schemes: the accepted schemes.
    """

    __slots__ = ("_decoded", "_either", "_schemes", "_verbatim")

    def __init__(self, secrets: Sequence[str], schemes: frozenset[Scheme]) -> None:
        self._schemes = schemes
        self._verbatim: list[_Key] = []
        self._decoded: list[_Key] = []
        for index, secret in enumerate(secrets):
            body = secret.removeprefix(_SECRET_PREFIX)
            if not body:
                continue  # anybody could sign with an empty key
            self._verbatim.append(_Key(secret.encode(), index))
            if (octets := _decode(body)) is not None:
                self._decoded.append(_Key(octets, index))
        self._either = [*self._verbatim, *self._decoded]

    def verify(
        self, raw: bytes, headers: Mapping[bytes, bytes], now_s: int, *, tolerance: timedelta | None = TOLERANCE
    ) -> Verified | Rejected:
        """Check one delivery.

        Args:
            raw: the body, exactly as it came.
            headers: with names in lower case.
            now_s: wall clock.
            tolerance: how far the signed time may be from now, either way; None for a stored delivery.
        """
        claim = self._read(raw, headers)
        if isinstance(claim, Fault):
            return Rejected(claim)
        if not claim.keys:
            return Rejected(Fault.NO_SECRET)
        secret_index = _find_secret(claim)
        if secret_index is None:
            return Rejected(Fault.BAD_SIGNATURE)
        if claim.timestamp_s is not None and tolerance is not None:
            age = timedelta(seconds=now_s - claim.timestamp_s)
            if abs(age) > tolerance:
                return Rejected(Fault.TOO_OLD if age > tolerance else Fault.TOO_NEW)
        return Verified(claim.scheme, claim.delivery_id.decode("latin-1"), claim.timestamp_s, secret_index)

    def _read(self, raw: bytes, headers: Mapping[bytes, bytes]) -> _Claim | Fault:
        name = headers.get(b"webhook-id")
        sent_at = headers.get(b"webhook-timestamp")
        signature = headers.get(b"webhook-signature")
        if name is not None or sent_at is not None or signature is not None:
            return self._read_standard(raw, name, sent_at, signature)
        sent_at = headers.get(b"x-webhook-timestamp")
        signature = headers.get(b"x-webhook-signature")
        if signature is not None and signature.startswith(_V2_PREFIX):
            return self._read_v2(raw, signature)
        if sent_at is not None or signature is not None:
            return self._read_legacy(raw, sent_at, signature)
        return Fault.NO_SIGNATURE

    def _read_standard(
        self, raw: bytes, name: bytes | None, sent_at: bytes | None, signature: bytes | None
    ) -> _Claim | Fault:
        if Scheme.STANDARD not in self._schemes:
            return Fault.SCHEME_OFF
        if not name or not sent_at or not signature:
            return Fault.INCOMPLETE
        if not _is_timestamp(sent_at):
            return Fault.BAD_TIMESTAMP
        signed = b"%b.%b.%b" % (name, sent_at, raw)
        signatures = signature.split(None, _MAX_SIGNATURES)[:_MAX_SIGNATURES]
        return _Claim(Scheme.STANDARD, self._decoded, signed, _encode_v1, signatures, name, int(sent_at))

    def _read_legacy(self, raw: bytes, sent_at: bytes | None, signature: bytes | None) -> _Claim | Fault:
        if Scheme.LEGACY not in self._schemes:
            return Fault.SCHEME_OFF
        if not sent_at or not signature:
            return Fault.INCOMPLETE
        if not _is_timestamp(sent_at):
            return Fault.BAD_TIMESTAMP
        # Linq does not say whether the key is the secret or what it decodes to; its command line signs with the secret.
        signed = b"%b.%b" % (sent_at, raw)
        return _Claim(Scheme.LEGACY, self._either, signed, _encode_hex, [signature], timestamp_s=int(sent_at))

    def _read_v2(self, raw: bytes, signature: bytes) -> _Claim | Fault:
        if Scheme.V2 not in self._schemes:
            return Fault.SCHEME_OFF
        return _Claim(Scheme.V2, self._verbatim, raw, _encode_hex, [signature.removeprefix(_V2_PREFIX)])


def _decode(secret: str) -> bytes | None:
    """Decode a secret from base64, with or without padding; None if it is not base64."""
    text = secret.rstrip("=")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True) or None
    except ValueError:
        return None


def _find_secret(claim: _Claim) -> int | None:
    for key in claim.keys:
        expected = claim.encode(hmac.digest(key.octets, claim.signed, "sha256"))
        # The text is compared, not the decoded bytes: base64 has several texts for one signature, and senders use one.
        if any(hmac.compare_digest(expected, signature) for signature in claim.signatures):
            return key.secret_index
    return None


def _encode_v1(digest: bytes) -> bytes:
    return b"v1," + b64encode(digest)


def _encode_hex(digest: bytes) -> bytes:
    return digest.hex().encode()


def _is_timestamp(text: bytes) -> bool:
    return text.isdigit() and len(text) <= _MAX_TIMESTAMP_DIGITS
