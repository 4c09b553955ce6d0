"""The Litestar application: everything but the hot routes, which stand before it and in the same OpenAPI document."""

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from router.assets import load_static, static_dir
from router.web.allow_header import name_all_methods
from router.web.bodies import JsonRequest, StrictBodies
from router.web.controllers.campaigns import CampaignController, LineCampaignController
from router.web.controllers.capacity import CapacityController
from router.web.controllers.events import EventController
from router.web.controllers.keys import KeyController
from router.web.controllers.lines import LineController
from router.web.controllers.pools import PoolController
from router.web.controllers.routes import RouteController
from router.web.controllers.signups import SignupController
from router.web.controllers.site import healthz, readyz, static, welcome
from router.web.deps import Services, provide_services
from router.web.openapi import ApiPage, JsonDocument, YamlDocument
from router.web.problems import exception_handlers
from router.web.security_headers import add_security_headers
from router.web.templates import make_templates

API_PATH = "/api/v1"
API_VERSION = "1"  # of the contract, not of the program
BODY_LIMIT_BYTES = 64 * 1024  # the largest JSON body there is, a signup with 50 exclusions, has 2 KB

_CONTROLLERS = (
    CampaignController,
    CapacityController,
    EventController,
    KeyController,
    LineCampaignController,
    LineController,
    PoolController,
    RouteController,
    SignupController,
)


def create_litestar(services: Services) -> Litestar:
    """Make the application around services that are open already.

    Args:
        services: the gateway; its `access` decides who comes in.
    """
    static_files = load_static(static_dir())
    engine = JinjaTemplateEngine.from_environment(make_templates(static_files))
    return Litestar(
        route_handlers=[Router(API_PATH, route_handlers=_CONTROLLERS), healthz, readyz, static, welcome],
        dependencies=provide_services(services, static_files),
        state=State({"access": services.access}),
        plugins=[StrictBodies()],
        request_class=JsonRequest,
        exception_handlers=exception_handlers(),
        before_send=[add_security_headers, name_all_methods],
        request_max_body_size=BODY_LIMIT_BYTES,
        template_config=TemplateConfig(instance=engine),
        openapi_config=_openapi_config(),
        logging_config=None,  # router.observe has the one way for log lines
        debug=False,
    )


def _openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Switchyard",
        version=API_VERSION,
        summary="Sends each signup to a phone line that can take it.",
        use_handler_docstrings=True,
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        render_plugins=[ApiPage(), JsonDocument(), YamlDocument()],
    )
