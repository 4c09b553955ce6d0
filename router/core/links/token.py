"""Signed, self-contained tokens for the links and cookies people carry.

A token is AES-SIV (RFC 5297) over purpose, assignment code and pool id. There is nothing to look up or to enumerate,
and it does not show how many people signed up before. The first character is the key's id, so keys can be rotated.

People paste links into texts, and apps find them there again. A finder leaves a `-` or `_` at the end to the sentence,
and Markdown reads `-_` and `__` as emphasis. So `mint` seals again until the token has neither: the first byte has
eight forms for each purpose. The first form is the only one of older releases, whose tokens work for ever.
"""

import re
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
_CUT_BY_LINK_FINDERS = re.compile(r"[-_](?:[-_]|$)")
_FORM_BIT = 5  # the low five bits of the first byte say the purpose, the high three are the form
_FORMS = 8
_PURPOSE_BITS = (1 << _FORM_BIT) - 1


# What a token opens; a token of one purpose never works for another.
Purpose = NewType("Purpose", bytes)
PAGE: Final = Purpose(b"p")
COOKIE: Final = Purpose(b"c")


class TokenClaim(NamedTuple):
    """The assignment that a token names."""

    pool: PoolId
    code: Code


class Tokens:
    """Makes tokens with the newest key, and reads those of all keys.

    Args:
        keys: 64-byte AES-SIV keys by one-character id; the last one signs.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {key_id: AESSIV(key) for key_id, key in keys.items()}
        self._key_id, self._cipher = list(self._ciphers.items())[-1]

    def mint(self, purpose: Purpose, pool: PoolId, code: Code) -> str:
        """Return the token for this assignment and purpose. It is the same each time."""
        claim = code.encode() + pool.encode()
        token = self._key_id + _encode(self._cipher.encrypt(purpose + claim, None))
        return self._mint_whole(purpose, claim, token) if _CUT_BY_LINK_FINDERS.search(token) else token

    def _mint_whole(self, purpose: Purpose, claim: bytes, token: str) -> str:
        """Return the first form of a token that link finders leave whole; the last one if there is none."""
        for form in range(1, _FORMS):
            first = bytes((purpose[0] ^ form << _FORM_BIT,))
            token = self._key_id + _encode(self._cipher.encrypt(first + claim, None))
            if not _CUT_BY_LINK_FINDERS.search(token):
                break
        return token

    def read(self, purpose: Purpose, token: str) -> TokenClaim | None:
        """Return the assignment a token names, or None if the token is forged, foreign or for another purpose."""
        cipher = self._ciphers.get(token[:1])
        if cipher is None or len(token) > MAX_TOKEN_LENGTH:
            return None
        try:
            sealed = a2b_base64(token[1:].encode("ascii").translate(_PLAIN) + b"===")
            opened = cipher.decrypt(sealed, None)
        except (UnicodeEncodeError, Base64Error, ValueError, InvalidTag):
            return None
        if (opened[0] ^ purpose[0]) & _PURPOSE_BITS or token[1:] != _encode(sealed):
            return None
        return TokenClaim(PoolId(opened[1 + CODE_LENGTH :].decode()), Code(opened[1 : 1 + CODE_LENGTH].decode()))


def _encode(sealed: bytes) -> str:
    return b2a_base64(sealed, newline=False).translate(_URL_SAFE, b"=").decode()
