"""What callers learn when something goes wrong, and what they do not learn."""

import importlib
import json
import pkgutil
from collections.abc import Iterator

import pytest
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    ValidationException,
)
from pydantic import ValidationError

import router
from router.core.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidField,
    InvalidNumber,
    InvalidPhoto,
    InvalidText,
    NotFound,
    Refused,
    StoreUnavailable,
    SwitchyardError,
)
from router.core.phone import parse_e164
from router.schemas.common import Problem
from router.schemas.signups import SignupBody
from router.web.problems import MAX_ERRORS, PROBLEMS, problem, problem_bytes, problem_headers

SECRET = "+12025550177"


def every_error(base: type[SwitchyardError]) -> Iterator[type[SwitchyardError]]:
    """Return every class below a class, with the whole package imported."""
    for module in pkgutil.walk_packages(router.__path__, "router."):
        if module.name not in {"router.__main__", "router.store.server.embedded_child"}:
            importlib.import_module(module.name)
    waiting = base.__subclasses__()
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.startswith("router."):
            yield error


def body_fault(raw: bytes) -> ValidationError:
    """Return pydantic's error about a signup's body."""
    with pytest.raises(ValidationError) as caught:
        SignupBody.model_validate_json(raw)
    return caught.value


def test_every_error_has_a_status() -> None:
    """An error class whose code is missing from the table would be reported as a fault of ours."""
    unmapped = {error.__name__ for error in every_error(SwitchyardError) if error.code not in PROBLEMS}
    assert unmapped == set()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidNumber("x"), 422, "invalid_number"),
        (InvalidText("x"), 422, "invalid_text"),
        (InvalidPhoto("x"), 422, "invalid_photo"),
        (InvalidField("weight", "x"), 422, "invalid_field"),
        (IdempotencyMismatch("x"), 422, "idempotency_mismatch"),
        (NotFound("x"), 404, "not_found"),
        (Conflict("x"), 409, "conflict"),
        (Refused("x"), 409, "refused"),
        (StoreUnavailable("x"), 503, "store_unavailable"),
        (ClientException("x"), 400, "malformed"),
        (NotAuthorizedException("x"), 401, "unauthorized"),
        (NotFoundException(), 404, "not_found"),
        (MethodNotAllowedException(), 405, "method_not_allowed"),
        (HTTPException(status_code=413), 413, "too_large"),
        (HTTPException(status_code=415), 415, "unsupported_media_type"),
        (HTTPException(status_code=418), 500, "internal"),
        (ZeroDivisionError("x"), 500, "internal"),
    ],
)
def test_each_error_keeps_its_code(error: Exception, status: int, code: str) -> None:
    """Callers branch on the code, so it never changes; the body is a whole problem for every error."""
    own_status, body = problem(error)
    assert (own_status, body["code"], body["status"]) == (status, code, status)
    assert body["type"] == f"/schema#problem-{code}"
    Problem.model_validate(body)


def test_a_fault_of_ours_tells_nothing() -> None:
    """An unforeseen error may contain anything, so none of it is sent."""
    status, body = problem(RuntimeError(SECRET))
    assert status == 500
    assert "detail" not in body
    assert SECRET not in json.dumps(body)


def test_typed_fields_stand_next_to_the_detail() -> None:
    """A form can mark the faulty field, and underline the faulty character."""
    assert problem(InvalidField("weight", "-1 must be from 0 to 1000"))[1]["field"] == "weight"
    assert problem(InvalidText("Character 4", position=3))[1]["position"] == 3
    assert "position" not in problem(InvalidText("too long"))[1]


def test_every_fault_of_a_body_is_reported_at_once() -> None:
    """One response reports every fault, field by field."""
    _, body = problem(body_fault(b'{"phone": "1202", "email": "ada", "colour": 1, "exclude": ["+1", 7]}'))
    faults = body["errors"]
    assert isinstance(faults, list)
    assert [fault["field"] for fault in faults] == ["phone", "email", "exclude.0", "exclude.1", "colour"]
    assert faults[0]["detail"].endswith("it must start with + and the country code. Write it like +12025550101.")


def test_a_fault_never_repeats_what_was_sent() -> None:
    """A person's number or address in a refused body is not repeated in the answer, and so is in no log."""
    raw = json.dumps({"user": SECRET, "phone": SECRET + "x", "email": "ada@secret", "prefer": [SECRET]}).encode()
    _, _, body = problem_bytes(body_fault(raw))
    assert SECRET.encode() not in body
    assert b"ada@secret" not in body


def test_a_long_list_of_faults_is_cut() -> None:
    """A body with thousands of unknown fields does not get thousands of lines back, nor a name of 60 KB."""
    body = problem(body_fault(json.dumps({f"x{n}" + "y" * 500: 1 for n in range(100)}).encode()))[1]
    assert isinstance(body["errors"], list)
    assert len(body["errors"]) == MAX_ERRORS
    assert max(len(fault["field"]) for fault in body["errors"]) <= 80


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"user": "\\ud800"}', b"{'user': 1}"])
def test_what_is_not_json_is_malformed(raw: bytes) -> None:
    """JSON that cannot be parsed is 400; JSON with unusable values is 422."""
    assert problem(body_fault(raw))[0] == 400
    assert problem(body_fault(b"[]"))[0] == 422


def test_a_missing_body_is_malformed() -> None:
    """A missing body is 400 in our words; Litestar's would name our own argument."""
    status, body = problem(ValidationException(extra=[{"key": "data", "message": "'data'"}]))
    assert (status, body["detail"]) == (400, "A JSON body is needed, and there is none.")


def test_a_faulty_query_names_its_parameter() -> None:
    """A faulty query names its parameter, without the path and query that Litestar would repeat."""
    error = ValidationException("Validation failed for GET /x?user=1", extra=[{"key": "count", "message": "too big"}])
    status, body = problem(error)
    assert (status, body["errors"]) == (422, [{"field": "count", "detail": "too big"}])
    assert "user=1" not in json.dumps(body)


def test_a_store_that_is_out_asks_for_a_second() -> None:
    """503 says when to come back, so that no client has to guess."""
    assert problem_headers(StoreUnavailable("x"), 503)["Retry-After"] == "1"
    assert "Retry-After" not in problem_headers(NotFound("x"), 404)


def test_the_challenge_survives() -> None:
    """A 401 without WWW-Authenticate breaks RFC 9110, and clients that follow it."""
    error = NotAuthorizedException(headers={"WWW-Authenticate": "Bearer"})
    assert problem_headers(error, 401)["WWW-Authenticate"] == "Bearer"


def test_raw_bytes_are_a_whole_answer() -> None:
    """The hot routes send status, headers and body as they are."""
    with pytest.raises(InvalidNumber) as caught:
        parse_e164("12025550177")
    status, headers, body = problem_bytes(caught.value)
    named = dict(headers)
    assert status == 422
    assert named[b"content-type"] == b"application/problem+json"
    assert int(named[b"content-length"]) == len(body)
    assert json.loads(body)["code"] == "invalid_number"
