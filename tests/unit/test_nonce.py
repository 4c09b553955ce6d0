"""The one-time nonce of a signup form: ours, of this pool, and young enough."""

import pytest

from router.core.links.nonce import NONCE_LENGTH, RANDOM_BYTES, Nonces

NOW_S = 1_750_000_000
HALF_A_DAY_S = 12 * 3600
NONCES = Nonces(b"a key")
NONCE = NONCES.make("main", now_s=NOW_S, random=bytes(RANDOM_BYTES))


@pytest.mark.parametrize(
    ("age_s", "is_good"),
    [(0, True), (HALF_A_DAY_S, True), (HALF_A_DAY_S + 1, False), (-60, True), (-61, False)],
)
def test_a_nonce_is_good_for_half_a_day(age_s: int, is_good: bool) -> None:
    """A nonce is also valid a minute before it was made, because clocks differ."""
    assert NONCES.is_good("main", NONCE, now_s=NOW_S + age_s) is is_good


@pytest.mark.parametrize(
    ("pool", "nonce"),
    [
        ("other", NONCE),
        ("main", Nonces(b"another key").make("main", now_s=NOW_S, random=bytes(RANDOM_BYTES))),
        ("main", NONCE[:-1]),
        ("main", NONCE + b"A"),
        ("main", b"B" + NONCE[1:]),
        ("main", b"!" * NONCE_LENGTH),
        ("main", b""),
    ],
)
def test_a_nonce_of_another_pool_or_key_is_not_good(pool: str, nonce: bytes) -> None:
    """A changed nonce is not valid either."""
    assert NONCES.is_good("main", NONCE, now_s=NOW_S)
    assert not NONCES.is_good(pool, nonce, now_s=NOW_S)
