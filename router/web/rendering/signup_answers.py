"""Build the API's answer about one signup: the line to text now and every link to give to the person."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from router.core.assignment import Assignment, Reason, State
from router.core.line import Gate
from router.core.links.token import PAGE, Tokens
from router.schemas.signups import SignupAnswer, origin_fields
from router.services.pools.pool_cache import PoolView
from router.web.rendering.per_view import PerView
from router.web.rendering.pool_links import PoolLinks

_HOLDS_PLACE = frozenset({State.RESERVED, State.EXPIRED})


class SignupAnswers:
    """Makes answers whose links lead to this gateway.

    Args:
        base_url: origin of every link, without a slash at its end.
    """

    def __init__(self, tokens: Tokens, base_url: str) -> None:
        self._tokens = tokens
        self._base_url = base_url
        self._links = PerView(PoolLinks)

    def present(self, view: PoolView, assignment: Assignment) -> SignupAnswer:
        """Build the answer about a person for whom no line was asked just now."""
        return SignupAnswer.model_validate(self.fields(view, assignment))

    def fields(
        self,
        view: PoolView,
        assignment: Assignment,
        *,
        reason: Reason | None = None,
        is_new: bool = False,
        held_back: Mapping[Gate, int] | None = None,
    ) -> dict[str, Any]:
        """Return the fields of a SignupAnswer. They are not validated: they are ours, and every signup passes here.

        Args:
            view: one that knows the assignment's lines, as `Signups.view_of` returns it.
            assignment: where the person stands.
            reason: why this line; None where no line was asked for just now.
            is_new: whether the person was signed up by this very request, or by the one it repeats.
            held_back: how many lines each gate held back.
        """
        links, code, slot = self._links.of(view), assignment.code, assignment.slot
        page_url = self.page_url(view, assignment)
        expires_at = datetime.fromtimestamp(assignment.expires_at_s, tz=UTC)
        return {
            "id": code,
            "pool": view.pool.id,
            "state": assignment.state.word,
            "is_new": is_new,
            "line": None if slot is None else view.lines[slot].number,
            "backups": [view.lines[other].number for other in assignment.slots if other != slot],
            "tier": assignment.tier,
            "reason": reason or (Reason.BACKUP if assignment.is_rerouted else Reason.EXISTING),
            "held_back": held_back or {},
            "code": code,
            "text": links.text(code),
            "deeplinks": None if slot is None else links.by_platform(slot, code),
            "page_url": page_url,
            "vcard_url": f"{page_url}/{links.card_name}",
            "qr_url": f"{page_url}/qr.svg",
            "expires_at": expires_at if assignment.state in _HOLDS_PLACE else None,
            **origin_fields(assignment),
        }

    def page_url(self, view: PoolView, assignment: Assignment) -> str:
        """Return the URL of the person's own page."""
        return f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, assignment.code)}"
