"""POST /api/v1/pools/{pool}/signups: a back end asks for a person's line.

A hot route speaks ASGI itself; its models and problems are those of every other API route.
"""

import re

import msgspec

from router.core.access import Role
from router.core.assignment import Outcome, Signup
from router.core.errors import InvalidField
from router.schemas.signups import SignupBody, WaitlistAnswer
from router.services.access import Access
from router.services.people.signups import Signups
from router.services.pools.pool_cache import PoolCache, PoolView
from router.web.guards import admit
from router.web.raw_response import PRIVATE, Header, MethodNotAllowed, RawResponse, Receive, Scope, read_body
from router.web.rendering.signup_answers import SignupAnswers
from router.web.rendering.visitor import Headers

BODY_LIMIT_BYTES = 16_384
_IDEMPOTENCY_KEY = re.compile(rb"[\x21-\x7e]{1,200}")
_JSON: tuple[Header, ...] = (*PRIVATE, (b"content-type", b"application/json"))
RETRY_AFTER_S = 300
_RETRY_AFTER = (b"retry-after", b"%d" % RETRY_AFTER_S)


class SignupApi:
    """Handles signups that back ends post."""

    def __init__(self, *, signups: Signups, pool_cache: PoolCache, access: Access, answers: SignupAnswers) -> None:
        self._signups = signups
        self._pool_cache = pool_cache
        self._access = access
        self._answers = answers

    async def handle(self, pool: str, scope: Scope, headers: Headers, receive: Receive) -> RawResponse:
        """Respond to one request.

        Raises:
            NotFound, InvalidInput, StoreUnavailable, NotAuthorizedException, PermissionDeniedException, ValidationError
        """
        if scope["method"] != "POST":
            raise MethodNotAllowed("POST")
        admit(self._access, headers.get(b"authorization", b"").decode("latin-1"), Role.OPERATOR)
        view = await self._pool_cache.get(pool)
        body = _read(await read_body(receive, limit_bytes=BODY_LIMIT_BYTES))
        request = body.as_request(_idempotency_key(headers.get(b"idempotency-key")))
        signup = await self._signups.sign_up(view, request)
        if signup.assignment is None or signup.outcome is Outcome.WAITLIST:
            return self._waitlisted(view, signup)
        view = await self._signups.view_of(view, signup.assignment)
        fields = self._answers.fields(
            view, signup.assignment, reason=signup.reason, is_new=signup.is_new, held_back=signup.held_back
        )
        response_headers = _JSON if fields["line"] else (*_JSON, _RETRY_AFTER)
        return RawResponse(201 if signup.is_new else 200, msgspec.json.encode(fields), response_headers)

    def _waitlisted(self, view: PoolView, signup: Signup) -> RawResponse:
        waiting = WaitlistAnswer(
            id=None if signup.assignment is None else signup.assignment.code,
            pool=view.pool.id,
            page_url=None if signup.assignment is None else self._answers.page_url(view, signup.assignment),
            retry_after_s=RETRY_AFTER_S,
            held_back=signup.held_back,
        )
        return RawResponse(202, waiting.model_dump_json().encode(), (*_JSON, _RETRY_AFTER))


def _read(raw: bytes) -> SignupBody:
    try:
        return SignupBody.model_validate_json(raw)
    except RecursionError as error:
        raise InvalidField("body", "it is nested too deeply") from error


def _idempotency_key(header: bytes | None) -> str | None:
    if header is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(header):
        raise InvalidField("Idempotency-Key", "1 to 200 visible ASCII characters, such as a UUID")
    return header.decode()
