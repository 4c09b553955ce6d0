"""Check and fill the text with which a person's messaging app opens.

A text is refused if some phone would show it differently, if it would cost more than one SMS segment, or if it would
unsubscribe the person who sends it. Nothing is repaired: the operator sees what is wrong.

Lengths are septets of the GSM 7-bit alphabet: `router.core.gsm7`.
"""

from router.core.errors import InvalidText
from router.core.gsm7 import EXTENSION, count_septets, fault_of, name_of
from router.core.people.opt_out import asks_to_stop

PLACEHOLDER = "{code}"
MAX_SEPTETS = 120  # a segment holds 160; the rest is room for what a person types around it

_SAMPLE_CODE = "K7M4QX"  # as long as the placeholder, so positions in the sample and the template are the same

# Messages on Android decodes the body of an sms: link twice and splits it at "&" in between (AOSP Messaging, UriUtil).
_DAMAGED_ON_PHONES = {
    "&": "Android phones cut the text there; write 'and'",
    "+": "Android phones show a space instead; write 'plus'",
    "%": "Android phones fail to open the text; write 'percent'",
    "#": "some phones cut the text there; write 'no.'",
}


def check_text(template: str) -> None:
    """Refuse a prefilled text unless every phone sends it as it is written.

    Raises:
        InvalidText: with the first fault and how to fix it; `position` is None where the whole text is at fault.
    """
    _check_placeholder(template)
    sample = render_text(template, _SAMPLE_CODE)
    for position, character in enumerate(sample):
        if (fault := _fault(character)) is not None:
            raise InvalidText(f"Character {position + 1}, {name_of(character)}: {fault}.", position=position)
    if (septets := count_septets(sample)) > MAX_SEPTETS:
        raise InvalidText(
            f"The text takes {septets} characters with its code, and {MAX_SEPTETS} are allowed. Shorten it; "
            f"each of {' '.join(sorted(EXTENSION - set('{}')))} counts double."
        )
    if asks_to_stop(words := render_text(template, "")):
        raise InvalidText(f"{words.strip()!r} means 'never write to me again' to the carrier. Say something else.")


def render_text(template: str, code: str) -> str:
    """Return the text with a person's code in it."""
    return template.replace(PLACEHOLDER, code)


def _check_placeholder(template: str) -> None:
    first = template.find(PLACEHOLDER)
    if first < 0:
        raise InvalidText(f"The text must contain {PLACEHOLDER}, where each person's own code will stand.")
    second = template.find(PLACEHOLDER, first + 1)
    if second >= 0:
        raise InvalidText(f"Character {second + 1}: {PLACEHOLDER} may stand in the text only once.", position=second)


def _fault(character: str) -> str | None:
    if character in "{}":
        return f"braces are only for {PLACEHOLDER}"
    if character in _DAMAGED_ON_PHONES:
        return _DAMAGED_ON_PHONES[character]
    return fault_of(character)
