"""The yardsticks: the least that Litestar can do to redirect a person, and to read a body, as its documents show."""

from typing import Any

from litestar import Litestar, Request, get, post
from litestar.response import Redirect

LINE = "sms:+12025550101"


@get("/j/bench", status_code=302)
async def redirect() -> Redirect:
    """Send everybody to one line."""
    return Redirect(LINE, status_code=302)


@post("/webhooks/linq", status_code=200)
async def take(request: Request[Any, Any, Any]) -> str:
    """Read the body, and nothing more."""
    await request.body()
    return "taken"


app = Litestar([redirect, take])
