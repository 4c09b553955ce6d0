"""Seal bytes with AES-GCM, so that others who can see the store can neither read nor change them."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Sealer:
    """Seals and opens bytes.

    Args:
        key: 32 bytes, for this one use.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, nonce: bytes, *, place: bytes = b"") -> bytes:
        """Encrypt; `nonce` is 12 fresh random bytes. Bytes sealed for one `place` do not open for another."""
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, *, place: bytes = b"") -> bytes | None:
        """Decrypt. None if the bytes are torn, or were sealed under another key or for another place."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            return None
