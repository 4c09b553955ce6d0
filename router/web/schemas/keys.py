"""API keys: who may do what."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from router.core.access import ApiKey, Role
from router.web.schemas.common import Answer, Body
from router.web.schemas.moments import moment

RoleWord = Literal["viewer", "operator", "admin"]


class KeyBody(Body):
    """A key to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "operator", "label": "signup back end"}]})

    role: RoleWord
    label: Annotated[str, Field(min_length=1, max_length=60, description="who will use it")]

    def as_role(self) -> Role:
        """Return what the service takes."""
        return Role[self.role.upper()]


class KeyAnswer(Answer):
    """A key, without its secret."""

    id: str = Field(examples=["k7m4qx2a"])
    role: RoleWord
    label: str
    created_at: datetime

    @classmethod
    def of(cls, key: ApiKey) -> "KeyAnswer":
        """Return what may be shown of a key."""
        return cls.model_validate(
            {"id": key.id, "role": key.role.word, "label": key.label, "created_at": moment(key.created_at_ms)}
        )


class NewKeyAnswer(Answer):
    """A key that was just made."""

    key: str = Field(description="shown this once; keep it where secrets are kept", examples=["sy_k7m4qx2a_…"])
    about: KeyAnswer
