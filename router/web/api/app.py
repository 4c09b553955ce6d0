"""The Litestar application: everything but the hot routes, which stand before it and in the same OpenAPI document."""

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from router.assets import docs_dir, load_static, make_templates, static_dir
from router.gateway import Gateway
from router.manual.pages import read_manual
from router.web.api.allow_header import name_all_methods
from router.web.api.controllers.campaigns import CampaignController, LineCampaignController
from router.web.api.controllers.capacity import CapacityController
from router.web.api.controllers.events import EventController
from router.web.api.controllers.funnel import funnel
from router.web.api.controllers.keys import KeyController
from router.web.api.controllers.lines import LineController
from router.web.api.controllers.manual import lead_to_manual, show_manual, show_manual_page
from router.web.api.controllers.metrics import metrics
from router.web.api.controllers.pools import PoolController
from router.web.api.controllers.routes import RouteController
from router.web.api.controllers.signups import SignupController
from router.web.api.controllers.site import healthz, readyz, static, welcome
from router.web.api.controllers.webhooks import AppDeliveryController
from router.web.api.deps import provide_services
from router.web.api.openapi import ApiPage, JsonDocument, WholeDocument, YamlDocument
from router.web.api.security_headers import add_security_headers
from router.web.api.strict_bodies import JsonRequest, StrictBodies
from router.web.problems import exception_handlers
from router.web.rendering.manual_pages import ManualShelf

API_PATH = "/api/v1"
API_VERSION = "1"  # of the contract, not of the program
BODY_LIMIT_BYTES = 64 * 1024  # the largest JSON body there is, a signup with 50 exclusions, has 2 KB

_CONTROLLERS = (
    CampaignController,
    CapacityController,
    EventController,
    funnel,
    KeyController,
    LineCampaignController,
    LineController,
    PoolController,
    RouteController,
    SignupController,
    AppDeliveryController,
)


_PAGES = (healthz, lead_to_manual, metrics, readyz, show_manual, show_manual_page, static, welcome)


def create_litestar(gateway: Gateway) -> Litestar:
    """Make the application around an open gateway; its `access` decides who may call what."""
    static_files = load_static(static_dir())
    templates = make_templates(static_files)
    whole = WholeDocument()
    manual_shelf = ManualShelf(read_manual(docs_dir()), templates, gateway.base_url, lambda: whole.of(app))
    app = Litestar(
        route_handlers=[Router(API_PATH, route_handlers=_CONTROLLERS), *_PAGES],
        dependencies=provide_services(gateway, static_files, manual_shelf),
        state=State({"access": gateway.access}),
        plugins=[StrictBodies()],
        request_class=JsonRequest,
        exception_handlers=exception_handlers(),
        before_send=[add_security_headers, name_all_methods],
        request_max_body_size=BODY_LIMIT_BYTES,
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates)),
        openapi_config=_openapi_config(whole),
        logging_config=None,  # router.telemetry has the one way for log lines
        debug=False,
    )
    return app


def _openapi_config(whole: WholeDocument) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Switchyard",
        version=API_VERSION,
        summary="Sends each signup to a phone line that can take it.",
        use_handler_docstrings=True,
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        render_plugins=[ApiPage(whole), JsonDocument(whole), YamlDocument(whole)],
    )
