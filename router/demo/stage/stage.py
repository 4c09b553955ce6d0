"""The stage of the demo: a sandbox and a gateway, set up by the commands that a customer uses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from router.demo.concurrency import all_of, first_of
from router.demo.output.event import DemoEvent
from router.demo.output.run_events import CommandRun
from router.demo.stage.processes import Child, StageFailed, run_to_end, start, tail
from router.demo.stage.workspace import POOL, Workspace

BRAND = "Acme"
_START_PATIENCE_S = 60.0
_POLL_S = 0.1
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class DemoStage:
    """A running sandbox and a running gateway."""

    workspace: Workspace
    sandbox: Child
    gateway: Child

    async def watch(self) -> None:
        """Wait until one of the two ends; neither must end by itself.

        Raises:
            StageFailed: one ended.
        """
        await first_of(self.sandbox.watch(), self.gateway.watch())


@asynccontextmanager
async def open_stage(
    workspace: Workspace, *, seed: int, settings: Mapping[str, str], report: Callable[[DemoEvent], None]
) -> AsyncIterator[DemoStage]:
    """Start both processes; at the end, end both and everything they started.

    Args:
        workspace: where they run.
        seed: for the sandbox's randomness.
        settings: of the gateway, besides the workspace's.
        report: called with each command that is run.
    """
    sinks = ("--sink-port", str(workspace.sink_port), "--smtp-port", str(workspace.smtp_port))
    words = {
        "sandbox": ["sandbox", "--port", str(workspace.sandbox_port), *sinks, "--seed", str(seed)],
        "gateway": ["serve"],
    }
    async with AsyncExitStack() as stack:
        children: list[Child] = []
        stack.push_async_callback(_end_all, children)
        for name, command in words.items():
            report(CommandRun(command=tuple(command)))
            child = await start(
                name, command, directory=workspace.directory, settings={**workspace.settings, **settings}
            )
            children.append(child)
        yield DemoStage(workspace, *children)


async def set_up(stage: DemoStage, *, warm_up_s: float, report: Callable[[DemoEvent], None]) -> None:
    """Make the pool, add the account's lines to it, and subscribe to the account's events.

    Raises:
        StageFailed: a command failed, or a process did not answer in time.
    """
    workspace = stage.workspace
    await all_of(
        _answers(stage.sandbox, f"{workspace.sandbox_url}/sandbox/api/world"),
        _answers(stage.gateway, f"{workspace.gateway_url}/readyz"),
    )

    async def run(*words: str) -> None:
        report(CommandRun(command=words))
        await run_to_end("-".join(words[:2]), words, directory=workspace.directory, settings=workspace.settings)

    async def fill_pool() -> None:
        await run(
            *("pools", "create", POOL, "--name", BRAND, "--text", f"Hi {BRAND}! {{code}}"),
            *("--warm-up-days", f"{warm_up_s / _SECONDS_PER_DAY:.6f}"),
            *("--messages-per-person-per-day", "1"),  # lines then take 7,000 people each, which lasts for hours
            *("--prompts-from", "00:00", "--prompts-until", "00:00"),  # people may watch at night
            *("--prompt-channels", "email,sms,app"),
        )
        await run("linq", "sync", "--yes")

    await all_of(fill_pool(), run("linq", "subscribe"))


async def _end_all(children: list[Child]) -> None:
    await asyncio.gather(*(child.end() for child in children))


async def _answers(child: Child, url: str) -> None:
    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    if (await client.get(url)).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(_POLL_S)

    try:
        await asyncio.wait_for(ask(), _START_PATIENCE_S)
    except TimeoutError as error:
        raise StageFailed(
            f"{child.name} did not answer within {_START_PATIENCE_S:.0f} s.", tail(child.log_file)
        ) from error
