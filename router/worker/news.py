"""Tell the customer's app the news of every pool."""

from dataclasses import dataclass

from router.services.directory import Directory
from router.services.migration.news import NewsTeller


@dataclass(frozen=True, slots=True)
class NewsReport:
    """How much was told."""

    told: int


async def tick(directory: Directory, teller: NewsTeller) -> NewsReport:
    """Tell every pool's news.

    Raises:
        StoreUnavailable: the next tick does the rest.
    """
    return NewsReport(sum([await teller.tell(view) for view in directory.all()]))
