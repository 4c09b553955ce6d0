"""Headers of every response, errors too: what a browser must not do with it."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from router.web.raw_response import PAGE, PRIVATE


async def add_security_headers(message: Message, _scope: Scope) -> None:
    """Add the headers to a response as it begins; those that a handler set stay as they are.

    A hook on sending, because Litestar's `response_headers` and `after_request` leave out its error answers.
    """
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    is_page = headers.get("content-type", "").startswith("text/html")
    for name, value in PAGE if is_page else PRIVATE:
        headers.setdefault(name.decode(), value.decode())
