"""Remember whom a handle or a conversation belongs to: a hint that saves a round trip, and that the store corrects."""

from router.core.code import Code

_MAX_REMEMBERED = 50_000


class KnownPeople:
    """Remembers codes by fingerprint, and drops all of them when there are too many."""

    def __init__(self, max_remembered: int = _MAX_REMEMBERED) -> None:
        self._max_remembered = max_remembered
        self._codes: dict[bytes, Code] = {}

    def find(self, *fingerprints: bytes) -> Code | None:
        """Return the code of the first fingerprint that has one."""
        for fingerprint in fingerprints:
            if (code := self._codes.get(fingerprint)) is not None:
                return code
        return None

    def remember(self, code: Code, *fingerprints: bytes) -> None:
        """Remember the person of some fingerprints; empty ones are skipped."""
        if len(self._codes) >= self._max_remembered:
            self._codes.clear()
        for fingerprint in filter(None, fingerprints):
            self._codes[fingerprint] = code
