"""Contacts that visitors left on the waitlist page: who may be written to at them, and who may not.

Nobody has shown that such a contact is theirs. So it finds nobody, and opens nobody's page: a stranger who types it
gets a place of their own. It is written to once in a month, for the first place it was left with, and never if the
person it belongs to has asked us to stop.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from router.core.assignment import Assignment, State
from router.core.campaigns.prompt import Recipient
from router.core.code import Code
from router.core.people.personal_data import Identity, IdentityKind, PersonalData
from router.services.pools.pool_cache import PoolView
from router.store.assignments import Assignments

_MONTH_S: Final = timedelta(days=30) // timedelta(seconds=1)
_CAN_BE_WRITTEN_TO: Final = (IdentityKind.PHONE, IdentityKind.EMAIL)


class LeftContacts:
    """Knows who left a contact, and who wants no messages at one."""

    def __init__(self, assignments: Assignments, personal_data: PersonalData) -> None:
        self._assignments = assignments
        self._personal_data = personal_data

    def left_in(self, view: PoolView, contact: Identity, *, at_s: int) -> bytes:
        """Return the fingerprint under which a contact counts as left in this month."""
        (kind, value), *_ = contact.known()
        return self._personal_data.digest(f"left in {at_s // _MONTH_S}", self._fingerprint(view, kind, value))

    def left_between(self, view: PoolView, contact: Identity, *, from_s: int, to_s: int) -> list[bytes]:
        """Return every fingerprint that a contact may have left between two moments, and that of its wish."""
        months = range(from_s // _MONTH_S, to_s // _MONTH_S + 1)
        left = [self.left_in(view, contact, at_s=month * _MONTH_S) for month in months if contact.known()]
        return left + self._wishes(view, contact)

    async def set_quiet(self, view: PoolView, code: Code, *, is_quiet: bool) -> None:
        """Record that nobody may be written to at a person's contacts, or take that back."""
        for sealed in await self._assignments.contacts(view.keys, code):
            contact = self._personal_data.open(sealed)
            for wish in [] if contact is None else self._wishes(view, contact):
                await self._assignments.set_identity(view.keys, wish, code if is_quiet else None)

    async def without_refused(self, view: PoolView, recipients: Mapping[Code, Recipient]) -> dict[Code, Recipient]:
        """Return the recipients, without the contacts of those who asked us to stop, under whatever signup."""
        reachable = {code: one for code, one in recipients.items() if one.phone or one.email}
        wanted = {code: Identity(phone=one.phone, email=one.email) for code, one in reachable.items()}
        refused = await self._refused(view, wanted)
        return {code: Recipient(user=one.user) if code in refused else one for code, one in recipients.items()}

    async def _refused(self, view: PoolView, wanted: Mapping[Code, Identity]) -> Collection[Code]:
        asked: list[tuple[Code, bytes, bool]] = []
        for code, contact in wanted.items():
            asked += [(code, wish, True) for wish in self._wishes(view, contact)]
            asked += [(code, self._fingerprint(view, kind, value), False) for kind, value in contact.known()]
        found = await self._assignments.codes_of(view.keys, [fingerprint for _, fingerprint, _ in asked])
        refused = {code for (code, _, is_wish), owner in zip(asked, found, strict=True) if is_wish and owner}
        owners = {
            code: owner
            for (code, _, is_wish), owner in zip(asked, found, strict=True)
            if not is_wish and owner is not None and owner != code
        }
        people = await self._assignments.read(view.keys, sorted(set(owners.values())))
        unwilling = {person.code for person in people if person is not None and _wants_none(person)}
        return refused | {code for code, owner in owners.items() if owner in unwilling}

    def _wishes(self, view: PoolView, contact: Identity) -> list[bytes]:
        return [
            self._personal_data.digest("wants no prompts", self._fingerprint(view, kind, value))
            for kind, value in contact.known()
            if kind in _CAN_BE_WRITTEN_TO
        ]

    def _fingerprint(self, view: PoolView, kind: IdentityKind, value: str) -> bytes:
        return self._personal_data.fingerprint(kind, view.pool.id, value)


def _wants_none(person: Assignment) -> bool:
    return person.state is State.OPTED_OUT or person.is_suppressed or person.is_quiet
