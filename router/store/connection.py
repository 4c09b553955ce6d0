"""Connect to the store, and say in our own words when it is out.

A small blocking pool rather than one shared connection, from measurement (redis-py 8.1, Valkey 9.1, 250 ms timeout):
with the store hung, the twentieth caller behind a shared connection waited 5 s, because waiting for its turn has no
limit; in the pool none waited longer than twice the timeout. The pool also notices a connection that died while idle
before it sends anything on it. It costs about 0.1 ms a batch, so function calls to a single server have a way of their
own (`pipe.py`). redis-py's own default pool of 100 raises where it should wait.

Nothing is ever sent twice: a lost reply does not say whether the command was applied, so redis-py's retries are off
(its default re-sends, and counts one person several times) and callers retry with an idempotency key. A command that
timed out or was cancelled closes its connection, so its late reply is never read as the answer to another.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import hiredis
from redis import exceptions as fault
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    MasterNotFoundError,
    Sentinel,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff

from router.core.errors import Refused, StoreUnavailable
from router.store.address import SENTINEL_OPTIONS, StoreAddress, Topology, read_address
from router.store.failover import BlockingSentinelPool, FollowingCluster
from router.store.pipe import Pipe, PipedRedis

StoreConnection = Redis | RedisCluster

DEFAULT_TIMEOUT = timedelta(milliseconds=250)
# Above this the sockets only queue inside the server; below two, one slow script holds up everybody.
POOL_SIZE = 4
# A cluster node's pool does not wait but raises, so it needs room for every command in flight at once.
CLUSTER_NODE_POOL_SIZE = 64


def connect(url: str, *, timeout: timedelta = DEFAULT_TIMEOUT, decode_responses: bool = False) -> StoreConnection:
    """Make the client for a store URL; the first command opens the connection.

    Args:
        url: any form that `address.read_address` documents.
        timeout: for each of waiting for a connection, connecting, and waiting for a reply.
        decode_responses: give replies as str, not bytes.

    Raises:
        InvalidField: the URL has another form.
    """
    address = read_address(url)
    timeout_s = timeout.total_seconds()
    common: dict[str, Any] = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,  # RESP3 would cost round trips at every connect, for nothing that we use
        "driver_info": None,
        "decode_responses": decode_responses,
    }
    login = {"username": address.username, "password": address.password}
    tls = {name: value for name, value in address.options.items() if name not in SENTINEL_OPTIONS}

    if address.topology is Topology.CLUSTER:
        return _connect_to_cluster(address, common | login | tls)
    pool: dict[str, Any] = (
        {"max_connections": POOL_SIZE, "timeout": timeout_s, "db": address.database} | common | login | tls
    )
    if address.topology is Topology.SENTINEL:
        return _connect_through_sentinels(address, pool=pool, sentinel=common | tls)
    connections = BlockingConnectionPool(**_endpoint(address), **pool)
    if address.tls:
        return Redis.from_pool(connections)
    return PipedRedis(Pipe(address, timeout_s=timeout_s, encoding="utf-8" if decode_responses else None), connections)


class _PackingInC:
    """Packs commands with hiredis, as redis-py's blocking client does: a batch of signups has hundreds of arguments."""

    def pack_command(self, name: str, *arguments: Any) -> list[bytes]:
        return [hiredis.pack_command((*name.split(), *arguments))]  # "FUNCTION LOAD" is two words on the wire


class _UnixConnection(_PackingInC, UnixDomainSocketConnection):  # type: ignore[misc] # redis-py declares no `name`
    pass


class _TcpConnection(_PackingInC, Connection):  # type: ignore[misc]
    pass


class _TlsConnection(_PackingInC, SSLConnection):  # type: ignore[misc]
    pass


def _endpoint(address: StoreAddress) -> dict[str, Any]:
    if address.socket is not None:
        return {"connection_class": _UnixConnection, "path": address.socket}
    ((host, port),) = address.hosts
    return {"connection_class": _TlsConnection if address.tls else _TcpConnection, "host": host, "port": port}


def _connect_through_sentinels(address: StoreAddress, *, pool: dict[str, Any], sentinel: dict[str, Any]) -> Redis:
    own_login = {name.removeprefix("sentinel_"): address.options.get(name) for name in SENTINEL_OPTIONS}
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        address.hosts, sentinel_kwargs=sentinel | own_login | {"ssl": address.tls}
    )
    kind = SentinelManagedSSLConnection if address.tls else SentinelManagedConnection
    followed = BlockingSentinelPool(address.service, sentinels, connection_class=kind, **pool)  # type: ignore[no-untyped-call]
    return Redis.from_pool(followed)


def _connect_to_cluster(address: StoreAddress, options: dict[str, Any]) -> RedisCluster:
    return FollowingCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in address.hosts],
        # The hosts of the URL are asked again after every failure: names outlive addresses.
        dynamic_startup_nodes=False,
        max_connections=CLUSTER_NODE_POOL_SIZE,
        ssl=address.tls,
        **options,
    )


# The first class that fits gives the reason, so each stands before its bases.
_REASON_OF_CLASS: tuple[tuple[type[BaseException], str], ...] = (
    (MasterNotFoundError, "the Sentinels know of no primary"),
    (fault.AuthenticationError, "the store refused the login"),
    (fault.AuthorizationError, "the store refused the login"),
    (fault.BusyLoadingError, "the store is still loading its data"),
    (fault.MaxConnectionsError, "every connection to the store is in use"),
    (fault.ConnectionError, "there is no connection to the store"),
    (fault.TimeoutError, "the store did not answer in time"),
    (fault.InvalidResponse, "what answers does not speak the Redis protocol"),
    (fault.ReadOnlyError, "the store is a replica and takes no writes"),
    (fault.OutOfMemoryError, "the store is full"),
    (fault.ClusterError, "the cluster can not serve this now"),
    (fault.SlotNotCoveredError, "the cluster does not cover this slot now"),
)
_REASON_OF_WORD = {
    "NOREPLICAS": "the store has too few replicas in step to take writes",
    "MISCONF": "the store can not write to its disk",
    "BUSY": "the store is held up by a long script",
}
_PIPELINE_PREFIX = re.compile(r".*caused error: \(?['\"]?", re.DOTALL)


def unavailable_reason(error: BaseException) -> str | None:
    """Say in a few words why the store can not do its work now, or None where the error is another kind.

    For the replies of a pipeline, which holds errors among its answers; elsewhere use `translate_errors`.
    """
    for kind, reason in _REASON_OF_CLASS:
        if isinstance(error, kind):
            return reason
    if isinstance(error, fault.ResponseError):
        return _REASON_OF_WORD.get(_PIPELINE_PREFIX.sub("", str(error)).partition(" ")[0])
    if type(error) is fault.RedisClusterException:  # its subclasses are faults of the caller
        return "no node of the cluster answers for all of it"
    return None


class _Translation:
    """Stateless, so one serves every caller at once."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None and (reason := unavailable_reason(error)) is not None:
            raise StoreUnavailable(reason) from error


_TRANSLATION = _Translation()


def translate_errors() -> _Translation:
    """Within this `with`, an outage raises StoreUnavailable; every other error passes unchanged.

    Not a decorator: around an async function it would be left before the first await.
    """
    return _TRANSLATION


async def server_time_ms(client: StoreConnection) -> int:
    """Read the store's wall clock, the one clock of the whole gateway, in milliseconds since 1970.

    Raises:
        StoreUnavailable: it did not answer.
    """
    with translate_errors():
        seconds, microseconds = await client.time()
    return int(seconds) * 1000 + int(microseconds) // 1000


OLDEST = {"Redis": (7, 0), "Valkey": (8, 0)}  # the first with functions, and the first Valkey tried here
NOT_ALLOWED_TO_ASK = (
    "could not check version, eviction and persistence, because the store's user may not ask INFO; allow it, "
    "or see yourself to Redis 7.0 or Valkey 8 or later, maxmemory-policy noeviction and appendonly yes"
)


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the server says it is.

    Attributes:
        name: Redis or Valkey, or unknown where the user may not ask.
        version: as the server writes it.
        mode: standalone or cluster.
        warnings: settings that put data at risk, each with its mend; the operator may have reasons.
    """

    name: str
    version: str
    mode: str
    warnings: tuple[str, ...] = ()


async def check_server(client: StoreConnection) -> ServerInfo:
    """Ask every primary, before the first signup, whether it can keep what it acknowledges.

    Raises:
        Refused: older than Redis 7.0 or Valkey 8, or another kind of server than the URL says.
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
