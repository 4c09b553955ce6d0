"""Erase a person: whatever identifies them, their contact and their record; their place on the line is free again."""

from router.core.errors import NotFound
from router.core.personal_data import Identity, IdentityKind, PersonalData
from router.services.directory import PoolView
from router.store.assignments import Assignments


class Erasure:
    """Forgets people a back end names by its own id of them."""

    def __init__(self, assignments: Assignments, personal_data: PersonalData) -> None:
        self._assignments = assignments
        self._personal_data = personal_data

    async def forget(self, view: PoolView, user: str) -> None:
        """Erase one person of a pool, with the phone number and address they signed up with.

        Raises:
            NotFound: nobody signed up under this id, or they were erased already.
        """
        known_as = self._personal_data.fingerprint(IdentityKind.USER, view.pool.id, user)
        code = await self._assignments.code_of(view.keys, known_as)
        if code is None:
            raise NotFound("Nobody of that id signed up in this pool, or they were erased already.")
        sealed = await self._assignments.contacts(view.keys, code)
        given = [contact for contact in map(self._personal_data.open, sealed) if contact is not None]
        fingerprints = {known_as, *(each for contact in given for each in self._fingerprints(view, contact))}
        await self._assignments.forget(view.keys, code, sorted(fingerprints))

    def _fingerprints(self, view: PoolView, contact: Identity) -> list[bytes]:
        return [self._personal_data.fingerprint(kind, view.pool.id, value) for kind, value in contact.known()]
