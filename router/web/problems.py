"""Report errors over HTTP: the one table from error code to status, and problem+json (RFC 9457) built from it.

The `type` of a problem is a link into our own API page, where the table is printed, so it can be followed. A message
never repeats what was sent, apart from what `core.errors` allows: a body may hold a person's number or a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from pydantic import ValidationError

from router.core.errors import InvalidField, InvalidNumber, InvalidText, SwitchyardError
from router.telemetry.logs import get_logger
from router.web.raw_response import PRIVATE

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_S = 1
MAX_FIELD_CHARACTERS = 80
MAX_ERRORS = 20  # nobody reads a longer list, and a body of 64 KB can hold thousands of unknown fields

Body = dict[str, object]
Fault = dict[str, str]
WebRequest = Request[Any, Any, Any]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What all problems of one code share."""

    status: int
    title: str


PROBLEMS: Mapping[str, ProblemKind] = {
    "malformed": ProblemKind(400, "The request cannot be read"),
    "unauthorized": ProblemKind(401, "An API key is needed"),
    "delivery_not_believed": ProblemKind(401, "The delivery is not signed by a secret we know"),
    "forbidden": ProblemKind(403, "The API key may not do this"),
    "not_found": ProblemKind(404, "There is nothing of that name"),
    "method_not_allowed": ProblemKind(405, "The path does not take this method"),
    "conflict": ProblemKind(409, "It exists already, or was changed meanwhile"),
    "refused": ProblemKind(409, "It would do harm as things stand"),
    "too_large": ProblemKind(413, "The body is too large"),
    "unsupported_media_type": ProblemKind(415, "The body has another media type than this path takes"),
    "foreign_host": ProblemKind(421, "The request names another host"),
    "invalid_input": ProblemKind(422, "The request cannot be used as it is"),
    "invalid_field": ProblemKind(422, "A field is outside its range"),
    "invalid_number": ProblemKind(422, "Not a phone number"),
    "invalid_text": ProblemKind(422, "A text that some phone would damage"),
    "invalid_photo": ProblemKind(422, "Not a photo that can be used"),
    "idempotency_mismatch": ProblemKind(422, "The idempotency key belongs to another request"),
    "internal": ProblemKind(500, "A fault of ours"),
    "provider_refused": ProblemKind(502, "The provider refused"),
    "delivery_not_verifiable": ProblemKind(503, "The delivery cannot be verified now"),
    "provider_unavailable": ProblemKind(503, "The provider does not answer now"),
    "store_unavailable": ProblemKind(503, "The store does not answer now"),
}

_CODE_OF_STATUS = {
    400: "malformed",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    503: "store_unavailable",
}
_SEVERAL = "Some fields cannot be used as they are; see errors."
_log = get_logger()


class InvalidBody(Exception):
    """A body or query with faults. Not a ValueError, because msgspec would replace its message by its own.

    Attributes:
        faults: field and detail of each.
    """

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(_SEVERAL)
        self.faults = faults


def problem_type(code: str) -> str:
    """Return the link that stands for a code."""
    return f"/schema#problem-{code}"


def problem(error: Exception) -> tuple[int, Body]:
    """Return the status and the problem+json body for any error; an unexpected one reveals nothing."""
    code, detail, more = _classify(error)
    kind = PROBLEMS[code]
    body: Body = {"type": problem_type(code), "title": kind.title, "status": kind.status, "code": code}
    return kind.status, body | ({"detail": detail} if detail else {}) | more


def problem_headers(error: Exception, status: int) -> dict[str, str]:
    """Return the headers that belong to a problem, besides its content type."""
    given = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == PROBLEMS["store_unavailable"].status:
        given["Retry-After"] = str(RETRY_AFTER_S)
    return given | {"Cache-Control": "no-store"}


def problem_bytes(error: Exception) -> tuple[int, RawHeaders, bytes]:
    """Return status, raw headers and body, for the routes that speak ASGI themselves."""
    status, body = problem(error)
    encoded = msgspec.json.encode(body)
    own = {
        "Content-Type": PROBLEM_JSON,
        "Content-Length": str(len(encoded)),
        **problem_headers(error, status),
    }
    headers = dict(PRIVATE) | {name.lower().encode(): value.encode() for name, value in own.items()}
    return status, [*headers.items()], encoded


def list_faults(error: ValidationError) -> list[Fault]:
    """Return field and detail of each fault, never what was sent."""
    return [
        {"field": ".".join(map(str, fault["loc"]))[:MAX_FIELD_CHARACTERS], "detail": fault["msg"]}
        for fault in error.errors(include_input=False, include_context=False, include_url=False)[:MAX_ERRORS]
    ]


def answer_problem(_request: WebRequest, error: Exception) -> Response[Body]:
    """Respond to an expected error."""
    status, body = problem(error)
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=problem_headers(error, status))


def answer_unexpected(request: WebRequest, error: Exception) -> Response[Body]:
    """Respond to an unexpected error, and log it: the last resort."""
    _log.error("request_failed", method=request.method, error=type(error).__name__, exc_info=error)
    return answer_problem(request, error)


def exception_handlers() -> ExceptionHandlersMap:
    """Return Litestar's table of handlers; the nearest class of an error's ancestry answers."""
    expected = (SwitchyardError, ValidationError, InvalidBody, HTTPException)
    return {**dict.fromkeys(expected, answer_problem), Exception: answer_unexpected}


def _classify(error: Exception) -> tuple[str, str | None, Body]:
    """Return code, detail, and the members that only this kind of error has."""
    code, detail, more = "internal", None, Body()
    match error:
        case SwitchyardError() if error.code in PROBLEMS:
            code, detail, more = error.code, str(error), _typed_members(error)
        case ValidationError() if _is_unreadable(error):
            code, detail = "malformed", error.errors()[0]["msg"]
        case ValidationError():
            code, detail, more = "invalid_input", _SEVERAL, {"errors": list_faults(error)}
        case InvalidBody(faults=faults):
            code, detail, more = "invalid_input", _SEVERAL, {"errors": faults}
        case ValidationException() if _has_no_body(error):
            code, detail = "malformed", "A JSON body is needed, and there is none."
        case ValidationException():
            code, detail, more = "invalid_input", _SEVERAL, {"errors": _list_parameter_faults(error)}
        case HTTPException(status_code=status) if status in _CODE_OF_STATUS:
            code, detail = _CODE_OF_STATUS[status], _own_words(error)
    return code, detail, more


def _typed_members(error: SwitchyardError) -> Body:
    match error:
        case InvalidField(field=str(field)) | InvalidNumber(field=str(field)):
            return {"field": field}
        case InvalidText(position=int(position)):
            return {"position": position}
        case _:
            return {}


def _is_unreadable(error: ValidationError) -> bool:
    return error.errors(include_input=False)[0]["type"] == "json_invalid"


def _has_no_body(error: ValidationException) -> bool:
    return [fault["field"] for fault in _list_parameter_faults(error)] == ["data"]


def _own_words(error: HTTPException) -> str | None:
    """Return what was said of this error, or None where it is only its status in words."""
    return None if error.detail == HTTPStatus(error.status_code).phrase else error.detail


def _list_parameter_faults(error: ValidationException) -> list[Fault]:
    faults = error.extra if isinstance(error.extra, list) else []
    return [{"field": str(fault.get("key", "")), "detail": str(fault["message"])} for fault in faults[:MAX_ERRORS]]
