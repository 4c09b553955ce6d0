"""The stream of people: who comes when, and who is still around."""

import asyncio
from collections import deque
from collections.abc import Iterator
from itertools import count
from random import Random

import httpx

from router.cli.demo.account import Account
from router.cli.demo.people import make_person
from router.cli.demo.phone import Phone
from router.cli.demo.proof import Proof
from router.cli.demo.visit import Tell, Visit

_REMEMBERED = 2000
_LEAVE_PATIENCE_S = 3.0


class Crowd:
    """Lets people come, one after the other, at random moments but so many a second."""

    def __init__(
        self,
        *,
        seed: int,
        rate: float,
        haste: float,
        path: str,
        browsers: httpx.AsyncClient,
        account: Account,
        proof: Proof,
        tell: Tell,
    ) -> None:
        self._seed = seed
        self._rate = rate
        self._haste = haste
        self._path = path
        self._browsers = browsers
        self._account = account
        self._proof = proof
        self._tell = tell
        self._around: deque[Visit] = deque(maxlen=_REMEMBERED)
        self._signing_up: set[asyncio.Task[None]] = set()

    async def come(self) -> None:
        """Come until cancelled; who is signing up at that moment may still end doing so."""
        moments = Random(self._seed)  # noqa: S311 - a story, not a secret
        try:
            async with asyncio.TaskGroup() as group:
                for index in count():
                    await asyncio.sleep(moments.expovariate(self._rate))
                    group.create_task(self._visit(index))
        finally:
            if self._signing_up:
                await asyncio.wait(self._signing_up, timeout=_LEAVE_PATIENCE_S)

    def on(self, line: str) -> Iterator[Visit]:
        """Return those who have texted and whose page showed this line when they saw it last, the latest first."""
        for visit in reversed(self._around):
            shown = visit.shown
            if visit.has_texted and not visit.has_stopped and shown is not None and shown.line == line:
                yield visit

    async def _visit(self, index: int) -> None:
        visit = Visit(
            phone=Phone(make_person(self._seed, index, haste=self._haste), self._browsers),
            account=self._account,
            path=self._path,
            tell=self._tell,
            noted=lambda line, asked_at_s: self._proof.note(line, asked_at_s=asked_at_s),
        )
        signing_up = asyncio.create_task(visit.sign_up())
        self._signing_up.add(signing_up)
        signing_up.add_done_callback(self._signing_up.discard)
        await asyncio.shield(signing_up)  # an end in the middle of it would make our count differ from the gateway's
        if visit.shown is not None:
            self._around.append(visit)
            await visit.go_on()
