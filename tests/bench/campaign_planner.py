"""A worker process that plans one campaign and sends its first prompts; it prints the time this took and its memory.

python -m tests.bench.campaign_planner URL
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import median

from router.core.campaigns.campaign_rules import CampaignRules
from router.core.campaigns.prompt import Message, SendResult
from router.core.people.personal_data import PersonalData
from router.services.pools.pool_cache import PoolCache
from tests.bench.clocks import store_clock
from tests.kit.campaign_workers import EMAIL, SENT, Recorder, make_worker
from tests.kit.campaigns import SECRET
from tests.kit.stores import MAIN, opened_store

_ROUNDS = 20
_KB_A_MB = 1024
RULES = CampaignRules(prompts_per_second=1000, burst=10_000, people_per_hour=10_000)


async def plan(url: str) -> dict[str, float]:
    """Run the first step of a worker, then a few more claims."""
    async with opened_store(url) as store:
        clock = await store_clock(store.client)
        channel, sent_s = Recorder(EMAIL), list[float]()

        async def record(_: Message) -> SendResult:
            sent_s.append(time.perf_counter())
            return SENT

        channel.answer = record
        worker = make_worker(
            store, {EMAIL: channel}, RULES, clock=clock, sleep=asyncio.sleep, personal_data=PersonalData(SECRET)
        )
        view = await PoolCache(store.pools, store.lines).reload(MAIN)
        assert view is not None
        before_mb = _peak_mb()
        began_s = time.perf_counter()
        await worker.engine.step(view)
        overview = await store.lines.overview(view.keys)
        (campaign,) = await worker.lifecycle.advance(view.pool, overview, now_ms=clock.now_ms())
        rounds_ms = []
        for _ in range(_ROUNDS):
            round_s = time.perf_counter()
            await worker.prompting.send_next_batch(view, overview, campaign)
            rounds_ms.append((time.perf_counter() - round_s) * 1000)
        return {
            "seconds": sent_s[0] - began_s,
            "claim_ms": median(rounds_ms),
            "before_mb": before_mb,
            "peak_mb": _peak_mb(),
            "prompts": len(channel.messages),
        }


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()  # getrusage's peak begins with the memory of our parent
    return int(status.partition("VmHWM:")[2].split()[0]) / _KB_A_MB


if __name__ == "__main__":
    print(json.dumps(asyncio.run(plan(sys.argv[1]))))
