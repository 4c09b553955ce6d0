"""Small rules of the sandbox: times, signatures, retries, allowances, errors, links, planned faults."""

import hmac
import socket
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from random import Random

import httpx
import pytest
from standardwebhooks import Webhook

from router.sandbox import faults
from router.sandbox.allowance import Allowance
from router.sandbox.moments import NS_PER_S, format_answer, format_ms, format_ms_or_none, format_ns
from router.sandbox.pages import page_of
from router.sandbox.planned_faults import PlannedFault, PlannedFaults
from router.sandbox.records import Json
from router.sandbox.retries import TRIES, is_success, pause_s, should_retry
from router.sandbox.sending import check_parts, check_people
from router.sandbox.signing import is_secret, legacy_signature, make_secret, standard_signature
from router.sandbox.vcf import LIFETIME_S, is_good_link, signed_path

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="  # the one printed in Linq's guide
NOW_NS = 1_789_929_306_120_334_551


def test_moments_are_formatted_as_linq_does() -> None:
    """An envelope's time has nine digits, its fields' three, the API's an offset; all are the same moment."""
    assert format_ns(NOW_NS) == "2026-09-20T18:35:06.120334551Z"
    assert format_ms(NOW_NS) == "2026-09-20T18:35:06.120Z"
    assert format_answer(NOW_NS) == "2026-09-20T13:35:06.120-05:00"
    assert format_ms_or_none(None) is None


def test_signatures_are_those_of_the_standard() -> None:
    """The reference vector of Standard Webhooks, and its library, agree with ours."""
    secret, msg_id, body = (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
    )
    assert standard_signature(secret, msg_id, 1614265330, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    made = make_secret(bytes(range(32)))
    assert is_secret(made)
    sent_at = datetime.now(UTC)
    ours = standard_signature(made, msg_id, int(sent_at.timestamp()), body)
    assert ours == Webhook(made).sign(msg_id, sent_at, body.decode())


def test_the_older_signature_uses_the_secret_as_written() -> None:
    """The key is the whole string, with its prefix."""
    expected = hmac.new(SECRET.encode(), b"1789929306.{}", sha256).hexdigest()
    assert legacy_signature(SECRET, 1789929306, b"{}") == expected


@pytest.mark.parametrize("text", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_!", "whsec_é"])
def test_no_secret(text: str) -> None:
    """A secret that cannot be decoded is refused at the start, not at the first delivery."""
    assert not is_secret(text)


def unresolved() -> httpx.ConnectError:
    """Return the error of an unknown host name, as httpx raises it."""
    try:
        try:
            raise socket.gaierror(-2, "Name or service not known")
        except OSError as cause:
            raise httpx.ConnectError("no such name") from cause
    except httpx.ConnectError as error:
        return error


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        (500, True),
        (502, True),
        (503, True),
        (429, True),
        (302, False),
        (400, False),
        (401, False),
        (404, False),
        (409, False),
        (410, False),
        (422, False),
        (TimeoutError(), True),
        (httpx.ConnectError("refused"), True),
        (httpx.ReadError("reset"), True),
        (httpx.RemoteProtocolError("nonsense"), True),
        (unresolved(), False),
        (httpx.UnsupportedProtocol("gopher"), False),
    ],
)
def test_what_should_retry(answer: int | Exception, again: bool) -> None:
    """Server faults, 429, timeouts and broken connections are retried; other answers and unknown names are lost."""
    assert should_retry(answer) is again


def test_success_is_any_2xx() -> None:
    """200, 202 and 204 are a success; 199 and 300 are not."""
    assert [status for status in (199, 200, 202, 204, 299, 300) if is_success(status)] == [200, 202, 204, 299]


def test_the_last_try_is_25_minutes_after_the_first() -> None:
    """The nine pauses double and add up to 25 minutes, plus or minus their jitter."""
    pauses = [pause_s(tries, Random(1)) for tries in range(1, TRIES)]
    assert 23 * 60 < sum(pauses) < 28 * 60
    assert all(1.6 < later / earlier < 2.5 for earlier, later in pairwise(pauses))


def test_an_allowance_rolls() -> None:
    """Three calls in ten minutes, for each key; the wait ends when the oldest call leaves the window."""
    allowance = Allowance(3, 600)
    waits = [allowance.spend("a", now_ns=minute * 60 * NS_PER_S) for minute in (0, 1, 2, 3, 10, 10)]
    assert waits == [None, None, None, 420, None, 60]
    assert allowance.spend("b", now_ns=0) is None
    allowance.reset()
    assert allowance.spend("a", now_ns=11 * 60 * NS_PER_S) is None


def test_the_envelope_of_an_error() -> None:
    """It has status, code, message and a link, a wait where there is one, and a masked number."""
    envelope = faults.rate_limited(45).envelope("2eff")
    assert envelope == {
        "success": False,
        "error": {
            "status": 429,
            "code": 1007,
            "message": "Rate limited. Try again in 45 seconds.",
            "doc_url": "https://docs.linqapp.com/error/codes/1xxx/1007/",
            "retry_after": 45,
        },
        "trace_id": "2eff",
    }
    assert "retry_after" not in str(faults.unauthorized().envelope("2eff"))
    assert "+12025551234" not in str(faults.ineligible("+12025551234"))


def test_a_link_to_a_card_ends() -> None:
    """A signed link works for a quarter of an hour, and only for its own card."""
    path = signed_path(b"key", "+12025550101", exclude=["+12025550102"], now_ns=NOW_NS)
    query = httpx.URL(path).params
    expires_s = int(query["expires"])

    def is_good(*, number: str = "+12025550101", without: str = query["without"], later_s: int = 0) -> bool:
        return is_good_link(
            b"key",
            number,
            without=without,
            expires_s=expires_s,
            signature=query["signature"],
            now_ns=NOW_NS + later_s * NS_PER_S,
        )

    assert is_good()
    assert is_good(later_s=LIFETIME_S - 1)
    assert not is_good(later_s=LIFETIME_S + 2)
    assert not is_good(number="+12025550103")
    assert not is_good(without="")


def test_faults_are_met_as_planned() -> None:
    """A fault is used as often as planned, by its method and the beginning of its path; a delay alone is no fault."""
    plans = PlannedFaults()
    plans.add(PlannedFault(path="/v3/contact_card", method="POST", status=503, times=2))
    plans.add(PlannedFault(path="/v3", delay_ms=5))
    assert plans.use_next("GET", "/v3/phone_numbers") == PlannedFault(path="/v3", delay_ms=5)
    assert plans.use_next("GET", "/v3/contact_card") is None
    met = [plans.use_next("POST", "/v3/contact_card") for _ in range(3)]
    assert [plan is not None for plan in met] == [True, True, False]
    assert PlannedFault(path="/v3", delay_ms=5).as_fault() is None


def test_pages_end() -> None:
    """The last page has no cursor, a cursor beyond the end finds nothing, and a malformed one is refused."""
    rows = list(range(45))
    assert page_of(rows, None, None) == (rows[:20], "20")
    assert page_of(rows, "40", "20") == (rows[40:], None)
    assert page_of(rows, "99", "100") == ([], None)
    for cursor, limit in (("-1", None), (None, "0"), (None, "101"), ("x", None), ("²", None)):
        with pytest.raises(faults.LinqFault):
            page_of(rows, cursor, limit)


def test_recipients_are_cleaned() -> None:
    """Each recipient is listed once, e-mail addresses in lower case, at most 31."""
    assert check_people(["A@b.co", "a@b.co ", "+12025550101"]) == ["a@b.co", "+12025550101"]
    for handles in ([], ["acme"], ["+1202"], [f"+1202555{n:04}" for n in range(32)]):
        with pytest.raises(faults.LinqFault):
            check_people(handles)


def test_parts_that_go_together() -> None:
    """Media separate texts; a link is alone."""
    text: Json = {"type": "text", "value": "a"}
    media: Json = {"type": "media", "url": "u"}
    link: Json = {"type": "link", "value": "u"}
    for good in ([text], [text, media, text], [media, media], [link]):
        assert check_parts(good) == good
    bad: list[list[Json]] = [[text, text], [text, link], [link, link], [{"type": "poem"}], [{}], [{"type": "text"}]]
    for parts in bad:
        with pytest.raises(faults.LinqFault) as refused:
            check_parts(parts)
        assert refused.value.code == 1004
