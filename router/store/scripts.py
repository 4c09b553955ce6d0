"""The Lua library: one file an operation, joined after what they share and loaded as server-side functions.

A folder's operations share what is in its `shared` folder, and what the folders above it share.

Function and library names end in a hash of their text, so two releases run side by side on one store, and loading
twice is harmless. A server that lost its functions (FLUSHALL, a fresh replica) gets them again on the first call.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import ResponseError

from router.store.connection import translate_errors

Client = Redis | RedisCluster
Argument = bytes | str | int | float

_WRITER_BYTES = 8
_HASH_MARK = "SWITCHYARD_HASH"
_SHARED = "shared"


def library_source() -> tuple[str, str]:
    """Return the whole library as FUNCTION LOAD wants it, and the hash its names end in."""
    body = _join(files("router.store") / "lua")
    digest = sha256(body.encode()).hexdigest()[:12]
    return f"#!lua name=switchyard_{digest}\n" + body.replace(_HASH_MARK, digest), digest


def _join(folder: Traversable) -> str:
    # Each operation is wrapped in do … end: Lua allows 200 locals to a block, and names stay private to a file.
    groups = sorted((inner.name, inner) for inner in folder.iterdir() if inner.is_dir() and inner.name != _SHARED)
    blocks = [*_lua_files(folder), *(_join(inner) for _, inner in groups)]
    return "\n".join([*_lua_files(folder / _SHARED), *(f"do\n{block}\nend" for block in blocks)])


def _lua_files(folder: Traversable) -> list[str]:
    found = sorted((file.name, file.read_text()) for file in folder.iterdir() if file.name.endswith(".lua"))
    return [text for _, text in found]


class Scripts:
    """Calls the library's operations on one store."""

    def __init__(self, client: Client, random_bytes: Callable[[int], bytes]) -> None:
        self._client = client
        self._random_bytes = random_bytes
        self._source, self._digest = library_source()

    async def load(self) -> None:
        """Make the library known to every primary of the store.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        with translate_errors():
            try:
                await self._client.function_load(self._source)
            except ResponseError as error:
                if "already exists" not in str(error):
                    raise

    async def change(self, operation: str, keys: Sequence[str], *args: Argument) -> Any:
        """Run an operation that changes a pool's picking state; it signs its call (see lua/shared/). As `call`."""
        return await self.call(operation, keys, self._random_bytes(_WRITER_BYTES), *args)

    async def call(self, operation: str, keys: Sequence[str], *args: Argument) -> Any:
        """Run one operation atomically and return its reply as the file's header describes it.

        Raises:
            StoreUnavailable: the store does not answer, or will not take writes.
        """
        command = ("FCALL", f"{operation}_{self._digest}", len(keys), *keys, *args)
        with translate_errors():
            try:
                return await self._client.execute_command(*command)
            except ResponseError as error:
                if "Function not found" not in str(error):
                    raise
        await self.load()
        with translate_errors():
            return await self._client.execute_command(*command)
