"""What the demo plays on: a sandbox and a gateway, set up by the commands a customer uses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from router.cli.demo.frame import CommandRun
from router.cli.demo.happenings import Happening
from router.cli.demo.place import POOL, Place
from router.cli.demo.processes import Child, SceneBroken, run_to_end, start, tail
from router.cli.demo.together import all_of, first_of

BRAND = "Acme"
_START_PATIENCE_S = 60.0
_POLL_S = 0.1
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Scene:
    """A sandbox and a gateway that run."""

    place: Place
    sandbox: Child
    gateway: Child

    async def watch(self) -> None:
        """Wait until one of the two ends, which neither must.

        Raises:
            SceneBroken: one did.
        """
        await first_of(self.sandbox.watch(), self.gateway.watch())


@asynccontextmanager
async def open_scene(
    place: Place, *, seed: int, settings: Mapping[str, str], tell: Callable[[Happening], None]
) -> AsyncIterator[Scene]:
    """Start both processes, and end both together with all that they started.

    Args:
        place: where.
        seed: of the sandbox's chance.
        settings: of the gateway, beside those of the place.
        tell: told of the commands.
    """
    sinks = ("--sink-port", str(place.sink_port), "--smtp-port", str(place.smtp_port))
    words = {
        "sandbox": ["sandbox", "--port", str(place.sandbox_port), *sinks, "--seed", str(seed)],
        "gateway": ["serve"],
    }
    async with AsyncExitStack() as stack:
        children: list[Child] = []
        stack.push_async_callback(_end_all, children)
        for name, command in words.items():
            tell(CommandRun(command=tuple(command)))
            child = await start(name, command, directory=place.directory, settings={**place.settings, **settings})
            children.append(child)
        yield Scene(place, *children)


async def set_up(scene: Scene, *, warm_up_s: float, tell: Callable[[Happening], None]) -> None:
    """Make the pool, take its lines from the account, and have the account's events delivered.

    Raises:
        SceneBroken: a command failed, or a process did not answer in time.
    """
    place = scene.place
    await all_of(
        _answers(scene.sandbox, f"{place.sandbox_url}/sandbox/api/world"),
        _answers(scene.gateway, f"{place.gateway_url}/readyz"),
    )

    async def run(*words: str) -> None:
        tell(CommandRun(command=words))
        await run_to_end("-".join(words[:2]), words, directory=place.directory, settings=place.settings)

    async def fill_pool() -> None:
        await run(
            *("pools", "create", POOL, "--name", BRAND, "--text", f"Hi {BRAND}! {{code}}"),
            *("--warm-up-days", f"{warm_up_s / _SECONDS_PER_DAY:.6f}"),
            *("--messages-per-person-per-day", "1"),  # lines then take 7,000 people each, which lasts for hours
            *("--prompts-from", "00:00", "--prompts-until", "00:00"),  # whoever watches may do so at night
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
        raise SceneBroken(
            f"{child.name} did not answer within {_START_PATIENCE_S:.0f} s.", tail(child.log_file)
        ) from error
