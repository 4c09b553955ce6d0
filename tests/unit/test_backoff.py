"""How long is waited before another try."""

from itertools import pairwise

from router.core.backoff import MAX_TRIES, wait_s


def test_waits_grow_and_end() -> None:
    """Each longest wait is four times the one before, up to an hour; then there have been enough tries."""
    longest = [wait_s(tries, 1.0) for tries in range(1, MAX_TRIES)]
    assert longest == [5, 20, 80, 320, 1280, 3600, 3600]
    assert wait_s(MAX_TRIES, 1.0) is None


def test_chance_spreads_a_wait_over_half_of_it() -> None:
    """So that not everybody comes back at once, and nobody at once."""
    waits = [wait_s(3, chance / 10) or 0 for chance in range(11)]
    assert (waits[0], waits[-1]) == (40, 80)
    assert all(one < other for one, other in pairwise(waits))


def test_what_the_receiver_asked_for_is_the_least() -> None:
    """For at most a day."""
    assert wait_s(1, 0.0, asked_s=60) == 62.5
    assert wait_s(1, 0.0, asked_s=1e9) == 86_402.5
