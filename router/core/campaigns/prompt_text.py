"""Check and fill the words of a prompt, for each channel.

A template is refused if its message would not be delivered, would cost more than one SMS segment, or would send people
anywhere but to their own page. Nothing in it is repaired: the operator sees what is wrong. Only a pool's name is
shortened to fit an SMS, because it was chosen for the page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType
from urllib.parse import urlsplit

from router.core.campaigns.cause import Cause
from router.core.campaigns.link_rules import find_link, is_shortened, is_tracked
from router.core.campaigns.prompt_defaults import DEFAULT_TEXTS, PromptTextKey
from router.core.channel import ChannelName
from router.core.code import CODE_LENGTH
from router.core.errors import InvalidField, InvalidText
from router.core.gsm7 import SEGMENT_SEPTETS, count_septets, fault_of, name_of, to_gsm7
from router.core.people.opt_out import is_bare_opt_out
from router.core.phone import E164, display
from router.core.plain_text import clean_line, clean_text
from router.core.pool import Pool, PoolId

FIELDS = ("name", "number", "old_number", "link", "brand", "website", "stop")
MAX_SUBJECT_CHARACTERS = 120
MAX_LETTER_CHARACTERS = 4000

_FIELD = re.compile(r"\{([^{}]*)\}")
_LINK_FIELD = "{link}"
_FIELDS_OF_LETTERS = frozenset({"website", "stop"})  # both are links, and an SMS has room and leave for one
_SHOWN_OF_A_STRANGERS = 2  # digits of a number that is no longer ours
_SEALED_OCTETS = 16 + 1 + CODE_LENGTH  # in a page's token, besides the pool's id: tag, purpose and code


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFields:
    """The values that fill a template.

    Attributes:
        name: the brand. number, old_number: formatted for people; old_number is empty for an invitation.
        link: the person's own page.
        website: the brand's; without one, the site of the person's page.
        stop: where the person can ask for no more prompts.
    """

    name: str
    number: str
    old_number: str = ""
    link: str
    website: str = ""
    stop: str = ""

    @property
    def brand(self) -> str:
        """The name, under the word that people look for."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPrompt:
    """The words of one prompt; only an e-mail has a subject."""

    subject: str
    text: str


def fields_for(
    pool: Pool, *, old: E164 | None, new: E164, link: str, stop: str, is_old_ours: bool = True
) -> PromptFields:
    """Return the values that fill a template for one person.

    Args:
        pool: whose name and website are shown.
        old: the line they are on; None for an invitation.
        new: the line to text now.
        link: their page.
        stop: where they can ask for no more prompts.
        is_old_ours: whether the old number is still rented. Of a number that is not, only its end is shown.
    """
    shown = "" if old is None else display(old) if is_old_ours else f"...{old[-_SHOWN_OF_A_STRANGERS:]}"
    site = urlsplit(link)
    website = pool.website or f"{site.scheme}://{site.netloc}"
    return PromptFields(name=pool.name, number=display(new), old_number=shown, link=link, website=website, stop=stop)


def cause_in_words(cause: Cause, *, is_old_ours: bool) -> Cause:
    """Return the cause that chooses the words: a line that left us since needs those of a released one."""
    return cause if is_old_ours or cause is Cause.WAITLIST else Cause.RELEASED


_ROOMY_NUMBER = "+00 00 00000-0000"  # longer than most formatted numbers; those of North America have 15
_ROOMY_ORIGIN = f"https://{'h' * 24}"


def roomy_fields(name: str, pool: PoolId) -> PromptFields:
    """Return long values for every field, so that a template that fits them fits all people of a pool."""
    token_length = 1 + ceil((_SEALED_OCTETS + len(pool)) * 4 / 3)
    return PromptFields(
        name=name,
        number=_ROOMY_NUMBER,
        old_number=_ROOMY_NUMBER,
        link=f"{_ROOMY_ORIGIN}/t/{'t' * token_length}",
    )


ROOMY = roomy_fields("Acme Fitness", PoolId("main"))


def check_template(key: PromptTextKey, template: str, *, longest: PromptFields = ROOMY) -> None:
    """Refuse a template that cannot be sent as it is written.

    Args:
        key: the text that it is for.
        template: the words, with the names of FIELDS in braces as fields.
        longest: the values that an SMS must have room for.

    Raises:
        InvalidText: with the first fault and its fix; `position` is None if the whole text is at fault.
    """
    _check_fields(key, template)
    _check_characters(key, template)
    _check_links(key, template)
    if is_bare_opt_out(words := _FIELD.sub(" ", template)):
        raise InvalidText(f"{words.strip()!r} means 'never write to me again'. Say something else.")
    if key.is_sms:
        filled = _fill(template, replace(longest, name=_spelled_name(longest)))
        if (septets := count_septets(filled)) > SEGMENT_SEPTETS:
            raise InvalidText(
                f"With the longest number and link it takes {septets} characters, and an SMS has {SEGMENT_SEPTETS}. "
                f"Leave out {septets - SEGMENT_SEPTETS}."
            )
        return
    most = MAX_SUBJECT_CHARACTERS if key.is_subject else MAX_LETTER_CHARACTERS
    if len(template) > most:
        raise InvalidText(f"It has {len(template)} characters and {most} are allowed; shorten it.")


def check_texts(texts: Mapping[str, str], *, longest: PromptFields = ROOMY) -> None:
    """Check all texts that a pool wrote itself, by their key.

    Raises:
        InvalidField: the first text that cannot be used, named like `prompt_texts.sms`.
    """
    for name, template in texts.items():
        if name not in list(PromptTextKey):
            raise InvalidField("prompt_texts", f"{name[:40]!r} is none of {', '.join(PromptTextKey)}")
        try:
            check_template(PromptTextKey(name), template, longest=longest)
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
    reason: Cause,
    fields: PromptFields,
    own_texts: Mapping[str, str] = MappingProxyType({}),
) -> WrittenPrompt:
    """Return the words of one prompt: the pool's own if it has some, else the default for this reason.

    Raises:
        InvalidText: it does not fit one SMS, or has an unknown field: another release may have stored such a text.
    """
    kind = "_invitation" if reason is Cause.WAITLIST else ""
    keys = [
        PromptTextKey(f"{part}{kind}") for part in ((channel, "email_subject") if channel == "email" else (channel,))
    ]
    for key in keys:
        _check_fields(key, own_texts.get(key, ""))
    texts = [render(channel, own_texts.get(key) or DEFAULT_TEXTS[reason][key], fields) for key in keys]
    return WrittenPrompt(text=texts[0], subject=clean_line(texts[1]) if len(texts) > 1 else "")


def _fill(template: str, fields: PromptFields) -> str:
    return _FIELD.sub(lambda match: str(getattr(fields, match[1])) if match[1] in FIELDS else match[0], template)


def _spelled_name(fields: PromptFields) -> str:
    return to_gsm7(fields.name) or urlsplit(fields.link).hostname or ""


def _check_fields(key: PromptTextKey, template: str) -> None:
    left_out = ({"old_number"} if key.is_invitation else set()) | (set() if key.is_letter else _FIELDS_OF_LETTERS)
    known = [f"{{{name}}}" for name in FIELDS if name not in left_out]
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


def _check_characters(key: PromptTextKey, template: str) -> None:
    for position, character in enumerate(template):
        if key.is_sms:
            fault = fault_of(character)
        elif key.is_subject and character == "\n":
            fault = "a subject is one line"
        else:
            is_plain = character == "\n" or clean_text(f"a{character}b") == f"a{character}b"
            fault = None if is_plain else "a line break is the only control character allowed"
        if fault is not None:
            raise InvalidText(f"Character {position + 1}, {name_of(character)}: {fault}.", position=position)
    if not any(map(str.isalnum, _FIELD.sub("", template))):
        raise InvalidText("It says nothing. Write what people should do, and why.")


def _check_links(key: PromptTextKey, template: str) -> None:
    if found := find_link(_FIELD.sub(lambda match: " " * len(match[0]), template)):
        raise InvalidText(
            f"Character {found.start() + 1}: {found[0][:60]!r} {_fault_of_link(found[0])}", position=found.start()
        )
    times = template.count(_LINK_FIELD)
    if key.is_subject:
        if times:
            raise InvalidText(f"A subject cannot contain {_LINK_FIELD}.", position=template.find(_LINK_FIELD))
        return
    if times != 1:
        raise InvalidText(f"{_LINK_FIELD} must appear once, and appears {times} times: it leads to their page.")
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
