"""Request bodies of the control API, read strictly: an unknown field is an error."""

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from router.sandbox.records import Json

Model = TypeVar("Model", bound=BaseModel)


class ControlFault(Exception):
    """A control call that cannot be done.

    Attributes:
        status: the HTTP status of the answer.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Order(BaseModel):
    """Base of the control API's request bodies."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewLine(Order):
    """Give the account a line."""

    number: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{7,14}$")
    kind: Literal["iMessage", "RCS"] = "iMessage"


class Health(Order):
    """Change a line's status, reputation or both. An event is sent even if nothing changes."""

    status: Literal["ACTIVE", "FLAGGED"] | None = None
    reputation: Literal["HEALTHY", "AT_RISK", "CRITICAL"] | None = None


class Move(Order):
    """Move a line to another environment."""

    environment: str = Field(min_length=1, max_length=60)


class Text(Order):
    """A person texts a line."""

    sender: str = Field(alias="from", min_length=3, max_length=120)
    to: str
    text: str = Field(max_length=20_000)
    service: Literal["iMessage", "RCS", "SMS"] | None = None
    reconciled: bool = False
    anyway: bool = False


class Reply(Order):
    """The customer's app writes to a person who has a chat."""

    chat: str | None = None
    sender: str | None = Field(default=None, alias="from")
    to: str | None = None
    text: str = Field(min_length=1)
    until: Literal["sent", "delivered", "read"] = "read"


class Tapback(Order):
    """A person or a line reacts to the other side's newest message."""

    sender: str = Field(alias="from")
    to: str
    type: Literal["love", "like", "dislike", "laugh", "emphasize", "question"] = "like"


class Failure(Order):
    """A message of the account fails."""

    message: str
    code: Literal[3007, 4001, 4002, 4005, 4006, 4007, 4008] = 4002


class Release(Order):
    """Send the held deliveries."""

    order: Literal["as_made", "reversed", "shuffled"] = "as_made"


class NewEvent(Order):
    """An event of any type, sent to every active subscription."""

    type: str = Field(min_length=1, max_length=200)
    data: Json = {}
    id: str | None = None
    raw: str | None = None


class FaultPlan(Order):
    """The next calls to a path fail or wait."""

    path: str = "/v3"
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    status: int | None = Field(default=None, ge=400, le=599)
    code: int = 3006
    message: str = "Internal server error"
    retry_after_s: int | None = Field(default=None, ge=0)
    delay_ms: int = Field(default=0, ge=0, le=120_000)
    times: int = Field(default=1, ge=1, le=1_000_000)


def read(model: type[Model], raw: bytes) -> Model:
    """Read a body; an empty one has no fields.

    Raises:
        ControlFault: with the first fault.
    """
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise as_control_fault(error) from error


def as_control_fault(error: ValidationError) -> ControlFault:
    """Describe the first fault."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    return ControlFault(422, f"{field}: {first['msg']}" if field else first["msg"])
