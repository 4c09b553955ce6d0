"""No person is prompted who must not be, and the counts are right, whatever happens to people, lines and workers.

A state machine lets people sign up, text, opt out, open their page and be erased, lines fail and recover, operators
pause and cancel, channels answer in every way and workers die, in any order. Each message that a channel is given is
checked against a small model at that moment; the stored counts are recounted after each step.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from typing import Any, ClassVar, TypeVar, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from router.core.act import BY_SHELL
from router.core.assignment import State
from router.core.campaigns.campaign import Campaign, CampaignState, PersonState
from router.core.campaigns.prompt import Message, SendOutcome, SendResult
from router.core.channel import ChannelName
from router.core.code import Code
from router.store.campaign_people import Offer
from router.store.formats import MEMBER, PROMISES
from router.wiring.campaigns import CampaignParts
from tests.kit.builders import apply_event, text
from tests.kit.campaign_model import LINES, Model
from tests.kit.campaign_workers import APP, EMAIL, SMS
from tests.kit.campaigns import Migration, open_migration
from tests.kit.servers import Server, start_valkey
from tests.kit.stores import HOUR_MS, START_MS, Store, opened_store

Result = TypeVar("Result")
FAILING = 2
MAX_PEOPLE = 10
slots = st.integers(0, LINES - 1)
failing = st.integers(0, FAILING - 1)
places = st.integers(0, MAX_PEOPLE - 1)
channels = st.sampled_from([APP, EMAIL, SMS])
outcomes = st.sampled_from([SendOutcome.SENT, *SendOutcome])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all runs of the machine."""
    with start_valkey(tmp_path_factory.mktemp("campaigns")) as running:
        yield running


class Campaigning(RuleBasedStateMachine):
    """One pool, and everything that may happen to it."""

    store: ClassVar[Store]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        with self.store.raw_client() as client:
            client.flushall()
        self.migration: Migration = self.await_(
            open_migration(
                self.store,
                lines=LINES,
                channels=(APP, EMAIL, SMS),
                prompts_per_second=1.0,
                burst=2,
                people_per_hour=3,
            )
        )
        self.model = Model()
        self.people: list[Code] = []
        self.erased: set[int] = set()
        self.answers = dict.fromkeys((APP, EMAIL, SMS), SendOutcome.SENT)
        self.other: CampaignParts = self.migration.start_worker()
        for name, channel in self.migration.channels.items():
            channel.answer = self.answer_of(name)
        for known_by in ("user phone", "email phone", "email", "phone", "user email"):
            self.sign_up_on(0, known_by)

    def answer_of(self, name: ChannelName) -> Any:
        """Answer as drawn, after a check whether the message should have come."""

        async def answer(message: Message) -> SendResult:
            self.model.check(message, name, self.migration.pool.now_ms)
            outcome = self.answers[name]
            self.model.given[message.campaign, message.signup, name].append(outcome)
            return SendResult(outcome=outcome)

        return answer

    def await_(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a call to its end."""
        return self.runner.run(coroutine)

    @property
    def now_s(self) -> float:
        """The time, in seconds as events count it; each call is later than the one before."""
        self.migration.pool.now_ms += 1000
        return (self.migration.pool.now_ms - START_MS) / 1000

    def campaigns(self) -> list[Campaign]:
        """All campaigns of the pool."""
        return self.await_(self.migration.campaigns.all(self.migration.keys))

    @precondition(lambda self: len(self.people) < MAX_PEOPLE)
    @rule(slot=slots, known_by=st.sampled_from(["user", "email", "phone", "user phone", "email phone"]))
    def sign_up(self, slot: int, known_by: str) -> None:
        """A person signs up."""
        self.sign_up_on(slot, known_by)

    def sign_up_on(self, slot: int, known_by: str) -> None:
        """Sign a person up on a line if it accepts people, and let them text it."""
        number = len(self.people)
        contacts = {"user": "u", "email": "u@example.org", "phone": f"+1212555014{number}"}
        known = {kind: contacts[kind] for kind in known_by.split()}
        code = self.await_(
            self.migration.add_person(
                f"person {number}",
                slot=slot,
                at=self.now_s,
                user=known.get("user"),
                email=known.get("email"),
                phone=known.get("phone"),
            )
        )
        self.people.append(code)

    @precondition(lambda self: self.people)
    @rule(place=places, slot=slots, wish=st.sampled_from(["", "", "", "opts_out", "wants_quiet", "wants_back"]))
    def text(self, place: int, slot: int, wish: str) -> None:
        """A person texts a line: they move, ask to be left alone until they take it back, or want messages again.

        A request to leave a line stands until the person texts another that works, or the same once it works again.
        """
        place %= len(self.people)
        if place in self.erased:
            return
        before = self.await_(self.migration.assignment(self.people[place]))
        event = text(
            f"person {place}",
            slot,
            self.now_s,
            opts_out=wish == "opts_out",
            wants_quiet=wish == "wants_quiet",
            wants_back=wish == "wants_back",
        )
        self.await_(apply_event(self.migration.pool, event))
        after = self.await_(self.migration.assignment(self.people[place]))
        has_moved = slot != before.home_slot and not self.model.flags[slot]
        assert after.home_slot == (slot if has_moved else before.home_slot)
        is_still_asked = before.state is State.MOVING and not has_moved and self.model.flags[before.home_slot] > 0
        wished = State.OPTED_OUT if wish == "opts_out" else State.CONFIRMED
        assert after.state is (State.MOVING if is_still_asked and wish != "opts_out" else wished)
        if wish == "wants_back":
            self.model.left_alone.discard(self.people[place])
        elif wish:
            self.model.left_alone.add(self.people[place])

    @precondition(lambda self: self.people)
    @rule(place=places)
    def open_page(self, place: int) -> None:
        """A person sees their new number."""
        code = self.people[place % len(self.people)]
        self.await_(self.migration.queue.record_openings(self.migration.keys, [code]))

    @precondition(lambda self: self.people)
    @rule(place=places)
    def erase(self, place: int) -> None:
        """A person is erased."""
        place %= len(self.people)
        self.await_(self.migration.pool.store.assignments.forget(self.migration.keys, self.people[place], []))
        self.model.left_alone.add(self.people[place])
        self.erased.add(place)

    @rule(slot=failing)
    def flip(self, slot: int) -> None:
        """A line fails, or works again."""
        if self.model.flags[slot]:
            self.await_(self.migration.unflag(slot))
            self.model.flags[slot] = 0
        else:
            self.await_(self.migration.flag(slot))
            self.model.flag_count[slot] += 1
            self.model.flags[slot] = self.model.flag_count[slot]

    @precondition(lambda self: not self.model.flags[0])
    @rule()
    def fail(self) -> None:
        """The line with the most people fails for so long that its campaign may begin."""
        self.model.flag_count[0] += 1
        self.model.flags[0] = self.model.flag_count[0]
        self.await_(self.migration.begin(0))

    @rule(minutes=st.sampled_from([1, 11, 60, 24 * 60]))
    def advance(self, minutes: int) -> None:
        """Time passes."""
        self.await_(self.migration.advance(minutes=minutes))

    @rule(is_other=st.booleans(), answers=st.tuples(outcomes, outcomes, outcomes))
    def step(self, is_other: bool, answers: tuple[SendOutcome, SendOutcome, SendOutcome]) -> None:
        """A worker runs a step, and the channels answer in some way."""
        self.answers = dict(zip((APP, EMAIL, SMS), answers, strict=True))
        self.await_(self.migration.step(self.other if is_other else None))

    @rule(answers=st.tuples(outcomes, outcomes, outcomes))
    def step_together(self, answers: tuple[SendOutcome, SendOutcome, SendOutcome]) -> None:
        """Both workers run a step at the same time."""
        self.answers = dict(zip((APP, EMAIL, SMS), answers, strict=True))

        async def both() -> None:
            await asyncio.gather(self.migration.step(), self.migration.step(self.other))

        self.await_(both())

    @precondition(lambda self: any(campaign.state is CampaignState.RUNNING for campaign in self.campaigns()))
    @rule(channel=channels)
    def die_after_claim(self, channel: ChannelName) -> None:
        """A worker claims people and dies."""
        campaign = next(one for one in self.campaigns() if one.state is CampaignState.RUNNING)
        heads = self.await_(self.migration.queue.candidates(self.migration.keys, campaign.id, (APP, EMAIL, SMS)))
        offers = [Offer(code=one.person.code, channel=channel) for one in heads if channel not in one.person.failed]
        self.await_(
            self.migration.queue.claim(
                self.migration.keys,
                campaign.id,
                offers,
                backups=2,
                rules=self.migration.rules,
                allowances=dict.fromkeys(range(LINES), 3),
                now_ms=self.migration.pool.now_ms,
            )
        )

    @precondition(lambda self: self.campaigns())
    @rule(place=st.integers(0, 20), action=st.sampled_from(["pause", "resume", "resume", "resume", "cancel"]))
    def operate(self, place: int, action: str) -> None:
        """An operator does something to a campaign."""
        campaigns = self.campaigns()
        campaign = campaigns[place % len(campaigns)]
        if not campaign.state.is_live:
            return
        admin = self.migration.worker.admin
        acts = {"pause": admin.pause, "resume": admin.resume, "cancel": admin.cancel}
        self.await_(acts[action](campaign.id, by=BY_SHELL.because("by hand")))
        (self.model.stopped.discard if action == "resume" else self.model.stopped.add)(campaign.id)

    @invariant()
    def the_counts_are_true(self) -> None:
        """A recount gives the same, and each person is in the queue of their state and in no other."""
        promised: Counter[int] = Counter()
        with self.store.raw_client() as client:
            for campaign in self.campaigns():
                of, people = self.migration.keys.campaign(campaign.id), dict[Code, tuple[int, ...]]()
                for key in client.scan_iter(of.people("*"), count=1000):
                    kept = cast(dict[bytes, bytes], client.hgetall(key))
                    prefix = key.decode()[-3:]
                    people |= {Code(prefix + suffix.decode()): MEMBER.unpack(packed) for suffix, packed in kept.items()}
                counts = self.await_(self.migration.campaigns.progress(self.migration.keys, campaign)).counts
                recount = Counter(PersonState(one[0]) for one in people.values())
                assert {state: recount[state] for state in PersonState} == counts
                queues = self.migration.queues(campaign.id)
                queued = Counter(code for codes in queues.values() for code in codes)
                assert all(times == 1 for times in queued.values())
                sending = {code for code, one in people.items() if one[0] == PersonState.SENDING}
                waiting = {code for code, one in people.items() if one[0] == PersonState.WAITING}
                assert set(queues["sending"]) == sending
                opened = {code for code, one in people.items() if one[0] == PersonState.OPENED}
                assert set(queues["later"]) & opened == set(queued) & opened
                assert set(queued) - sending - opened <= waiting
                assert campaign.state is CampaignState.CANCELLED or set(queued) - sending - opened == waiting
                horizon_s = (self.migration.pool.now_ms // HOUR_MS - 23) * HOUR_MS // 1000
                promised.update(one[4] for one in people.values() if one[8] >= horizon_s)
            asked = cast(dict[bytes, bytes], client.hgetall(self.migration.keys.asked))
        now_hour = self.migration.pool.now_ms // HOUR_MS
        for slot, packed in asked.items():
            hour, *by_hour = PROMISES.unpack(packed)
            kept_hours = range(max(hour, now_hour) - 23, hour + 1)
            assert sum(by_hour[each % 24] for each in kept_hours) == promised[int(slot)]


def test_nobody_is_prompted_who_must_not_be(server: Server) -> None:
    """No prompt is sent twice, against a person's wish, about a line that works, or in a stopped campaign."""
    with asyncio.Runner() as runner:
        Campaigning.runner = runner
        opening = opened_store(server.url, server.admin_url)
        Campaigning.store = runner.run(opening.__aenter__())
        run_state_machine_as_test(
            Campaigning,
            settings=settings(
                max_examples=20, stateful_step_count=30, suppress_health_check=list(HealthCheck), deadline=None
            ),
        )
        runner.run(opening.__aexit__(None, None, None))
