"""Erase a person: their identities, their contact data and their record. Their place on the line is free again."""

from router.core.act import Act
from router.core.code import Code
from router.core.errors import NotFound
from router.core.people.personal_data import Identity, IdentityKind, PersonalData
from router.services.people.left_contacts import LeftContacts
from router.services.pools.pool_cache import PoolView
from router.services.runtime.clock import StoreClock
from router.store.assignments import Assignments
from router.telemetry.logs import get_logger

_log = get_logger()


class Erasure:
    """Erases people by a back end's id of them, or by their signup."""

    def __init__(
        self,
        assignments: Assignments,
        personal_data: PersonalData,
        left_contacts: LeftContacts,
        clock: StoreClock,
    ) -> None:
        self._left_contacts = left_contacts
        self._clock = clock
        self._assignments = assignments
        self._personal_data = personal_data

    async def forget_user(self, view: PoolView, user: str, *, by: Act) -> None:
        """Erase the person that a back end knows under this id.

        Raises:
            NotFound: nobody signed up under it, or they were erased already.
        """
        known_as = self._personal_data.fingerprint(IdentityKind.USER, view.pool.id, user)
        code = await self._assignments.code_of(view.keys, known_as)
        if code is None:
            raise NotFound("Nobody of that id signed up in this pool, or they were erased already.")
        await self._forget(view, code, {known_as}, by)

    async def forget_signup(self, view: PoolView, code: Code, *, by: Act) -> None:
        """Erase the person of a signup, with every identity we know them by.

        Raises:
            NotFound: there is no such signup, or it was erased already.
        """
        if not await self._forget(view, code, set(), by):
            raise NotFound("There is no such signup in this pool, or it was erased already.")

    async def _forget(self, view: PoolView, code: Code, known_as: set[bytes], by: Act) -> bool:
        sealed = await self._assignments.contacts(view.keys, code)
        given = [contact for contact in map(self._personal_data.open, sealed) if contact is not None]
        fingerprints = known_as.union(*(self._fingerprints(view, contact) for contact in given))
        (assignment,) = await self._assignments.read(view.keys, [code])
        if assignment is not None:
            from_s, to_s = assignment.created_at_s, self._clock.now_ms() // 1000
            for contact in given:
                fingerprints |= set(self._left_contacts.left_between(view, contact, from_s=from_s, to_s=to_s))
        is_erased = await self._assignments.forget(view.keys, code, sorted(fingerprints))
        if is_erased:
            _log.info("person_erased", pool=view.pool.id, actor=by.actor)
        return is_erased

    def _fingerprints(self, view: PoolView, contact: Identity) -> list[bytes]:
        lookups = self._personal_data.lookups
        return [found for kind, value in contact.known() for found in lookups(kind, view.pool.id, value)]
