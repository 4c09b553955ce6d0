"""Routes: which number is a person's now, and whether to write to them."""

from datetime import datetime

from pydantic import Field

from router.core.routing import RouteReason
from router.services.routing import Route
from router.web.schemas.common import EXAMPLE_NUMBER, Answer
from router.web.schemas.moments import moment
from router.web.schemas.signups import StateWord


class WrongLineAnswer(Answer):
    """A line that a person texted although nobody can answer there."""

    number: str = Field(examples=["+12025550102"])
    at: datetime


class RouteAnswer(Answer):
    """Where a person is to be written from, as of this moment. Ask each time; do not keep it."""

    signup: str = Field(description="the person's id", examples=["K7M4QX"])
    line: str | None = Field(description="the number to use now; null while none works", examples=[EXAMPLE_NUMBER])
    home_line: str | None = Field(
        description="the line they are on; another than `line` while that one can not carry them; null for one who "
        "waits for a line",
        examples=[EXAMPLE_NUMBER],
    )
    state: StateWord
    outbound_allowed: bool = Field(description="whether to write to them from `line` now")
    reason: RouteReason = Field(description="`ok`, or why not")
    since: datetime | None = Field(description="since when the reason holds; null where nobody knows")
    page_url: str = Field(description="the person's own page")
    texted_wrong_line: WrongLineAnswer | None = Field(
        description="the line they texted within the last day although nobody can answer there; tell them `line`"
    )

    @classmethod
    def of(cls, route: Route) -> "RouteAnswer":
        """Return what is told of a route."""
        wrong = None
        if route.wrong_line is not None and route.wrong_line_at_ms is not None:
            wrong = WrongLineAnswer(number=route.wrong_line, at=moment(route.wrong_line_at_ms))
        return cls.model_validate(
            {
                "signup": route.signup,
                "line": route.line,
                "home_line": route.home_line,
                "state": route.state.word,
                "outbound_allowed": route.outbound_allowed,
                "reason": route.reason,
                "since": None if route.since_ms is None else moment(route.since_ms),
                "page_url": route.page_url,
                "texted_wrong_line": wrong,
            }
        )
