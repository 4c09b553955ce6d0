"""Signups: who a back end says a person is, and which line they got."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from router.core.assignment import Reason
from router.core.line import Gate
from router.core.personal_data import Identity
from router.services.signups import SignupRequest
from router.store.assignments import MAX_EXCLUDED
from router.web.schemas.common import EXAMPLE_NUMBER, Answer, Body, Count, Number

MAX_USER_CHARACTERS = 200
MAX_EMAIL_CHARACTERS = 254
MAX_IDEMPOTENCY_KEY_CHARACTERS = 200

# Only what tells an address from something else; whether mail arrives there nobody can see from its spelling.
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_EMAIL_SCHEMA = {"type": "string", "format": "email", "maxLength": MAX_EMAIL_CHARACTERS}

StateWord = Literal["reserved", "confirmed", "moving", "released", "expired", "opted_out", "waitlisted"]


def _must_be_email(text: str) -> str:
    if len(text) > MAX_EMAIL_CHARACTERS or not _EMAIL.fullmatch(text):
        raise PydanticCustomError("invalid", "it must be an e-mail address such as ada@example.com")
    return text


class SignupBody(Body):
    """A person who signs up; at least one of user, phone and email. The same person gets the same line again."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"type": "string"}}} for name in ("user", "phone", "email")
            ],
            "examples": [{"user": "u-1"}, {"user": "u-1", "phone": EXAMPLE_NUMBER, "exclude": ["+12025550199"]}],
        }
    )

    user: str | None = Field(
        default=None, min_length=1, max_length=MAX_USER_CHARACTERS, description="your own id of the person"
    )
    phone: Number | None = Field(default=None, description="the person's own number")
    email: Annotated[str, AfterValidator(_must_be_email), WithJsonSchema(_EMAIL_SCHEMA)] | None = None
    exclude: list[Number] = Field(
        default_factory=list, max_length=MAX_EXCLUDED, description="lines that this person must not get"
    )
    prefer: Number | None = Field(default=None, description="the line to give if it has room")

    @model_validator(mode="after")
    def _must_name_somebody(self) -> Self:
        if not (self.user or self.phone or self.email):
            raise PydanticCustomError("invalid", "one of user, phone and email is needed to know the person again")
        return self

    def as_request(self, idempotency_key: str | None) -> SignupRequest:
        """Return what the service takes."""
        return SignupRequest(
            identity=Identity(user=self.user, phone=self.phone, email=self.email),
            exclude=tuple(self.exclude),
            prefer=self.prefer,
            idempotency_key=idempotency_key,
        )


class DeeplinksAnswer(Answer):
    """Links that open the messaging app with the text filled in, by the person's platform."""

    ios: str = Field(examples=["sms:+12025550101&body=Hi%20Acme%21%20K7M4QX"])
    android: str = Field(examples=["sms:+12025550101?body=Hi%20Acme%21%20K7M4QX"])
    generic: str = Field(examples=["sms:+12025550101;?&body=Hi%20Acme%21%20K7M4QX"])
    macos: str | None = Field(examples=["imessage:+12025550101"])


class SignupAnswer(Answer):
    """Where a person stands: the line to text now, and the links to hand to them."""

    id: str = Field(description="the signup, and the code in the text", examples=["K7M4QX"])
    pool: str = Field(examples=["main"])
    state: StateWord
    is_new: bool
    line: str | None = Field(
        description="the number to text; null while neither their line nor a backup can carry them",
        examples=[EXAMPLE_NUMBER],
    )
    backups: list[str] = Field(description="the further numbers on their contact card", examples=[["+12025550102"]])
    tier: int = Field(ge=0, le=3, description="0 healthy, 1 in its reserve, 2 at risk")
    reason: Reason
    held_back: dict[Gate, Count] = Field(
        description="how many lines each gate held back", examples=[{"flagged": 1, "full": 2}]
    )
    code: str = Field(examples=["K7M4QX"])
    text: str = Field(description="what the person is to send", examples=["Hi Acme! K7M4QX"])
    deeplinks: DeeplinksAnswer | None = Field(description="null where line is")
    page_url: str = Field(description="the person's own page; it always shows their current line")
    vcard_url: str
    qr_url: str
    expires_at: datetime | None = Field(description="when the place is given back unless they text; null once they did")


class WaitlistAnswer(Answer):
    """No line can take this person now. They are invited when one can; or ask again, with any idempotency key."""

    state: Literal["waitlisted"] = "waitlisted"
    id: str | None = Field(
        description="the signup, once it has a line; null for a request with `exclude`: it is not kept, ask again",
        examples=["K7M4QX"],
    )
    pool: str = Field(examples=["main"])
    line: None = None
    page_url: str | None = Field(
        description="the person's own page: it says so, and shows their line once they have one"
    )
    retry_after_s: int = Field(ge=1, examples=[30])
    held_back: dict[Gate, Count] = Field(description="how many lines each gate held back", examples=[{"full": 3}])


class ConfirmAnswer(Answer):
    """Whether the person's text was news."""

    state: Literal["confirmed", "already"]
