"""The sandbox's page: an overview, and plain forms that do what the control API does."""

from collections import Counter
from typing import Any, Literal
from urllib.parse import parse_qs

from litestar import Controller, MediaType, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from pydantic import ValidationError

from router.core.phone import E164, display
from router.sandbox.control import acts
from router.sandbox.control.bodies import ControlFault, Health, Text, as_control_fault
from router.sandbox.control.overview import latest_messages, latest_tries
from router.sandbox.moments import format_ms
from router.sandbox.records import HOME, Json, SandboxLine
from router.sandbox.retries import TryOutcome
from router.sandbox.sandbox import Sandbox
from router.sandbox.site import refuses_strangers

Change = Literal["flag", "at-risk", "recover"]

_ROWS = 12
_CHANGES: dict[Change, Health] = {
    "flag": Health(status="FLAGGED", reputation="CRITICAL"),
    "at-risk": Health(reputation="AT_RISK"),
    "recover": Health(status="ACTIVE", reputation="HEALTHY"),
}
_OUTCOMES = {
    TryOutcome.DELIVERED: "delivered",
    TryOutcome.RETRYING: "will be tried again",
    TryOutcome.REFUSED: "refused, not tried again",
    TryOutcome.GIVEN_UP: "given up",
    TryOutcome.DROPPED: "lost on request",
}


class PageController(Controller):
    """Handlers of the page and its forms."""

    guards = [refuses_strangers]  # noqa: RUF012 - Litestar's own way to say it

    @get("/", media_type=MediaType.HTML)
    async def show(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Template:
        """Show the page."""
        return _page(sandbox, request)

    @post("/sandbox/lines/{number:str}/{change:str}", media_type=MediaType.HTML)
    async def change_line(
        self, sandbox: NamedDependency[Sandbox], number: FromPath[str], change: FromPath[Change]
    ) -> Redirect:
        """Flag a line, put it at risk, or let it recover."""
        acts.set_health(sandbox, number, _CHANGES[change])
        return Redirect("/", status_code=303)

    @post("/sandbox/text", media_type=MediaType.HTML)
    async def text(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Redirect | Template:
        """Text a line as a person. If the text does not arrive, show why and keep what was typed."""
        form = {
            name: values[0].strip()
            for name, values in parse_qs((await request.body()).decode(errors="replace")).items()
        }
        try:
            message = acts.text_line(sandbox, Text.model_validate(form))
        except ValidationError as error:
            return _page(sandbox, request, form=form, problem=str(as_control_fault(error)), status=422)
        except ControlFault as fault:
            return _page(sandbox, request, form=form, problem=str(fault), status=fault.status)
        if message is None:
            return _page(sandbox, request, form=form, problem="The account has blocked this person.", status=409)
        return Redirect("/", status_code=303)


def _page(
    sandbox: Sandbox,
    request: Request[Any, Any, Any],
    *,
    form: dict[str, str] | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Template:
    world = sandbox.world
    chats = Counter(chat.line.handle for chat in world.chats.values())
    context = {
        "base_url": f"{request.base_url}".rstrip("/") + "/api/partner",
        "takes_any_key": sandbox.options.api_key is None,
        "form": {"from": "+12025559876", "to": "", "text": "Hi!"} | (form or {}),
        "problem": problem,
        "lines": [_line(line, chats[line.number]) for line in world.lines.values()],
        "subscriptions": list(world.subscriptions.values()),
        "messages": [
            {
                "sender": message.sender.handle,
                "recipient": message.chat.line.handle if message.is_inbound else message.chat.people[0].handle,
                "is_inbound": message.is_inbound,
                "text": message.text,
                "status": message.status.value,
                "time": _time(message.created_ns),
            }
            for message in latest_messages(sandbox, _ROWS)
        ],
        "tries": [
            {
                "type": one.event.type,
                "answer": one.status or one.error or "–",
                "is_good": one.outcome is TryOutcome.DELIVERED,
                "outcome": _OUTCOMES[one.outcome],
                "attempt": one.attempt,
                "time": _time(one.at_ns),
            }
            for one in latest_tries(sandbox, _ROWS)
        ],
        "pending": sandbox.deliveries.pending,
        "turned": {
            name: value
            for name, value in world.behaviour.model_dump().items()
            if value != type(world.behaviour).model_fields[name].default
        },
    }
    return Template("sandbox.html", context=context, status_code=status, media_type=MediaType.HTML)


def _line(line: SandboxLine, chats: int) -> Json:
    return {
        "number": line.number,
        "shown": display(E164(line.number)),
        "kind": line.kind,
        "status": line.status.value,
        "reputation": line.reputation.value,
        "environment": None if line.environment == HOME else line.environment,
        "chats": chats,
    }


def _time(moment_ns: int) -> str:
    """Return the hour, minute and second."""
    return format_ms(moment_ns)[11:19]
