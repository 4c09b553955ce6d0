"""The trace id of a request: in a header of every answer and in every error."""

from uuid import uuid4

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

HEADER = "X-Trace-ID"
_KEY = "sandbox_trace_id"


def trace_id_of(scope: Scope) -> str:
    """Return the request's trace id. Like Linq, ignore one in the request."""
    trace_id: str = scope["state"].setdefault(_KEY, uuid4().hex)
    return trace_id


async def add_trace_id(message: Message, scope: Scope) -> None:
    """Add the trace id to the answer's headers."""
    if message["type"] == "http.response.start":
        MutableScopeHeaders.from_message(message)[HEADER] = trace_id_of(scope)
