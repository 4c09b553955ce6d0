"""Request bodies of the API, read as Linq reads them: unknown fields are ignored, and each fault has its code."""

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from router.sandbox import faults
from router.sandbox.records import Json

Model = TypeVar("Model", bound=BaseModel)


class SandboxBody(BaseModel):
    """Base of the API's request bodies."""

    model_config = ConfigDict(frozen=True)


class MessageContent(SandboxBody):
    """The content of a message."""

    parts: list[Json]
    effect: Json | None = None
    preferred_service: Literal["iMessage", "SMS", "RCS"] | None = None
    reply_to: Json | None = None
    idempotency_key: str | None = Field(default=None, max_length=255)


class ContinuationMessage(SandboxBody):
    """The text to send instead if a new line is used."""

    text: str = Field(min_length=1)


class NewMessage(SandboxBody):
    """`POST /v3/messages`."""

    to: list[str]
    message: MessageContent
    continuation_message: ContinuationMessage | None = None
    exclude_from: list[str] = []
    override_optout: bool = False


class NewChat(SandboxBody):
    """`POST /v3/chats`."""

    sender: str = Field(alias="from")
    to: list[str]
    message: MessageContent
    override_optout: bool = False


class NewChatMessage(SandboxBody):
    """`POST /v3/chats/{id}/messages`."""

    message: MessageContent
    override_optout: bool = False


class NewReaction(SandboxBody):
    """`POST /v3/messages/{id}/reactions`."""

    operation: Literal["add", "remove"]
    type: Literal["love", "like", "dislike", "laugh", "emphasize", "question", "custom", "sticker"]
    custom_emoji: str | None = None


class NewCard(SandboxBody):
    """`POST /v3/contact_card`."""

    phone_number: str
    first_name: str = Field(min_length=1)
    last_name: str | None = None
    image_url: str | None = None


class CardChange(SandboxBody):
    """`PATCH /v3/contact_card`."""

    first_name: str | None = None
    last_name: str | None = None
    image_url: str | None = None


class Forwarding(SandboxBody):
    """`PUT /v3/phone_numbers/{id}`."""

    forwarding_number: str | None


class NewSubscription(SandboxBody):
    """`POST /v3/webhook-subscriptions`."""

    target_url: str
    subscribed_events: list[str]
    phone_numbers: list[str] | None = None
    routing_key_header: str | None = None
    routing_id_header: str | None = None


class SubscriptionChange(SandboxBody):
    """`PUT /v3/webhook-subscriptions/{id}`: a missing field stays as it is; a null clears it."""

    target_url: str | None = None
    subscribed_events: list[str] | None = None
    phone_numbers: list[str] | None = None
    is_active: bool | None = None
    routing_key_header: str | None = None
    routing_id_header: str | None = None


class Blocking(SandboxBody):
    """`POST` and `DELETE /v3/blocked_handles`."""

    handle: str = Field(min_length=3)
    reason: str | None = None


class CapabilityCheck(SandboxBody):
    """`POST /v3/capability/check_imessage` and `check_rcs`."""

    address: str


def read(model: type[Model], raw: bytes) -> Model:
    """Read a body.

    Raises:
        LinqFault: 1003 it is not a JSON object; 1001 a field is missing; 1005 a field has a wrong value.
    """
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            raise faults.missing_field(field) from error
        if not field:
            raise faults.invalid_body(first["msg"]) from error
        raise faults.invalid_value(f"{field}: {first['msg']}") from error
