"""What prompts say where a pool has no words of its own: why a person should move, never that a line was flagged."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class PromptReason(StrEnum):
    """Why a person is asked to text another number. WAITLIST invites: there is no number they leave."""

    FLAGGED = "flagged"
    RELEASED = "released"
    DRAIN = "drain"
    WAITLIST = "waitlist"


class Slot(StrEnum):
    """A text that a pool may word itself. Invitations have their own, since nobody's number changes."""

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
        """Whether it must fit one segment of SMS."""
        return self in {Slot.SMS, Slot.SMS_INVITATION}

    @property
    def is_subject(self) -> bool:
        """Whether it is the one line above an e-mail."""
        return self in {Slot.EMAIL_SUBJECT, Slot.EMAIL_SUBJECT_INVITATION}


_SHORT: Mapping[PromptReason, str] = {
    PromptReason.FLAGGED: "{name}: our number has changed. Please text us at {number} from now on: {link}",
    PromptReason.RELEASED: "{name}: we have a new number, {number}. Our old one is no longer ours: {link}",
    PromptReason.DRAIN: "{name}: we are moving to a new number. Please text us at {number}: {link}",
    PromptReason.WAITLIST: "{name}: there is room for you now. Please text us at {number}: {link}",
}

_SUBJECTS: Mapping[PromptReason, str] = {
    PromptReason.FLAGGED: "{name} has a new number",
    PromptReason.RELEASED: "{name} has a new number",
    PromptReason.DRAIN: "{name} is moving to a new number",
    PromptReason.WAITLIST: "{name} has room for you now",
}

_NEWS: Mapping[PromptReason, str] = {
    PromptReason.FLAGGED: "our number has changed. Please text us at {number} from now on.",
    PromptReason.RELEASED: "our number has changed. Please text us at {number} from now on: {old_number} is no longer "
    "ours, and texts to it do not reach us.",
    PromptReason.DRAIN: "we are moving to a new number. Please text us at {number} from now on.",
    PromptReason.WAITLIST: "thank you for waiting. There is room for you now: text us at {number}.",
}
_LETTER = (
    "Hello,\n\n{news}\n\n"
    "Your page opens Messages with a tap, and has our contact card to save:\n\n{{link}}\n\n{{name}}\n"
)


def _defaults(reason: PromptReason) -> Mapping[Slot, str]:
    subject, letter = _SUBJECTS[reason], _LETTER.format(news=_NEWS[reason])
    if reason is PromptReason.WAITLIST:
        return {
            Slot.APP_INVITATION: _SHORT[reason],
            Slot.EMAIL_INVITATION: letter,
            Slot.EMAIL_SUBJECT_INVITATION: subject,
            Slot.SMS_INVITATION: _SHORT[reason],
        }
    return {Slot.APP: _SHORT[reason], Slot.EMAIL: letter, Slot.EMAIL_SUBJECT: subject, Slot.SMS: _SHORT[reason]}


DEFAULT_TEXTS: Mapping[PromptReason, Mapping[Slot, str]] = MappingProxyType(
    {reason: MappingProxyType(dict(_defaults(reason))) for reason in PromptReason}
)
