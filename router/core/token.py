"""Signed, self-contained tokens for the links and cookies people carry.

A token is AES-SIV (RFC 5297) over purpose, assignment code and pool id: nothing to look up, nothing to enumerate, and
it does not show how many people signed up before. The first character is the key's id, so keys can be rotated.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from typing import Final, NamedTuple, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from router.core.code import CODE_LENGTH, Code
from router.core.pool import PoolId

MAX_TOKEN_LENGTH = 96
# Base64 for URLs (RFC 4648, section 5): `base64.urlsafe_b64encode` does the same in more steps.
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PLAIN = bytes.maketrans(b"-_", b"+/")


# What a token opens; a token of one purpose never works for another.
Purpose = NewType("Purpose", bytes)
PAGE: Final = Purpose(b"p")
COOKIE: Final = Purpose(b"c")


class Claim(NamedTuple):
    """What a token says: this person's assignment."""

    pool: PoolId
    code: Code


class Tokens:
    """Makes and reads tokens with the newest key, and reads those of older keys.

    Args:
        keys: 64-byte AES-SIV keys by one-character id; the last one signs.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {key_id: AESSIV(key) for key_id, key in keys.items()}
        self._key_id, self._cipher = list(self._ciphers.items())[-1]

    def mint(self, purpose: Purpose, pool: PoolId, code: Code) -> str:
        """Return the one token for this assignment and purpose; the same each time."""
        sealed = self._cipher.encrypt(purpose + code.encode() + pool.encode(), None)
        return self._key_id + _spell(sealed)

    def read(self, purpose: Purpose, token: str) -> Claim | None:
        """Return what the token says, or None for anything forged, foreign or of another purpose."""
        cipher = self._ciphers.get(token[:1])
        if cipher is None or len(token) > MAX_TOKEN_LENGTH:
            return None
        try:
            sealed = a2b_base64(token[1:].encode("ascii").translate(_PLAIN) + b"===")
            opened = cipher.decrypt(sealed, None)
        except (UnicodeEncodeError, Base64Error, ValueError, InvalidTag):
            return None
        if opened[:1] != purpose or token[1:] != _spell(sealed):
            return None
        return Claim(PoolId(opened[1 + CODE_LENGTH :].decode()), Code(opened[1 : 1 + CODE_LENGTH].decode()))


def _spell(sealed: bytes) -> str:
    return b2a_base64(sealed, newline=False).translate(_URL_SAFE, b"=").decode()
