"""What the processes of one machine counted, added up. A machine that stops counting is forgotten after a day."""

from collections.abc import Mapping

from router.core.time_units import DAY_MS
from router.store.keys import machine_counts
from router.store.server.client import StoreClient


class MachineCounts:
    """The counts of the machine of this name."""

    def __init__(self, client: StoreClient, machine: str) -> None:
        self._client = client
        self._key = machine_counts(machine)

    async def add(self, counts: Mapping[str, int]) -> None:
        """Add numbers to counts."""
        await self._client.count_in_hash(self._key, counts, {}, lifetime_ms=DAY_MS)

    async def all(self) -> dict[str, int]:
        """Return all counts."""
        return {name.decode(): int(number) for name, number in (await self._client.hgetall(self._key)).items()}
