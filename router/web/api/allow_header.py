"""Answer OPTIONS with every method of the path.

Litestar makes that answer when a path's first handler is registered, and keeps it: GET is missing from `Allow` as soon
as a POST follows (seen in 2.25).
"""

from litestar import HttpMethod
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope


async def name_all_methods(message: Message, scope: Scope) -> None:
    """Correct the header when an answer to OPTIONS begins."""
    if message["type"] != "http.response.start" or scope.get("method") != HttpMethod.OPTIONS:
        return
    routes = [route for route in scope["litestar_app"].routes if route.path_format == scope.get("path_template")]
    methods = {method for route in routes for method in getattr(route, "methods", ())}
    if methods:
        MutableScopeHeaders.from_message(message)["Allow"] = ", ".join(sorted(methods))
