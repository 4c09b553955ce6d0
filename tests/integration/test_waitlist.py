"""Who finds no line waits for one, and is invited in the order they came when there is room."""

from datetime import time

import pytest

from router.core.assignment import NO_HOME, Outcome, State
from router.core.campaign import CampaignAction, CampaignState, Cause, PersonState, Skip
from router.core.code import Code
from router.core.line import LineLimits
from router.core.prompt import Outcome as Sending
from router.core.prompt_defaults import PromptReason
from router.services.migration.openings import Openings
from router.store.waitlist import Waitlist
from tests.campaign_workers import APP, EMAIL, SMS, answer
from tests.campaigns import WARM, Migration, at_the_hour, numbers, open_migration
from tests.servers import eventually_async
from tests.stores import HOUR_MS, LivePool, Store, given, person
from tests.tellings import hear, text

FULL = LineLimits(weight=10_000, capacity=0, target=0)
DAY_MS = 24 * HOUR_MS


@pytest.fixture
async def migration(store: Store) -> Migration:
    """Open a pool of two lines that take nobody; people are reached by e-mail."""
    return await open_migration(store, lines=2, limits=FULL)


async def wait(migration: Migration, *names: str) -> list[Code]:
    """Let people sign up, one after the other."""
    return [await migration.add_person(name, texts=False) for name in names]


async def make_room(migration: Migration, *slots: int, limits: LineLimits = WARM) -> None:
    """Let lines take people."""
    for slot in slots:
        await migration.pool.change_line(slot, limits=limits)


async def waiting(pool: LivePool) -> list[Code]:
    """Who is on the waitlist and in no campaign."""
    return [code for _, code in await Waitlist(pool.store.client, pool.store.scripts).head(pool.keys)]


async def test_who_can_be_told_later_waits(migration: Migration) -> None:
    """They have a code and no line; asking again, they are the same person in the same place, and count on no line."""
    pool = migration.pool
    ada, bob = await wait(migration, "ada", "bob")
    told = await pool.sign_up(person("ada", once=("another", "body"), contact=b"sealed"))
    assert (told.outcome, told.is_new, given(told).code) == (Outcome.WAITLIST, False, ada)
    assert (given(told).state, given(told).slot, given(told).home_slot) == (State.WAITLISTED, None, NO_HOME)
    assert await waiting(pool) == [ada, bob]
    assert await pool.loads() == await pool.recount()
    assert await pool.confirm(ada) == "waitlisted"


async def test_who_could_not_be_told_does_not_wait(migration: Migration) -> None:
    """A visitor of the page gave no address, and whoever excludes lines is not kept: nothing is written of them."""
    before = migration.pool.store.keyspace().keys()
    for someone in (person(), person("picky", excluded=(0,), contact=b"sealed"), person(once=("nonce", "page"))):
        told = await migration.pool.sign_up(someone)
        assert (told.outcome, told.assignment) == (Outcome.WAITLIST, None)
    assert migration.pool.store.keyspace().keys() - before == {migration.keys.arrivals.encode()}


async def test_room_invites_them_in_their_order(migration: Migration) -> None:
    """Each is sent one invitation, names no old number, and has a place held for a day."""
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
        assert (message.reason, message.old_number) == (PromptReason.WAITLIST, None)
        assert [message.new_number] == await numbers(migration, place.home_slot)
        assert "room for you" in message.text
        assert (place.state, place.is_invited) == (State.RESERVED, True)
        assert place.expires_at_s * 1000 > migration.pool.now_ms + DAY_MS - 10_000
    loads = await migration.pool.loads()
    assert loads == await migration.pool.recount()
    assert sorted(load.reserved for load in loads.values()) == [2, 3]
    assert await migration.counts() == {"sent": 5}
    assert (await migration.only()).state is CampaignState.DONE


async def test_nobody_is_invited_to_more_room_than_there_is(migration: Migration) -> None:
    """Two places are two invitations, to the first two; operators are told once that lines are missing."""
    people = await wait(migration, "ada", "bob", "cyd")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=2, target=2))
    await migration.run(5)
    assert migration.channels[EMAIL].codes == people[:2]
    assert await migration.counts() == {"sent": 2, "waiting": 1}
    kinds = [alert.kind for alert in await migration.alerts()]
    assert kinds.count("campaign_without_room") == 1


async def test_invitations_keep_to_the_pace_of_the_lines(store: Store) -> None:
    """Three an hour to each line; the fourth waits for the next hour."""
    migration = await open_migration(store, lines=1, limits=FULL, people_per_hour=3)
    people = await wait(migration, *(f"person {number}" for number in range(5)))
    await at_the_hour(migration)
    await make_room(migration, 0)
    await migration.run(20)
    assert migration.channels[EMAIL].codes == people[:3]
    await at_the_hour(migration)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == people


async def test_order_outlasts_a_slow_channel(store: Store) -> None:
    """At one message a second all but the first are put back; they come in their order all the same."""
    migration = await open_migration(store, lines=1, limits=FULL, prompts_per_second=1.0, burst=1)
    people = await wait(migration, *(f"person {number}" for number in range(8)))
    await make_room(migration, 0)
    await migration.run(12)
    assert migration.channels[EMAIL].codes == people


async def test_a_text_takes_up_the_invitation(migration: Migration) -> None:
    """They are confirmed on the line they were invited to, and the campaign knows that they came."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0)
    await migration.step()
    place = await migration.assignment(ada)
    await hear(migration.pool, text("ada", place.home_slot, 5, codes=[ada]))
    await migration.step()
    assert await migration.counts() == {"moved": 1}
    after = await migration.assignment(ada)
    assert (after.state, after.home_slot, after.is_invited) == (State.CONFIRMED, place.home_slot, False)


async def test_a_look_at_the_page_is_known(migration: Migration) -> None:
    """Whoever opened their page since they were invited needs no second message over another channel."""
    ada, bob = await wait(migration, "ada", "bob")
    openings = Openings(migration.campaigns)
    openings.note(await migration.view(), await migration.assignment(bob))
    await make_room(migration, 0)
    await migration.step()
    openings.note(await migration.view(), await migration.assignment(ada))

    async def is_noted() -> bool:
        return await migration.campaigns.openings(migration.keys) == [ada]

    await eventually_async("a note of the opening", is_noted)
    await migration.step()
    assert await migration.counts() == {"opened": 1, "sent": 1}


async def test_a_back_end_confirms_an_invitation(migration: Migration) -> None:
    """As a text does."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0)
    await migration.step()
    assert await migration.pool.confirm(ada) == "confirmed"
    await migration.step()
    assert await migration.counts() == {"moved": 1}


async def test_an_invitation_not_taken_up_gives_its_place_back(migration: Migration) -> None:
    """After a day; asking again they get a line, or wait once more, for the next campaign."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=1, target=1))
    await migration.run(2)
    await migration.pool.let_pass(DAY_MS + 2 * HOUR_MS)
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


async def test_whoever_comes_again_needs_no_invitation(migration: Migration) -> None:
    """They get a line like a new person, and nobody writes to them."""
    ada, bob = await wait(migration, "ada", "bob")
    await migration.step()
    await make_room(migration, 0)
    told = await migration.pool.sign_up(person("ada", contact=b"sealed"))
    assert (told.outcome, told.is_new, given(told).code, given(told).slot) == (Outcome.NEW, True, ada, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [bob]
    assert await migration.counts() == {"moved": 1, "sent": 1}


async def test_a_repeated_request_gets_the_line_it_waited_for(migration: Migration) -> None:
    """Under its own idempotency key it is answered with a line once there is one, and with the same from then on."""
    request = person("ada", once=("key", "body"), contact=b"sealed")
    assert (await migration.pool.sign_up(request)).outcome is Outcome.WAITLIST
    await make_room(migration, 0)
    told, again = await migration.pool.sign_up(request), await migration.pool.sign_up(request)
    assert (told.outcome, told.is_new) == (Outcome.NEW, True)
    assert (again.outcome, again.is_new, again.assignment) == (Outcome.REPLAYED, True, told.assignment)


async def test_one_who_texts_a_line_is_on_it(migration: Migration) -> None:
    """A waiting person whose phone is known may find a number elsewhere: they are on that line, and counted once."""
    ada, bob = await wait(migration, "ada", "bob")
    await hear(migration.pool, text("ada", 1, 5))
    place = await migration.assignment(ada)
    assert (place.state, place.home_slot) == (State.CONFIRMED, 1)
    loads = await migration.pool.loads()
    assert loads == await migration.pool.recount()
    assert (loads[1].confirmed, loads[1].new_24h) == (1, 1)
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [bob]


async def test_nobody_is_invited_who_asked_to_be_left_alone(migration: Migration) -> None:
    """Nor anybody who was erased meanwhile."""
    ada, bob, cyd = await wait(migration, "ada", "bob", "cyd")
    pool = migration.pool
    await pool.store.assignments.set_quiet(pool.keys, ada, is_quiet=True)
    await migration.step()
    await pool.store.assignments.forget(pool.keys, bob, list(person("bob").identities))
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [cyd]
    assert [(await migration.standing(code)).skip for code in (ada, bob)] == [Skip.OPTED_OUT, Skip.ERASED]
    assert await pool.loads() == await pool.recount()


async def test_the_next_channel_invites_to_the_same_place(store: Store) -> None:
    """One whose app refuses gets an e-mail; it is the same place, counted once."""
    migration = await open_migration(store, lines=2, limits=FULL, channels=(APP, EMAIL, SMS))
    ada = await migration.add_person("ada", texts=False, user="ada", email="ada@example.org")
    migration.channels[APP].answer = answer(Sending.FAILED)
    await make_room(migration, 0, 1)
    await migration.run(3)
    (by_app,), (by_mail,) = migration.channels[APP].messages, migration.channels[EMAIL].messages
    assert (by_app.signup, by_app.new_number) == (ada, by_mail.new_number)
    assert sum(load.reserved for load in (await migration.pool.loads()).values()) == 1
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_a_place_on_a_line_that_failed_is_replaced(store: Store) -> None:
    """The app does not answer, the line is flagged, the e-mail names another line: no place is held twice."""
    migration = await open_migration(store, lines=2, limits=FULL, channels=(APP, EMAIL))
    ada = await migration.add_person("ada", texts=False, user="ada", email="ada@example.org")
    migration.channels[APP].answer = answer(Sending.RETRY)
    await make_room(migration, 0, 1)
    await migration.step()
    first = (await migration.assignment(ada)).home_slot
    await migration.flag(first)
    migration.channels[APP].answer = answer(Sending.FAILED)
    await migration.let_pass(minutes=10)
    await migration.run(3)
    assert (await migration.assignment(ada)).home_slot == 1 - first
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_who_came_while_others_were_invited_is_invited_too(migration: Migration) -> None:
    """By the same campaign, behind those before them."""
    first = await wait(migration, "ada", "bob")
    await migration.step()
    later = await wait(migration, "cyd")
    await migration.step()
    assert await migration.counts() == {"waiting": 3}
    await make_room(migration, 0, 1)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == [*first, *later]


async def test_invitations_wait_for_the_morning(migration: Migration) -> None:
    """Quiet hours hold for them as for any prompt, and hold no place meanwhile."""
    await migration.change_pool(prompts_from=time(9), prompts_until=time(10))
    await wait(migration, "ada")
    await make_room(migration, 0)
    hour = migration.pool.now_ms % DAY_MS // HOUR_MS
    await migration.let_pass(minutes=60 * ((20 - hour) % 24))
    await migration.run(2)
    assert migration.channels[EMAIL].codes == []
    assert sum(load.reserved for load in (await migration.pool.loads()).values()) == 0
    await migration.let_pass(minutes=60 * 13 + 5)
    await migration.run(2)
    assert len(migration.channels[EMAIL].codes) == 1


async def test_a_cancelled_waitlist_is_let_go(migration: Migration) -> None:
    """Nobody of it is invited; whoever asks again is on the waitlist of the next campaign."""
    ada, _ = await wait(migration, "ada", "bob")
    await migration.step()
    await migration.worker.admin.act("main.waitlist1", CampaignAction.CANCEL, reason="no budget for lines")
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


async def test_a_campaign_that_is_over_takes_nobody(migration: Migration) -> None:
    """A worker that has not heard of its end yet leaves people on the waitlist, for the next campaign."""
    await wait(migration, "ada")
    await migration.step()
    await migration.worker.admin.act("main.waitlist1", CampaignAction.CANCEL, reason="no budget for lines")
    (bob,) = await wait(migration, "bob")
    store, keys = migration.pool.store, migration.keys
    waitlist = Waitlist(store.client, store.scripts)
    told = await waitlist.line_up(keys, "main.waitlist1", [bob], now_ms=migration.pool.now_ms)
    assert (told, await waiting(migration.pool)) == ((0, False), [bob])


async def test_a_campaign_cancelled_at_once_blocks_no_other(migration: Migration) -> None:
    """Before it took anybody: the first ticket's name is taken, and people are invited all the same."""
    people = await wait(migration, "ada", "bob")
    overview = await migration.pool.store.lines.overview(migration.keys)
    await migration.worker.watch.look(migration.settings, overview, now_ms=migration.pool.now_ms)
    await migration.worker.admin.act("main.waitlist1", CampaignAction.CANCEL, reason="a mistake")
    await make_room(migration, 0)
    await migration.run(2)
    assert migration.channels[EMAIL].codes == people


async def test_whoever_waits_once_more_lets_the_next_campaign_come(migration: Migration) -> None:
    """The first campaign takes nobody behind them, so it ends; then they are invited, and those behind them."""
    (ada,) = await wait(migration, "ada")
    await wait(migration, "bob", "cyd")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=1, target=1))
    await migration.run(2)
    await migration.pool.let_pass(DAY_MS + 2 * HOUR_MS)
    await migration.pool.sweep()
    await make_room(migration, 0, limits=FULL)
    later = await wait(migration, "ada", "dan")
    await migration.run(2)
    assert await waiting(migration.pool) == later
    await make_room(migration, 0)
    await migration.run(4)
    assert migration.channels[EMAIL].codes[-2:] == [ada, later[1]]


async def test_a_look_while_waiting_again_costs_no_place_in_the_queue(migration: Migration) -> None:
    """Whoever was invited once and let it pass is no longer taken for invited."""
    (ada,) = await wait(migration, "ada")
    await make_room(migration, 0, limits=LineLimits(weight=10_000, capacity=1, target=1))
    await migration.run(2)
    await migration.pool.let_pass(DAY_MS + 2 * HOUR_MS)
    await migration.pool.sweep()
    await make_room(migration, 0, limits=FULL)
    await wait(migration, "ada")
    assert not (await migration.assignment(ada)).is_invited


async def test_a_code_that_was_handed_out_still_binds(migration: Migration) -> None:
    """Their place ran out and no line had room when they asked again; the text they were given is theirs yet."""
    await make_room(migration, 0)
    ada = given(await migration.pool.sign_up(person("ada", contact=b"sealed"))).code
    await migration.pool.let_pass(2 * HOUR_MS)
    await migration.pool.sweep()
    await make_room(migration, 0, limits=FULL)
    assert given(await migration.pool.sign_up(person("ada", contact=b"sealed"))).state is State.WAITLISTED
    await hear(migration.pool, text("her phone", 0, 7200, codes=[ada]))
    place = await migration.assignment(ada)
    assert (place.state, place.home_slot) == (State.CONFIRMED, 0)
    assert await migration.pool.loads() == await migration.pool.recount()


async def test_after_a_cancel_a_look_puts_them_back(migration: Migration) -> None:
    """Their own page knows them by their code alone, which is enough to wait again."""
    (ada,) = await wait(migration, "ada")
    await migration.step()
    await migration.worker.admin.act("main.waitlist1", CampaignAction.CANCEL, reason="no budget for lines")
    assert (await migration.pool.sign_up(person(known=ada))).outcome is Outcome.WAITLIST
    assert await waiting(migration.pool) == [ada]
