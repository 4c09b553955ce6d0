"""The crowd: who comes when, and who is still around."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random

import httpx

from router.demo.clients.linq_account import SandboxAccount
from router.demo.clients.signups_api import SignupsApi
from router.demo.people.journey import Journey, RecordSignup, Report
from router.demo.people.person import DemoPerson, KnownBy, make_person
from router.demo.people.phone import Phone

_REMEMBERED = 2000
_LEAVE_PATIENCE_S = 3.0


class Crowd:
    """Lets people come one after the other, at random moments, at a given rate.

    Args:
        customers: people that the customer's app knows, and signs up within the first `gathering_s` seconds.
        rate: all other people, per second.
    """

    def __init__(
        self,
        *,
        seed: int,
        customers: int,
        gathering_s: float,
        rate: float,
        haste: float,
        path: str,
        browsers: httpx.AsyncClient,
        account: SandboxAccount,
        customer: SignupsApi,
        record_signup: RecordSignup,
        report: Report,
    ) -> None:
        self._seed = seed
        self._customers = customers
        self._gathering_s = gathering_s
        self._rate = rate
        self._haste = haste
        self._path = path
        self._browsers = browsers
        self._account = account
        self._customer = customer
        self._record_signup = record_signup
        self._report = report
        self._around: deque[Journey] = deque()
        self._by_address: dict[str, Journey] = {}
        self._by_signup: dict[str, Journey] = {}
        self._signing_up: set[asyncio.Task[None]] = set()

    async def come(self) -> None:
        """Let people come until cancelled. People who are signing up at that moment may finish."""
        moments = Random(self._seed)  # noqa: S311 - a demo, not a secret
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._gather(group))
                for index in count(self._customers):
                    await asyncio.sleep(moments.expovariate(self._rate))
                    group.create_task(self._journey(index))
        finally:
            if self._signing_up:
                await asyncio.wait(self._signing_up, timeout=_LEAVE_PATIENCE_S)

    def on(self, line: str) -> Iterator[Journey]:
        """Return people who have texted and last saw this line on their page, the latest first."""
        for journey in reversed(self._around):
            shown = journey.shown
            if journey.has_texted and not journey.has_stopped and shown is not None and shown.line == line:
                yield journey

    def at(self, address: str) -> Journey | None:
        """Return the person with this phone, mailbox or id; None for a stranger."""
        return self._by_address.get(address)

    def numbers(self, signups: Iterable[str]) -> list[str]:
        """Return the phones of these people."""
        return [self._by_signup[signup].phone.person.number for signup in signups if signup in self._by_signup]

    def refusing(self) -> list[str]:
        """Return the phones, among the app's first people, that refuse texts from the customer's own number."""
        people = (self._make(index, is_customer=True) for index in range(self._customers))
        return [person.number for person in people if person.known_by is KnownBy.USER]

    def opted_out(self) -> list[Journey]:
        """Return people who have sent STOP and whom the gateway can recognise."""
        return [journey for journey in self._around if journey.has_stopped and journey.is_recognised]

    def moved(self) -> list[Journey]:
        """Return people who have texted one line and then another, the latest first."""
        everyone = reversed(self._around)
        return [
            journey for journey in everyone if journey.has_moved and journey.is_recognised and journey.on is not None
        ]

    async def _gather(self, group: asyncio.TaskGroup) -> None:
        for index in range(self._customers):
            group.create_task(self._journey(index, is_customer=True))
            await asyncio.sleep(self._gathering_s / self._customers)

    async def _journey(self, index: int, *, is_customer: bool = False) -> None:
        person = self._make(index, is_customer=is_customer)
        journey = Journey(
            phone=Phone(person, self._browsers),
            account=self._account,
            customer=self._customer,
            path=self._path,
            report=self._report,
            record_signup=self._record_signup,
        )
        signing_up = asyncio.create_task(journey.sign_up())
        self._signing_up.add(signing_up)
        signing_up.add_done_callback(self._signing_up.discard)
        await asyncio.shield(signing_up)  # ending in the middle would make our count differ from the gateway's
        if journey.shown is not None:
            self._remember(journey)
            await journey.go_on()

    def _make(self, index: int, *, is_customer: bool) -> DemoPerson:
        return make_person(self._seed, index, haste=self._haste, is_customer=is_customer)

    def _remember(self, journey: Journey) -> None:
        if len(self._around) == _REMEMBERED:
            oldest = self._around.popleft()
            self._by_signup.pop(oldest.signup, None)
            for address in (oldest.phone.person.number, oldest.phone.person.address):
                self._by_address.pop(address, None)
        self._around.append(journey)
        self._by_signup[journey.signup] = journey
        self._by_address[journey.phone.person.number] = journey
        if journey.phone.person.address:
            self._by_address[journey.phone.person.address] = journey
