"""The yardstick: the least that Litestar can do to redirect somebody, written as its documentation writes it."""

from litestar import Litestar, get
from litestar.response import Redirect

LINE = "sms:+12025550101"


@get("/j/bench", status_code=302)
async def redirect() -> Redirect:
    """Send everybody to one line."""
    return Redirect(LINE, status_code=302)


app = Litestar([redirect])
