"""Keep one object for each pool, and make it again when the pool's view is a new one."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from router.services.pools.pool_cache import PoolView


class MadeFromView(Protocol):
    """An object made from one view of a pool, which it remembers."""

    view: PoolView


Made = TypeVar("Made", bound=MadeFromView)


class PerView(Generic[Made]):
    """One object for each pool.

    Args:
        make: makes the object for a view.
    """

    def __init__(self, make: Callable[[PoolView], Made]) -> None:
        self._make = make
        self._made: dict[str, Made] = {}

    def of(self, view: PoolView) -> Made:
        """Return the object made from this very view."""
        made = self._made.get(view.pool.id)
        if made is None or made.view is not view:
            made = self._made[view.pool.id] = self._make(view)
        return made
