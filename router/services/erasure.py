"""Erase a person: whatever identifies them, their contact and their record; their place on the line is free again."""

from router.core.code import Code
from router.core.errors import NotFound
from router.core.personal_data import Identity, IdentityKind, PersonalData
from router.services.directory import PoolView
from router.store.assignments import Assignments


class Erasure:
    """Forgets people a back end names by its own id of them."""

    def __init__(self, assignments: Assignments, personal_data: PersonalData) -> None:
        self._assignments = assignments
        self._personal_data = personal_data

    async def forget_user(self, view: PoolView, user: str) -> None:
        """Erase the person a back end knows under this id.

        Raises:
            NotFound: nobody signed up under it, or they were erased already.
        """
        known_as = self._personal_data.fingerprint(IdentityKind.USER, view.pool.id, user)
        code = await self._assignments.code_of(view.keys, known_as)
        if code is None:
            raise NotFound("Nobody of that id signed up in this pool, or they were erased already.")
        await self._forget(view, code, {known_as})

    async def forget_signup(self, view: PoolView, code: Code) -> None:
        """Erase the person of a signup, however they were known.

        Raises:
            NotFound: there is no such signup, or it was erased already.
        """
        if not await self._forget(view, code, set()):
            raise NotFound("There is no such signup in this pool, or it was erased already.")

    async def _forget(self, view: PoolView, code: Code, known_as: set[bytes]) -> bool:
        sealed = await self._assignments.contacts(view.keys, code)
        given = [contact for contact in map(self._personal_data.open, sealed) if contact is not None]
        fingerprints = known_as.union(*(self._fingerprints(view, contact) for contact in given))
        return await self._assignments.forget(view.keys, code, sorted(fingerprints))

    def _fingerprints(self, view: PoolView, contact: Identity) -> list[bytes]:
        return [self._personal_data.fingerprint(kind, view.pool.id, value) for kind, value in contact.known()]
