"""People who find no line wait for one. When there is room, they are invited in the order they came."""

from datetime import time

import pytest

from router.core.act import BY_SHELL
from router.core.assignment import NO_HOME, Assignment, Outcome, State
from router.core.campaigns.campaign import CampaignAction, CampaignState, PersonState, Skip
from router.core.campaigns.cause import Cause
from router.core.campaigns.prompt import SendOutcome
from router.core.code import Code
from router.core.line import LineLimits
from router.services.campaigns.openings import Openings
from router.store.waitlist import Waitlist
from tests.kit.builders import apply_event, text
from tests.kit.campaign_workers import APP, EMAIL, SMS, answer
from tests.kit.campaigns import WARM, Migration, advance_to_the_hour, numbers, open_migration
from tests.kit.servers import eventually_async
from tests.kit.stores import HOUR_MS, LivePool, Store, assigned, person

FULL = LineLimits(weight=10_000, capacity=0, target=0)
DAY_MS = 24 * HOUR_MS


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of two lines that accept no people. People are reached by e-mail."""
    return await open_migration(store, lines=2, limits=FULL)


async def wait(migration: Migration, *names: str) -> list[Code]:
    """Sign up people, one after the other."""
    return [await migration.add_person(name, texts=False) for name in names]


def assigned_slot(found: Assignment | None) -> int | None:
    """Return the line that a person is to text."""
    assert found is not None
    return found.slot


async def make_room(migration: Migration, *slots: int, limits: LineLimits = WARM) -> None:
    """Make lines accept people."""
    for slot in slots:
        await migration.pool.change_line(slot, limits=limits)


async def waiting(pool: LivePool) -> list[Code]:
    """Return the people on the waitlist who are in no campaign."""
    return [code for _, code in await Waitlist(pool.store.client, pool.store.scripts).head(pool.keys)]


async def test_a_person_who_can_be_reached_later_waits(migration: Migration) -> None:
    """They have a code and no line. When they ask again they keep their place, and they count on no line."""
    pool = migration.pool
    ada, bob = await wait(migration, "ada", "bob")
    signup = await pool.sign_up(person("ada", once=("another", "body"), contact=b"sealed"))
    assert (signup.outcome, signup.is_new, assigned(signup).code) == (Outcome.WAITLIST, False, ada)
    assert (assigned(signup).state, assigned(signup).slot, assigned(signup).home_slot) == (
        State.WAITLISTED,
        None,
        NO_HOME,
    )
    assert await waiting(pool) == [ada, bob]
    assert await pool.loads() == await pool.recount()
    assert await pool.confirm(ada) == "waitlisted"


async def test_a_person_who_cannot_be_reached_does_not_wait(migration: Migration) -> None:
    """A page visitor without an address is not stored, whatever lines they exclude."""
    before = migration.pool.store.keyspace().keys()
    for someone in (person(), person("picky", excluded=(0,)), person(once=("nonce", "page"))):
        signup = await migration.pool.sign_up(someone)
        assert (signup.outcome, signup.assignment) == (Outcome.WAITLIST, None)
    assert migration.pool.store.keyspace().keys() - before == {migration.keys.arrivals.encode()}


async def test_a_person_who_excludes_lines_waits_for_another(migration: Migration) -> None:
    """They are passed over while only excluded lines have room, hold up nobody, and are invited to a line they take."""
    pool = migration.pool
    picky = await migration.add_person("picky", texts=False, excluded=(0,))
    ada = await migration.add_person("ada", texts=False)
    assert await waiting(pool) == [picky, ada]
    await make_room(migration, 0)
    await migration.step()
    assert assigned_slot(await pool.read(ada)) == 0
    assert assigned_slot(await pool.read(picky)) is None
    await make_room(migration, 1)
    pool.now_ms += HOUR_MS
    await migration.step()
    found = await pool.read(picky)
    assert found is not None
    assert (assigned_slot(found), found.backups) == (1, ())
    assert await pool.loads() == await pool.recount()


async def test_room_invites_them_in_their_order(migration: Migration) -> None:
    """Each gets one invitation without an old number, and their place is held for a day."""
    people = await wait(migration, *(f"person {number}" for number in range(5)))
    assert (await migration.step()).sent == 0
    campaign = await migration.only()
    assert (campaign.id, campaign.cause, campaign.state) == ("main.waitlist1", Cause.WAITLIST, CampaignState.RUNNING)
    assert await waiting(migration.pool) == []
    assert await migration.counts() == {"waiting": 5}
    await make_room(migration, 0, 1)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == people
    for message in migration.channels[EMAIL].messages:
        place = await migration.assignment(message.signup)
        assert (message.reason, message.old_number) == (Cause.WAITLIST, None)
        assert [message.new_number] == await numbers(migration, place.home_slot)
        assert "room for you" in message.text
        assert (place.state, place.is_invited) == (State.RESERVED, True)
        assert place.expires_at_s * 1000 > migration.pool.now_ms + DAY_MS - 10_000
    loads = await migration.pool.loads()
    assert loads == await migration.pool.recount()
    assert sorted(load.reserved for load in loads.values()) == [2, 3]
    assert await migration.counts() == {"sent": 5}
    assert (await migration.only()).state is CampaignState.DONE


async def test_no_more_people_are_invited_than_there_is_room(migration: Migration) -> None:
    """Two places are two invitations, for the first two people. Operators get one alert that lines are missing."""
    people = await wait(migration, "ada", "bob", "cyd")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=2, target=2))
    await migration.run(5)
    assert migration.channels[EMAIL].codes == people[:2]
    assert await migration.counts() == {"sent": 2, "waiting": 1}
    kinds = [alert.kind for alert in await migration.alerts()]
    assert kinds.count("campaign_without_room") == 1


async def test_invitations_keep_to_the_pace_of_the_lines(store: Store) -> None:
    """Three an hour for each line. The fourth waits for the next hour."""
    migration = await open_migration(store, lines=1, limits=FULL, people_per_hour=3)
    people = await wait(migration, *(f"person {number}" for number in range(5)))
    await advance_to_the_hour(migration)
    await make_room(migration, 0)
    await migration.run(20)
    assert migration.channels[EMAIL].codes == people[:3]
    await advance_to_the_hour(migration)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == people


async def test_order_outlasts_a_slow_channel(store: Store) -> None:
    """At one message a second all but the first are put back. They are still invited in order."""
    migration = await open_migration(store, lines=1, limits=FULL, prompts_per_second=1.0, burst=1)
    people = await wait(migration, *(f"person {number}" for number in range(8)))
    await make_room(migration, 0)
    await migration.run(12)
    assert migration.channels[EMAIL].codes == people


async def test_a_text_accepts_the_invitation(migration: Migration) -> None:
    """They are confirmed on the line they were invited to, and the campaign records that they came."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0)
    await migration.step()
    place = await migration.assignment(ada)
    await apply_event(migration.pool, text("ada", place.home_slot, 5, codes=[ada]))
    await migration.step()
    assert await migration.counts() == {"moved": 1}
    after = await migration.assignment(ada)
    assert (after.state, after.home_slot, after.is_invited) == (State.CONFIRMED, place.home_slot, False)


async def test_an_opened_page_is_recorded(migration: Migration) -> None:
    """A person who opened their page after the invitation needs no second message over another channel."""
    ada, bob = await wait(migration, "ada", "bob")
    openings = Openings(migration.queue)
    openings.record(await migration.view(), await migration.assignment(bob))
    await make_room(migration, 0)
    await migration.step()
    openings.record(await migration.view(), await migration.assignment(ada))

    async def is_recorded() -> bool:
        return await migration.queue.openings(migration.keys) == [ada]

    await eventually_async("a record of the opening", is_recorded)
    await migration.step()
    assert await migration.counts() == {"opened": 1, "sent": 1}


async def test_the_back_end_confirms_an_invitation(migration: Migration) -> None:
    """A confirmation by a back end counts like a text."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0)
    await migration.step()
    assert await migration.pool.confirm(ada) == "confirmed"
    await migration.step()
    assert await migration.counts() == {"moved": 1}


async def test_an_unused_invitation_gives_its_place_back(migration: Migration) -> None:
    """This happens after a day. When they ask again they get a line, or wait for the next campaign."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=1, target=1))
    await migration.run(2)
    await migration.pool.advance(DAY_MS + 2 * HOUR_MS)
    assert await migration.pool.sweep() == 1
    assert (await migration.assignment(ada)).state is State.EXPIRED
    await make_room(migration, 0, limits=FULL)
    assert await wait(migration, "ada") == [ada]
    assert (await migration.assignment(ada)).state is State.WAITLISTED
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [ada, ada]
    assert [campaign.id for campaign in await migration.campaigns.all(migration.keys)] == [
        "main.waitlist1",
        "main.waitlist2",
    ]


async def test_a_person_who_comes_again_needs_no_invitation(migration: Migration) -> None:
    """They get a line like a new person, and no invitation is sent."""
    ada, bob = await wait(migration, "ada", "bob")
    await migration.step()
    await make_room(migration, 0)
    signup = await migration.pool.sign_up(person("ada", contact=b"sealed"))
    assert (signup.outcome, signup.is_new, assigned(signup).code, assigned(signup).slot) == (Outcome.NEW, True, ada, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [bob]
    assert await migration.counts() == {"moved": 1, "sent": 1}


async def test_a_repeated_request_gets_the_line_it_waited_for(migration: Migration) -> None:
    """The same idempotency key gets a line once there is one, and the same line from then on."""
    request = person("ada", once=("key", "body"), contact=b"sealed")
    assert (await migration.pool.sign_up(request)).outcome is Outcome.WAITLIST
    await make_room(migration, 0)
    signup, again = await migration.pool.sign_up(request), await migration.pool.sign_up(request)
    assert (signup.outcome, signup.is_new) == (Outcome.NEW, True)
    assert (again.outcome, again.is_new, again.assignment) == (Outcome.REPLAYED, True, signup.assignment)


async def test_a_waiting_person_who_texts_a_line_joins_it(migration: Migration) -> None:
    """A waiting person whose phone is known may find a number elsewhere. They join that line, and count once."""
    ada, bob = await wait(migration, "ada", "bob")
    await apply_event(migration.pool, text("ada", 1, 5))
    place = await migration.assignment(ada)
    assert (place.state, place.home_slot) == (State.CONFIRMED, 1)
    loads = await migration.pool.loads()
    assert loads == await migration.pool.recount()
    assert (loads[1].confirmed, loads[1].new_24h) == (1, 1)
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [bob]


async def test_no_person_who_opted_out_is_invited(migration: Migration) -> None:
    """A person who was erased meanwhile is not invited either."""
    ada, bob, cyd = await wait(migration, "ada", "bob", "cyd")
    pool = migration.pool
    await pool.store.assignments.set_quiet(pool.keys, ada, is_quiet=True, now_ms=pool.now_ms)
    await migration.step()
    await pool.store.assignments.forget(pool.keys, bob, list(person("bob").identities))
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [cyd]
    assert [(await migration.standing(code)).skip for code in (ada, bob)] == [Skip.OPTED_OUT, Skip.ERASED]
    assert await pool.loads() == await pool.recount()


async def test_the_next_channel_invites_to_the_same_place(store: Store) -> None:
    """A person whose app refuses gets an e-mail. It holds the same place, counted once."""
    migration = await open_migration(store, lines=2, limits=FULL, channels=(APP, EMAIL, SMS))
    ada = await migration.add_person("ada", texts=False, user="ada", email="ada@example.org")
    migration.channels[APP].answer = answer(SendOutcome.FAILED)
    await make_room(migration, 0, 1)
    await migration.run(3)
    (by_app,), (by_mail,) = migration.channels[APP].messages, migration.channels[EMAIL].messages
    assert (by_app.signup, by_app.new_number) == (ada, by_mail.new_number)
    assert sum(load.reserved for load in (await migration.pool.loads()).values()) == 1
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_a_place_on_a_line_that_failed_is_replaced(store: Store) -> None:
    """The app does not answer, the line is flagged, and the e-mail names another line. No place is held twice."""
    migration = await open_migration(store, lines=2, limits=FULL, channels=(APP, EMAIL))
    ada = await migration.add_person("ada", texts=False, user="ada", email="ada@example.org")
    migration.channels[APP].answer = answer(SendOutcome.RETRY)
    await make_room(migration, 0, 1)
    await migration.step()
    first = (await migration.assignment(ada)).home_slot
    await migration.flag(first)
    migration.channels[APP].answer = answer(SendOutcome.FAILED)
    await migration.advance(minutes=10)
    await migration.run(3)
    assert (await migration.assignment(ada)).home_slot == 1 - first
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_a_person_who_came_during_the_invitations_is_invited_too(migration: Migration) -> None:
    """The same campaign invites them, behind the people before them."""
    first = await wait(migration, "ada", "bob")
    await migration.step()
    later = await wait(migration, "cyd")
    await migration.step()
    assert await migration.counts() == {"waiting": 3}
    await make_room(migration, 0, 1)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [*first, *later]


async def test_invitations_wait_for_the_morning(migration: Migration) -> None:
    """Quiet hours hold for invitations as for any prompt. No place is held meanwhile."""
    await migration.change_pool(prompts_from=time(9), prompts_until=time(10))
    await wait(migration, "ada")
    await make_room(migration, 0)
    hour = migration.pool.now_ms % DAY_MS // HOUR_MS
    await migration.advance(minutes=60 * ((20 - hour) % 24))
    await migration.run(2)
    assert migration.channels[EMAIL].codes == []
    assert sum(load.reserved for load in (await migration.pool.loads()).values()) == 0
    await migration.advance(minutes=60 * 13 + 5)
    await migration.run(2)
    assert len(migration.channels[EMAIL].codes) == 1


async def test_a_cancelled_waitlist_is_dropped(migration: Migration) -> None:
    """No person on it is invited. A person who asks again joins the waitlist of the next campaign."""
    ada, _ = await wait(migration, "ada", "bob")
    await migration.step()
    await migration.worker.admin.act(
        "main.waitlist1", CampaignAction.CANCEL, by=BY_SHELL.because("no budget for lines")
    )
    assert await wait(migration, "ada") == [ada]
    await make_room(migration, 0)
    await migration.run(3)
    assert migration.channels[EMAIL].codes == [ada]


async def test_two_workers_invite_nobody_twice(migration: Migration) -> None:
    """Each step is a claim in the store, so they share the work."""
    people = await wait(migration, *(f"person {number}" for number in range(30)))
    other = migration.start_worker()
    await make_room(migration, 0, 1)
    for _ in range(3):
        await migration.step()
        await migration.step(other)
    assert sorted(migration.channels[EMAIL].codes) == sorted(people)
    assert {(await migration.standing(code)).state for code in people} == {PersonState.SENT}


async def test_a_finished_campaign_invites_no_one(migration: Migration) -> None:
    """A worker that has not heard of the end yet leaves people on the waitlist, for the next campaign."""
    await wait(migration, "ada")
    await migration.step()
    await migration.worker.admin.act(
        "main.waitlist1", CampaignAction.CANCEL, by=BY_SHELL.because("no budget for lines")
    )
    (bob,) = await wait(migration, "bob")
    store, keys = migration.pool.store, migration.keys
    waitlist = Waitlist(store.client, store.scripts)
    lined_up = await waitlist.line_up(keys, "main.waitlist1", [bob], now_ms=migration.pool.now_ms)
    assert (lined_up, await waiting(migration.pool)) == ((0, False), [bob])


async def test_a_campaign_cancelled_at_once_blocks_no_other(migration: Migration) -> None:
    """It was cancelled before it invited anyone. The first ticket's name is in use, and people are still invited."""
    people = await wait(migration, "ada", "bob")
    overview = await migration.pool.store.lines.overview(migration.keys)
    await migration.worker.lifecycle.advance(migration.settings, overview, now_ms=migration.pool.now_ms)
    await migration.worker.admin.act("main.waitlist1", CampaignAction.CANCEL, by=BY_SHELL.because("a mistake"))
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == people


async def test_a_person_who_waits_again_lets_the_next_campaign_start(migration: Migration) -> None:
    """The first campaign invites no one behind them, so it ends. Then they are invited, and the people behind them."""
    (ada,) = await wait(migration, "ada")
    await wait(migration, "bob", "cyd")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=1, target=1))
    await migration.run(2)
    await migration.pool.advance(DAY_MS + 2 * HOUR_MS)
    await migration.pool.sweep()
    await make_room(migration, 0, limits=FULL)
    later = await wait(migration, "ada", "dan")
    await migration.run(2)
    assert await waiting(migration.pool) == later
    await make_room(migration, 0)
    await migration.run(4)
    assert migration.channels[EMAIL].codes[-2:] == [ada, later[1]]


async def test_an_opened_page_while_waiting_again_costs_no_place(migration: Migration) -> None:
    """A person whose invitation expired no longer counts as invited."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=1, target=1))
    await migration.run(2)
    await migration.pool.advance(DAY_MS + 2 * HOUR_MS)
    await migration.pool.sweep()
    await make_room(migration, 0, limits=FULL)
    await wait(migration, "ada")
    assert not (await migration.assignment(ada)).is_invited


async def test_a_code_that_was_handed_out_still_binds(migration: Migration) -> None:
    """Their place expired, and no line had room when they asked again. The code in their text is still theirs."""
    await make_room(migration, 0)
    ada = assigned(await migration.pool.sign_up(person("ada", contact=b"sealed"))).code
    await migration.pool.advance(2 * HOUR_MS)
    await migration.pool.sweep()
    await make_room(migration, 0, limits=FULL)
    assert assigned(await migration.pool.sign_up(person("ada", contact=b"sealed"))).state is State.WAITLISTED
    await apply_event(migration.pool, text("her phone", 0, 7200, codes=[ada]))
    place = await migration.assignment(ada)
    assert (place.state, place.home_slot) == (State.CONFIRMED, 0)
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_after_a_cancel_a_look_puts_them_back(migration: Migration) -> None:
    """Their own page knows them by their code alone. This is enough to wait again."""
    (ada,) = await wait(migration, "ada")
    await migration.step()
    await migration.worker.admin.act(
        "main.waitlist1", CampaignAction.CANCEL, by=BY_SHELL.because("no budget for lines")
    )
    assert (await migration.pool.sign_up(person(known=ada))).outcome is Outcome.WAITLIST
    assert await waiting(migration.pool) == [ada]
