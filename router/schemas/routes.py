"""Routes: which number to write to a person from now, and whether to."""

from datetime import datetime

from pydantic import Field

from router.core.people.routing import RouteReason
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody
from router.schemas.moments import moment
from router.schemas.signups import StateWord
from router.services.people.routing import Route


class WrongLineAnswer(AnswerBody):
    """A line that a person texted although it cannot answer."""

    number: str = Field(examples=["+12025550102"])
    at: datetime


class RouteAnswer(AnswerBody):
    """Which number to write to a person from, at this moment. Ask each time; do not store it."""

    signup: str = Field(description="the person's id", examples=["K7M4QX"])
    line: str | None = Field(description="the number to use now; null while none works", examples=[EXAMPLE_NUMBER])
    home_line: str | None = Field(
        description="the line they are on; another than `line` while that one cannot carry them; null for a person who "
        "waits for a line",
        examples=[EXAMPLE_NUMBER],
    )
    state: StateWord
    outbound_allowed: bool = Field(description="whether to write to them from `line` now")
    reason: RouteReason = Field(description="`ok`, or why not")
    since: datetime | None = Field(description="since when the reason holds; null if unknown")
    page_url: str = Field(description="the person's own page")
    texted_wrong_line: WrongLineAnswer | None = Field(
        description="the line they texted within the last day although nobody can answer there; ask them to text `line`"
    )

    @classmethod
    def of(cls, route: Route) -> "RouteAnswer":
        """Build the API answer for a route."""
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
