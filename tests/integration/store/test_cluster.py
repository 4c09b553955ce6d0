"""A cluster is reached at every slot, and followed when another node takes over."""

from datetime import timedelta
from pathlib import Path

import pytest

from router.core.errors import StoreUnavailable
from router.store.server.client import StoreClient
from router.store.server.outages import translate_errors
from tests.kit.servers import eventually, eventually_async, in_one_pipeline, opened, own_all_slots, start_valkey


async def test_a_cluster_url_reaches_every_slot(tmp_path: Path) -> None:
    """Commands and pipelines reach a cluster, also as a limited user."""
    with start_valkey(tmp_path, cluster=True, acl_user=True) as server:
        async with opened(server.url, patience=timedelta(seconds=1)) as client:
            assert await client.set("sy:{a}", "1")
            assert await in_one_pipeline(client, ("GET", "sy:{a}"), ("GET", "sy:{b}")) == ["1", None]
            assert await StoreClient(client).time_ms() > 0


async def test_pipelines_follow_a_cluster_to_the_new_node(tmp_path: Path) -> None:
    """After the owner of the slots died, pipelines fail until another node owns them. Then they go there."""
    with start_valkey(tmp_path, cluster=True) as first, start_valkey(tmp_path, cluster=True) as second:
        with second.admin() as other:
            other.cluster("flushslots")
            with first.admin() as one:
                bus = one.config_get("cluster-port")["cluster-port"]
                other.cluster("meet", "127.0.0.1", first.port, bus)
                eventually("two nodes that know each other", lambda: one.cluster("info")["cluster_known_nodes"] == "2")
                first_id = one.cluster("myid")
        url = f"redis+cluster://127.0.0.1:{first.port},127.0.0.1:{second.port}"
        async with opened(url, patience=timedelta(seconds=1)) as client:
            assert await in_one_pipeline(client, ("SET", "sy:a", "1")) == [True]
            first.kill()
            with pytest.raises(StoreUnavailable), translate_errors():
                await in_one_pipeline(client, ("SET", "sy:a", "2"))
            with second.admin() as other:
                other.cluster("forget", first_id)
                own_all_slots(other)

            async def is_served() -> bool:
                return await in_one_pipeline(client, ("SET", "sy:a", "3"), raise_on_error=False) == [True]

            await eventually_async("a pipeline served by the second node", is_served, within_s=3)
