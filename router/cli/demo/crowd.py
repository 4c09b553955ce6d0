"""The stream of people: who comes when, and who is still around."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random

import httpx

from router.cli.demo.account import Account
from router.cli.demo.customer import Customer
from router.cli.demo.people import KnownBy, Person, make_person
from router.cli.demo.phone import Phone
from router.cli.demo.proof import Proof
from router.cli.demo.visit import Tell, Visit

_REMEMBERED = 2000
_LEAVE_PATIENCE_S = 3.0


class Crowd:
    """Lets people come, one after the other, at random moments but so many a second.

    Args:
        customers: people whom the customer's app knows, and signs up within the first `gathering_s` seconds.
        rate: of all others, a second.
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
        account: Account,
        customer: Customer,
        proof: Proof,
        tell: Tell,
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
        self._proof = proof
        self._tell = tell
        self._around: deque[Visit] = deque()
        self._by_address: dict[str, Visit] = {}
        self._by_signup: dict[str, Visit] = {}
        self._signing_up: set[asyncio.Task[None]] = set()

    async def come(self) -> None:
        """Come until cancelled; who is signing up at that moment may still end doing so."""
        moments = Random(self._seed)  # noqa: S311 - a story, not a secret
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._gather(group))
                for index in count(self._customers):
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

    def at(self, address: str) -> Visit | None:
        """Return whom a prompt to a phone, mailbox or id is for; None for somebody who is not ours."""
        return self._by_address.get(address)

    def numbers(self, signups: Iterable[str]) -> list[str]:
        """Return the phones of these people."""
        return [self._by_signup[signup].phone.person.number for signup in signups if signup in self._by_signup]

    def refusing(self) -> list[str]:
        """Return the phones, of the app's first people, that take no text from the customer's own number."""
        people = (self._make(index, is_customer=True) for index in range(self._customers))
        return [person.number for person in people if person.known_by is KnownBy.USER]

    def opted_out(self) -> list[Visit]:
        """Return those who have sent STOP and of whom the gateway can know it."""
        return [visit for visit in self._around if visit.has_stopped and visit.is_recognised]

    def moved(self) -> list[Visit]:
        """Return those who have texted one line and then another, the latest first."""
        everybody = reversed(self._around)
        return [visit for visit in everybody if visit.has_moved and visit.is_recognised and visit.on is not None]

    async def _gather(self, group: asyncio.TaskGroup) -> None:
        for index in range(self._customers):
            group.create_task(self._visit(index, is_customer=True))
            await asyncio.sleep(self._gathering_s / self._customers)

    async def _visit(self, index: int, *, is_customer: bool = False) -> None:
        person = self._make(index, is_customer=is_customer)
        visit = Visit(
            phone=Phone(person, self._browsers),
            account=self._account,
            customer=self._customer,
            path=self._path,
            tell=self._tell,
            noted=lambda line, asked_at_s: self._proof.note(line, asked_at_s=asked_at_s),
        )
        signing_up = asyncio.create_task(visit.sign_up())
        self._signing_up.add(signing_up)
        signing_up.add_done_callback(self._signing_up.discard)
        await asyncio.shield(signing_up)  # an end in the middle of it would make our count differ from the gateway's
        if visit.shown is not None:
            self._remember(visit)
            await visit.go_on()

    def _make(self, index: int, *, is_customer: bool) -> Person:
        return make_person(self._seed, index, haste=self._haste, is_customer=is_customer)

    def _remember(self, visit: Visit) -> None:
        if len(self._around) == _REMEMBERED:
            oldest = self._around.popleft()
            self._by_signup.pop(oldest.signup, None)
            for address in (oldest.phone.person.number, oldest.phone.person.address):
                self._by_address.pop(address, None)
        self._around.append(visit)
        self._by_signup[visit.signup] = visit
        self._by_address[visit.phone.person.number] = visit
        if visit.phone.person.address:
            self._by_address[visit.phone.person.address] = visit
