"""What handlers may ask for by name, made once for the whole application."""

from typing import Any

from litestar import Request
from litestar.di import Provide

from router.assets import StaticFiles
from router.core.act import Act
from router.gateway import Gateway
from router.web.guards import act_of
from router.web.rendering.manual_pages import ManualShelf
from router.web.rendering.signup_answers import SignupAnswers


def provide_services(gateway: Gateway, static_files: StaticFiles, manual_shelf: ManualShelf) -> dict[str, Provide]:
    """Return what handlers may name as arguments."""
    services: dict[str, Any] = {
        "access": gateway.access,
        "app_deliveries": gateway.app_deliveries,
        "answers": SignupAnswers(gateway.tokens, gateway.base_url),
        "campaign_admin": gateway.campaign_admin,
        "capacity": gateway.capacity,
        "clock": gateway.clock,
        "consents": gateway.consents,
        "erasure": gateway.erasure,
        "funnels": gateway.funnels,
        "history": gateway.history,
        "line_admin": gateway.line_admin,
        "line_import": gateway.line_import,
        "manual_shelf": manual_shelf,
        "metrics_report": gateway.metrics_report,
        "outlooks": gateway.outlooks,
        "pool_admin": gateway.pool_admin,
        "pool_cache": gateway.pool_cache,
        "routing": gateway.routing,
        "settings": gateway.settings,
        "signups": gateway.signups,
        "static_files": static_files,
    }
    return {"by": Provide(_by), **{name: _provide(service) for name, service in services.items()}}


async def _by(request: Request[Any, Any, Any]) -> Act:
    return act_of(request)


def _provide(service: object) -> Provide:
    async def give() -> Any:
        return service

    return Provide(give)
