"""Every error Switchyard raises on purpose.

    SwitchyardError
    ├── InvalidInput            the caller can fix it
    │   ├── InvalidNumber       not strict E.164, or no number that can exist
    │   ├── InvalidText         a prefilled text with a forbidden character
    │   ├── InvalidPhoto        not an image, or one too big to open
    │   ├── InvalidField        any other field, with its path
    │   └── IdempotencyMismatch one key, two different requests
    ├── NotFound                no pool, line, signup or key of that name
    ├── Conflict                it exists already, or another caller changed it first
    ├── Refused                 understood, but it would do harm
    ├── StoreUnavailable        the store did not answer in time, or refused to write
    └── ProviderError           the provider did not do what we asked
        ├── ProviderRefused     it said no, and would again
        └── ProviderUnavailable it did not answer, or could not do it now

Each has a stable `code` that callers may branch on. None knows HTTP: `web/problems.py` holds the one table
from code to status. A message gives the value and the fix, and masks phone numbers to their last four digits.
"""

from typing import ClassVar


class SwitchyardError(Exception):
    """Base of all errors raised on purpose."""

    code: ClassVar[str] = "error"


class InvalidInput(SwitchyardError):
    """The caller sent something that cannot be used as it is."""

    code: ClassVar[str] = "invalid_input"


class InvalidNumber(InvalidInput):
    """A phone number that cannot be used as it is written, or cannot exist.

    Attributes:
        field: the field it was in, where there is one.
    """

    code: ClassVar[str] = "invalid_number"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Store the field's path, if the number was in a field."""
        super().__init__(message)
        self.field = field


class InvalidText(InvalidInput):
    """A prefilled text that phones would damage, or that means something else to the provider.

    Attributes:
        position: index of the first bad character in the text, or None where the whole text is at fault.
    """

    code: ClassVar[str] = "invalid_text"

    def __init__(self, message: str, *, position: int | None = None) -> None:
        """Store where the fault is, for a caller that underlines it."""
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
        """Store the field's path, and put it before the message."""
        super().__init__(f"{field}: {message}")
        self.field = field


class IdempotencyMismatch(InvalidInput):
    """An idempotency key that was already used for a different request."""

    code: ClassVar[str] = "idempotency_mismatch"


class NotFound(SwitchyardError):
    """Nothing with that name exists."""

    code: ClassVar[str] = "not_found"


class Conflict(SwitchyardError):
    """It exists already, or another caller changed it between our read and our write."""

    code: ClassVar[str] = "conflict"


class Refused(SwitchyardError):
    """The request is understood, but it would do harm. The message says what would make it acceptable."""

    code: ClassVar[str] = "refused"


class StoreUnavailable(SwitchyardError):
    """The store did not answer in time, or accepts no writes now."""

    code: ClassVar[str] = "store_unavailable"


class ProviderError(SwitchyardError):
    """The provider did not do what we asked.

    Attributes:
        http_status: None where there was no answer.
        provider_code: the provider's own number for the fault; None where it gave none.
        retry_after_s: how long the provider asks us to wait; None where it does not say.
        trace_id: the id by which the provider's support finds the request.
    """

    code: ClassVar[str] = "provider_unavailable"

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        provider_code: int | None = None,
        retry_after_s: float | None = None,
        trace_id: str | None = None,
    ) -> None:
        """Store the details that callers act on."""
        super().__init__(message)
        self.http_status = http_status
        self.provider_code = provider_code
        self.retry_after_s = retry_after_s
        self.trace_id = trace_id


class ProviderRefused(ProviderError):
    """The provider said no. It would refuse the same request again."""

    code: ClassVar[str] = "provider_refused"


class ProviderUnavailable(ProviderError):
    """The provider did not answer, or could not do it now. The same request may succeed later."""
