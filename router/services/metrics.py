"""Read the metrics of every pool from the store, and write them for Prometheus.

Facts of pools are facts of the store: any process gives the same. Requests are those of all processes of this machine.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.core.campaigns.campaign import Campaign
from router.core.capacity.traffic import Traffic
from router.core.line import Gate, Tier, can_carry
from router.core.lines.line_rules import places_left
from router.core.metrics import catalogue as of
from router.core.metrics.metric import Sample, histogram_samples, render_metrics
from router.core.pool import Pool
from router.core.time_units import DAY_MS
from router.services.pools.pool_cache import PoolCache, PoolView
from router.services.runtime.clock import StoreClock
from router.services.runtime.request_meter import BOUNDS_S, LOOP, RequestMeter
from router.store.campaigns import Campaigns
from router.store.deliveries import DeliveryStore
from router.store.line_records import LineNow
from router.store.lines import Lines
from router.store.traffic import TrafficLog
from router.store.waitlist import Waitlist

_SHOWN_DIGITS = 4
_US = 1_000_000
_LATEST = "_ms"
_TAKEN_MS = "taken_ms"
_ALWAYS_SHOWN = ("rejected", "kept")  # from 0 on, or Prometheus would not see the first one as an increase


@dataclass(frozen=True, slots=True, kw_only=True)
class _PoolFacts:
    pool: Pool
    lines: Sequence[LineNow]
    today: Mapping[int, Traffic]
    campaigns: Sequence[Campaign]
    waiting: int


class MetricsReport:
    """Answers a scrape."""

    def __init__(
        self,
        *,
        pool_cache: PoolCache,
        lines: Lines,
        traffic: TrafficLog,
        campaigns: Campaigns,
        waitlist: Waitlist,
        delivery_store: DeliveryStore,
        clock: StoreClock,
        environments: Iterable[str],
        meter: RequestMeter,
    ) -> None:
        self._pool_cache = pool_cache
        self._lines = lines
        self._traffic = traffic
        self._campaigns = campaigns
        self._waitlist = waitlist
        self._delivery_store = delivery_store
        self._clock = clock
        self._meter = meter
        self._no_deliveries = {f"{name}:{what}": 0 for name in environments for what in _ALWAYS_SHOWN}

    async def text(self) -> str:
        """Return all metrics as text. It is put together in a thread, so that requests do not wait for it.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        tally = self._no_deliveries | await self._delivery_store.tally()
        facts = [await self._read(view) for view in self._pool_cache.all()]
        return await asyncio.to_thread(_render, facts, tally, await self._meter.totals())

    async def _read(self, view: PoolView) -> _PoolFacts:
        keys, today = view.keys, self._clock.now_ms() // DAY_MS
        overview, days, campaigns, waiting = await asyncio.gather(
            self._lines.overview(keys),
            self._traffic.days(keys, first=today, last=today),
            self._campaigns.all(keys),
            self._waitlist.count(keys),
        )
        return _PoolFacts(
            pool=view.pool,
            lines=[now for now in overview.lines.values() if now.gate is not Gate.RETIRED],
            today=days[0].lines,
            campaigns=campaigns,
            waiting=waiting,
        )


def _render(
    pools: Sequence[_PoolFacts], tally: Mapping[str, int], requests: Mapping[tuple[str, int], list[int]]
) -> str:
    samples = [sample for facts in pools for sample in _samples_of_pool(facts)]
    return render_metrics(of.CATALOGUE, [*samples, *_samples_of_deliveries(tally), *_samples_of_requests(requests)])


def _samples_of_pool(facts: _PoolFacts) -> Iterator[Sample]:
    pool = facts.pool.id
    room = 0
    for now in facts.lines:
        yield from _samples_of_line(pool, now, facts.today.get(now.line.slot, Traffic()))
        if now.tier is not Tier.NONE:
            room += places_left(now.limits, now.load)
    yield Sample(of.POOL_ROOM, (pool,), room)
    yield Sample(of.POOL_WAITLIST, (pool,), facts.waiting)
    for state, count in Counter(campaign.state for campaign in facts.campaigns).items():
        yield Sample(of.POOL_CAMPAIGNS, (pool, state.value), count)


def _samples_of_line(pool: str, now: LineNow, today: Traffic) -> Iterator[Sample]:
    line = (pool, str(now.line.slot), now.line.number[-_SHOWN_DIGITS:])
    yield Sample(of.LINE_TIER, line, now.tier)
    yield Sample(of.LINE_GATE, (*line, now.gate.value), 1)
    yield Sample(of.LINE_CARRIES, line, int(can_carry(now.line.health)))
    yield Sample(of.LINE_WEIGHT, line, now.limits.weight)
    yield Sample(of.LINE_PEOPLE, (*line, "reserved"), now.load.reserved)
    yield Sample(of.LINE_PEOPLE, (*line, "confirmed"), now.load.confirmed)
    yield Sample(of.LINE_CAPACITY, line, now.limits.capacity)
    yield Sample(of.LINE_TARGET, line, now.limits.target)
    yield Sample(of.LINE_NEW, line, now.load.new_24h)
    yield Sample(of.LINE_STARTED, line, now.load.started_24h)
    yield Sample(of.LINE_MESSAGES, (*line, "incoming"), today.incoming)
    yield Sample(of.LINE_MESSAGES, (*line, "outgoing"), today.outgoing)
    yield Sample(of.LINE_MESSAGES, (*line, "failed"), today.failed)
    for_reasons = {"reserve": today.reserve, "at_risk": today.at_risk, "preferred": today.preferred}
    by_rotation = max(0, today.new + now.new_this_hour - sum(for_reasons.values()))
    for reason, people in {"rotation": by_rotation, **for_reasons}.items():
        yield Sample(of.LINE_PLACES, (*line, reason), people)
    yield Sample(of.LINE_PICKS, line, now.picks)
    yield Sample(of.LINE_FLAGS, line, now.provider.flags)


def _samples_of_deliveries(tally: Mapping[str, int]) -> Iterator[Sample]:
    """Read the tally, whose fields are `<environment>:<what>` for counts and `<environment>:<what>_ms` for times."""
    for name, number in tally.items():
        environment, _, what = name.rpartition(":")
        if what == _TAKEN_MS:
            yield Sample(of.LAST_DELIVERY, (environment,), number / 1000)
        elif not what.endswith(_LATEST):
            yield Sample(of.DELIVERIES, (environment, what), number)


def _samples_of_requests(requests: Mapping[tuple[str, int], list[int]]) -> Iterator[Sample]:
    for (route, status), (*counts, sum_us) in sorted(requests.items()):
        metric, labels = (of.LOOP_TURN, ()) if route == LOOP else (of.REQUESTS, (route, str(status)))
        yield from histogram_samples(metric, labels, BOUNDS_S, counts, sum_us / _US)
