"""API keys and their roles."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from router.core.access import ApiKey, Role
from router.schemas.common import AnswerBody, RequestBody
from router.schemas.moments import moment

RoleWord = Literal["viewer", "operator", "admin"]


class KeyBody(RequestBody):
    """A key to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "operator", "label": "signup back end"}]})

    role: RoleWord
    label: Annotated[str, Field(min_length=1, max_length=60, description="who will use it")]

    def as_role(self) -> Role:
        """Return the arguments for the service."""
        return Role[self.role.upper()]


class KeyAnswer(AnswerBody):
    """A key, without its secret."""

    id: str = Field(examples=["k7m4qx2a"])
    role: RoleWord
    label: str
    created_at: datetime

    @classmethod
    def of(cls, key: ApiKey) -> "KeyAnswer":
        """Build the API answer for a key, without its secret."""
        return cls.model_validate(
            {"id": key.id, "role": key.role.word, "label": key.label, "created_at": moment(key.created_at_ms)}
        )


class NewKeyAnswer(AnswerBody):
    """A key that was just made."""

    key: str = Field(description="shown only this once; store it where you keep secrets", examples=["sy_k7m4qx2a_…"])
    about: KeyAnswer
