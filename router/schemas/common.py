"""What all request bodies and answers share: their strictness, and the fields that many of them have."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from router.core.errors import InvalidInput
from router.core.lines.line_rules import MAX_REASON_CHARACTERS
from router.core.numbers.typed_number import MAX_TYPED_CHARACTERS, read_person_number, read_strict
from router.core.phone import E164

EXAMPLE_NUMBER = "+12025550101"
MAX_COUNT = 2**31 - 1

Value = TypeVar("Value")


class RequestBody(BaseModel):
    """A request's body: unknown fields and text for a number are refused, and a fault never repeats what was sent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Change(RequestBody):
    """Changes to something; fields that are left out stay as they are.

    Attributes:
        nullable: fields whose null means something; elsewhere it is a fault, not a way to leave a field out.
    """

    nullable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*")
    @classmethod
    def _must_say_something(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.field_name not in cls.nullable:
            raise PydanticCustomError("invalid", "leave it out to keep it as it is; null stands for nothing here")
        return value

    def given(self, *, beside: str) -> dict[str, Any]:
        """Return the fields that were sent, without the one that only names the subject or its revision."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set - {beside})}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the fields without null, which only means that a field is absent."""
        described = handler.resolve_ref_schema(handler(core_schema))
        for name, field in described["properties"].items():
            if name not in cls.nullable and "anyOf" in field:
                field.update(field.pop("anyOf")[0])
                del field["default"]
        return described


class AnswerBody(BaseModel):
    """The body of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(AnswerBody):
    """What went wrong, after RFC 9457. Branch on `code`; the rest is for people."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = Field(examples=["/schema#problem-not_found"])
    title: str = Field(examples=["There is nothing of that name"])
    status: int = Field(ge=400, le=599, examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str | None = Field(default=None, examples=["There is no pool 'main'."])
    field: str | None = Field(default=None, description="the one field at fault, as it was written")
    position: int | None = Field(default=None, description="index of the first character at fault in a text")
    errors: list["FieldFault"] | None = Field(default=None, description="each fault, where a body has several")


class FieldFault(AnswerBody):
    """One fault of a body or query."""

    field: str = Field(description="dotted path; empty for the body as a whole", examples=["exclude.0"])
    detail: str


def told_by_core(check: Callable[[str], Value]) -> Callable[[str], Value]:
    """Wrap a check of core so that its fault stands among the others of the same body."""

    def checked(text: str) -> Value:
        try:
            return check(text)
        except InvalidInput as error:
            raise PydanticCustomError("invalid", "{fault}", {"fault": str(error)}) from error

    return checked


Number = Annotated[
    E164,
    AfterValidator(told_by_core(read_strict)),
    WithJsonSchema({"type": "string", "pattern": r"^\+[1-9][0-9]{7,14}$", "examples": [EXAMPLE_NUMBER]}),
]
"""A line's number in strict E.164."""

PersonNumber = Annotated[
    E164,
    AfterValidator(told_by_core(read_person_number)),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": MAX_TYPED_CHARACTERS,
            "examples": [EXAMPLE_NUMBER, "+44 (0)7700 900123", "tel:+1-202-555-0101"],
        }
    ),
]
"""A person's own number with its country code, however it is written; it is stored as E.164."""

WhyText = Annotated[
    str, Field(min_length=1, max_length=MAX_REASON_CHARACTERS, examples=["carrier maintenance tonight"])
]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Revision = Annotated[
    int, Field(ge=1, le=MAX_COUNT, description="the revision this was decided on; any other is a conflict")
]
