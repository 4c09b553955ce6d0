"""Signups: the person that a back end names, and the line they got."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from router.core.assignment import Assignment, Reason
from router.core.line import Gate
from router.core.people.left_contact import MAX_EMAIL_CHARACTERS, is_email
from router.core.people.origin import SOURCE_PATTERN, check_source, check_version, decode_origin
from router.core.people.personal_data import Identity
from router.schemas.common import EXAMPLE_NUMBER, AnswerBody, Count, Number, PersonNumber, RequestBody, told_by_core
from router.services.people.signup_export import SignupRow
from router.services.people.signups import SignupRequest
from router.store.assignments import MAX_EXCLUDED

MAX_USER_CHARACTERS = 200
MAX_IDEMPOTENCY_KEY_CHARACTERS = 200

_EMAIL_SCHEMA = {"type": "string", "format": "email", "maxLength": MAX_EMAIL_CHARACTERS}

StateWord = Literal["reserved", "confirmed", "moving", "released", "expired", "opted_out", "waitlisted"]


def _must_be_email(text: str) -> str:
    if not is_email(text):
        raise PydanticCustomError("invalid", "it must be an e-mail address such as ada@example.com")
    return text


class SignupBody(RequestBody):
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
        default=None, min_length=1, max_length=MAX_USER_CHARACTERS, description="your own id for the person"
    )
    phone: PersonNumber | None = Field(
        default=None,
        description="the person's own number with its country code; blanks, dashes and brackets may stay. A number "
        "that cannot exist, or is one of our lines, is refused",
    )
    email: Annotated[str, AfterValidator(_must_be_email), WithJsonSchema(_EMAIL_SCHEMA)] | None = None
    exclude: list[Number] = Field(
        default_factory=list,
        max_length=MAX_EXCLUDED,
        description="lines this person must not get, now or later; a list replaces the one before, no list keeps it",
    )
    prefer: Number | None = Field(default=None, description="the line to give if it has room")
    source: (
        Annotated[
            str,
            AfterValidator(told_by_core(check_source)),
            WithJsonSchema({"type": "string", "pattern": SOURCE_PATTERN, "examples": ["flyer"]}),
        ]
        | None
    ) = Field(default=None, description="where the person comes from, a short word; the first one stays")
    consent_version: (
        Annotated[
            str,
            AfterValidator(told_by_core(check_version)),
            WithJsonSchema({"type": "string", "pattern": SOURCE_PATTERN, "examples": ["terms-2026-11"]}),
        ]
        | None
    ) = Field(default=None, description="your name for the words that the person agreed to; the first one stays")

    @model_validator(mode="after")
    def _must_name_somebody(self) -> Self:
        if not (self.user or self.phone or self.email):
            raise PydanticCustomError("invalid", "one of user, phone and email is needed to know the person again")
        return self

    def as_request(self, idempotency_key: str | None) -> SignupRequest:
        """Return the arguments for the service."""
        return SignupRequest(
            identity=Identity(user=self.user, phone=self.phone, email=self.email),
            exclude=tuple(self.exclude),
            prefer=self.prefer,
            idempotency_key=idempotency_key,
            source=self.source or "",
            consent_version=self.consent_version or "",
        )


class DeeplinksAnswer(AnswerBody):
    """Links that open the messaging app with the text filled in, by the person's platform."""

    ios: str = Field(examples=["sms:+12025550101&body=Hi%20Acme%21%20K7M4QX"])
    android: str = Field(examples=["sms:+12025550101?body=Hi%20Acme%21%20K7M4QX"])
    generic: str = Field(examples=["sms:+12025550101;?&body=Hi%20Acme%21%20K7M4QX"])
    macos: str | None = Field(examples=["imessage:+12025550101"])


class ConsentAnswer(AnswerBody):
    """The words that a person agreed to."""

    version: str = Field(
        description="of words on our page: see GET /pools/{pool}/words; else your own name for yours",
        examples=["0a1b2c3d"],
    )
    at: datetime = Field(description="when they were shown")


class SignupAnswer(AnswerBody):
    """Where a person stands: the line to text now, and the links to give to them."""

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
    source: str | None = Field(default=None, description="where they came from", examples=["flyer"])
    consent: ConsentAnswer | None = Field(default=None, description="the words they agreed to, if any are known")


class SignupRowAnswer(AnswerBody):
    """A signup in an export: it names nobody."""

    signup: str = Field(examples=["K7M4QX"])
    state: StateWord
    line: str | None = Field(description="the number to text now", examples=[EXAMPLE_NUMBER])
    source: str | None = Field(description="where they came from", examples=["flyer"])
    consent: ConsentAnswer | None = Field(description="the words they agreed to, if any are known")
    created_at: datetime

    @classmethod
    def of(cls, row: SignupRow) -> "SignupRowAnswer":
        """Build a row from one of the export."""
        return cls.model_validate(
            {
                "signup": row.code,
                "state": row.assignment.state.word,
                "line": row.line,
                **origin_fields(row.assignment),
                "created_at": datetime.fromtimestamp(row.assignment.created_at_s, tz=UTC),
            }
        )


class WaitlistAnswer(AnswerBody):
    """No line can take this person now. They are invited when one can; or ask again, with any idempotency key."""

    state: Literal["waitlisted"] = "waitlisted"
    id: str | None = Field(
        description="the signup that waits; null for a visitor we could not reach later: ask again",
        examples=["K7M4QX"],
    )
    pool: str = Field(examples=["main"])
    line: None = None
    page_url: str | None = Field(
        description="the person's own page: it says so, and shows their line once they have one"
    )
    retry_after_s: int = Field(ge=1, examples=[30])
    held_back: dict[Gate, Count] = Field(description="how many lines each gate held back", examples=[{"full": 3}])


class ConfirmAnswer(AnswerBody):
    """Whether we learned of the person's text only now."""

    state: Literal["confirmed", "already"]


def origin_fields(assignment: Assignment) -> dict[str, Any]:
    """Return the fields `source` and `consent` of an answer about a person."""
    if not assignment.origin:
        return {"source": None, "consent": None}
    origin = decode_origin(assignment.origin)
    consent = origin.consent
    at = None if consent is None else datetime.fromtimestamp(consent.at_s, tz=UTC)
    return {
        "source": origin.source or None,
        "consent": None if consent is None else {"version": consent.version, "at": at},
    }
