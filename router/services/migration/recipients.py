"""Open what people gave us of themselves, to reach them beside their line."""

from router.core.personal_data import PersonalData
from router.core.prompt import Recipient
from router.store.assignments import cut_contacts


class Recipients:
    """Opens sealed identities."""

    def __init__(self, personal_data: PersonalData) -> None:
        self._personal_data = personal_data

    def open(self, contacts: bytes) -> Recipient:
        """Return how a person can be reached: of each kind what they gave last."""
        user = phone = email = None
        for sealed in cut_contacts(contacts):
            identity = self._personal_data.open(sealed)
            if identity is not None:
                user, phone, email = identity.user or user, identity.phone or phone, identity.email or email
        return Recipient(user=user, phone=phone, email=email)
