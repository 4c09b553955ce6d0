"""The contact card paths."""

from typing import Any

from litestar import Controller, Request, get, patch, post
from litestar.di import NamedDependency

from router.sandbox import faults
from router.sandbox.api.bodies import CardChange, NewCard, read
from router.sandbox.cards import card_of, change_card, create_card
from router.sandbox.records import Json, SandboxLine
from router.sandbox.sandbox import Sandbox
from router.sandbox.selection import check_numbers
from router.sandbox.shapes import card_shape


class CardController(Controller):
    """The cards of the account's lines. POST and PATCH together allow three calls per line in ten minutes."""

    path = "/contact_card"

    @get()
    async def list_cards(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """List all cards, or that of one line."""
        number = request.query_params.get("phone_number")
        lines = sandbox.world.own_lines()
        if number is not None:
            check_numbers([number])
            lines = [sandbox.world.line_of(number)]
        return {"contact_cards": [card_shape(line.number, line.card) for line in lines if line.card is not None]}

    @post(status_code=200)
    async def create(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Set up a line's card."""
        body = read(NewCard, await request.body())
        line = _line(sandbox, body.phone_number)
        card = create_card(
            sandbox.world,
            line,
            first_name=body.first_name,
            last_name=body.last_name,
            image_url=body.image_url,
            now_ns=sandbox.now_ns(),
        )
        return card_shape(line.number, card)

    @patch()
    async def change(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Change the given fields of a line's card."""
        number = request.query_params.get("phone_number")
        if not number:
            raise faults.missing_field("phone_number")
        body = read(CardChange, await request.body())
        line = _line(sandbox, number)
        card_of(line)
        card = change_card(sandbox.world, line, **body.model_dump(), now_ns=sandbox.now_ns())
        return card_shape(line.number, card)


def _line(sandbox: Sandbox, number: str) -> SandboxLine:
    """Return the line whose card will be set, and count the call."""
    check_numbers([number])
    line = sandbox.world.line_of(number)
    wait_s = sandbox.card_allowance.spend(number, now_ns=sandbox.now_ns())
    if wait_s is not None:
        raise faults.rate_limited(wait_s)
    return line
