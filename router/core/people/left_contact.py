"""Read what a visitor leaves on the waitlist page: one field for a phone number or an e-mail address.

Nobody has shown that it is theirs, so it is only a way to write to them once, and never an identity.
"""

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from router.core.errors import InvalidNumber
from router.core.numbers.typed_number import read_person_number
from router.core.people.personal_data import Identity
from router.core.phone import E164

MAX_EMAIL_CHARACTERS = 254
MAX_LEFT_CHARACTERS = MAX_EMAIL_CHARACTERS

# Only enough to tell an address from other text; whether mail arrives there cannot be seen from it.
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DEFAULT_REGION = "US"
_NO_REGION = "ZZ"


class ContactFault(StrEnum):
    """Why nobody can be written to at what was typed."""

    EMPTY = "empty"
    EMAIL = "email"
    NUMBER = "number"


def is_email(text: str) -> bool:
    """Whether a text could be an e-mail address."""
    return len(text) <= MAX_EMAIL_CHARACTERS and _EMAIL.fullmatch(text) is not None


def read_contact(typed: str, region: str) -> Identity | ContactFault:
    """Return the phone number or e-mail address that somebody typed, or what is wrong with it.

    Args:
        typed: as the form has it.
        region: where a number without a country code is from, like US; see `region_of`.
    """
    text = _UNSEEN.sub("", typed).strip()
    if not text:
        return ContactFault.EMPTY
    if "@" in text or re.search(r"[^\W\d_]", text):
        return Identity(email=text) if is_email(text) and text.isprintable() else ContactFault.EMAIL
    number = _read_number(text, region)
    return ContactFault.NUMBER if number is None else Identity(phone=number)


@lru_cache(maxsize=1024)
def region_of(line: E164) -> str:
    """Return the region of a line's number: people without a country code most likely live there."""
    try:
        country = phonenumbers.parse(line, None).country_code
    except phonenumbers.NumberParseException:
        return _DEFAULT_REGION
    region = phonenumbers.region_code_for_country_code(country or 0)
    return _DEFAULT_REGION if region == _NO_REGION else region


def _read_number(text: str, region: str) -> E164 | None:
    if len(text) > MAX_LEFT_CHARACTERS:
        return None
    try:
        parsed = phonenumbers.parse(text, region)
        written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return None if parsed.extension else read_person_number(written)
    except (phonenumbers.NumberParseException, InvalidNumber):
        return None
