"""The words of consent that a pool's page has shown, each under its version. They stay as long as the pool."""

from dataclasses import dataclass

import msgspec

from router.store.keys import PoolKeys
from router.store.server.client import StoreClient


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWords:
    """Words under which somebody signed up.

    Attributes:
        text: the consent line as it was shown, in this language.
        terms_url, privacy_url: where its links led; empty for no link.
        first_signup_at_ms: wall clock of the first signup under them.
    """

    language: str
    text: str
    terms_url: str = ""
    privacy_url: str = ""
    first_signup_at_ms: int = 0


class WordsLog:
    """Writes and reads the words of any pool."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def add(self, keys: PoolKeys, version: str, words: ShownWords) -> None:
        """Store words under their version. Words that are there already stay as they are."""
        await self._client.hsetnx(keys.words, version, msgspec.json.encode(words))

    async def has(self, keys: PoolKeys, version: str) -> bool:
        """Whether words are stored under this version."""
        return await self._client.hget(keys.words, version) is not None

    async def all(self, keys: PoolKeys) -> dict[str, ShownWords]:
        """Return all words by version, the oldest first."""
        stored = await self._client.hgetall(keys.words)
        words = {version.decode(): msgspec.json.decode(text, type=ShownWords) for version, text in stored.items()}
        return dict(sorted(words.items(), key=lambda one: (one[1].first_signup_at_ms, one[0])))
