"""API keys, cached in memory so that no request waits for the store.

Each worker's cache is at most one `refresh` old, so a revoked key works that much longer. A key is shown once, when it
is made; the store has only a digest of its secret half.
"""

from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace

from router.core.access import ApiKey, Role, digest_of, format_key, split_key
from router.core.act import Act
from router.core.errors import InvalidField, NotFound, Refused
from router.core.field_rules import check_words
from router.services.runtime.clock import StoreClock
from router.store.api_keys import ApiKeys
from router.telemetry.logs import get_logger

FIRST_KEY_ID = "admin"
CONFIGURED_KEY_ID = "env"
CONFIGURED_KEY_FIELD = "SWITCHYARD_ADMIN_KEY"
MIN_CONFIGURED_CHARACTERS = 20
MAX_LABEL_CHARACTERS = 60

_ID_BYTES = 5
_SECRET_BYTES = 32

_log = get_logger()


class Access:
    """Finds, makes and revokes API keys.

    Args:
        random_bytes: returns unguessable bytes; a key is only as good as they are.
    """

    def __init__(self, api_keys: ApiKeys, clock: StoreClock, random_bytes: Callable[[int], bytes]) -> None:
        self._api_keys = api_keys
        self._clock = clock
        self._random_bytes = random_bytes
        self._keys: dict[str, ApiKey] = {}

    async def refresh(self) -> None:
        """Read all keys again.

        Raises:
            StoreUnavailable: the cached keys stay in use.
        """
        self._keys = {key.id: key for key in await self._api_keys.all()}

    def find(self, token: str) -> ApiKey | None:
        """Return the key that a presented token matches, or None. Reads only memory: about a microsecond.

        A token that does not look like one of our keys may still be the operator's own from the environment.
        """
        parts = split_key(token)
        if parts is not None:
            key = self._keys.get(parts[0])
            if key is not None and key.opens_with(parts[1]):
                return key
        configured = self._keys.get(CONFIGURED_KEY_ID)
        return configured if configured is not None and configured.opens_with(token) else None

    async def all(self) -> list[ApiKey]:
        """Return every key as the store has it now, oldest first."""
        return await self._api_keys.all()

    async def create(self, role: Role, label: str, *, by: Act) -> tuple[ApiKey, str]:
        """Make a key, and return it with its token, which cannot be shown again.

        Raises:
            InvalidField: the label is empty, too long or cannot be shown on one line.
        """
        check_words("label", label, max_characters=MAX_LABEL_CHARACTERS, may_be_empty=False)
        key, token = self._draw(b32encode(self._random_bytes(_ID_BYTES)).decode().lower(), role, label)
        await self._api_keys.put(key)
        _log.info("key_created", key_id=key.id, role=role.word, actor=by.actor)
        await self.refresh()
        return key, token

    async def revoke(self, key_id: str, *, by: Act) -> ApiKey:
        """Delete a key and return what it was. A key from the environment is back at the next start.

        Raises:
            NotFound: there is no key of that id.
            Refused: it is the last admin key, so nobody could make another.
        """
        keys = {key.id: key for key in await self._api_keys.all()}
        key = keys.get(key_id)
        if key is None:
            raise NotFound(f"There is no key {key_id[:40]!r}.")
        if key.role is Role.ADMIN and sum(other.role is Role.ADMIN for other in keys.values()) == 1:
            raise Refused(f"{key_id!r} is the last admin key. Create another admin key first, then revoke this one.")
        await self._api_keys.remove(key_id)
        _log.info("key_revoked", key_id=key_id, role=key.role.word, actor=by.actor)
        await self.refresh()
        return key

    async def ensure_admin(self, configured: str | None) -> str | None:
        """Make sure at start that there is an admin key, and return its token if it was made just now.

        Any number of processes may start at once on an empty store: only one makes the key.

        Args:
            configured: the operator's own key from the environment, or None. It is adopted at every start, so a
                changed key replaces the one before.

        Raises:
            InvalidField: the operator's own key is short enough to guess.
        """
        await self.refresh()
        if configured is not None:
            await self._adopt(configured)
            return None
        if any(key.role is Role.ADMIN for key in self._keys.values()):
            return None
        key, token = self._draw(FIRST_KEY_ID, Role.ADMIN, "first admin")
        was_first = await self._api_keys.add(key)
        await self.refresh()
        return token if was_first else None

    async def _adopt(self, configured: str) -> None:
        if len(configured) < MIN_CONFIGURED_CHARACTERS:
            raise InvalidField(
                CONFIGURED_KEY_FIELD,
                f"it has {len(configured)} characters and needs {MIN_CONFIGURED_CHARACTERS}; "
                "use a long random one, or unset it to have one made",
            )
        kept = self._keys.get(CONFIGURED_KEY_ID)
        if kept is not None and kept.role is Role.ADMIN and kept.opens_with(configured):
            return
        key, _ = self._draw(CONFIGURED_KEY_ID, Role.ADMIN, "from the environment")
        await self._api_keys.put(replace(key, digest=digest_of(configured)))
        await self.refresh()

    def _draw(self, key_id: str, role: Role, label: str) -> tuple[ApiKey, str]:
        secret = urlsafe_b64encode(self._random_bytes(_SECRET_BYTES)).rstrip(b"=").decode()
        key = ApiKey(id=key_id, role=role, label=label, digest=digest_of(secret), created_at_ms=self._clock.now_ms())
        return key, format_key(key_id, secret)
