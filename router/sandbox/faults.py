"""Linq's errors: a status, a code and a message, in the envelope of every error answer.

Codes and messages are from https://docs.linqapp.com/error/.
"""

from router.core.phone import mask

_DOCS = "https://docs.linqapp.com/error/codes"


class LinqFault(Exception):
    """An error answer of the API.

    Attributes:
        retry_after_s: seconds to wait; only with a 429.
    """

    def __init__(self, status: int, code: int, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    def envelope(self, trace_id: str) -> dict[str, object]:
        """Return the body of the answer."""
        error: dict[str, object] = {
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "doc_url": f"{_DOCS}/{self.code // 1000}xxx/{self.code}/",
        }
        if self.retry_after_s is not None:
            error["retry_after"] = self.retry_after_s
        return {"success": False, "error": error, "trace_id": trace_id}


def missing_field(field: str) -> LinqFault:
    """Refuse a body without a required field."""
    return LinqFault(400, 1001, f"Missing required field: {field}")


def not_e164(text: str) -> LinqFault:
    """Refuse a number that is not strict E.164."""
    return LinqFault(400, 1002, f"Phone number must be in E.164 format: {mask(text)}")


def invalid_body(why: str) -> LinqFault:
    """Refuse a body that is not a JSON object of the right shape."""
    return LinqFault(400, 1003, f"Invalid request body: {why}")


def invalid_content(why: str) -> LinqFault:
    """Refuse a message with parts that do not go together."""
    return LinqFault(400, 1004, f"Invalid message content: {why}")


def invalid_value(why: str) -> LinqFault:
    """Refuse a parameter's value."""
    return LinqFault(400, 1005, f"Invalid parameter value: {why}")


def rate_limited(retry_after_s: int) -> LinqFault:
    """Ask the caller to wait."""
    return LinqFault(429, 1007, f"Rate limited. Try again in {retry_after_s} seconds.", retry_after_s=retry_after_s)


def not_found(code: int, what: str) -> LinqFault:
    """Answer that there is no such thing."""
    return LinqFault(404, code, f"{what} not found")


def unauthorized() -> LinqFault:
    """Refuse a request without a good token."""
    return LinqFault(401, 2004, "Unauthorized")


def not_your_number(number: str) -> LinqFault:
    """Refuse to act for a line that does not belong to the account."""
    return LinqFault(403, 2006, f"Phone number permission denied: {mask(number)} is not assigned to your account")


def recipient_not_allowed() -> LinqFault:
    """Refuse to text a person who has not texted first."""
    return LinqFault(403, 2008, "Recipient not allowed: Can't message this contact yet")


def opted_out() -> LinqFault:
    """Refuse to text a person who asked to stop."""
    return LinqFault(403, 2024, "Recipient has opted out of your messages")


def blocked() -> LinqFault:
    """Refuse to text a person the account has blocked."""
    return LinqFault(403, 2026, "Recipient is blocked by your account")


def ineligible(number: str) -> LinqFault:
    """Refuse to act on a line that cannot deliver now."""
    return LinqFault(403, 2027, f"Phone number {mask(number)} is temporarily ineligible to send")


def conflict(why: str) -> LinqFault:
    """Refuse a request that conflicts with the current state."""
    return LinqFault(409, 2015, f"Operation conflicts with current state: {why}")
