"""The random numbers of a simulation: even, independent of each other, and the same on every machine."""

from statistics import fmean, pvariance

import pytest

from router.core.simulation.stream import Purpose, Stream, around, count_of, waiting_time

MANY = 20_000
FIRST = 0.8430675531780927


def numbers(purpose: Purpose = Purpose.PERSON, key: int = 0, seed: int = 1) -> list[float]:
    """Return the first numbers of a stream."""
    stream = Stream(seed, purpose, key)
    return [stream.at(index) for index in range(MANY)]


def test_the_numbers_stay_the_same() -> None:
    """Another release, machine or order of asking gives the same ones."""
    stream = Stream(7, Purpose.FLAG, 3)
    assert [stream.at(2), stream.at(0)] == [Stream(7, Purpose.FLAG, 3).at(2), Stream(7, Purpose.FLAG, 3).at(0)]
    assert stream.at(0) == pytest.approx(FIRST, abs=1e-15)


def test_the_numbers_are_even_and_independent() -> None:
    """Mean, variance and the correlation with the next number, and with streams of other keys and purposes."""
    drawn = numbers()
    assert all(0 < number < 1 for number in drawn)
    assert fmean(drawn) == pytest.approx(0.5, abs=0.01)
    assert pvariance(drawn) == pytest.approx(1 / 12, abs=0.003)
    for other in (drawn[1:], numbers(key=1), numbers(Purpose.FLAG), numbers(seed=2)):
        together = fmean((one - 0.5) * (two - 0.5) for one, two in zip(drawn, other, strict=False))
        assert abs(together) < 0.003


@pytest.mark.parametrize("mean", [0.01, 0.7, 5.0, 19.9, 20.1, 300.0])
@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_counts_have_their_mean_and_spread(mean: float, spread: float) -> None:
    """Small ones are Poisson; large ones are wider by the spread."""
    counts = [count_of(number, mean, spread) for number in numbers()]
    assert fmean(counts) == pytest.approx(mean, rel=0.03, abs=0.005)
    wide = mean + (spread * mean * mean if mean > 20 else 0)
    assert pvariance(counts) == pytest.approx(wide, rel=0.08, abs=0.005)


def test_times_have_their_mean_or_median() -> None:
    """Waiting times their mean, times around a median their median; nothing comes of nothing."""
    assert fmean(waiting_time(number, 3.0) for number in numbers()) == pytest.approx(3.0, rel=0.03)
    assert sorted(around(number, 24.0, 0.6) for number in numbers())[MANY // 2] == pytest.approx(24.0, rel=0.03)
    assert count_of(0.99, 0.0) == count_of(0.99, -1.0) == 0
