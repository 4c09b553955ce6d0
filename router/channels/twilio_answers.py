"""What an answer of Twilio means for a text: https://www.twilio.com/docs/api/errors."""

from http import HTTPStatus

from router.core.campaigns.prompt import SendOutcome

# About our account, not about the text: the text can be sent once the account is fixed.
_ABOUT_US = {
    20003: "Twilio refuses our login",
    20005: "the Twilio account is not active",
    20006: "the Twilio login may not send texts",
    20404: "Twilio knows no such account",
    21212: "TWILIO_FROM is not a number",
    21603: "TWILIO_FROM is not a number",
    21606: "the Twilio account may not send from TWILIO_FROM",
    21659: "TWILIO_FROM is not a number of Twilio's",
    21660: "TWILIO_FROM is not a number of the Twilio account",
    21701: "Twilio knows no such messaging service",
    21703: "the messaging service has no number that can send this",
    21704: "the messaging service has no numbers",
}
_BUSY = {
    14107: "Twilio asks to slow down",
    20429: "Twilio asks to slow down",
    21611: "Twilio's queue for TWILIO_FROM is full",
    63038: "the Twilio account has reached its daily limit",
}
_ABOUT_THEM = {
    21211: "not a phone number",
    21214: "the number cannot be reached",
    21217: "not a phone number",
    21408: "the Twilio account may not send to that country",
    21608: "a trial account sends to verified numbers only",
    21610: "opted out of texts",
    21612: "no route from TWILIO_FROM to the number",
    21614: "not a mobile number",
    21617: "the text is too long",
    21635: "a landline",
}
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def judge(status: int, code: int | None) -> tuple[SendOutcome, str]:
    """Return the outcome of a text by Twilio's answer, and the reason in a few words.

    After a 500 the outcome is unknown, because Twilio does not say that nothing was sent. A 503 does say so.
    """
    if code in _BUSY or code in _ABOUT_US:
        return SendOutcome.RETRY, meaning_of(code)
    if status in _LATER:
        return SendOutcome.RETRY, f"Twilio answered {status}"
    if status == HTTPStatus.UNAUTHORIZED:
        return SendOutcome.RETRY, _ABOUT_US[20003]
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendOutcome.FAILED, meaning_of(code if code != status else None)
    return SendOutcome.UNKNOWN, f"Twilio answered {status}, which does not say whether it was sent"


def meaning_of(code: int | None) -> str:
    """Describe one of Twilio's codes in a few words."""
    known = _ABOUT_US | _BUSY | _ABOUT_THEM
    if code in known:
        return f"{known[code]} ({code})"
    return "Twilio refused it" if code is None else f"Twilio refused it ({code})"
