"""apply_events: which people opted out, by the provider's rule and by ours, and until when."""

from typing import cast

import pytest
from msgspec.structs import replace

from router.core.assignment import Assignment, State
from router.core.line import LineLoad
from router.store.formats import RECORD
from tests.kit.builders import ADA, apply_event, reaction, sent, text, traffic
from tests.kit.stores import LivePool, assigned, person

SUPPRESSED = 4


@pytest.fixture
async def ada(pool: LivePool) -> Assignment:
    """Make two lines, and Ada, who texted hers five seconds after the start."""
    for _ in range(2):
        await pool.add_line()
    ada = assigned(await pool.sign_up(person()))
    await apply_event(pool, text(ADA, ada.home_slot, 5, codes=[ada.code]))
    return ada


def stored(pool: LivePool, ada: Assignment) -> tuple[State, bool, int, int]:
    """Return her state, her opt-out, how often she wrote, and how often she was answered."""
    with pool.store.raw_client() as client:
        packed = cast(bytes, client.hget(pool.keys.records(ada.code[:3]), ada.code[3:]))
    state, *_, texts, answers, flags = RECORD.unpack(packed[: RECORD.size])
    return State(state), bool(flags & SUPPRESSED), texts, answers


async def test_a_provider_opt_out_ends_with_the_next_text_and_the_wish_does_not(
    pool: LivePool, ada: Assignment
) -> None:
    """STOP holds on every line. Any later text, also on another line, ends it for the provider, and not for us.

    Their place stays theirs.
    """
    assert (await apply_event(pool, text(ADA, ada.home_slot, 6, opts_out=True, wants_quiet=True))).word == "opted_out"
    assert stored(pool, ada)[:2] == (State.OPTED_OUT, True)
    assert await pool.loads() == await pool.recount()
    assert (await pool.loads())[ada.home_slot] == LineLoad(confirmed=1, new_24h=1)
    assert (await apply_event(pool, text(ADA, ada.home_slot, 7, opts_out=True))).word == "heard"
    assert (await apply_event(pool, text(ADA, 1 - ada.home_slot, 8))).word == "opted_in"
    assert stored(pool, ada)[:2] == (State.CONFIRMED, True)
    found = await pool.read(ada.code)
    assert found is not None
    assert found.home_slot == 1 - ada.home_slot
    with pool.store.raw_client() as client:
        assert client.lrange(pool.keys.moves, 0, -1) == [ada.code.encode()]
    assert await pool.loads() == await pool.recount()


async def test_a_person_who_wants_quiet_gets_it_until_they_take_it_back(pool: LivePool, ada: Assignment) -> None:
    """Our rule is broader than the provider's: it would still deliver, but we do not ask it to."""
    assert (await apply_event(pool, text(ADA, ada.home_slot, 6, wants_quiet=True))).word == "heard"
    assert stored(pool, ada)[:2] == (State.CONFIRMED, True)
    await apply_event(pool, text(ADA, ada.home_slot, 7))
    assert stored(pool, ada)[:2] == (State.CONFIRMED, True)
    await apply_event(pool, text(ADA, ada.home_slot, 8, wants_back=True))
    assert stored(pool, ada)[:2] == (State.CONFIRMED, False)


async def test_their_own_code_takes_it_back(pool: LivePool, ada: Assignment) -> None:
    """They can only have it from a page of ours. The code of another person changes nothing."""
    bob = assigned(await pool.sign_up(person("bob")))
    await apply_event(pool, text("+12025550777", bob.home_slot, 1, codes=[bob.code]))
    await apply_event(pool, text(ADA, ada.home_slot, 6, wants_quiet=True))
    await apply_event(pool, text(ADA, ada.home_slot, 7, codes=[bob.code]))
    assert stored(pool, ada)[1]
    await apply_event(pool, text(ADA, ada.home_slot, 8, codes=[ada.code], wants_quiet=True))
    assert stored(pool, ada)[1]
    await apply_event(pool, text(ADA, ada.home_slot, 9, codes=[ada.code]))
    assert not stored(pool, ada)[1]


async def test_a_stop_that_comes_late_still_counts(pool: LivePool, ada: Assignment) -> None:
    """Of two wishes the later one holds, in whatever order they are reported, and however much was texted since."""
    await apply_event(pool, text(ADA, ada.home_slot, 20))
    await apply_event(pool, text(ADA, ada.home_slot, 10, wants_quiet=True))
    assert stored(pool, ada)[1]
    await apply_event(pool, text(ADA, ada.home_slot, 12, wants_back=True))
    assert not stored(pool, ada)[1]
    await apply_event(pool, text(ADA, ada.home_slot, 11, wants_quiet=True))
    assert not stored(pool, ada)[1]


async def test_a_record_of_an_older_release_is_read(pool: LivePool, ada: Assignment) -> None:
    """It has no time of the wish. Its opt-out was about the last text, and holds like a new one."""
    await apply_event(pool, text(ADA, ada.home_slot, 6, wants_quiet=True))
    with pool.store.raw_client() as client:
        records, suffix = pool.keys.records(ada.code[:3]), ada.code[3:]
        packed = cast(bytes, client.hget(records, suffix))
        client.hset(records, suffix, packed[: RECORD.size - 1] + bytes([packed[RECORD.size - 1] - 32]))
    found = await pool.read(ada.code)
    assert found is not None
    assert found.is_suppressed
    await apply_event(pool, text(ADA, ada.home_slot, 5, wants_back=True))
    await apply_event(pool, text(ADA, ada.home_slot, 7))
    assert stored(pool, ada)[1]
    await apply_event(pool, text(ADA, ada.home_slot, 8, wants_back=True))
    assert not stored(pool, ada)[1]


async def test_an_older_text_opts_no_one_in_or_out(pool: LivePool, ada: Assignment) -> None:
    """The newest text holds for the provider, in whatever order they are reported. For us the wish stays."""
    await apply_event(pool, text(ADA, ada.home_slot, 9, opts_out=True))
    await apply_event(pool, text(ADA, ada.home_slot, 8))
    assert stored(pool, ada)[:2] == (State.OPTED_OUT, True)
    await apply_event(pool, text(ADA, ada.home_slot, 20))
    await apply_event(pool, text(ADA, ada.home_slot, 19, opts_out=True))
    assert stored(pool, ada)[:2] == (State.CONFIRMED, True)


@pytest.mark.parametrize("order", ["as written", "reversed"])
@pytest.mark.parametrize(
    ("opts_out", "state"),
    [(True, State.OPTED_OUT), (False, State.CONFIRMED)],
)
async def test_of_two_texts_of_one_second_the_firmer_no_holds(
    pool: LivePool, ada: Assignment, order: str, opts_out: bool, state: State
) -> None:
    """Deliveries swap, and times are stored by the second. An opt-out must not depend on which text came last."""
    wish = text(ADA, ada.home_slot, 6.4, opts_out=opts_out, wants_quiet=True)
    written = [text(ADA, ada.home_slot, 6.2), wish, text(ADA, ada.home_slot, 6.6)]
    for event in written if order == "as written" else reversed(written):
        await apply_event(pool, event)
    assert stored(pool, ada)[:2] == (state, True)
    await apply_event(pool, text(ADA, ada.home_slot, 7, wants_back=True))
    assert stored(pool, ada)[:2] == (State.CONFIRMED, False)


async def test_a_reaction_does_not_outrank_a_late_stop(pool: LivePool, ada: Assignment) -> None:
    """A tapback does not clear an opt-out, and it does not stop an older opt-out from being applied."""
    await apply_event(pool, reaction(ADA, ada.home_slot, 8))
    await apply_event(pool, text(ADA, ada.home_slot, 7, opts_out=True))
    assert stored(pool, ada)[0] is State.OPTED_OUT
    await apply_event(pool, reaction(ADA, ada.home_slot, 9))
    assert stored(pool, ada)[0] is State.OPTED_OUT


async def test_a_stranger_s_stop_is_stored(pool: LivePool) -> None:
    """A stranger whose first text is STOP holds a place, and is never sent a prompt."""
    await pool.add_line()
    effect = await apply_event(pool, text(ADA, 0, 1, opts_out=True))
    assert effect.word == "opted_out"
    assert effect.code is not None
    found = await pool.read(effect.code)
    assert found is not None
    assert found.state is State.OPTED_OUT
    assert await pool.loads() == await pool.recount() == {0: LineLoad(confirmed=1, new_24h=1)}


async def test_messages_and_reactions_count_for_reciprocity(pool: LivePool, ada: Assignment) -> None:
    """The messages of each side count for the person and for the line.

    A stranger's reaction counts for the line only.
    """
    slot = ada.home_slot
    for event in (sent(ADA, slot, 6), sent(ADA, slot, 7), reaction(ADA, slot, 8), reaction(ADA, slot, 9, is_ours=True)):
        assert (await apply_event(pool, event)).code == ada.code
    assert stored(pool, ada)[2:] == (2, 3)
    assert (await apply_event(pool, reaction("+12025550777", slot, 9))).code is None
    assert (traffic(pool)[f"{slot}:in"], traffic(pool)[f"{slot}:out"]) == (3, 3)


@pytest.mark.parametrize("is_ours", [True, False])
async def test_a_message_in_a_group_belongs_to_no_person(pool: LivePool, ada: Assignment, is_ours: bool) -> None:
    """It counts as load of the line. It makes no person known, confirmed, moved or opted out."""
    before = stored(pool, ada)
    event = replace(text(ADA, 1 - ada.home_slot, 9), kind="group", sender=None, chat=b"", is_ours=is_ours)
    (effect,) = await pool.apply(event)
    assert (effect.word, effect.code) == ("group", None)
    assert stored(pool, ada) == before
    assert traffic(pool)[f"{1 - ada.home_slot}:{'out' if is_ours else 'in'}"] == 1
    assert await pool.loads() == await pool.recount()
