"""The sandbox as an ASGI application: Linq's API, the control API, the page."""

import asyncio
import hmac
from http import HTTPStatus
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from router.assets import StaticFiles, load_static, make_templates, static_dir
from router.sandbox import faults
from router.sandbox.api.cards import CardController
from router.sandbox.api.chats import ChatController
from router.sandbox.api.handles import HandleController
from router.sandbox.api.messages import MessageController
from router.sandbox.api.numbers import NumberController
from router.sandbox.api.trace import add_trace_id, trace_id_of
from router.sandbox.api.webhooks import WebhookController
from router.sandbox.control.bodies import ControlFault
from router.sandbox.control.routes import WorldController
from router.sandbox.control.webhooks import DeliveryController, SwitchController
from router.sandbox.faults import LinqFault
from router.sandbox.page import PageController
from router.sandbox.sandbox import Sandbox
from router.sandbox.sinks.control import SinkController
from router.sandbox.site import (
    add_page_headers,
    card_file,
    refuses_strangers,
    static,
)
from router.telemetry.logs import get_logger

API_PATH = "/api/partner"
CONTROL_PATH = "/sandbox/api"
_BODY_LIMIT_BYTES = 1024 * 1024
_log = get_logger()

WebRequest = Request[Any, Any, Any]


def create_app(sandbox: Sandbox) -> Litestar:
    """Create the application for a running sandbox."""
    static_files = load_static(static_dir())

    async def provide_sandbox() -> Sandbox:
        return sandbox

    async def provide_static() -> StaticFiles:
        return static_files

    api = Router(
        f"{API_PATH}/v3",
        route_handlers=[
            CardController,
            ChatController,
            HandleController,
            MessageController,
            NumberController,
            WebhookController,
        ],
        guards=[_requires_token],
        before_request=_answer_planned_fault,
    )
    control = Router(
        CONTROL_PATH,
        route_handlers=[WorldController, DeliveryController, SwitchController, SinkController],
        guards=[refuses_strangers],
    )
    engine = JinjaTemplateEngine.from_environment(make_templates(static_files))
    return Litestar(
        route_handlers=[api, control, PageController, card_file, static],
        dependencies={"sandbox": Provide(provide_sandbox), "static_files": Provide(provide_static)},
        state=State({"sandbox": sandbox}),
        exception_handlers={
            LinqFault: _answer_fault,
            ControlFault: _answer_control_fault,
            HTTPException: _answer_http_fault,
            Exception: _answer_unforeseen,
        },
        before_send=[add_trace_id, add_page_headers],
        request_max_body_size=_BODY_LIMIT_BYTES,
        template_config=TemplateConfig(instance=engine),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _requires_token(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    sandbox: Sandbox = connection.app.state.sandbox
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    expected = sandbox.options.api_key
    if scheme.lower() != "bearer" or not token.strip():
        raise faults.unauthorized()
    if expected is not None and not hmac.compare_digest(token.strip().encode(), expected.encode()):
        raise faults.unauthorized()


async def _answer_planned_fault(request: WebRequest) -> None:
    sandbox: Sandbox = request.app.state.sandbox
    plan = sandbox.planned_faults.use_next(request.method, request.url.path.removeprefix(API_PATH))
    if plan is None:
        return
    if plan.delay_ms:
        await asyncio.sleep(plan.delay_ms / 1000)
    if (fault := plan.as_fault()) is not None:
        raise fault


def _answer_fault(request: WebRequest, fault: LinqFault) -> Response[dict[str, object]]:
    if not _is_api(request):
        return _answer_control_fault(request, ControlFault(fault.status, fault.message))
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    return Response(fault.envelope(trace_id_of(request.scope)), status_code=fault.status, headers=headers)


def _answer_control_fault(_request: WebRequest, fault: ControlFault) -> Response[dict[str, object]]:
    return Response({"error": str(fault)}, status_code=fault.status)


def _answer_http_fault(request: WebRequest, error: HTTPException) -> Response[dict[str, object]]:
    is_unknown = error.status_code == HTTPStatus.NOT_FOUND
    detail = "The sandbox does not have this path" if is_unknown else error.detail
    return _answer_fault(request, LinqFault(error.status_code, 1003, detail))


def _answer_unforeseen(request: WebRequest, error: Exception) -> Response[dict[str, object]]:
    _log.error("request_failed", method=request.method, error=type(error).__name__, exc_info=error)
    return _answer_fault(request, LinqFault(500, 3006, "Internal server error"))


def _is_api(request: WebRequest) -> bool:
    return request.url.path.startswith(API_PATH)
