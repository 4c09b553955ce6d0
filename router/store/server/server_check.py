"""Check at the start that the server is one that can keep what it acknowledges."""

import re
from dataclasses import dataclass
from typing import Any

from redis import exceptions as fault
from redis.asyncio import RedisCluster

from router.core.errors import Refused
from router.store.server.connection import StoreConnection
from router.store.server.outages import translate_errors, unavailable_reason

OLDEST = {"Redis": (7, 0), "Valkey": (8, 0)}  # the first with functions, and the first Valkey tried here
NOT_ALLOWED_TO_ASK = (
    "could not check version, eviction and persistence, because the store's user may not ask INFO; allow it, "
    "or make sure yourself of Redis 7.0 or Valkey 8 or later, maxmemory-policy noeviction and appendonly yes"
)


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the server reports about itself.

    Attributes:
        name: Redis or Valkey, or unknown where the user may not ask.
        version: as the server writes it.
        mode: standalone or cluster.
        warnings: settings that put data at risk, each with its fix; the operator may have reasons.
    """

    name: str
    version: str
    mode: str
    warnings: tuple[str, ...] = ()


async def check_server(client: StoreConnection) -> ServerInfo:
    """Check on every primary, before the first signup, that it keeps what it acknowledges.

    Raises:
        Refused: it is older than Redis 7.0 or Valkey 8, or another kind of server than the URL names.
        StoreUnavailable: it did not answer.
    """
    with translate_errors():
        try:
            nodes = await _ask_every_primary(client)
        except fault.RedisClusterException as error:
            if "Cluster mode is not enabled" in str(error):
                raise Refused(
                    "SWITCHYARD_REDIS_URL says redis+cluster://, but the server is no cluster node, or its user may "
                    "not ask CLUSTER SLOTS; write redis://, or allow that command"
                ) from error
            raise
        except fault.ResponseError as error:
            if unavailable_reason(error) is not None:
                raise
            return ServerInfo("unknown", "unknown", "unknown", (NOT_ALLOWED_TO_ASK,))

    infos = [_judge(facts, is_cluster_client=isinstance(client, RedisCluster)) for facts in nodes]
    warnings = dict.fromkeys(warning for info in infos for warning in info.warnings)
    return ServerInfo(infos[0].name, infos[0].version, infos[0].mode, tuple(warnings))


async def _ask_every_primary(client: StoreConnection) -> list[dict[str, Any]]:
    if isinstance(client, RedisCluster):
        reply = await client.info(target_nodes=RedisCluster.PRIMARIES)
        return [reply] if "redis_version" in reply else list(reply.values())
    return [await client.info()]


def _judge(facts: dict[str, Any], *, is_cluster_client: bool) -> ServerInfo:
    name = "Valkey" if facts.get("server_name") == "valkey" else "Redis"
    # Valkey keeps redis_version at 7.2.4 for the sake of old clients.
    version = str(facts["valkey_version"] if name == "Valkey" else facts["redis_version"])
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < OLDEST[name]:
        oldest = ".".join(str(number) for number in OLDEST[name])
        raise Refused(f"the store is {name} {version}; use {name} {oldest} or later, which has the functions we need")

    mode = str(facts.get("server_mode") or facts.get("redis_mode", "standalone"))  # Valkey's word, then Redis's
    if mode == "sentinel":
        raise Refused("SWITCHYARD_REDIS_URL names a Sentinel; write redis+sentinel://host:26379/service")
    if mode == "cluster" and not is_cluster_client:
        raise Refused("SWITCHYARD_REDIS_URL names a cluster node; write redis+cluster://host:6379")

    warnings = []
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        warnings.append(f"maxmemory-policy is {policy}, so a full store would forget people; set noeviction")
    if not facts.get("aof_enabled", 1):
        warnings.append("appendonly is off, so a crash loses the last signups; set appendonly yes")
    return ServerInfo(name, version, mode, tuple(warnings))
