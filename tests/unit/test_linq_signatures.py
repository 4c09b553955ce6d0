"""Which deliveries are accepted as genuine, and what is reported about the others."""

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from router.providers.linq.signatures import Fault, Rejected, Scheme, Verified, Verifier
from tests.kit.linq_bodies import FLAGGED, MESSAGE_RECEIVED

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7Jxx2Oll+OE="
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfIxLJgSJs="
NOT_BASE64 = "whsec_an ordinary sentence"
NAME = "7f0c1f4e-3c52-4b6e-9a57-0d9f5a3c1e11"
NOW_S = 1789929306
ALL = frozenset(Scheme)

STANDARD = {
    b"webhook-id": NAME.encode(),
    b"webhook-timestamp": b"1789929306",
    b"webhook-signature": b"v1,jmj6KcTW4Vn2VjqRi2+r5UnaOhd/XRQu7Hjg5QHbhjE=",
}
LEGACY = {
    b"x-webhook-timestamp": b"1789929306",
    b"x-webhook-signature": b"3243fe579bc5d22e789c0f134529d91e41e9c93e2636eea30d8b639274a2db8a",
}
LEGACY_DECODED_KEY = b"b0cc9acc0c2a75be571ef183c5c17dc180be3edab877c7b4c3a9addc9bb306c7"
GOOD = STANDARD[b"webhook-signature"]


def verify(
    headers: dict[bytes, bytes],
    *,
    raw: bytes = FLAGGED,
    secrets: tuple[str, ...] = (SECRET,),
    schemes: frozenset[Scheme] = ALL,
    now_s: int = NOW_S,
) -> Verified | Rejected:
    """Check one delivery with its own verifier."""
    return Verifier(secrets, schemes).verify(raw, headers, now_s)


def sign_by_library(raw: str, *, name: str = NAME, at_s: int = NOW_S, secret: str = SECRET) -> dict[bytes, bytes]:
    """Return the headers that the specification's own library makes."""
    signature = Webhook(secret).sign(name, datetime.fromtimestamp(at_s, UTC), raw)
    return {
        b"webhook-id": name.encode(),
        b"webhook-timestamp": str(at_s).encode(),
        b"webhook-signature": signature.encode(),
    }


def sign_by_hand(raw: bytes, *, name: bytes, sent_at: bytes, key: bytes) -> bytes:
    """Return the signature of Standard Webhooks for bytes that the library would not accept."""
    return b"v1," + b64encode(hmac.new(key, name + b"." + sent_at + b"." + raw, hashlib.sha256).digest())


def test_the_specification_s_own_example_is_believed() -> None:
    """The reference vector of Standard Webhooks verifies, with and without the secret's prefix."""
    headers = {
        b"webhook-id": b"msg_p5jXN8AQM9LWM0D4loKWxJek",
        b"webhook-timestamp": b"1614265330",
        b"webhook-signature": b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    for secret in ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        verdict = verify(headers, raw=b'{"test": 2432232314}', secrets=(secret,), now_s=1614265330)
        assert verdict == Verified(Scheme.STANDARD, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, 0)


def test_each_scheme_verifies_the_same_body() -> None:
    """A delivery verifies by Standard Webhooks, and by the legacy header with either of its two possible keys."""
    assert hashlib.sha256(FLAGGED).hexdigest() == "40fa5f72188b2ed339fa1ca6c1cd23b3d518ce4089c8ed58043418a9346c66b8"
    assert verify(STANDARD) == Verified(Scheme.STANDARD, NAME, NOW_S, 0)
    assert verify(LEGACY) == Verified(Scheme.LEGACY, "", NOW_S, 0)
    assert verify(LEGACY | {b"x-webhook-signature": LEGACY_DECODED_KEY}) == Verified(Scheme.LEGACY, "", NOW_S, 0)


@pytest.mark.parametrize("secret", [SECRET, SECRET.rstrip("="), SECRET.removeprefix("whsec_"), OTHER_SECRET])
@pytest.mark.parametrize("raw", ["", "{}", "Grüße, 你好 👋", '{"a": "' + "x" * 100_000 + '"}'])
def test_what_the_library_signs_is_believed(secret: str, raw: str) -> None:
    """Signatures of the `standardwebhooks` library verify for any body, with or without base64 padding."""
    headers = sign_by_library(raw, name="msg_1.2-é", secret=secret)
    verdict = verify(headers, raw=raw.encode(), secrets=(secret,))
    assert isinstance(verdict, Verified)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        pytest.param({}, Fault.NO_SIGNATURE, id="nothing"),
        pytest.param({b"content-type": b"application/json"}, Fault.NO_SIGNATURE, id="other headers"),
        pytest.param({b"webhook-id": None}, Fault.INCOMPLETE, id="no id"),
        pytest.param({b"webhook-timestamp": None}, Fault.INCOMPLETE, id="no timestamp"),
        pytest.param({b"webhook-signature": None}, Fault.INCOMPLETE, id="no signature"),
        pytest.param({b"webhook-id": b""}, Fault.INCOMPLETE, id="empty id"),
        pytest.param({b"webhook-signature": b""}, Fault.INCOMPLETE, id="empty signature"),
        pytest.param({b"webhook-signature": b" "}, Fault.BAD_SIGNATURE, id="blank signature"),
        pytest.param({b"webhook-signature": GOOD.replace(b",", b"")}, Fault.BAD_SIGNATURE, id="no comma"),
        pytest.param({b"webhook-signature": GOOD.replace(b",", b",,")}, Fault.BAD_SIGNATURE, id="two commas"),
        pytest.param({b"webhook-signature": GOOD + b",v1"}, Fault.BAD_SIGNATURE, id="a comma after it"),
        pytest.param({b"webhook-signature": GOOD.rstrip(b"=")}, Fault.BAD_SIGNATURE, id="no padding"),
        pytest.param({b"webhook-signature": GOOD + b"="}, Fault.BAD_SIGNATURE, id="too much padding"),
        pytest.param({b"webhook-signature": GOOD[:-2] + b"F="}, Fault.BAD_SIGNATURE, id="same bytes, other encoding"),
        pytest.param({b"webhook-signature": b"v1,A"}, Fault.BAD_SIGNATURE, id="impossible base64"),
        pytest.param({b"webhook-signature": b"v1,"}, Fault.BAD_SIGNATURE, id="a version alone"),
        pytest.param({b"webhook-signature": b"v1,\xfc\xff\xc3"}, Fault.BAD_SIGNATURE, id="not ASCII"),
        pytest.param({b"webhook-signature": GOOD.replace(b"v1", b"v2")}, Fault.BAD_SIGNATURE, id="another version"),
        pytest.param({b"webhook-signature": GOOD.replace(b"v1", b"v1a")}, Fault.BAD_SIGNATURE, id="asymmetric"),
        pytest.param({b"webhook-signature": GOOD.replace(b"v1", b"V1")}, Fault.BAD_SIGNATURE, id="version in capitals"),
        pytest.param({b"webhook-signature": GOOD[3:]}, Fault.BAD_SIGNATURE, id="no version"),
        pytest.param({b"webhook-signature": b"v1,x " * 16 + GOOD}, Fault.BAD_SIGNATURE, id="after sixteen others"),
        pytest.param({b"webhook-signature": LEGACY_DECODED_KEY}, Fault.BAD_SIGNATURE, id="the legacy one"),
        pytest.param({b"webhook-id": NAME.upper().encode()}, Fault.BAD_SIGNATURE, id="another id"),
        pytest.param({b"webhook-timestamp": b"1789929307"}, Fault.BAD_SIGNATURE, id="another timestamp"),
        pytest.param({b"webhook-timestamp": b"soon"}, Fault.BAD_TIMESTAMP, id="timestamp is a word"),
        pytest.param({b"webhook-timestamp": b"-1789929306"}, Fault.BAD_TIMESTAMP, id="negative timestamp"),
        pytest.param({b"webhook-timestamp": b"1789929306.0"}, Fault.BAD_TIMESTAMP, id="fractional timestamp"),
        pytest.param({b"webhook-timestamp": b"1e9"}, Fault.BAD_TIMESTAMP, id="exponent in timestamp"),
        pytest.param({b"webhook-timestamp": b" 1789929306"}, Fault.BAD_TIMESTAMP, id="blank in timestamp"),
        pytest.param({b"webhook-timestamp": b"9" * 5000}, Fault.BAD_TIMESTAMP, id="huge timestamp"),
        pytest.param({b"webhook-timestamp": "١٧".encode()}, Fault.BAD_TIMESTAMP, id="timestamp of Arabic digits"),
        pytest.param({b"webhook-timestamp": b"NaN"}, Fault.BAD_TIMESTAMP, id="timestamp is no number"),
    ],
)
def test_a_malformed_delivery_is_rejected_with_its_reason(headers: dict[bytes, bytes | None], reason: Fault) -> None:
    """A good delivery with one changed header is rejected, and never causes a crash."""
    base = STANDARD if any(name in STANDARD for name in headers) else {}
    altered = {**base, **headers}
    assert verify({name: value for name, value in altered.items() if value is not None}) == Rejected(reason)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({b"x-webhook-timestamp": b"1789929306"}, Fault.INCOMPLETE),
        ({b"x-webhook-signature": LEGACY_DECODED_KEY}, Fault.INCOMPLETE),
        (LEGACY | {b"x-webhook-timestamp": b""}, Fault.INCOMPLETE),
        (LEGACY | {b"x-webhook-timestamp": b"now"}, Fault.BAD_TIMESTAMP),
        (LEGACY | {b"x-webhook-timestamp": b"1789929307"}, Fault.BAD_SIGNATURE),
        (LEGACY | {b"x-webhook-signature": LEGACY_DECODED_KEY.upper()}, Fault.BAD_SIGNATURE),
        (LEGACY | {b"x-webhook-signature": b"\xff" * 64}, Fault.BAD_SIGNATURE),
        (LEGACY | {b"x-webhook-signature": GOOD}, Fault.BAD_SIGNATURE),
        (LEGACY | {b"x-webhook-signature": b"sha256="}, Fault.BAD_SIGNATURE),
        (LEGACY | {b"x-webhook-signature": b"sha256=" + LEGACY[b"x-webhook-signature"]}, Fault.BAD_SIGNATURE),
    ],
)
def test_a_malformed_legacy_delivery_is_rejected_with_its_reason(headers: dict[bytes, bytes], reason: Fault) -> None:
    """The old headers meet the same standard, and a prefix is never removed to make one fit."""
    assert verify(headers) == Rejected(reason)


@pytest.mark.parametrize("dropped", list(STANDARD))
def test_a_failed_standard_delivery_never_falls_back(dropped: bytes) -> None:
    """With any `webhook-*` header present, a good legacy signature counts for nothing."""
    assert verify(LEGACY | STANDARD) == Verified(Scheme.STANDARD, NAME, NOW_S, 0)
    part = {name: value for name, value in STANDARD.items() if name != dropped}
    assert verify(LEGACY | part) == Rejected(Fault.INCOMPLETE)
    assert verify(LEGACY | STANDARD | {b"webhook-signature": b"v1,x"}) == Rejected(Fault.BAD_SIGNATURE)
    only_legacy = frozenset({Scheme.LEGACY})
    assert verify(LEGACY | part, schemes=only_legacy) == Rejected(Fault.SCHEME_OFF)


def test_a_scheme_that_is_off_is_named() -> None:
    """A signature that would verify is rejected if its scheme is not accepted."""
    v2 = {b"x-webhook-signature": b"sha256=" + hmac.new(SECRET.encode(), FLAGGED, hashlib.sha256).hexdigest().encode()}
    by_scheme = {Scheme.STANDARD: STANDARD, Scheme.LEGACY: LEGACY, Scheme.V2: v2}
    for scheme, headers in by_scheme.items():
        assert verify(headers, schemes=ALL - {scheme}) == Rejected(Fault.SCHEME_OFF)
        verdict = verify(headers, schemes=frozenset({scheme}))
        assert isinstance(verdict, Verified)
        assert verdict.scheme is scheme


def test_v2_signs_no_time() -> None:
    """A V2 delivery verifies at any time and reports none, even with a timestamp that nobody signed."""
    signature = hmac.new(b"my own words", MESSAGE_RECEIVED, hashlib.sha256).hexdigest().encode()
    headers = {b"x-webhook-signature": b"sha256=" + signature, b"x-webhook-timestamp": b"1"}
    verdict = verify(headers, raw=MESSAGE_RECEIVED, secrets=(SECRET, "my own words"))
    assert verdict == Verified(Scheme.V2, "", None, 1)


def test_the_signature_may_stand_anywhere_in_the_list() -> None:
    """A sender with two secrets sends a list of signatures, and one match is enough."""
    for listed in (
        GOOD + b" v1,old",
        b"v1,old " + GOOD,
        b"v1a,x v2,y " + GOOD,
        b"  " + GOOD + b"\tv1,z",
        b"a,b,c " + GOOD,
    ):
        assert isinstance(verify(STANDARD | {b"webhook-signature": listed}), Verified)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"\xed\xa0\x80", b"", bytes(range(256))])
def test_a_body_need_not_be_text(raw: bytes) -> None:
    """The signature is of bytes: a body that is not UTF-8 verifies like any other."""
    key = b"k" * 32
    signature = sign_by_hand(raw, name=b"\xe9", sent_at=b"1789929306", key=key)
    headers = {b"webhook-id": b"\xe9", b"webhook-timestamp": b"1789929306", b"webhook-signature": signature}
    secret = "whsec_" + b64encode(key).decode()
    assert verify(headers, raw=raw, secrets=(secret,)) == Verified(Scheme.STANDARD, "é", NOW_S, 0)
    assert verify(headers, raw=raw + b" ", secrets=(secret,)) == Rejected(Fault.BAD_SIGNATURE)


@pytest.mark.parametrize(
    ("now_s", "fault"),
    [
        (NOW_S, None),
        (NOW_S + 300, None),
        (NOW_S - 300, None),
        (NOW_S + 301, Fault.TOO_OLD),
        (NOW_S - 301, Fault.TOO_NEW),
        (10**11, Fault.TOO_OLD),
        (0, Fault.TOO_NEW),
    ],
)
@pytest.mark.parametrize("headers", [STANDARD, LEGACY])
def test_age_is_allowed_for_both_ways(headers: dict[bytes, bytes], now_s: int, fault: Fault | None) -> None:
    """Five minutes either way are fine; beyond them the reason says whether the delivery is old or from the future."""
    verdict = verify(headers, now_s=now_s)
    assert verdict == Rejected(fault) if fault else isinstance(verdict, Verified)


def test_age_is_judged_after_the_signature() -> None:
    """Too old and too new are reported only for the provider's own deliveries, so that an alarm can trust them."""
    assert verify(STANDARD, raw=b"{}", now_s=0) == Rejected(Fault.BAD_SIGNATURE)


def test_a_stored_delivery_is_verified_whatever_its_age() -> None:
    """Without a tolerance the age is not checked; another tolerance is used instead."""
    verifier = Verifier([SECRET], ALL)
    assert isinstance(verifier.verify(FLAGGED, STANDARD, 2 * NOW_S, tolerance=None), Verified)
    assert isinstance(verifier.verify(FLAGGED, STANDARD, NOW_S + 3600, tolerance=timedelta(hours=1)), Verified)
    late = verifier.verify(FLAGGED, STANDARD, NOW_S + 11, tolerance=timedelta(seconds=10))
    assert late == Rejected(Fault.TOO_OLD)


def test_any_of_several_secrets_fits() -> None:
    """A delivery verifies with each of the secrets, and the verdict names the secret."""
    secrets = (NOT_BASE64, OTHER_SECRET, SECRET)
    for index, secret in ((1, OTHER_SECRET), (2, SECRET)):
        assert verify(sign_by_library("{}", secret=secret), raw=b"{}", secrets=secrets) == Verified(
            Scheme.STANDARD, NAME, NOW_S, index
        )
    signature = hmac.new(NOT_BASE64.encode(), b"1789929306." + FLAGGED, hashlib.sha256).hexdigest().encode()
    verdict = verify(LEGACY | {b"x-webhook-signature": signature}, secrets=secrets)
    assert verdict == Verified(Scheme.LEGACY, "", NOW_S, 0)


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_",), (NOT_BASE64,), ("whsec_====",), ("whsec_Zm9v\n!",)])
def test_without_a_key_nothing_is_believed(secrets: tuple[str, ...]) -> None:
    """An empty or malformed secret never becomes an empty key, which anyone could sign with."""
    by_anybody = sign_by_hand(FLAGGED, name=b"1", sent_at=b"1789929306", key=b"")
    headers = {b"webhook-id": b"1", b"webhook-timestamp": b"1789929306", b"webhook-signature": by_anybody}
    assert verify(headers, secrets=secrets) == Rejected(Fault.NO_SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_"])
def test_an_empty_secret_opens_no_other_scheme(secret: str) -> None:
    """The schemes that use a secret as it is do not accept an empty one either."""
    signature = hmac.new(secret.encode(), FLAGGED, hashlib.sha256).hexdigest().encode()
    assert verify({b"x-webhook-signature": b"sha256=" + signature}, secrets=(secret,)) == Rejected(Fault.NO_SECRET)
    assert verify(LEGACY, secrets=(secret,)) == Rejected(Fault.NO_SECRET)


def test_secrets_are_not_shown() -> None:
    """A verifier in a log or a traceback does not show its secrets."""
    assert "MfKQ" not in repr(Verifier([SECRET], ALL))
