"""Set the contact card of each line to its pool's name and photo.

Linq allows three calls in ten minutes for one number, so a run makes no more than that for each line. Another run
finishes the rest. Source: linq-python 0.65, contact_card.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from router.core.errors import ProviderError
from router.core.line import OperatorState, Status
from router.core.lines.inventory import PoolLine
from router.core.lines.line_card import CardStep, plan_card
from router.core.phone import E164
from router.core.pool import Pool, PoolId
from router.providers.linq.api import LinqApi
from router.providers.linq.error_codes import Consequence, meaning_of
from router.telemetry.logs import get_logger

MAX_CALLS = 3
DEFAULT_PATIENCE = timedelta(minutes=2)
_AGAIN_S = 2.0
_THROTTLED_S = 30.0  # trying sooner makes the throttling longer

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWish:
    """What one line's card should say."""

    pool: PoolId
    number: E164
    name: str
    image_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardResult:
    """The result of one line's card.

    Attributes:
        result: "set", "as it should be", "not yet: …" or "error: …".
        calls: how many of the number's allowed calls it used.
    """

    wish: CardWish
    result: str
    calls: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    wish: CardWish
    step: CardStep
    calls: int = 0
    wait_s: float = 0.0
    why: str = ""

    def given_up(self) -> CardResult:
        """Return the result that leaves it to another run."""
        return CardResult(wish=self.wish, result=f"not yet: {self.why}", calls=self.calls, is_open=True)


def wishes_of(pools: Iterable[Pool], lines: Iterable[PoolLine], base_url: str) -> list[CardWish]:
    """Return the card that each live line should have; a photo needs an address that the provider can fetch."""
    by_id = {pool.id: pool for pool in pools}
    return [
        CardWish(
            pool=known.pool,
            number=known.line.number,
            name=by_id[known.pool].name,
            image_url=photo_url(by_id[known.pool], base_url),
        )
        for known in lines
        if known.line.health.operator_state is not OperatorState.RETIRED
        and known.line.health.status is not Status.RELEASED
    ]


def photo_url(pool: Pool, base_url: str) -> str | None:
    """Return the URL of a pool's photo; None if it has no photo, or if our address is not https."""
    if not pool.has_photo or not base_url.startswith("https:"):
        return None
    return f"{base_url}/j/{pool.id}/logo.jpg?v={pool.revision}"


class LinqCards:
    """Sets cards.

    Args:
        pause: waits a number of seconds.
        patience: the longest wait for all lines together.
    """

    def __init__(
        self,
        api: LinqApi,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        patience: timedelta = DEFAULT_PATIENCE,
    ) -> None:
        self._api = api
        self._pause = pause
        self._patience_s = patience.total_seconds()

    async def plan(self, wishes: Sequence[CardWish], *, resend_photo: bool = False) -> Mapping[E164, CardStep]:
        """Return what each line needs, with one call for all.

        Raises:
            ProviderError: the cards cannot be read.
        """
        cards = await self._api.cards()
        return {
            wish.number: plan_card(wish.name, wish.image_url, cards.get(wish.number), resend_photo=resend_photo)
            for wish in wishes
        }

    async def set_all(
        self,
        wishes: Sequence[CardWish],
        steps: Mapping[E164, CardStep],
        *,
        report: Callable[[CardResult], None] = lambda _: None,
    ) -> list[CardResult]:
        """Set each card that needs it, and report each result at once; a line that fails does not stop the others.

        Raises:
            ProviderError: the API key is not accepted.
        """
        results: list[CardResult] = []

        def settle(result: CardResult) -> None:
            results.append(result)
            report(result)

        waiting = [_Waiting(wish=wish, step=steps[wish.number]) for wish in wishes]
        patience_s = self._patience_s
        while waiting:
            outcomes = [await self._try(one) for one in waiting]
            waiting = []
            for outcome in outcomes:
                if isinstance(outcome, CardResult):
                    settle(outcome)
                elif outcome.wait_s > patience_s:
                    settle(outcome.given_up())
                else:
                    waiting.append(outcome)
            wait_s = max((one.wait_s for one in waiting), default=0.0)
            patience_s -= wait_s
            if wait_s:
                await self._pause(wait_s)
        _log.info("cards_set", count=len(results), failed=sum(result.is_open for result in results))
        return results

    async def _try(self, one: _Waiting) -> CardResult | _Waiting:
        wish, calls = one.wish, one.calls + 1
        if one.step is CardStep.NOTHING:
            return CardResult(wish=wish, result="as it should be")
        set_card = self._api.create_card if one.step is CardStep.CREATE else self._api.change_card
        try:
            card = await set_card(wish.number, wish.name, wish.image_url)
        except ProviderError as error:
            return _after(error, replace(one, calls=calls))
        if card.is_active:
            return CardResult(wish=wish, result="set", calls=calls)
        return _again(replace(one, calls=calls, wait_s=_AGAIN_S), "it was accepted and did not reach the line")


def _after(error: ProviderError, one: _Waiting) -> CardResult | _Waiting:
    """Decide what follows from a refusal.

    Raises:
        ProviderError: every other line would get the same refusal.
    """
    # Without an answer we cannot know whether it was done; doing it again does no harm.
    meaning = None if error.http_status is None else meaning_of(error.http_status, error.provider_code)
    consequence = Consequence.TRY_AGAIN if meaning is None else meaning.consequence
    if consequence is Consequence.KEY_BAD:
        raise error
    if consequence is Consequence.EXISTS:
        return _again(replace(one, step=CardStep.CHANGE, wait_s=0.0), str(error))
    if consequence is Consequence.TRY_AGAIN:
        return _again(replace(one, wait_s=_AGAIN_S), str(error))
    if consequence is Consequence.SLOW_DOWN:
        return _again(replace(one, wait_s=max(error.retry_after_s or 0.0, _THROTTLED_S)), str(error))
    return CardResult(wish=one.wish, result=f"error: {error}", calls=one.calls, is_open=True)


def _again(one: _Waiting, why: str) -> CardResult | _Waiting:
    waiting = replace(one, why=why)
    return waiting if one.calls < MAX_CALLS else waiting.given_up()
