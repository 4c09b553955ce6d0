"""The default words of prompts, for a pool without its own: who writes, why to this person, and what to do.

They never say that a line was flagged, and never show the whole of a number that is no longer ours.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from router.core.campaigns.cause import Cause


class PromptTextKey(StrEnum):
    """A text that a pool may write itself. Invitations have texts of their own: no number changes for those people."""

    APP = "app"
    EMAIL = "email"
    EMAIL_SUBJECT = "email_subject"
    SMS = "sms"
    APP_INVITATION = "app_invitation"
    EMAIL_INVITATION = "email_invitation"
    EMAIL_SUBJECT_INVITATION = "email_subject_invitation"
    SMS_INVITATION = "sms_invitation"

    @property
    def is_invitation(self) -> bool:
        """Whether it is for people who have no number yet."""
        return self.endswith("_invitation")

    @property
    def is_sms(self) -> bool:
        """Whether it must fit one SMS segment."""
        return self in {PromptTextKey.SMS, PromptTextKey.SMS_INVITATION}

    @property
    def is_letter(self) -> bool:
        """Whether it has room for more than one link."""
        return self in {PromptTextKey.EMAIL, PromptTextKey.EMAIL_INVITATION}

    @property
    def is_subject(self) -> bool:
        """Whether it is the subject of an e-mail."""
        return self in {PromptTextKey.EMAIL_SUBJECT, PromptTextKey.EMAIL_SUBJECT_INVITATION}


# An SMS has room for about 70 characters besides the brand, a long number and a long link.
_SMS: Mapping[Cause, str] = {
    Cause.FLAGGED: "{name}: {old_number} stopped working. Text {number}: {link}",
    Cause.RELEASED: "{name}: our old number is not ours now. Text us at {number} {link}",
    Cause.DRAIN: "{name} moved from {old_number}. Text us at {number}: {link}",
    Cause.WAITLIST: "{name}: the place you asked for is free. Text {number}: {link}",
}
_STOP_BY_SMS = "\nSTOP to end"

_SUBJECTS: Mapping[Cause, str] = {
    Cause.FLAGGED: "{name}: our number {old_number} is now {number}",
    Cause.RELEASED: "{name} has a new number: {number}",
    Cause.DRAIN: "{name}: our number {old_number} becomes {number}",
    Cause.WAITLIST: "{name} has room for you now",
}

# Each says who writes, why to this person, and what to do. RELEASED shows only the end of a number that may be a
# stranger's by now.
_NEWS: Mapping[Cause, str] = {
    Cause.FLAGGED: "You texted us at {old_number}. That number stopped working, so your texts to it do not reach us. "
    "Please text us at {number} from now on.",
    Cause.RELEASED: "You texted us at our old number, which ends in {old_number}. It is no longer ours, so texts to it "
    "do not reach us. Please text us at {number} from now on.",
    Cause.DRAIN: "You texted us at {old_number}. We are moving to a new number. "
    "Please text us at {number} from now on.",
    Cause.WAITLIST: "You asked to text us while all our lines were taken, and we put you on our list. Thank you for "
    "waiting. There is room for you now: please text us at {number}.",
}
_NOTE = "This is {{name}}. {news} {{link}}"
_LETTER = (
    "Hello,\n\nThis is {{name}}. {news}\n\n"
    "Your page opens Messages with a tap, and has our contact card to save:\n\n{{link}}\n\n"
    "{{name}}\n{{website}}\n\n"
    "No more messages like this: {{stop}}\n"
)


def _defaults(reason: Cause) -> Mapping[PromptTextKey, str]:
    subject, letter, note = _SUBJECTS[reason], _LETTER.format(news=_NEWS[reason]), _NOTE.format(news=_NEWS[reason])
    sms = _SMS[reason] + _STOP_BY_SMS
    if reason is Cause.WAITLIST:
        return {
            PromptTextKey.APP_INVITATION: note,
            PromptTextKey.EMAIL_INVITATION: letter,
            PromptTextKey.EMAIL_SUBJECT_INVITATION: subject,
            PromptTextKey.SMS_INVITATION: sms,
        }
    return {
        PromptTextKey.APP: note,
        PromptTextKey.EMAIL: letter,
        PromptTextKey.EMAIL_SUBJECT: subject,
        PromptTextKey.SMS: sms,
    }


DEFAULT_TEXTS: Mapping[Cause, Mapping[PromptTextKey, str]] = MappingProxyType(
    {reason: MappingProxyType(dict(_defaults(reason))) for reason in Cause}
)
