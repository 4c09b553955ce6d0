"""The Lua library: one file an operation, joined after what they share and loaded as server-side functions.

A folder's operations share what is in its `shared` folder, and what `lua/shared` holds for all.

Function and library names end in a hash of their text, so two releases run side by side on one store, and loading
twice is harmless. A server that lost its functions (FLUSHALL, a fresh replica) gets them again on the first call.
"""

from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from redis.exceptions import ResponseError

from router.store.server.client import StoreClient
from router.store.server.operation import Call
from router.store.server.outages import translate_errors

# What operations share, in the order it is loaded: a file may use what stands before it.
SHARED_FILES = {
    "": ("formats", "heaps", "pool", "rotation", "placement", "records", "renewal", "health", "people", "day_ring"),
    "people": ("requests",),
    "events": ("conversations", "texts", "kinds"),
    "campaigns": ("queues", "promises", "pace", "claiming"),
}
SUBJECTS = ("people", "lines", "pools", "events", "campaigns")

_WRITER_BYTES = 8
_HASH_MARK = "SWITCHYARD_HASH"


def library_source() -> tuple[str, str]:
    """Return the whole library as FUNCTION LOAD wants it, and the hash its names end in."""
    lua = files("router.store") / "lua"
    body = "\n".join([*_shared_files(lua, ""), *(_in_block(_subject_source(lua, subject)) for subject in SUBJECTS)])
    digest = sha256(body.encode()).hexdigest()[:12]
    return f"#!lua name=switchyard_{digest}\n" + body.replace(_HASH_MARK, digest), digest


def _subject_source(lua: Traversable, subject: str) -> str:
    operations = sorted((file.name, file.read_text()) for file in (lua / subject).iterdir() if file.is_file())
    return "\n".join([*_shared_files(lua / subject, subject), *(_in_block(text) for _, text in operations)])


def _shared_files(folder: Traversable, subject: str) -> list[str]:
    return [(folder / "shared" / f"{name}.lua").read_text() for name in SHARED_FILES.get(subject, ())]


def _in_block(text: str) -> str:
    # Lua allows 200 locals to a block, and names stay private to a file.
    return f"do\n{text}\nend"


class Scripts:
    """Calls the library's operations on one store."""

    def __init__(self, client: StoreClient, random_bytes: Callable[[int], bytes]) -> None:
        self._connection = client.connection
        self._random_bytes = random_bytes
        self._source, self._digest = library_source()

    async def load(self) -> None:
        """Make the library known to every primary of the store.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        with translate_errors():
            try:
                await self._connection.function_load(self._source)
            except ResponseError as error:
                if "already exists" not in str(error):
                    raise

    async def run(self, call: Call) -> Any:
        """Run one operation atomically and return its reply as the file's header describes it.

        Raises:
            StoreUnavailable: the store does not answer, or will not take writes.
        """
        name, keys = f"{call.operation.name}_{self._digest}", call.keys
        # An operation that changes a pool's picking state signs it (see lua/shared/).
        writer = (self._random_bytes(_WRITER_BYTES),) if call.operation.has_writer else ()
        command = ("FCALL", name, len(keys), *keys, *writer, *call.args)
        with translate_errors():
            try:
                return await self._connection.execute_command(*command)
            except ResponseError as error:
                if "Function not found" not in str(error):
                    raise
        await self.load()
        with translate_errors():
            return await self._connection.execute_command(*command)
