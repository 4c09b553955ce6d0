"""The first stop of every request: check the host that it names, then pass it to a hot route or to Litestar.

The hot routes stand before Litestar rather than in it: its routing and exception layers cost as much as their work
(docs/decisions/0003-hot-routes.md has the figures). They stand in the same OpenAPI document.
"""

from collections.abc import Iterable
from time import perf_counter
from typing import Any

from router.core.errors import SwitchyardError
from router.services.runtime.request_meter import RequestMeter
from router.telemetry.logs import get_logger
from router.web.hot import webhook
from router.web.hot.held_problem import HeldProblem
from router.web.hot.hosts import AllowedHosts
from router.web.hot.join import PREFIX as JOIN
from router.web.hot.join import Join
from router.web.hot.live import EventStream
from router.web.hot.noted_status import NotedStatus
from router.web.hot.person import PREFIX as PERSON
from router.web.hot.person import PersonPages
from router.web.hot.posted_form import MAX_FORM_BYTES
from router.web.hot.problem_page import ProblemPages
from router.web.hot.signposts import Signposts
from router.web.hot.signup_api import SignupApi
from router.web.hot.webhook import Webhook
from router.web.problems import problem, problem_bytes
from router.web.raw_response import (
    Header,
    MethodNotAllowed,
    RawResponse,
    Receive,
    Scope,
    Send,
    read_body,
    send_response,
)
from router.web.rendering.visitor import Headers

_ASKED_BY_ADDRESS = frozenset({"/healthz", "/readyz"})  # by orchestrators, which do not know our name
_API = "/api/v1/pools/"
_FOR_PROGRAMS = "/api/"
_OF_PROGRAMS = "api"
_SIGNUPS = "/signups"
_OF_ENVIRONMENT = webhook.PATH + "/"  # a signature says more than a host, and a 421 would lose the event for ever
_FOR_PEOPLE_TOO = {b"retry-after", b"allow"}  # those of a problem's headers that a page has too
_SIGNUPS_DEPTH = _API.count("/") + 1
_log = get_logger()


class FrontDoor:
    """An ASGI application: the hot routes, and behind them everything else."""

    def __init__(
        self,
        *,
        hosts: AllowedHosts,
        join: Join,
        person: PersonPages,
        signup_api: SignupApi,
        webhook: Webhook,
        problem_pages: ProblemPages,
        signposts: Signposts,
        inner: Any,
        meter: RequestMeter,
    ) -> None:
        self._hosts = hosts
        self._join = join
        self._person = person
        self._signup_api = signup_api
        self._webhook = webhook
        self._problem_pages = problem_pages
        self._signposts = signposts
        self._inner = inner
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        began_s, route = perf_counter(), "other"
        path: str = scope["path"]
        fields = scope["headers"]
        headers = dict(fields)
        if len(headers) != len(fields):
            headers = _with_joined_cookies(fields)
        form, is_join = b"", path.startswith(JOIN)
        try:
            if is_join or path.startswith(PERSON):
                route = "join" if is_join else "person"
                self._hosts.check(headers.get(b"host"))
                if scope["method"] == "POST":
                    form = await read_body(receive, limit_bytes=MAX_FORM_BYTES)
                response: RawResponse | EventStream | None = (
                    await self._join.handle(scope, headers, form)
                    if is_join
                    else await self._person.handle(scope, headers, form)
                )
            elif path == webhook.PATH or path.startswith(_OF_ENVIRONMENT):
                route = "webhook"
                response = await self._webhook.handle(path, scope, headers, receive)
            else:
                if path not in _ASKED_BY_ADDRESS:
                    self._hosts.check(headers.get(b"host"))
                if path.startswith(_API) and path.endswith(_SIGNUPS) and path.count("/") == _SIGNUPS_DEPTH:
                    route = "signup_api"
                    response = await self._signup_api.handle(path[len(_API) : -len(_SIGNUPS)], scope, headers, receive)
                else:
                    route = _OF_PROGRAMS if path.startswith(_FOR_PROGRAMS) else "other"
                    response = await self._ask_inner(route, scope, headers, receive, send)
            if response is None:
                return
            if isinstance(response, EventStream):
                self._meter.add("stream", _OK, perf_counter() - began_s)
                await response.play(receive, send)
                return
        except Exception as error:  # noqa: BLE001 - a border: whatever happens, the visitor gets a response
            _log_fault(scope, error)
            response = self._explain(scope, headers, form, error)
        await send_response(send, response, head_only=scope["method"] == "HEAD")
        self._meter.add(route, response.status, perf_counter() - began_s)

    async def _ask_inner(
        self, route: str, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> RawResponse | None:
        """Let Litestar answer, and count its answer; return what goes out in the place of one, if anything does."""
        began_s, noted = perf_counter(), NotedStatus(send)
        response: RawResponse | None
        if route == _OF_PROGRAMS:
            response = await self._inner(scope, receive, noted)
        else:
            response = await self._ask_for_people(scope, headers, receive, noted)
        if response is None:
            self._meter.add(route, noted.status, perf_counter() - began_s)
        return response

    async def _ask_for_people(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> RawResponse | None:
        """Let Litestar answer; return what goes out in the place of its problem+json, if anything does."""
        held = HeldProblem(send)
        await self._inner(scope, receive, held)
        if held.status is None:
            return None
        response = self._lead_on(scope, held.status)
        if response is None and _is_for_people(headers):
            response = self._problem_pages.show(held.status, scope, headers, b"", _for_people_too(held.headers))
        if response is None:
            await held.let_go()
        return response

    def _explain(self, scope: Scope, headers: Headers, form: bytes, error: Exception) -> RawResponse:
        """Lead on whoever was nearly right; else return a page for people, and problem+json for programs."""
        status, all_headers, body = problem_bytes(error)
        problem_headers = [header for header in all_headers if header[0] != b"content-length"]
        if isinstance(error, MethodNotAllowed):
            problem_headers.append((b"allow", error.allowed.encode()))
        if lead := self._lead_on(scope, status):
            return lead
        if scope["path"].startswith(_FOR_PROGRAMS) or not _is_for_people(headers):
            return RawResponse(status, body, tuple(problem_headers))
        repeated = form if status >= _OUR_FAULT else b""
        return self._problem_pages.show(status, scope, headers, repeated, _for_people_too(problem_headers))

    def _lead_on(self, scope: Scope, status: int) -> RawResponse | None:
        if status != _NOT_FOUND or scope["path"].startswith(_FOR_PROGRAMS):
            return None
        return self._signposts.lead_on(scope)


_OK = 200
_NOT_FOUND = 404
_OUR_FAULT = 500


def _is_for_people(headers: Headers) -> bool:
    """Whether a browser wants to show the response; programs that also take HTML ask for JSON by name."""
    accept = headers.get(b"accept", b"").lower()
    return b"html" in accept and b"json" not in accept


def _for_people_too(headers: Iterable[Header]) -> list[Header]:
    return [header for header in headers if header[0].lower() in _FOR_PEOPLE_TOO]


def _with_joined_cookies(fields: Iterable[Header]) -> dict[bytes, bytes]:
    """Return headers by name. Under HTTP/2 the cookies may come one by one (RFC 9113, 8.2.3): they are joined."""
    headers = dict(fields)
    cookies = [value for name, value in fields if name == b"cookie"]
    if cookies:
        headers[b"cookie"] = b"; ".join(cookies)
    return headers


def _log_fault(scope: Scope, error: Exception) -> None:
    """Log a fault of ours: not what the caller can fix, nor a store that is out, which is logged once a second."""
    if isinstance(error, SwitchyardError) or problem(error)[0] < _OUR_FAULT:
        return
    _log.error("request_failed", method=scope["method"], error=type(error).__name__, exc_info=error)
