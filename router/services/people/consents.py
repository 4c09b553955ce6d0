"""Keep the words that people agreed to: what a form says it showed counts only if we know those words."""

from collections.abc import Mapping
from typing import Protocol

from router.core.people.origin import ConsentGiven, is_our_version
from router.core.pool import PoolId
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.store.shown_words import ShownWords, WordsLog


class WordsOnPage(Protocol):
    """The words of one version, as a page shows them."""

    @property
    def language(self) -> str:
        """The language they are in."""

    @property
    def text(self) -> str:
        """The consent line."""

    @property
    def terms_url(self) -> str:
        """Where the link to the terms leads; empty for no link."""

    @property
    def privacy_url(self) -> str:
        """Where the link to the privacy policy leads; empty for no link."""


class Consents:
    """Checks and keeps the words of any pool."""

    def __init__(self, log: WordsLog, pool_cache: PoolCache, clock: StoreClock) -> None:
        self._log = log
        self._pool_cache = pool_cache
        self._clock = clock
        self._stored: set[tuple[PoolId, str]] = set()

    async def given(self, view: PoolView, version: str, on_page: Mapping[str, WordsOnPage]) -> ConsentGiven | None:
        """Return the consent to words that a form names; None if they were never words of this pool.

        The store is asked once for each version, before the first signup under it.

        Args:
            view: the pool.
            version: as the form has it.
            on_page: the words that this process shows or has shown, by version.

        Raises:
            StoreUnavailable: the words could not be stored, so nobody may be said to have agreed to them.
        """
        if not is_our_version(version) or not await self._is_stored(view, version, on_page.get(version)):
            return None
        return ConsentGiven(version=version, is_ours=True, at_s=self._clock.now_ms() // 1000)

    async def all(self, pool: str) -> dict[str, ShownWords]:
        """Return all words under which somebody signed up, by version, the oldest first.

        Raises:
            NotFound: there is no such pool.
            StoreUnavailable: the store does not answer.
        """
        return await self._log.all((await self._pool_cache.get(pool)).keys)

    async def _is_stored(self, view: PoolView, version: str, words: WordsOnPage | None) -> bool:
        name = (view.pool.id, version)
        if name in self._stored:
            return True
        if words is not None:
            shown = ShownWords(
                language=str(words.language),
                text=words.text,
                terms_url=words.terms_url,
                privacy_url=words.privacy_url,
                first_signup_at_ms=self._clock.now_ms(),
            )
            await self._log.add(view.keys, version, shown)
        elif not await self._log.has(view.keys, version):  # a form of another process, or of the one before this
            return False
        self._stored.add(name)
        return True
