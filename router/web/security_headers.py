"""Headers that every answer carries, errors too: what a browser must not do with it."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from router.web.answer import CONTENT_SECURITY_POLICY

_FOR_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, noarchive",
    "Cache-Control": "no-store",
}
_FOR_PAGES = CONTENT_SECURITY_POLICY.decode()
_FOR_DATA = "default-src 'none'; frame-ancestors 'none'"


async def add_security_headers(message: Message, _scope: Scope) -> None:
    """Add them to a response that begins; what a handler set itself stays.

    A hook on sending, because Litestar's `response_headers` and `after_request` leave out its error answers.
    """
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    is_page = headers.get("content-type", "").startswith("text/html")
    for name, value in {**_FOR_ALL, "Content-Security-Policy": _FOR_PAGES if is_page else _FOR_DATA}.items():
        headers.setdefault(name, value)
