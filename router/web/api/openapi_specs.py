"""What OpenAPI must know besides a handler's types: its problems, and bodies that are not JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from router.schemas.common import Problem
from router.web.problems import PROBLEM_JSON, PROBLEMS

BEARER = [{"bearer": list[str]()}]


def may_fail(*statuses: int) -> Mapping[int, ResponseSpec]:
    """Return what a handler's `responses` says of its problems.

    What every guarded route may answer is added: no key, too weak a key, and a store that does not answer.
    """
    return {status: _spec(status) for status in sorted({401, 403, 503, *statuses})}


def problem_titles(status: int) -> str:
    """Return what a status may mean, in words."""
    return "; ".join(kind.title for kind in PROBLEMS.values() if kind.status == status)


@dataclass
class TakesPhoto(Operation):
    """An operation whose body is the bytes of a picture."""

    def __post_init__(self) -> None:
        """Describe the body."""
        picture = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))
        kinds = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp")
        self.request_body = RequestBody(content=dict.fromkeys(kinds, picture), required=True)


@dataclass
class TakesTable(Operation):
    """An operation whose body is a CSV table."""

    def __post_init__(self) -> None:
        """Describe the body, with a table to copy."""
        example = "number,weight,label\n+12025550101,100,Alpha\n+12025550102,50,Beta\n"
        table = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING), example=example)
        self.request_body = RequestBody(content={"text/csv": table}, required=True)


def _spec(status: int) -> ResponseSpec:
    return ResponseSpec(
        data_container=Problem,
        description=problem_titles(status),
        media_type=PROBLEM_JSON,
        generate_examples=False,
    )
