"""The cost of campaigns: planning, the first claim of many people, claims as they grow, the pace, and a cancel."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.campaign_crowd import open_crowd
from tests.bench.campaign_paced import PER_S, run_cancelled, run_paced
from tests.bench.machine import choose_cores
from tests.bench.processes import BenchBroken
from tests.bench.report import Row, Section, Target
from tests.bench.servers import store as run_store
from tests.kit.stores import Store, opened_store

_TITLE = "Campaigns"
_BATCH = 100


@asynccontextmanager
async def _open_store() -> AsyncIterator[tuple[Store, str]]:
    """Run an empty, durable store for this measurement."""
    with (
        tempfile.TemporaryDirectory(prefix="switchyard-campaigns-") as scratch,
        run_store(choose_cores(), Path(scratch) / "store") as socket,
    ):
        url = f"unix://{socket}"
        async with opened_store(url) as store:
            yield store, url


async def _plan(people: int, lines: int) -> dict[str, float]:
    """Plan a campaign in its own worker process."""
    async with _open_store() as (store, url):
        await open_crowd(store, people=people, lines=lines, now_ms=int(time.time() * 1000))
        command = [sys.executable, "-m", "tests.bench.campaign_planner", url]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchBroken(f"the planner ended with {done.returncode}:\n{done.stderr[-2000:]}")
    planned: dict[str, float] = json.loads(done.stdout)
    return planned


def _planned(name: str, planned: dict[str, float], *, within_s: float) -> Row:
    grown_mb = planned["peak_mb"] - planned["before_mb"]
    return Row(
        name=name,
        figures={"seconds": planned["seconds"], "grown MB": grown_mb, "peak MB": planned["peak_mb"]},
        targets=(Target(figure="seconds", at_most=within_s), Target(figure="grown MB", at_most=20)),
    )


async def _measure(*, is_quick: bool) -> Section:
    small = await _plan(10_000, 50)
    large = await _plan(20_000 if is_quick else 100_000, 50)
    rows = [_planned("plan and first claim, 50 lines", large, within_s=5)]
    if not is_quick:
        rows.append(_planned("the same, 1,000,000 people, 200 lines", await _plan(1_000_000, 200), within_s=60))
    rows.append(
        Row(
            name="a claim of 100, its people sent to, ten times the people",
            figures={
                "small ms": small["claim_ms"],
                "ms": large["claim_ms"],
                "ratio": large["claim_ms"] / small["claim_ms"],
            },
            targets=(Target(figure="ratio", at_most=2),),
        )
    )
    people = 500 if is_quick else 10_000
    async with _open_store() as (store, _):
        paced = await run_paced(store, people)
        after_cancel = await run_cancelled(store, 400)
    rows += [
        Row(
            name=f"{people:,} people paced at {PER_S}/s, {paced.opted_out} opting out",
            figures={"per s": paced.per_s, "twice": paced.twice, "after opt-out": paced.after_opt_out},
            targets=(
                Target(figure="per s", at_least=PER_S * 0.95),
                Target(figure="per s", at_most=PER_S * 1.05),
                Target(figure="twice", at_most=0),
                Target(figure="after opt-out", at_most=0),
            ),
        ),
        Row(
            name=f"their spread over ten lines ({paced.prompts:,} prompts)",
            figures={"worst %": paced.worst_share},
            targets=(Target(figure="worst %", at_most=10),),
        ),
        Row(
            name="a cancel in the middle",
            figures={"prompts after": after_cancel},
            targets=(Target(figure="prompts after", at_most=_BATCH),),
        ),
    ]
    return Section(
        title=_TITLE, rows=tuple(rows), notes=("a durable store; the worker that plans is a process of its own",)
    )


def measure_campaigns(*, is_quick: bool) -> Section:
    """Measure; it takes a minute if `is_quick`, otherwise six."""
    return asyncio.run(_measure(is_quick=is_quick))
