"""The first thing a request meets: whose host it names, and whether a hot route or Litestar answers it.

The hot routes stand before Litestar rather than in it: its routing and exception layers cost as much as their work
(docs/decisions/0003-hot-routes.md has the figures). They stand in the same OpenAPI document.
"""

from typing import Any

from jinja2 import Environment

from router.core.errors import SwitchyardError
from router.observe.logs import get_logger
from router.web import webhook
from router.web.answer import PAGE, Answer, MethodNotAllowed, Receive, Scope, Send, send_answer
from router.web.events import EventStream
from router.web.hosts import AllowedHosts
from router.web.join import Join
from router.web.person import PersonPages
from router.web.problems import problem, problem_bytes
from router.web.signup_api import SignupApi
from router.web.webhook import Webhook

_ASKED_BY_ADDRESS = frozenset({"/healthz", "/readyz"})  # by orchestrators, which know no name
_API = "/api/v1/pools/"
_SIGNUPS = "/signups"
_OF_ENVIRONMENT = webhook.PATH + "/"  # a signature says more than a host, and a 421 would lose the event for ever
_FOR_PEOPLE_TOO = {b"retry-after", b"allow"}  # of a problem's headers
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
        templates: Environment,
        inner: Any,
    ) -> None:
        self._hosts = hosts
        self._join = join
        self._person = person
        self._signup_api = signup_api
        self._webhook = webhook
        self._templates = templates
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        path: str = scope["path"]
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            is_delivery = path == webhook.PATH or path.startswith(_OF_ENVIRONMENT)
            if not is_delivery and path not in _ASKED_BY_ADDRESS:
                self._hosts.check(headers.get(b"host"))
            if path.startswith("/j/"):
                answer: Answer | EventStream = await self._join.answer(scope, headers, receive)
            elif path.startswith("/t/"):
                answer = await self._person.answer(scope, headers, receive)
            elif path.startswith(_API) and path.endswith(_SIGNUPS) and path.count("/") == _SIGNUPS_DEPTH:
                answer = await self._signup_api.answer(path[len(_API) : -len(_SIGNUPS)], scope, headers, receive)
            elif is_delivery:
                answer = await self._webhook.answer(path, scope, headers, receive)
            else:
                await self._inner(scope, receive, send)
                return
            if isinstance(answer, EventStream):
                await answer.play(receive, send)
                return
        except Exception as error:  # noqa: BLE001 - a border: whatever happens, the visitor is told something
            _note(scope, error)
            answer = self._explain(scope, error)
        await send_answer(send, answer, head_only=scope["method"] == "HEAD")

    def _explain(self, scope: Scope, error: Exception) -> Answer:
        """A page for people, problem+json for programs."""
        status, headers, body = problem_bytes(error)
        kept = [header for header in headers if header[0] != b"content-length"]
        if isinstance(error, MethodNotAllowed):
            kept.append((b"allow", error.allowed.encode()))
        if scope["path"].startswith(_API) or b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
            return Answer(status, body, tuple(kept))
        _, told = problem(error)
        detail = _LOST if status == _NOT_FOUND else told.get("detail", "")
        context = {"title": _TITLES.get(status, told["title"]), "detail": detail, "home_url": "/"}
        text = self._templates.get_template("problem.html").render(context)
        return Answer(status, text.encode(), (*(header for header in kept if header[0] in _FOR_PEOPLE_TOO), *PAGE))


_NOT_FOUND = 404
_LOST = "There is nothing here. Check the link, or ask whoever gave it to you."
_OUR_FAULT = 500
_TITLES = {
    404: "This page isn’t here",
    500: "Something went wrong on our side",
    503: "One moment, please",
}


def _note(scope: Scope, error: Exception) -> None:
    """Log a fault of ours; not what the caller can mend, nor a store that is out, which is told of once a second."""
    if isinstance(error, SwitchyardError) or problem(error)[0] < _OUR_FAULT:
        return
    _log.error("request_failed", method=scope["method"], error=type(error).__name__, exc_info=error)
