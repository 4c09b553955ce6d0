"""The one OpenAPI document: Litestar's routes and the hot ones, over the schemas as pydantic itself writes them.

Litestar draws pydantic models its own way and loses what only pydantic knows (what a validator asks for, a field that
may be left out but not be null), so its schemas are replaced under the same names. Its pages for reading the document
load scripts from other people's servers; ours is a plain list. The document is made once, when first asked for: that
takes a tenth of a second, and as YAML half a second.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from litestar import Litestar, Request
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from litestar.routes import HTTPRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from router.core.access import Role
from router.manual.api_reference import ROLE_FIELD
from router.schemas.common import AnswerBody, RequestBody
from router.web.api.openapi_specs import problem_titles
from router.web.guards import GUARDED_ROLES
from router.web.hot.openapi import HOT_PATHS
from router.web.problems import PROBLEM_JSON, PROBLEMS

Document = dict[str, Any]
WebRequest = Request[Any, Any, Any]

_METHODS = ("get", "post", "put", "patch", "delete", "head")
_FIRST_ERROR_STATUS = "400"


class WholeDocument:
    """The document of one application."""

    def __init__(self) -> None:
        self._made: Document | None = None

    def of(self, app: Litestar) -> Document:
        """Return the document; the caller leaves it as it is."""
        if self._made is None:
            self._made = complete_document(app.openapi_schema.to_schema(), roles_by_operation(app))
        return self._made


def roles_by_operation(app: Litestar) -> dict[str, Role]:
    """Return the least role that each of Litestar's operations asks for, by the operation's id."""
    return {
        str(handler.operation_id): max(roles)
        for handler in _handlers(app)
        if (roles := [GUARDED_ROLES[guard] for guard in handler.resolve_guards() if guard in GUARDED_ROLES])
    }


def complete_document(litestars: Document, roles: Mapping[str, Role]) -> Document:
    """Return the whole document, from what Litestar knows of it and the role that each operation needs."""
    paths: Document = deepcopy(dict(sorted((litestars["paths"] | HOT_PATHS).items())))
    for _, _, operation in _operations(paths):
        if operation["operationId"] in roles:
            operation[ROLE_FIELD] = roles[operation["operationId"]].word
        operation["responses"] = {
            status: _as_problem(status) if status >= _FIRST_ERROR_STATUS else answer
            for status, answer in sorted(operation["responses"].items())
        }
        operation["summary"] = operation["description"].partition(".")[0]
    components = litestars["components"]
    schemas = components["schemas"] | _schemas()
    return litestars | {"paths": paths, "components": components | {"schemas": schemas}}


class JsonDocument(JsonRenderPlugin):
    """/schema/openapi.json."""

    def __init__(self, whole: WholeDocument) -> None:
        super().__init__()
        self._whole = whole
        self._body = b""

    def render(self, request: WebRequest, openapi_schema: Document) -> bytes:  # noqa: ARG002 - ours holds it
        """Write the document as JSON."""
        self._body = self._body or self.render_json(request, self._whole.of(request.app))
        return self._body


class YamlDocument(YamlRenderPlugin):
    """/schema/openapi.yaml."""

    def __init__(self, whole: WholeDocument) -> None:
        super().__init__()
        self._whole = whole
        self._body = b""

    def render(self, request: WebRequest, openapi_schema: Document) -> bytes:  # noqa: ARG002 - ours holds it
        """Write the document as YAML."""
        self._body = self._body or super().render(request, self._whole.of(request.app))
        return self._body


class ApiPage(OpenAPIRenderPlugin):
    """/schema: every operation and every problem, to read."""

    def __init__(self, whole: WholeDocument) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)
        self._whole = whole
        self._body = b""

    def render(self, request: WebRequest, openapi_schema: Document) -> bytes:  # noqa: ARG002 - ours holds it
        """Write the page."""
        if not self._body:
            operations = _operations(self._whole.of(request.app)["paths"])
            assert request.app.template_engine is not None
            template = request.app.template_engine.get_template("api.html")
            self._body = str(template.render(operations=operations, problems=PROBLEMS)).encode()
        return self._body


def _handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from (handler for handler, _ in route.route_handler_map.values())


def _operations(paths: Document) -> list[tuple[str, str, Document]]:
    return [(path, method, item[method]) for path, item in paths.items() for method in _METHODS if method in item]


def _as_problem(status: str) -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": problem_titles(int(status)), "content": {PROBLEM_JSON: {"schema": schema}}}


def _schemas() -> Document:
    bodies = [(model, "validation") for model in _models_below(RequestBody)]
    answers = [(model, "serialization") for model in _models_below(AnswerBody)]
    _, definitions = models_json_schema([*bodies, *answers], ref_template="#/components/schemas/{model}")  # type: ignore[list-item]
    return dict(sorted(definitions["$defs"].items()))


def _models_below(base: type[BaseModel]) -> list[type[BaseModel]]:
    below = base.__subclasses__()
    return [*below, *(deeper for model in below for deeper in _models_below(model))]
