"""Read bodies as the schemas demand: strictly, with every fault in the schema's own words.

Litestar's own reading of pydantic models is not strict ("5" passes for 5), and msgspec retells a ValueError as a line
of text, cut at its first dash.
"""

from collections.abc import Callable
from typing import Any, TypeGuard

from litestar import Request
from litestar.exceptions import ClientException
from litestar.plugins.pydantic import PydanticInitPlugin
from pydantic import ValidationError

from router.schemas.common import RequestBody
from router.web.problems import InvalidBody, list_faults

_Decoder = tuple[Callable[[Any], bool], Callable[[Any, Any], Any]]


class JsonRequest(Request[Any, Any, Any]):
    """A request that refuses broken JSON of every kind.

    Litestar foresees only msgspec's own fault; bytes that are no UTF-8 and brackets nested by the thousand pass it by.
    """

    async def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            ClientException: it cannot be read.
        """
        try:
            return await super().json()
        except UnicodeDecodeError as error:
            raise ClientException(f"Byte {error.start + 1} of the JSON is not UTF-8.") from error
        except RecursionError as error:
            raise ClientException("The JSON is nested too deeply.") from error


class StrictBodies(PydanticInitPlugin):
    """Replaces Litestar's own plugin for pydantic bodies."""

    @classmethod
    def decoders(cls, validate_strict: bool = False) -> list[_Decoder]:  # noqa: ARG003, FBT001, FBT002 - its signature
        """Return how values become models."""
        return [(_is_body, _decode_body)]


def _is_body(annotation: Any) -> TypeGuard[type[RequestBody]]:
    return isinstance(annotation, type) and issubclass(annotation, RequestBody)


def _decode_body(model: type[RequestBody], value: Any) -> RequestBody:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidBody(list_faults(error)) from error
