"""The check before the first signup refuses servers that cannot serve, and warns of settings that lose data."""

import shutil
from pathlib import Path

import pytest

from router.core.errors import Refused
from router.store.server.server_check import ServerInfo, check_server
from tests.kit.scripted_servers import always_answer, as_info, scripted_server
from tests.kit.servers import opened, start_sentinel, start_valkey

APPENDONLY_OFF = "appendonly is off, so a crash loses the last signups; set appendonly yes"


async def test_a_server_says_what_it_is(tmp_path: Path) -> None:
    """A Valkey is named by its own version. A sound configuration has no warning."""
    with start_valkey(tmp_path, extra={"appendonly": "yes"}) as server:
        async with opened(server.url) as client:
            info = await check_server(client)
    assert info == ServerInfo("Valkey", info.version, "standalone")
    assert not info.version.startswith("7.2.4")


async def test_every_primary_of_a_cluster_is_checked(tmp_path: Path) -> None:
    """A cluster is named as one, with the warnings of its nodes."""
    with start_valkey(tmp_path, cluster=True) as server:
        async with opened(server.url) as client:
            info = await check_server(client)
    assert (info.name, info.mode, info.warnings) == ("Valkey", "cluster", (APPENDONLY_OFF,))


async def test_settings_that_lose_data_are_warned_of(tmp_path: Path) -> None:
    """An evicting policy and a missing log are reported, not refused."""
    with start_valkey(tmp_path, extra={"maxmemory-policy": "allkeys-lru"}) as server:
        async with opened(server.url) as client:
            evicts, unlogged = (await check_server(client)).warnings
    assert evicts == "maxmemory-policy is allkeys-lru, so a full store would forget people; set noeviction"
    assert unlogged == APPENDONLY_OFF


async def test_a_user_without_the_right_to_ask_gets_a_warning(tmp_path: Path) -> None:
    """Without the right to INFO the check says what it could not see, and does not refuse."""
    with start_valkey(tmp_path, acl_user=True) as server:
        async with opened(server.url) as client:
            info = await check_server(client)
    assert info.name == "unknown"
    assert "may not ask INFO" in info.warnings[0]


async def test_a_redis_7_is_accepted(tmp_path: Path) -> None:
    """Debian's Redis 7.0 is accepted, where it is installed. Elsewhere a fake server stands in for it."""
    binary = shutil.which("redis-server")
    if binary is not None:
        with start_valkey(tmp_path, binary=binary) as server:
            async with opened(server.url) as client:
                assert (await check_server(client)).name == "Redis"
    redis_7 = always_answer(as_info("redis_version:7.0.0"))
    async with scripted_server(redis_7) as port, opened(f"redis://127.0.0.1:{port}") as client:
        assert await check_server(client) == ServerInfo("Redis", "7.0.0", "standalone")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("redis_version:6.2.14",), r"Redis 6\.2\.14; use Redis 7\.0"),
        (("redis_version:7.2.4", "server_name:valkey", "valkey_version:7.2.8"), r"Valkey 7\.2\.8; use Valkey 8\.0"),
    ],
)
async def test_an_old_server_is_refused(lines: tuple[str, ...], found: str) -> None:
    """Redis before 7.0 and Valkey before 8 are refused. The error names the version and what to use."""
    async with scripted_server(always_answer(as_info(*lines))) as port, opened(f"redis://127.0.0.1:{port}") as client:
        with pytest.raises(Refused, match=found):
            await check_server(client)


async def test_a_url_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    """A cluster node, a Sentinel and a lone server under each other's scheme are refused with the right scheme."""
    with (
        start_valkey(tmp_path) as valkey,
        start_valkey(tmp_path, cluster=True) as node,
        start_sentinel(tmp_path, valkey) as sentinel,
    ):
        for url, fix in (
            (f"redis://127.0.0.1:{node.port}", r"redis\+cluster://"),
            (f"redis://127.0.0.1:{sentinel.port}", r"redis\+sentinel://"),
            (f"redis+cluster://127.0.0.1:{valkey.port}", "write redis://"),
        ):
            async with opened(url) as client:
                with pytest.raises(Refused, match=fix):
                    await check_server(client)
