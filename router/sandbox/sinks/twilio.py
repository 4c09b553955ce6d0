"""The part of Twilio's Messages API that sends a text: https://www.twilio.com/docs/messaging/api/message-resource."""

import binascii
import re
import secrets
from base64 import b64decode
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from router.core.gsm7 import SEGMENT_SEPTETS, count_septets, fault_of
from router.sandbox.records import Json

_MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages\.json")
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_MOST_CHARACTERS = 1600
_UCS2_SEGMENT = 70
_MESSAGES_OF = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit.",
}


def answer(
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    opted_out: Collection[str],
    refusal: tuple[int, int | None] | None,
) -> tuple[int, Json]:
    """Return status and body of the answer to a request.

    Args:
        path: the path on Twilio's own host.
        headers: with names in lower case.
        body: a form.
        opted_out: numbers that opted out.
        refusal: a planned status, with Twilio's code for it if it has one.
    """
    if refusal is not None:
        status, code = refusal
        return status, _fault(status, code or (20429 if status == 429 else 20500))  # noqa: PLR2004
    found = _MESSAGES.fullmatch(path)
    if found is None:
        return 404, _fault(404, 20404)
    account = found[1]
    if _user_of(headers.get("authorization", "")) != account:
        return 401, _fault(401, 20003)
    form = read_form(body.decode(errors="replace"))
    if (code := _fault_of(form, opted_out)) is not None:
        return 400, _fault(400, code)
    return 201, _message(account, form)


def read_form(text: str) -> dict[str, str]:
    """Return the fields of a form."""
    return dict(parse_qsl(text, keep_blank_values=True))


def _fault_of(form: Mapping[str, str], opted_out: Collection[str]) -> int | None:
    body = form.get("Body", "")
    if not _NUMBER.fullmatch(form.get("To", "")):
        return 21211
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return 21603
    if form["To"] in opted_out:
        return 21610
    if not body:
        return 21602
    return 21617 if len(body) > _MOST_CHARACTERS else None


def _message(account: str, form: Mapping[str, str]) -> Json:
    sid, now = f"SM{secrets.token_hex(16)}", format_datetime(datetime.now(UTC))
    service = form.get("MessagingServiceSid")
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": None if service else form["From"],
        "messaging_service_sid": service,
        "num_media": "0",
        "num_segments": str(_count_segments(form["Body"])),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "accepted" if service else "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json"},
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
    }


def _count_segments(body: str) -> int:
    is_plain = all(fault_of(character) is None for character in body)
    length, room = (count_septets(body), SEGMENT_SEPTETS) if is_plain else (len(body), _UCS2_SEGMENT)
    return 1 if length <= room else -(-length // (room - 7 if is_plain else room - 3))


def _fault(status: int, code: int) -> Json:
    return {
        "code": code,
        "message": _MESSAGES_OF.get(code, "planned"),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _user_of(authorization: str) -> str:
    scheme, _, encoded = authorization.partition(" ")
    try:
        return b64decode(encoded).decode().partition(":")[0] if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
