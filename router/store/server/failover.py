"""Two fixes to redis-py, so that its Sentinel and Cluster clients follow a failover without retries.

Sentinel: its pool raises when all connections are in use, where ours waits; and it never closes its Sentinel clients.
Cluster: it asks again who owns which slot after a failed command, but after a failed pipeline only as part of its
retries. With retries off it would send every pipeline to the dead node for good.
"""

from typing import Any

from redis.asyncio import BlockingConnectionPool, RedisCluster
from redis.asyncio.cluster import ClusterPipeline
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.exceptions import ClusterDownError, ConnectionError, SlotNotCoveredError, TimeoutError  # noqa: A004

_TOPOLOGY_MAY_HAVE_CHANGED = (ConnectionError, TimeoutError, ClusterDownError, SlotNotCoveredError)


class BlockingSentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """A pool that waits for a free connection, and closes its Sentinels with itself."""

    async def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002 - redis-py's signature
        """Close the connections: all of them at the end, only the idle ones to follow a failover."""
        await super().disconnect(inuse_connections)
        if inuse_connections:
            await self.sentinel_manager.aclose()


class FollowingCluster(RedisCluster):
    """A cluster client whose pipelines also find the new primary after a failure."""

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:
        """Return a pipeline that makes this client ask for the primaries again after a failure."""
        del shard_hint  # redis-py takes it and ignores it
        return _FollowingPipeline(self, transaction)  # type: ignore[abstract]  # redis-py's base declares, never sets it

    def look_again(self) -> None:
        """Ask who owns which slot before the next command."""
        self._initialize = True


class _FollowingPipeline(ClusterPipeline):
    async def execute(self, raise_on_error: bool = True, allow_redirections: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 - redis-py's signature
        try:
            replies = await super().execute(raise_on_error, allow_redirections)
        except _TOPOLOGY_MAY_HAVE_CHANGED:
            self._look_again()
            raise
        if any(isinstance(reply, _TOPOLOGY_MAY_HAVE_CHANGED) for reply in replies):
            self._look_again()
        return replies

    def _look_again(self) -> None:
        if isinstance(self.cluster_client, FollowingCluster):
            self.cluster_client.look_again()
