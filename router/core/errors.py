"""Every error Switchyard raises on purpose.

    SwitchyardError
    ├── InvalidInput            the caller can mend it
    │   ├── InvalidNumber       not strict E.164
    │   ├── InvalidText         a prefilled text with a forbidden character
    │   ├── InvalidPhoto        not an image, or one too big to open
    │   ├── InvalidField        any other field, with its path
    │   └── IdempotencyMismatch one key, two different requests
    ├── NotFound                no pool, line, signup or key of that name
    ├── Conflict                it exists already, or somebody changed it first
    ├── Refused                 understood, but it would do harm
    └── StoreUnavailable        the store did not answer in time, or refused to write

Each has a stable `code` that callers may branch on. None knows HTTP: `web/problems.py` holds the one table
from code to status. Messages give the value and the mend; phone numbers are masked to their last four digits.
"""

from typing import ClassVar


class SwitchyardError(Exception):
    """Base of all errors raised on purpose."""

    code: ClassVar[str] = "error"


class InvalidInput(SwitchyardError):
    """The caller sent something that can not be used as it is."""

    code: ClassVar[str] = "invalid_input"


class InvalidNumber(InvalidInput):
    """A phone number that is not strict E.164."""

    code: ClassVar[str] = "invalid_number"


class InvalidText(InvalidInput):
    """A text that phones would damage or that means something else to the provider.

    Attributes:
        position: index of the first bad character in the text, or None where the whole text is at fault.
    """

    code: ClassVar[str] = "invalid_text"

    def __init__(self, message: str, *, position: int | None = None) -> None:
        """Keep where the fault is, for a caller that underlines it."""
        super().__init__(message)
        self.position = position


class InvalidPhoto(InvalidInput):
    """Bytes that are not an image, or an image too large to open safely."""

    code: ClassVar[str] = "invalid_photo"


class InvalidField(InvalidInput):
    """A field outside its range.

    Attributes:
        field: dotted path of the field, as the caller wrote it.
    """

    code: ClassVar[str] = "invalid_field"

    def __init__(self, field: str, message: str) -> None:
        """Keep the field's path beside the message."""
        super().__init__(f"{field}: {message}")
        self.field = field


class IdempotencyMismatch(InvalidInput):
    """An idempotency key that was already used for a different request."""

    code: ClassVar[str] = "idempotency_mismatch"


class NotFound(SwitchyardError):
    """Nothing of that name."""

    code: ClassVar[str] = "not_found"


class Conflict(SwitchyardError):
    """It exists already, or somebody else changed it between the read and the write."""

    code: ClassVar[str] = "conflict"


class Refused(SwitchyardError):
    """Understood, but it would do harm; the message says what would make it acceptable."""

    code: ClassVar[str] = "refused"


class StoreUnavailable(SwitchyardError):
    """The store did not answer in time, or will not take writes now."""

    code: ClassVar[str] = "store_unavailable"
