"""Say where a person stands, as the API answers it: the line to text now and every link to hand to them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from router.core.assignment import Assignment, Reason, State
from router.core.deeplink import make_deeplinks
from router.core.line import Gate
from router.core.message_text import render_text
from router.core.token import PAGE, Tokens
from router.services.cards import slug_of
from router.services.directory import PoolView
from router.web.schemas.signups import DeeplinksAnswer, SignupAnswer


class SignupAnswers:
    """Makes answers whose links lead to this gateway.

    Args:
        base_url: origin of every link, without a slash at its end.
    """

    def __init__(self, tokens: Tokens, base_url: str) -> None:
        self._tokens = tokens
        self._base_url = base_url

    def present(
        self,
        view: PoolView,
        assignment: Assignment,
        *,
        reason: Reason | None = None,
        is_new: bool = False,
        held_back: Mapping[Gate, int] | None = None,
    ) -> SignupAnswer:
        """Return the answer for one person.

        Args:
            view: one that knows the assignment's lines, as `Signups.view_of` returns it.
            assignment: where the person stands.
            reason: why this line; None where nobody asked for a line just now.
            is_new: whether the person was signed up by this very request, or by the one it repeats.
            held_back: how many lines each gate held back.
        """
        page_url = f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, assignment.code)}"
        line = None if assignment.slot is None else view.lines[assignment.slot]
        text = render_text(view.pool.text, assignment.code)
        links = None if line is None else make_deeplinks(line.number, text, line.service)
        return SignupAnswer(
            id=assignment.code,
            pool=view.pool.id,
            state=assignment.state.word,
            is_new=is_new,
            line=None if line is None else line.number,
            backups=[view.lines[slot].number for slot in assignment.backups if slot != assignment.slot],
            tier=assignment.tier,
            reason=reason or (Reason.BACKUP if assignment.is_rerouted else Reason.EXISTING),
            held_back=dict(held_back or {}),
            code=assignment.code,
            text=text,
            deeplinks=None if links is None else DeeplinksAnswer.model_validate(links, from_attributes=True),
            page_url=page_url,
            vcard_url=f"{page_url}/{slug_of(view)}",
            qr_url=f"{page_url}/qr.svg",
            expires_at=_expiry(assignment),
        )


def _expiry(assignment: Assignment) -> datetime | None:
    is_held = assignment.state in {State.RESERVED, State.EXPIRED}
    return datetime.fromtimestamp(assignment.expires_at_s, tz=UTC) if is_held else None
