"""Make and check the one-time nonces of the signup form.

A nonce proves that our page was opened before, and makes a second press of its button the same request. It is 4 bytes
of time, 8 random bytes and 12 bytes of HMAC-SHA256 over both and the pool, in URL-safe base64.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import timedelta

from router.core.mac import Mac

RANDOM_BYTES = 8
NONCE_LENGTH = 32
_TIME_BYTES = 4
_SIGNED_BYTES = _TIME_BYTES + RANDOM_BYTES
_MAC_BYTES = 12
_CLOCK_SLACK_S = 60


class Nonces:
    """Makes and checks nonces.

    Args:
        lifetime: how long a page may stay open before its button has to load it again.
    """

    def __init__(self, key: bytes, *, lifetime: timedelta = timedelta(hours=12)) -> None:
        self._signing = Mac(key)
        self._lifetime_s = int(lifetime.total_seconds())

    def make(self, pool: str, *, now_s: int, random: bytes) -> bytes:
        """Return a fresh nonce of 32 URL-safe characters."""
        signed = now_s.to_bytes(_TIME_BYTES) + random
        return urlsafe_b64encode(signed + self._mac(pool, signed))

    def is_good(self, pool: str, nonce: bytes, *, now_s: int) -> bool:
        """Whether this nonce is ours, for this pool, and not too old."""
        if len(nonce) != NONCE_LENGTH:
            return False
        try:
            raw = urlsafe_b64decode(nonce)
        except (Base64Error, ValueError):
            return False
        signed, mac = raw[:_SIGNED_BYTES], raw[_SIGNED_BYTES:]
        age_s = now_s - int.from_bytes(signed[:_TIME_BYTES])
        return hmac.compare_digest(mac, self._mac(pool, signed)) and -_CLOCK_SLACK_S <= age_s <= self._lifetime_s

    def _mac(self, pool: str, signed: bytes) -> bytes:
        return self._signing.digest(pool.encode() + b"\0" + signed)[:_MAC_BYTES]
