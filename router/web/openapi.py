"""The one OpenAPI document: Litestar's routes and the hot ones, over the schemas as pydantic itself writes them.

Litestar draws pydantic models its own way and loses what only pydantic knows (what a validator asks for, a field that
may be left out but not be null), so its schemas are replaced under the same names. Its pages for reading the document
load scripts from other people's servers; ours is a plain list.
"""

from copy import deepcopy
from typing import Any

from litestar import Request
from litestar.enums import MediaType
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from router.web.documented import problem_titles
from router.web.openapi_hot import HOT_PATHS
from router.web.problems import PROBLEM_JSON, PROBLEMS
from router.web.schemas.common import Answer, Body

Document = dict[str, Any]
WebRequest = Request[Any, Any, Any]

_METHODS = ("get", "post", "put", "patch", "delete", "head")
_FIRST_ERROR_STATUS = "400"


def complete_document(litestars: Document) -> Document:
    """Return the whole document, from what Litestar knows of it."""
    paths: Document = deepcopy(dict(sorted((litestars["paths"] | HOT_PATHS).items())))
    for _, _, operation in _operations(paths):
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

    def render(self, request: WebRequest, openapi_schema: Document) -> bytes:
        """Write the document as JSON."""
        return self.render_json(request, complete_document(openapi_schema))


class YamlDocument(YamlRenderPlugin):
    """/schema/openapi.yaml."""

    def render(self, request: WebRequest, openapi_schema: Document) -> bytes:
        """Write the document as YAML."""
        return super().render(request, complete_document(openapi_schema))


class ApiPage(OpenAPIRenderPlugin):
    """/schema: every operation and every problem, to read."""

    def __init__(self) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)

    def render(self, request: WebRequest, openapi_schema: Document) -> bytes:
        """Write the page."""
        operations = _operations(complete_document(openapi_schema)["paths"])
        assert request.app.template_engine is not None
        template = request.app.template_engine.get_template("api.html")
        return str(template.render(operations=operations, problems=PROBLEMS)).encode()


def _operations(paths: Document) -> list[tuple[str, str, Document]]:
    return [(path, method, item[method]) for path, item in paths.items() for method in _METHODS if method in item]


def _as_problem(status: str) -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": problem_titles(int(status)), "content": {PROBLEM_JSON: {"schema": schema}}}


def _schemas() -> Document:
    bodies = [(model, "validation") for model in _models_below(Body)]
    answers = [(model, "serialization") for model in _models_below(Answer)]
    _, definitions = models_json_schema([*bodies, *answers], ref_template="#/components/schemas/{model}")  # type: ignore[list-item]
    return dict(sorted(definitions["$defs"].items()))


def _models_below(base: type[BaseModel]) -> list[type[BaseModel]]:
    below = base.__subclasses__()
    return [*below, *(deeper for model in below for deeper in _models_below(model))]
