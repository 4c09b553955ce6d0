"""Check and fill the words of a prompt, for each channel.

A template is refused when what came of it would not be delivered, would cost more than one SMS segment, or would send
people anywhere but to their own page. Nothing in it is repaired: the operator sees what is wrong. A pool's name alone
is fitted to an SMS, because it was chosen for the page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType
from urllib.parse import urlsplit

from router.core.code import CODE_LENGTH
from router.core.errors import InvalidField, InvalidText
from router.core.gsm7 import SEGMENT_SEPTETS, count_septets, fault_of, name_of, spell
from router.core.link_rules import find_link, is_shortened, is_tracked
from router.core.opt_out import asks_to_stop
from router.core.plain_text import clean_line, clean_text
from router.core.pool import PoolId
from router.core.prompt import ChannelName
from router.core.prompt_defaults import DEFAULT_TEXTS, PromptReason, Slot

FIELDS = ("name", "number", "old_number", "link")
MAX_SUBJECT_CHARACTERS = 120
MAX_LETTER_CHARACTERS = 4000

_FIELD = re.compile(r"\{([^{}]*)\}")
_LINK_FIELD = "{link}"
_SEALED_OCTETS = 16 + 1 + CODE_LENGTH  # of a page's token beside the pool's id: tag, purpose and code


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFields:
    """What a template is filled with.

    Attributes:
        name: the brand. number, old_number: as people read them; the old one is empty for an invitation.
        link: the person's own page.
    """

    name: str
    number: str
    old_number: str = ""
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPrompt:
    """The words of one prompt; only an e-mail has a subject."""

    subject: str
    text: str


_ROOMY_NUMBER = "+00 00 00000-0000"  # longer than most as people read them; those of North America have 15
_ROOMY_ORIGIN = f"https://{'h' * 24}"


def roomy_fields(name: str, pool: PoolId) -> PromptFields:
    """Return long values for every field, so that a template which fits them fits the people of a pool."""
    token_length = 1 + ceil((_SEALED_OCTETS + len(pool)) * 4 / 3)
    return PromptFields(
        name=name,
        number=_ROOMY_NUMBER,
        old_number=_ROOMY_NUMBER,
        link=f"{_ROOMY_ORIGIN}/t/{'t' * token_length}",
    )


ROOMY = roomy_fields("Acme Fitness", PoolId("main"))


def check_template(slot: Slot, template: str, *, longest: PromptFields = ROOMY) -> None:
    """Refuse a template that could not be sent as it is written.

    Args:
        slot: where the text stands.
        template: with `{name}`, `{number}`, `{old_number}` and `{link}` where those go.
        longest: what an SMS must have room for.

    Raises:
        InvalidText: with the first fault and its mend; `position` is None where the whole text is at fault.
    """
    _check_fields(slot, template)
    _check_characters(slot, template)
    _check_links(slot, template)
    if asks_to_stop(words := _FIELD.sub(" ", template)):
        raise InvalidText(f"{words.strip()!r} means 'never write to me again'. Say something else.")
    if slot.is_sms:
        filled = _fill(template, replace(longest, name=_spelled_name(longest)))
        if (septets := count_septets(filled)) > SEGMENT_SEPTETS:
            raise InvalidText(
                f"With the longest number and link it takes {septets} characters, and an SMS has {SEGMENT_SEPTETS}. "
                f"Leave out {septets - SEGMENT_SEPTETS}."
            )
        return
    most = MAX_SUBJECT_CHARACTERS if slot.is_subject else MAX_LETTER_CHARACTERS
    if len(template) > most:
        raise InvalidText(f"It has {len(template)} characters and {most} are allowed; shorten it.")


def check_texts(texts: Mapping[str, str], *, longest: PromptFields = ROOMY) -> None:
    """Check all the words a pool has of its own, by the slot they are for.

    Raises:
        InvalidField: the first that can not be used, named like `prompt_texts.sms`.
    """
    for name, template in texts.items():
        if name not in list(Slot):
            raise InvalidField("prompt_texts", f"{name[:40]!r} is none of {', '.join(Slot)}")
        try:
            check_template(Slot(name), template, longest=longest)
        except InvalidText as error:
            raise InvalidField(f"prompt_texts.{name}", str(error)) from error


def render(channel: ChannelName, template: str, fields: PromptFields) -> str:
    """Return a template filled for one person.

    Raises:
        InvalidText: it does not fit one SMS, even with the name cut short.
    """
    if channel is not ChannelName.SMS:
        return _fill(template, replace(fields, name=clean_line(fields.name)))
    name = _spelled_name(fields)
    over = count_septets(_fill(template, replace(fields, name=name))) - SEGMENT_SEPTETS
    while over > 0 and len(name) > 1:
        name = name[:-1].rstrip(" ,;:-&")
        over = count_septets(_fill(template, replace(fields, name=name))) - SEGMENT_SEPTETS
    text = _fill(template, replace(fields, name=name))
    if over > 0:
        raise InvalidText(f"It takes {over + SEGMENT_SEPTETS} characters, and an SMS has {SEGMENT_SEPTETS}.")
    for position, character in enumerate(text):
        if (fault := fault_of(character)) is not None:
            raise InvalidText(f"Character {position + 1}, {name_of(character)}: {fault}.", position=position)
    return text


def write_prompt(
    channel: ChannelName,
    reason: PromptReason,
    fields: PromptFields,
    own_texts: Mapping[str, str] = MappingProxyType({}),
) -> WrittenPrompt:
    """Return the words of one prompt: the pool's own where it has some, else ours for this reason.

    Raises:
        InvalidText: it does not fit one SMS, or holds a field that is none; another release may have kept such a text.
    """
    kind = "_invitation" if reason is PromptReason.WAITLIST else ""
    slots = [Slot(f"{part}{kind}") for part in ((channel, "email_subject") if channel == "email" else (channel,))]
    for slot in slots:
        _check_fields(slot, own_texts.get(slot, ""))
    texts = [render(channel, own_texts.get(slot) or DEFAULT_TEXTS[reason][slot], fields) for slot in slots]
    return WrittenPrompt(text=texts[0], subject=clean_line(texts[1]) if len(texts) > 1 else "")


def _fill(template: str, fields: PromptFields) -> str:
    return _FIELD.sub(lambda match: str(getattr(fields, match[1])) if match[1] in FIELDS else match[0], template)


def _spelled_name(fields: PromptFields) -> str:
    return spell(fields.name) or urlsplit(fields.link).hostname or ""


def _check_fields(slot: Slot, template: str) -> None:
    known = [f"{{{name}}}" for name in FIELDS if not (name == "old_number" and slot.is_invitation)]
    for match in _FIELD.finditer(template):
        if match[0] not in known:
            raise InvalidText(
                f"Character {match.start() + 1}: {match[0][:40]} is none of {' '.join(known)}.", position=match.start()
            )
    blanked = _FIELD.sub(lambda match: " " * len(match[0]), template)
    if found := re.search(r"[{}]", blanked):
        raise InvalidText(
            f"Character {found.start() + 1}: {found[0]} alone; braces are only for {' '.join(known)}.",
            position=found.start(),
        )


def _check_characters(slot: Slot, template: str) -> None:
    for position, character in enumerate(template):
        if slot.is_sms:
            fault = fault_of(character)
        elif slot.is_subject and character == "\n":
            fault = "a subject is one line"
        else:
            is_plain = character == "\n" or clean_text(f"a{character}b") == f"a{character}b"
            fault = None if is_plain else "a line break is the only control character allowed"
        if fault is not None:
            raise InvalidText(f"Character {position + 1}, {name_of(character)}: {fault}.", position=position)
    if not any(map(str.isalnum, _FIELD.sub("", template))):
        raise InvalidText("It says nothing. Write what people should do, and why.")


def _check_links(slot: Slot, template: str) -> None:
    if found := find_link(_FIELD.sub(lambda match: " " * len(match[0]), template)):
        raise InvalidText(
            f"Character {found.start() + 1}: {found[0][:60]!r} {_fault_of_link(found[0])}", position=found.start()
        )
    times = template.count(_LINK_FIELD)
    if slot.is_subject:
        if times:
            raise InvalidText(f"A subject can not hold {_LINK_FIELD}.", position=template.find(_LINK_FIELD))
        return
    if times != 1:
        raise InvalidText(f"{_LINK_FIELD} must stand in it once, and stands {times} times: it leads to their page.")
    start = template.find(_LINK_FIELD)
    before, after = template[:start], template[start + len(_LINK_FIELD) :]
    for side, beside in (("before", before[-1:]), ("after", after[:1])):
        if beside and not beside.isspace():
            raise InvalidText(
                f"Put a space {side} {_LINK_FIELD}: phones would read {beside!r} as a part of it.", position=start
            )


def _fault_of_link(link: str) -> str:
    if is_shortened(link):
        return "is a link shortener, and carriers hold such texts back. The only link is {link}."
    if is_tracked(link):
        return "tracks people, and carriers hold such texts back. The only link is {link}."
    return "would be a second link; the only one is {link}. If it is none, put a space after the full stop."
