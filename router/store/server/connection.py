"""Connect to the store.

A small blocking pool rather than one shared connection, from measurement (redis-py 8.1, Valkey 9.1, 250 ms timeout):
with the store hung, the twentieth caller behind a shared connection waited 5 s, because waiting for its turn has no
limit; in the pool none waited longer than twice the timeout. The pool also notices a connection that died while idle
before it sends anything on it. It costs about 0.1 ms a batch, so function calls to a single server go another way
(`pipe.py`). redis-py's default pool of 100 raises where it should wait.

Nothing is sent twice: a lost reply does not tell whether the command was applied, so redis-py's retries are off
(its default sends again, and counts one person several times). Callers retry with an idempotency key. A command that
timed out or was cancelled closes its connection, so its late reply is never read as the answer to another.
"""

from datetime import timedelta
from typing import Any

import hiredis
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelManagedConnection, SentinelManagedSSLConnection
from redis.backoff import NoBackoff

from router.store.server.address import SENTINEL_OPTIONS, StoreAddress, Topology, read_address
from router.store.server.failover import BlockingSentinelPool, FollowingCluster
from router.store.server.pipe import Pipe, PipedRedis

StoreConnection = Redis | RedisCluster

DEFAULT_TIMEOUT = timedelta(milliseconds=250)
# Above this the sockets only queue inside the server; below two, one slow script holds up every caller.
POOL_SIZE = 4
# A cluster node's pool does not wait but raises, so it needs room for every command in flight at once.
CLUSTER_NODE_POOL_SIZE = 64


def connect(url: str, *, timeout: timedelta = DEFAULT_TIMEOUT, decode_responses: bool = False) -> StoreConnection:
    """Make the client for a store URL; the first command opens the connection.

    Args:
        url: any form that `address.read_address` documents.
        timeout: for each of waiting for a connection, connecting, and waiting for a reply.
        decode_responses: return replies as str, not bytes.

    Raises:
        InvalidField: the URL has another form.
    """
    address = read_address(url)
    timeout_s = timeout.total_seconds()
    common: dict[str, Any] = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,  # RESP3 would cost round trips at every connect, and we use none of its features
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
