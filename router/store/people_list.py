"""Everybody in a pool, a page at a time."""

from collections.abc import AsyncIterator

from router.core.code import BUCKETS, Code, three_characters
from router.store.keys import PoolKeys
from router.store.server.client import StoreClient

_BUCKETS_A_PAGE = 50


class PeopleList:
    """Lists the people of any pool."""

    def __init__(self, client: StoreClient) -> None:
        self._client = client

    async def codes(self, keys: PoolKeys) -> AsyncIterator[list[Code]]:
        """Yield the codes of all people in their order; neither side ever holds more than one page."""
        prefixes = sorted(three_characters(number) for number in range(BUCKETS))
        for first in range(0, BUCKETS, _BUCKETS_A_PAGE):
            page = prefixes[first : first + _BUCKETS_A_PAGE]
            buckets = await self._client.hgetall_many(keys.records(prefix) for prefix in page)
            codes = [
                Code(prefix + suffix.decode())
                for prefix, bucket in zip(page, buckets, strict=True)
                for suffix in sorted(bucket)
            ]
            if codes:
                yield codes
